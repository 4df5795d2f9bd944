"""Which losses the pairs show to be wanted."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.schema import make_schema
from agent.core.values import Json
from agent.core.verify.lossy import find_losses
from agent.core.verify.shown_losses import shown_losses
from tests.core.verify.making import INT, NUMBER, TEXT, array, make_adapter, obj, value

SOURCE = obj("", n=NUMBER, i=INT, t=TEXT, at=TEXT, lines=array(obj("", sku=TEXT, price=NUMBER)))


def shown(rule: dict[str, Any], *payloads: Json, **more: Any) -> bool:
    """Return whether payloads show the one loss of a rule."""
    adapter = make_adapter([rule], source=SOURCE, contract={"type": "object"}, **more)
    (loss,) = find_losses(adapter, after=make_schema(SOURCE))
    return loss in shown_losses(adapter, [loss], payloads)


@pytest.mark.parametrize(
    ("expression", "name", "values", "harmless"),
    [
        ("round(src.n)", "n", [1.25, 2.75], [1.0, 2.0]),
        ("src.i // 100", "i", [123, 250], [0, 0]),
        ("src.t[0:3]", "t", ["abcd", "efgh"], ["abc", "efg"]),
        ("part(src.t, '-', 0)", "t", ["a-b", "c-d"], ["a", "c"]),
        ("first(src.lines).sku", "lines", [[{"sku": "a"}, {}], [{"sku": "b"}, {}]], [[{}], [{}]]),
        (
            "first([x.price for x in src.lines if x.sku == 'a'])",
            "lines",
            [[{"sku": "a", "price": price}, {"sku": "b", "price": 0}] for price in (1, 2)],
            [[{"sku": "a", "price": price}] for price in (1, 2)],
        ),
        ("lookup(src.t, {'a': 1, 'b': 1, 'c': 2})", "t", ["a", "b"], ["a", "c"]),
        ("'few' if src.i < 10 else 'many'", "i", [3, 4], [3, 40]),
        (
            "iso_date(src.at)",
            "at",
            ["2024-05-01T12:00:00Z", "2024-05-02T00:00:01Z"],
            ["2024-05-01T00:00:00Z", "2024-05-02T00:00Z"],
        ),
        (
            "iso_date(parse_date(src.at))",
            "at",
            ["2024-05-01T12:00:00Z", "2024-05-02T00:00:01Z"],
            ["2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z"],
        ),
    ],
)
def test_shown__by_a_value_that_lost_something__is_shown(
    expression: str, name: str, values: list[Json], harmless: list[Json]
) -> None:
    """Some value must have lost something; those that lost nothing say nothing of it."""
    rule = value("/x", expression)
    assert shown(rule, *({name: one} for one in (*values, *harmless)))
    assert not shown(rule, *({name: one} for one in harmless))
    assert not shown(rule)


@pytest.mark.parametrize("expression", ["lookup(src.t, {'a': 1, 'b': 1})", "src.i > 3"])
def test_shown__of_cases__takes_two_values_of_one(expression: str) -> None:
    """That two values become one is seen where both of them were there."""
    rule = value("/x", expression)
    assert not shown(rule, {"t": "a", "i": 4}, {"t": "a", "i": 4})
    assert shown(rule, {"t": "a", "i": 4}, {"t": "b", "i": 5})


def test_shown__in_a_branch_not_taken__is_not_shown() -> None:
    """Only what had a part in a value says that its loss was wanted."""
    rule = value("/x", "round(src.n) if src.t == 'r' else src.i")
    numbers: list[Json] = [{"n": 1.25, "i": 1}, {"n": 2.75, "i": 2}]
    assert shown(rule, *({**one, "t": "r"} for one in numbers))
    assert not shown(rule, *({**one, "t": "s"} for one in numbers))


def test_shown__of_a_row_that_wrote_nothing__is_not_shown() -> None:
    """A condition that did not hold shows nothing of what it guards."""
    rule = {**value("/x", "round(src.n)"), "when": "src.t == 'r'"}
    assert shown(rule, {"n": 1.25, "t": "r"})
    assert not shown(rule, {"n": 2.75, "t": "s"})


def test_shown__inside_a_loop_and_behind_a_name__is_followed() -> None:
    """Items of one payload are values like those of several."""
    loop = {
        "target": "/r",
        "each": "src.lines",
        "as": "l",
        "rules": [value("/p", "round(l.price)")],
    }
    payload: Json = {"lines": [{"price": 1.25}, {"price": 2.5}]}
    assert shown(loop, payload)
    assert not shown(loop, {"lines": [{"price": 1}, {"price": 2.0}]})
    assert shown(value("/x", "small"), {"n": 1.25}, let={"small": "round(src.n)"})
    rounded = value("/x", "[round(l.price) for l in src.lines if l.sku == 'a']")
    assert shown(rounded, {"lines": [{"sku": "a", "price": 1.25}]})
    assert not shown(rounded, {"lines": [{"sku": "b", "price": 1.25}]})


def test_shown__of_what_is_narrowed_elsewhere__says_nothing() -> None:
    """The same expression under another target is another loss."""
    rules = [
        {"target": "/a", "each": "src.lines", "as": "l", "value": "round(l.price)"},
        {**value("/b", "round(src.n)"), "when": "src.t == 'never'"},
    ]
    adapter = make_adapter(rules, source=SOURCE, contract={"type": "object"})
    losses = find_losses(adapter, after=make_schema(SOURCE))
    payload: Json = {"n": 1.5, "t": "", "lines": [{"price": 1.25}, {"price": 2.5}]}
    assert [one.target for one in shown_losses(adapter, losses, [payload, payload])] == ["/a/*"]
