"""What descriptions say of missing values, of constants and of names that changed."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.said import said_constant, said_fallback, said_values


def field(kind: Any, description: str, **more: Any) -> FieldInfo:
    """Return one field of a type with a description."""
    found = make_schema({"type": kind, "description": description, **more}).field("")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "description", "value"),
    [
        pytest.param("integer", "Loaves on the shelf, defaults to 1", 1, id="defaults to"),
        pytest.param("string", "Default is Rye", "Rye", id="default is a word"),
        pytest.param("integer", "Always written out (old default 443)", 443, id="default in words"),
        pytest.param("string", "Baker; empty string when none.", "", id="empty text"),
        pytest.param("array", "Numbers; empty when none.", [], id="empty array"),
        pytest.param("object", "Name to oven; {} if there are none", {}, id="empty object"),
        pytest.param("integer", "0 when there is no oven.", 0, id="a number at the start"),
        pytest.param(["string", "null"], "null without an oven", None, id="null"),
        pytest.param("string", "the label, else its code; 'none' without one", "none", id="quoted"),
        pytest.param("integer", "of the batch, else the count, else 1", 1, id="the last else"),
    ],
)
def test_said_fallback__value_for_nothing__is_read(kind: Any, description: str, value: Any) -> None:
    """A value that stands in where nothing is there is read out of the words."""
    assert said_fallback(field(kind, description), None) == (value,)


@pytest.mark.parametrize(
    ("kind", "description"),
    [
        pytest.param("string", "Defaults to the lowercased kind", id="a rule"),
        pytest.param("string", "Defaults to lowercased kind", id="a rule that starts with a word"),
        pytest.param("boolean", "True when no longer open", id="a condition"),
        pytest.param("string", "null without an oven", id="null where none is allowed"),
        pytest.param("integer", "the default policy is used (80 percent)", id="another default"),
        pytest.param("string", 'Defaults to "<kind>List"', id="a template"),
    ],
)
def test_said_fallback__something_else_said__nothing_read(kind: Any, description: str) -> None:
    """What is no plain value for a missing one is left alone."""
    assert said_fallback(field(kind, description), None) is None


def test_said_fallback__source_says_default__counts_after_the_contract() -> None:
    """The default of the source is used where the contract names none of its own."""
    source = field("integer", "Loaves; defaults to 2")
    assert said_fallback(field("integer", "Loaves"), source) == (2,)
    assert said_fallback(field("integer", "Loaves, else 3"), source) == (3,)


@pytest.mark.parametrize(
    ("kind", "description", "value"),
    [
        pytest.param("string", "Always Bakery.", "Bakery", id="a word"),
        pytest.param("array", "always [] here", [], id="an empty array"),
        pytest.param("boolean", "Always written out", None, id="no value"),
        pytest.param("string", "Always the name of the baker", None, id="a rule"),
    ],
)
def test_said_constant__always__read_where_a_value(kind: str, description: str, value: Any) -> None:
    """A value that a field always has is read, and nothing else."""
    found = said_constant(field(kind, description))
    assert found == (None if value is None else (value,))


def test_said_values__former_names__others_stay() -> None:
    """Former names become the new one, and every other value stays as it is."""
    told = "Grain or 'mixed' (the former 'various' and 'blend')"
    assert said_values(field("string", told)) == ({"various": "mixed", "blend": "mixed"}, True)


def test_said_values__arrows__are_a_whole_table() -> None:
    """Several arrows are a table; a single one is prose."""
    told = "Label: rye -> 'Dark rye'; oat -> 'Oat'"
    assert said_values(field("string", told)) == ({"rye": "Dark rye", "oat": "Oat"}, False)
    assert said_values(field("string", "Name -> oven"))[0] == {}
