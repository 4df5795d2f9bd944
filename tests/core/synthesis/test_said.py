"""What descriptions say of missing values, of defaults and of constants."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.absence import MISSING
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.said import (
    said_constant,
    said_default,
    said_for_nothing,
    said_otherwise,
)


def field(kind: Any, description: str, **more: Any) -> FieldInfo:
    """Return one field of a type with a description."""
    found = make_schema({"type": kind, "description": description, **more}).field("")
    assert found is not None
    return found


def optional(kind: Any, description: str) -> FieldInfo:
    """Return a field that may be left out."""
    told = {"type": kind, "description": description}
    found = make_schema({"type": "object", "properties": {"f": told}}).field("/f")
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
def test_said_default__value_for_nothing__is_read(kind: Any, description: str, value: Any) -> None:
    """A value that stands in where nothing is there is read out of the words."""
    assert said_default(field(kind, description)) == (value,)


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
def test_said_default__something_else_said__nothing_read(kind: Any, description: str) -> None:
    """What is no plain value for a missing one is left alone."""
    assert said_default(field(kind, description)) is None


def test_said_default__source_says_default__counts_after_the_contract() -> None:
    """The default of the source is used where the contract names none of its own."""
    source = field("integer", "Loaves; defaults to 2")
    assert said_default(field("integer", "Loaves"), source) == (2,)
    assert said_default(field("integer", "Loaves, else 3"), source) == (3,)


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


MAYBE = ["string", "null"]


@pytest.mark.parametrize(
    ("kind", "description", "said"),
    [
        (MAYBE, "Name of the baker; null if there is none", None),
        (MAYBE, "The first topping, or null.", None),
        ("array", "Toppings. Empty list when none.", []),
        ("array", "[] if it has no toppings", []),
        ("array", "Absent if there are none", MISSING),
        ("string", "Empty string when none.", ""),
        (["string", "array"], "Empty list when none.", []),
        ("string", "Name of the flour, 'unknown' without a label", "unknown"),
        ("string", "Name of the flour, 'empty' without a label", "empty"),
        ("string", "the label, else 'plain'", "plain"),
        ("integer", "Minutes; 0 when unknown", 0),
        ("integer", "Minutes; -1 when unknown", -1),
        ("boolean", "false without a crust", False),
    ],
)
def test_said_for_nothing__description__value_that_stands_for_nothing(
    kind: Any, description: str, said: Any
) -> None:
    """A description may tell what is written when there is nothing."""
    assert said_for_nothing(optional(kind, description)) == (said,)


@pytest.mark.parametrize(
    ("kind", "description"),
    [
        pytest.param("string", "null if there is none", id="null where none is allowed"),
        pytest.param(MAYBE, "null while the oven is hot", id="another clause"),
        pytest.param("integer", "Seconds (0 if the bread should always be fresh)", id="no nothing"),
        pytest.param("integer", "Closes after 30 without a guest", id="a number in a sentence"),
        pytest.param("number", "Since version 2.0 without a crust", id="part of a number"),
        pytest.param("boolean", "False when no longer open", id="a condition"),
        pytest.param("integer", "Defaults to 1", id="a default"),
        pytest.param("string", "A plain roll", id="nothing said"),
    ],
)
def test_said_for_nothing__something_else_said__nothing_read(kind: Any, description: str) -> None:
    """What the type does not allow, or what stands for anything but nothing, is left alone."""
    assert said_for_nothing(optional(kind, description)) is None


def test_said_for_nothing__required__is_not_absent() -> None:
    """A required field cannot be left out, whatever is said of it."""
    told = {"type": "array", "description": "Absent if there are none"}
    schema = make_schema({"type": "object", "properties": {"f": told}, "required": ["f"]})
    found = schema.field("/f")
    assert found is not None
    assert said_for_nothing(found) is None
    assert said_default(found) is None


@pytest.mark.parametrize(
    ("description", "value"),
    [
        pytest.param("baked after the oven, else raw.", "raw", id="else"),
        pytest.param("raw when unknown", "raw", id="nothing"),
        pytest.param("baked, raw for anything else", "raw", id="anything else"),
        pytest.param("sold when baked, raw for all other loaves", "raw", id="others"),
        pytest.param("baked after the oven, else as before", None, id="no value"),
        pytest.param("raw when it is cold", None, id="another clause"),
    ],
)
def test_said_otherwise__enum__its_value_for_all_else(description: str, value: Any) -> None:
    """A bare word is a value where the enum has it."""
    enum = field("string", description, enum=["raw", "baked", "sold"])
    assert said_otherwise(enum) == (None if value is None else (value,))
    assert said_otherwise(field("string", description)) is None
