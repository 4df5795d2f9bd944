"""Tables between texts with a number in each and numbers."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.printer import print_expression
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.conversions import conversion
from agent.core.synthesis.numbered import numbered
from tests.core.verify.making import enum


def field(*values: Any) -> FieldInfo:
    """Return a field with a closed list of values."""
    found = make_schema({"type": "object", "properties": {"shelf": enum(*values)}}).field("/shelf")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        pytest.param(("S1", "S2"), (1, 2, 3), {"S1": 1, "S2": 2}, id="texts to numbers"),
        pytest.param((2, 1), ("low-1", "top-2"), {2: "top-2", 1: "low-1"}, id="numbers to texts"),
        pytest.param(("S1", "S3"), (1, 2), {}, id="a number is lacking"),
        pytest.param(("S1", "S"), (1, 2), {}, id="a text without a number"),
        pytest.param(("S1", "T1"), (1, 2), {}, id="a number twice"),
        pytest.param(("1.2", "2.3"), (1, 2), {}, id="two numbers in a text"),
        pytest.param(("S1", "S2"), ("T1", "T2"), {}, id="two lists of texts"),
    ],
)
def test_numbered__closed_lists__paired_by_number(
    given: tuple[Any, ...], wanted: tuple[Any, ...], expected: dict[Any, Any]
) -> None:
    """Each value gets the one of its number, where all have one that is theirs alone."""
    assert numbered(field(*given), field(*wanted)) == expected


def test_conversion__numbered_lists__is_a_table_to_be_asked_about() -> None:
    """A table by numbers is a guess, and no number of the source is lacking in it."""
    made = conversion(field("S1", "S2"), field(1, 2))
    assert made is not None
    assert made.is_ambiguous
    assert print_expression(made.expression) == "lookup(v, {'S1': 1, 'S2': 2})"
