"""Booleans out of texts with known values."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.printer import print_expression
from agent.core.language.syntax import Name
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.build import V
from agent.core.synthesis.examples import Read, Solution
from agent.core.synthesis.flags import flags, flags_told_beside, taught_flags
from tests.core.verify.making import BOOL, TEXT, obj


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


def taught(target: str, states: list[object], wanted: list[bool]) -> list[Solution]:
    """Return what is found for a boolean from the state of a loaf in pairs."""
    state = field("state", {"type": "string", "enum": ["rising", "baked", "sold"]})
    read = Read(V, "/state", state, 0.3)
    return list(taught_flags([(read, tuple(states))], wanted, field(target, {"type": "boolean"})))


def test_taught_flags__value_of_the_same_name__is_asked_for() -> None:
    """A boolean called like a declared value asks for it, though all pairs are false."""
    (one,) = taught("is_sold", ["baked", "rising"], [False, False])
    assert print_expression(one.expression) == "v == 'sold'"
    assert one.is_ambiguous
    (sure,) = taught("is_sold", ["sold", "rising"], [True, False])
    assert not sure.is_ambiguous


def test_taught_flags__pairs_deny_it_or_no_such_value__nothing() -> None:
    """What a pair contradicts is not what is meant, and a name alone is no value."""
    assert taught("is_sold", ["sold"], [False]) == []
    assert taught("is_warm", ["baked"], [False]) == []


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        pytest.param("What was not sold is closed with isLost true.", ["v == 'not-sold'"], id="is"),
        pytest.param("What was not sold has isLost false.", ["v != 'not-sold'"], id="is not"),
        pytest.param("What was not sold is closed.", [], id="does not speak of the flag"),
        pytest.param("Lost or not sold: isLost true.", [], id="speaks of two values"),
    ],
)
def test_flags_told_beside__description_of_another_field__its_value(
    description: str, expected: list[str]
) -> None:
    """Another field's description may say of which value of a closed text a flag is true."""
    state = field("state", {"type": "string", "enum": ["sold", "not-sold", "lost"]})
    beside = field("status", {"enum": ["closed"], "description": description})
    found = flags_told_beside(
        field("isLost", {"type": "boolean"}), [beside], [Read(V, state.path, state, 0.1)]
    )
    assert [print_expression(one.expression) for one in found] == expected


@pytest.mark.parametrize(
    ("source", "schema", "expected"),
    [
        pytest.param(
            "cooled_at", {"type": ["string", "null"]}, ["present(not_null(v))"], id="null"
        ),
        pytest.param("cooledOn", {"type": "string"}, ["present(v)"], id="optional"),
        pytest.param("cooled", {"type": "string", "format": "date"}, ["present(v)"], id="format"),
        pytest.param("heated_at", {"type": "string"}, [], id="another name"),
        pytest.param("cooled_by", {"type": "string"}, [], id="no moment"),
    ],
)
def test_flags__moment_that_may_be_missing__tells_whether_it_has_come(
    source: str, schema: dict[str, Any], expected: list[str]
) -> None:
    """A boolean called like a moment is true where there is one."""
    moment = field(source, schema)
    read = Read(V, moment.path, moment, 0.1)
    made = [print_expression(one.expression) for one in flags(field("is_cooled", BOOL), [read])]
    assert made == expected


def test_flags__moment_that_is_always_there__tells_nothing() -> None:
    """A moment that is required would make a flag that is always true."""
    moment = make_schema(obj("cooled_at", cooled_at=TEXT)).field("/cooled_at")
    assert moment is not None
    read = Read(V, moment.path, moment, 0.1)
    assert list(flags(field("cooled", BOOL), [read])) == []
