"""Which expressions narrow what they read."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.schema import make_schema
from agent.core.verify.lossy import Loss, find_losses
from tests.core.verify.making import (
    BOOL,
    INT,
    NUMBER,
    TEXT,
    array,
    check,
    enum,
    make_adapter,
    obj,
    value,
)

SOURCE = obj(
    "",
    n=NUMBER,
    i=INT,
    t=TEXT,
    s=enum("a", "b", "c"),
    two=enum("x", "y"),
    b=BOOL,
    at={**TEXT, "format": "date-time"},
    day={**TEXT, "format": "date"},
    lines=array(obj("", sku=TEXT, price=NUMBER)),
)
CONTRACT: Any = {"type": "object"}


def losses(*rules: dict[str, Any], **more: Any) -> list[Loss]:
    """Return the losses of rules over the example source."""
    adapter = make_adapter(rules, source=SOURCE, contract=CONTRACT, **more)
    return list(find_losses(adapter, after=make_schema(SOURCE)))


@pytest.mark.parametrize(
    "expression",
    [
        "round(src.n, 2)",
        "round(src.n * 100)",
        "src.i // 100",
        "src.t[0:3]",
        "slice(src.t, 0, 3)",
        "part(src.t, '-', 0)",
        "extract(src.t, '[0-9]+')",
        "src.lines[0].sku",
        "first(src.lines)",
        "first(src.lines).sku",
        "last(src.lines)",
        "lookup(src.s, {'a': 1, 'b': 1, 'c': 2})",
        "lookup(src.t, {'a': 1}, otherwise=2)",
        "lookup(src.s, {'a': 1}, otherwise=2)",
        "switch(src.s, {'a': 1, 'b': 2, 'c': 1})",
        "iso_date(src.at)",
        "format_date(src.at, '%Y-%m-%d')",
        "'yes' if src.s == 'a' else 'no'",
        "src.s == 'a'",
        "src.i > 3",
        "{'x': round(src.n)}",
        "[round(line.price) for line in src.lines]",
        "text(round(src.n))",
    ],
)
def test_losses__of_a_narrowing_expression__are_found(expression: str) -> None:
    """Rounding, truncation, one of many and many-to-one tables narrow what they read."""
    assert [loss.target for loss in losses(value("/x", expression))] == ["/x"]


@pytest.mark.parametrize(
    "expression",
    [
        "src.n",
        "scale(src.n, 2)",
        "integer(src.n)",
        "number(src.t)",
        "text(src.n)",
        "lookup(src.s, {'a': 1, 'b': 2, 'c': 3})",
        "lookup(src.s, {'a': 1, 'b': 2}, otherwise=3)",
        "lookup(src.t, {'a': 'b'}, otherwise=src.t)",
        "lookup(src.s, {'a': 1, 'b': 2, 'c': 3, 'd': 1})",
        "switch(src.two, {'x': True, 'y': False})",
        "'on' if src.b == true else 'off'".replace("true", "True"),
        "src.two == 'x'",
        "'x' if src.b else 'y'",
        "iso_datetime(src.at)",
        "iso_date(src.day)",
        "format_date(src.at, '%d.%m.%Y %H:%M:%S%z')",
        "only(src.lines)",
        "join('-', src.t, text(src.i))",
        "default(src.t, 'none')",
        "'none' if src.t == None else src.t",
        "round(3.14159, 2)",
        "count(src.lines)",
        "[line.sku for line in src.lines]",
        "[line.sku for line in src.lines if line.price > 3]",
    ],
)
def test_losses__of_a_faithful_expression__are_none(expression: str) -> None:
    """Conversions that can be undone, defaults and one-to-one tables lose nothing."""
    assert losses(value("/x", expression)) == []


def test_losses__of_a_value_taken_apart__are_none() -> None:
    """Two pieces of one text, or two items of one array, are a split and no loss."""
    assert not losses(value("/first", "part(src.t, ' ', 0)"), value("/last", "part(src.t, ' ', 1)"))


def test_losses__of_a_value_kept_whole_elsewhere__are_none() -> None:
    """What another rule keeps whole is not lost."""
    assert not losses(value("/day", "iso_date(src.at)"), value("/at", "src.at"))


def test_losses__inside_a_loop__name_the_item_target() -> None:
    """The finding points at the rule within the loop, and at the item's source field."""
    loop = {
        "target": "/rows",
        "each": "src.lines",
        "as": "l",
        "rules": [value("/p", "round(l.price)")],
    }
    (found,) = losses(loop)
    assert (found.target, found.source) == ("/rows/*/p", "/lines/*/price")


def test_losses__of_the_key_of_a_map__name_the_map() -> None:
    """A key that narrows what it reads is a loss too."""
    row = {"target": "/m", "each": "src.lines", "as": "l", "value": "l.price"}
    (found,) = losses({**row, "key": "slice(l.sku, 0, 2)"})
    assert (found.target, found.source) == ("/m", "/lines/*/sku")
    assert not losses({**row, "key": "l.sku"})


def test_losses__through_a_let__are_found() -> None:
    """A name does not hide the narrowing behind it."""
    assert losses(value("/x", "rounded"), let={"rounded": "round(src.n)"})


def test_verify__with_a_loss__needs_a_decision() -> None:
    """A lossy rule is an open finding."""
    found = check(
        [value("/x", "round(src.n)")], source=obj("n", n=NUMBER), contract=obj("x", x=INT)
    )
    assert "lossy" in {one.code for one in found.findings}
    assert found.decision_needed
