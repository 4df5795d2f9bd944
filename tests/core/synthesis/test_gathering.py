"""Numbers that count items, and positions of two coordinates."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.printer import print_expression
from agent.core.language.syntax import Name
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.examples import Read
from agent.core.synthesis.gathering import gathered

ITEMS = {"type": "array", "items": {}}
NUMBER = {"type": "number"}


def field(name: str, schema: dict[str, Any]) -> FieldInfo:
    """Return the one field of an object."""
    found = make_schema({"type": "object", "properties": {name: schema}}).field(f"/{name}")
    assert found is not None
    return found


def made(target: FieldInfo, **sources: dict[str, Any]) -> list[str]:
    """Return what is gathered for a target from sources that are read by their names."""
    fields = [field(name, schema) for name, schema in sources.items()]
    reads = [Read(Name(one.path[1:]), one.path, one, 0.1) for one in fields]
    return [print_expression(one.expression) for one in gathered(target, reads)]


@pytest.mark.parametrize(
    ("name", "description", "expected"),
    [
        pytest.param("loaf_count", "", ["count(loafs)"], id="called a count of it"),
        pytest.param("n", "Number of loafs", ["count(loafs)"], id="described as its number"),
        pytest.param("count", "", [], id="of what it does not say"),
        pytest.param("loaf", "", [], id="not called a count"),
    ],
)
def test_gathered__integer__counts_the_array_that_it_names(
    name: str, description: str, expected: list[str]
) -> None:
    """An integer counts an array that its name or its description names."""
    target = field(name, {"type": "integer", "description": description})
    assert made(target, loafs=ITEMS, ovens=ITEMS) == expected


def test_gathered__position__longitude_before_latitude() -> None:
    """A position is two coordinates side by side, in the order of GeoJSON."""
    target = field("position", {"type": "array", "items": NUMBER})
    assert made(target, lat=NUMBER, lon=NUMBER) == ["[lon, lat]"]
    assert made(target, lat=NUMBER) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("total", ["price * quantity"], id="called a total"),
        pytest.param("line_total", ["price * quantity"], id="with a word before it"),
        pytest.param("total_weight", [], id="the total of something else"),
    ],
)
def test_gathered__price_beside_quantity__their_product(name: str, expected: list[str]) -> None:
    """A total beside a price and a quantity is their product."""
    assert made(field(name, NUMBER), price=NUMBER, quantity=NUMBER, size=NUMBER) == expected
