from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.document import write_adapter
from agent.core.proposing import Answer, RuleNote, Task
from agent.core.repair import repair, replace_row, starred
from agent.core.verify.record import Verdict, Verification
from agent.pipeline.proposing import assemble
from tests.core.verify.making import INT, TEXT, array, make_adapter, obj
from tests.proposers.small_tasks import make_proposing, make_task

NULLABLE = {"type": ["string", "null"]}


def answered(task: Task, rules: list[dict[str, Any]]) -> Answer:
    """Return an answer with these rules."""
    adapter = make_adapter(
        rules, source=task.after.document, contract=task.contract.schema.document
    )
    notes = tuple(RuleNote(row.target, 0.9) for row in adapter.rows)
    return Answer(rows=adapter.rows, notes=notes)


def check(task: Task, answer: Answer) -> Verification:
    """Return the verification of an answer."""
    return make_proposing().verify(task, answer)


def mended(after: Any, contract: Any, rules: list[dict[str, Any]]) -> Any:
    """Return the rules after one repair, which must pass; None when there is no repair."""
    task = make_task(after, contract)
    answer = answered(task, rules)
    refuted = check(task, answer)
    assert refuted.verdict is Verdict.REFUTED
    made = repair(task, answer, refuted)
    if made is None:
        return None
    assert check(task, made).verdict is not Verdict.REFUTED
    return write_adapter(assemble(task, made))["rules"]


X = {"target": "/x", "value": "src.x"}


@pytest.mark.parametrize(
    ("contract", "value"),
    [
        (obj("", x=TEXT), "not_null(src.x)"),
        (obj("x", x=TEXT), "require(src.x, 'the contract requires /x')"),
        (obj("x", x={**TEXT, "default": "-"}), "default(src.x, '-')"),
        (obj("", x={**TEXT, "default": "-"}), "default(src.x, '-')"),
    ],
)
def test_repair__null_that_the_contract_forbids__what_the_contract_documents(
    contract: Any, value: str
) -> None:
    """A null becomes absent, the documented default, or a refusal; nothing is invented."""
    assert mended(obj("x", x=NULLABLE), contract, [X]) == [{"target": "/x", "value": value}]


def test_repair__required_and_absent__refused_or_default() -> None:
    """A required field that may be absent refuses the payload, or takes the default."""
    made = mended(obj("", x=TEXT), obj("x", x=TEXT), [X])
    assert made == [{"target": "/x", "value": "require(src.x, 'the contract requires /x')"}]


def test_repair__inside_an_array__the_row_of_the_items_is_mended() -> None:
    """The rule is found inside loops, whichever item broke the contract."""
    rows = [{"target": "/b", "value": "i.b"}, {"target": "/a", "value": "i.a"}]
    made = mended(
        obj("l", l=array(obj("a b", a=NULLABLE, b=TEXT))),
        obj("l", l=array(obj("b", a=TEXT, b=TEXT))),
        [{"target": "/l", "each": "src.l", "as": "i", "rules": rows}],
    )
    assert made[0]["rules"] == [rows[0], {"target": "/a", "value": "not_null(i.a)"}]


def test_repair__undeclared_field_in_a_value__copied_instead() -> None:
    """An object that brings along what the contract does not declare is copied field by field."""
    source = obj("x", x=obj("a", a=TEXT, secret=TEXT))
    made = mended(source, obj("x", x=obj("a", a=TEXT)), [X])
    assert made == [{"target": "/x", "copy": "src.x"}]


def test_repair__wrong_type_that_is_no_null__none() -> None:
    """A value of another type is not mended by wrapping it: a guard would change nothing."""
    assert mended(obj("x", x=INT), obj("x", x=TEXT), [X]) is None


def test_repair__mended_rule__says_so() -> None:
    """The repair stands among the evidence of its rule, and other notes stay."""
    task = make_task(obj("x y", x=NULLABLE, y=TEXT), obj("y", x=TEXT, y=TEXT))
    answer = answered(task, [X, {"target": "/y", "value": "src.y"}])
    made = repair(task, answer, check(task, answer))
    assert made is not None
    about_x, about_y = made.notes
    assert "repaired after a counterexample" in about_x.evidence[-1].text
    assert about_y == answer.notes[1]


def test_repair__nothing_refuted__none() -> None:
    """Without a counterexample there is nothing to mend."""
    task = make_task(obj("x", x=TEXT), obj("x", x=TEXT))
    answer = answered(task, [X])
    assert repair(task, answer, check(task, answer)) is None


def test_starred__indexes_and_numeric_keys__as_the_contract_declares_them() -> None:
    """An index becomes a star, and a key that only looks like one stays."""
    task = make_task(obj(), obj("", l=array(obj("", **{"0": TEXT})), m={"type": "object",
                     "additionalProperties": TEXT}))  # fmt: skip
    assert starred(task, "/l/3/0") == "/l/*/0"
    assert starred(task, "/m/anything") == "/m/*"
    assert starred(task, "") == ""


def test_replace_row__chain_of_indexes__only_that_row_changes() -> None:
    """One row is changed wherever it is nested, and all others are the same objects."""
    inner = [{"target": "/a", "value": "1"}, {"target": "/b", "value": "2"}]
    rows = make_adapter([X, {"target": "/g", "rules": inner}], source=obj(), contract=obj()).rows
    made = replace_row(rows, [1, 0], lambda _: rows[0])
    assert made[0] is rows[0]
    assert made[1].rows == (rows[0], rows[1].rows[1])  # type: ignore[union-attr]
