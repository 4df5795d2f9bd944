"""Explanations: which reads and rules made a target, for one payload."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.document import Adapter, read_adapter
from agent.core.language.explain import Step, explain
from agent.errors import PayloadRefused

PAYLOAD: dict[str, Any] = {
    "id": 7,
    "buyer": {"first": "A", "last": "B"},
    "lines": [{"ok": False}, {"ok": True, "code": "x", "tags": ["p", "q"]}],
    "meta": {"a": {"q": 1}, "debug": 2, "secret": 3},
}


def adapter() -> Adapter:
    """Return an adapter with every kind of row."""
    return read_adapter(
        {
            "driftmend_adapter": 1,
            "name": "n",
            "source": "s",
            "source_schema": {},
            "consumer": "c",
            "contract": {"properties": {"meta": {"properties": {"a": {}, "debug": {}}}}},
            "let": {"name": "join(' ', src.buyer.first, src.buyer.last)"},
            "rules": [
                {"target": "/id", "value": "src.id"},
                {"target": "/name", "value": "upper(name)"},
                {
                    "target": "/l",
                    "each": "src.lines",
                    "as": "x",
                    "where": "x.ok",
                    "rules": [
                        {"target": "/sku", "value": "x.code"},
                        {"target": "/tags", "each": "x.tags", "as": "t", "value": "upper(t)"},
                    ],
                },
                {"target": "/meta", "copy": "src.meta", "except": ["/debug"]},
                {"target": "/none", "value": "src.none"},
                {"target": "/off", "value": "1", "when": "src.id == 8"},
                {
                    "target": "/m",
                    "each": "src.lines",
                    "as": "x",
                    "key": "x.code",
                    "value": "x.ok",
                },
                {"target": "/one", "value": "src.id if src.id > 1 else src.id.bad"},
            ],
        }
    )


def steps(target: str) -> tuple[Step, ...]:
    """Return the steps of one target."""
    return explain(adapter(), PAYLOAD, target).steps


def test_explain__of_a_value__shows_its_rule_and_reads() -> None:
    """One row, one read, with what stood there."""
    explanation = explain(adapter(), PAYLOAD, "/id")
    assert (explanation.target, explanation.value, explanation.is_present) == ("/id", 7, True)
    assert explanation.steps == (Step("/rules/0", "value src.id", (("/id", 7),)),)


def test_explain__of_a_named_value__reads_through_the_name() -> None:
    """What a name of a let was made of is shown."""
    assert steps("/name")[0].reads == (("/buyer/first", "A"), ("/buyer/last", "B"))


def test_explain__of_an_item__names_its_place_in_the_payload() -> None:
    """The output's index is 0, the payload's is 1."""
    each, value = steps("/l/0/sku")
    assert (each.rule, each.text) == ("/rules/2", "each src.lines as x where x.ok")
    assert value == Step("/rules/2/rules/0", "value x.code", (("/lines/1/code", "x"),))


def test_explain__of_an_items_value__points_at_the_value() -> None:
    """The value of an each is a step of its own."""
    last = steps("/l/0/tags/1")[-1]
    assert last == Step("/rules/2/rules/1/value", "value upper(t)", (("/lines/1/tags/1", "q"),))


def test_explain__of_a_copied_field__shows_that_field() -> None:
    """A copy is narrowed to what the target took of it."""
    assert steps("/meta/a/q") == (
        Step("/rules/3", "copy src.meta except /debug", (("/meta/a/q", 1),)),
    )


def test_explain__of_a_target_with_a_star__shows_all_values() -> None:
    """`*` names every item."""
    explanation = explain(adapter(), PAYLOAD, "/l/*/tags/*")
    assert explanation.value == ["P", "Q"]
    assert [step.rule for step in explanation.steps] == [
        "/rules/2",
        "/rules/2/rules/1",
        "/rules/2/rules/1/value",
        "/rules/2/rules/1/value",
    ]


def test_explain__of_a_field_of_a_map__shows_key_and_value() -> None:
    """The key of an item is a step of its own, with what it was read from."""
    assert steps("/m/x")[1:] == (
        Step("/rules/6/key", "key x.code", (("/lines/1/code", "x"),)),
        Step("/rules/6/value", "value x.ok", (("/lines/1/ok", True),)),
    )


@pytest.mark.parametrize(
    ("target", "why"),
    [("/none", "its value is missing"), ("/off", "its `when` does not hold")],
)
def test_explain__of_what_was_not_written__says_why(target: str, why: str) -> None:
    """A row that could have written the target and did not is shown with the reason."""
    explanation = explain(adapter(), PAYLOAD, target)
    assert (explanation.value, explanation.is_present) == (None, False)
    assert why in explanation.steps[0].text


def test_explain__of_an_unknown_target__has_no_steps() -> None:
    """No row writes there."""
    explanation = explain(adapter(), PAYLOAD, "/nowhere")
    assert (explanation.is_present, explanation.steps) == (False, ())


def test_explain__of_a_branch_not_taken__leaves_its_reads_out() -> None:
    """A read that would fail on this payload was not made."""
    assert dict(steps("/one")[0].reads) == {"/id": 7}


def test_explain__of_a_refused_payload__refuses() -> None:
    """What cannot be adapted cannot be explained."""
    with pytest.raises(PayloadRefused):
        explain(adapter(), {**PAYLOAD, "lines": 1}, "/id")


def test_explain__of_a_null_target__tells_it_from_missing() -> None:
    """A null that was written is present."""
    explanation = explain(adapter(), {**PAYLOAD, "id": None}, "/id")
    assert (explanation.value, explanation.is_present) == (None, True)
