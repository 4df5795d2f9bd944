"""Booleans out of texts with known values."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.printer import print_expression
from agent.core.language.syntax import Name
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.build import V
from agent.core.synthesis.examples import Read
from agent.core.synthesis.flags import flags


def field(name: str, schema: dict[str, Any]) -> FieldInfo:
    """Return the one field of an object."""
    found = make_schema({"type": "object", "properties": {name: schema}}).field(f"/{name}")
    assert found is not None
    return found


def made(name: str, description: str, values: list[str]) -> list[str]:
    """Return the flags for a boolean over one text called `oven`."""
    source = field("oven", {"type": "string", "enum": values})
    target = field(name, {"type": "boolean", "description": description})
    read = Read(V, source.path, source, 0.1)
    return [print_expression(one.expression) for one in flags(target, [read])]


@pytest.mark.parametrize(
    ("name", "description", "expected"),
    [
        pytest.param("lit", "", ["v == 'lit'"], id="called like a value"),
        pytest.param("is_lit", "", ["v == 'lit'"], id="with a verb before it"),
        pytest.param("hot", "The oven is lit.", ["v == 'lit'"], id="described with a value"),
        pytest.param("raw", "True unless the oven is lit.", ["v != 'lit'"], id="unless"),
        pytest.param("hot", "Someone is lit.", [], id="another field is described"),
        pytest.param("hot", "The oven is lit or cold.", [], id="several values are described"),
        pytest.param("hot", "", [], id="nothing said"),
    ],
)
def test_flags__boolean__compared_where_a_value_is_said(
    name: str, description: str, expected: list[str]
) -> None:
    """A boolean tells a value that its name is, or that its description names with the field."""
    assert made(name, description, ["lit", "cold", "warm"]) == expected


def test_flags__text_with_many_values__is_no_state() -> None:
    """A text of many values says nothing about a flag that is called like one of them."""
    assert made("lit", "", ["lit", *map(str, range(20))]) == []


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        pytest.param("Allowed to start and end here.", ["a and b"], id="both words joined"),
        pytest.param("Allowed to start or end here.", [], id="not by and"),
    ],
)
def test_flags__two_flags_joined_by_a_description__both(
    description: str, expected: list[str]
) -> None:
    """A flag is two flags at once where its description joins the words that set them apart."""
    sources = [field(f"bake_{word}_allowed", {"type": "boolean"}) for word in ("start", "end")]
    target = field("bake_allowed", {"type": "boolean", "description": description})
    reads = [Read(Name(n), s.path, s, 0.1) for n, s in zip("ab", sources, strict=True)]
    assert [print_expression(one.expression) for one in flags(target, reads)] == expected
