from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agent.core.language.printer import print_expression
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.code_tables import (
    documented_names,
    documented_table,
)


def field_of(node: dict[str, Any]) -> FieldInfo:
    """Return the field of a schema with this node."""
    found = make_schema({"type": "object", "properties": {"x": node}}).field("/x")
    assert found is not None
    return found


def table(said: str, pairs: Sequence[tuple[Any, Any]], given: str = "") -> str | None:
    """Return the table that a description of an integer field documents."""
    source = field_of({"type": "string", "description": given})
    target = field_of({"type": "integer", "description": said})
    found = documented_table(source, target, pairs)
    return None if found is None else print_expression(found)


def test_documented_table__each_value_with_its_code__completed_beyond_the_pairs() -> None:
    """One pair that agrees is enough to take the rest of a documented table."""
    found = table("rye 11, spelt 12, oat 13.", [("rye", 11)])
    assert found == "lookup(v, {'rye': 11, 'spelt': 12, 'oat': 13})"


def test_documented_table__code_before_and_labels_beside__keys_spelled_like_the_shown_one() -> None:
    """Labels that stand beside the codes are no keys."""
    found = table("Flour code: 10-1 Rye 11, 20-7 Spelt grain 12.", [("10-1", 11)])
    assert found == "lookup(v, {'10-1': 11, '20-7': 12})"


def test_documented_table__several_for_one_value__all_of_them() -> None:
    """`RYE and SPELT 4` gives both the value."""
    found = table("RYE and SPELT 4, OAT 5", [("RYE", 4)])
    assert found == "lookup(v, {'RYE': 4, 'SPELT': 4, 'OAT': 5})"


def test_documented_table__a_default_is_said__for_all_else() -> None:
    """What a description says of anything else is taken for what the table lacks."""
    found = table("11 rye, 12 spelt, 0 when unknown.", [("rye", 11), ("straw", 0)])
    assert found == "lookup(v, {'rye': 11, 'spelt': 12}, otherwise=0)"


@pytest.mark.parametrize("pairs", [[("rye", 12)], [("straw", 11)]])
def test_documented_table__pairs_that_disagree_or_are_not_in_it__none(pairs: Any) -> None:
    """Prose counts only where pairs confirm it."""
    assert table("rye 11, spelt 12", pairs) is None


def test_documented_table__numbers_named_in_the_source__give_the_target_its_values() -> None:
    """The description of the source may hold the table too."""
    source = field_of({"type": "integer", "description": "0 raw, 1 proofed, 2 baked"})
    target = field_of({"enum": ["raw", "proofed", "baked"]})
    found = documented_table(source, target, [(2, "baked")])
    assert found is not None
    assert print_expression(found) == "lookup(v, {0: 'raw', 1: 'proofed', 2: 'baked'})"


def test_documented_names__numbers_with_words__are_named() -> None:
    """A list of numbers and words names the numbers; a sentence does not."""
    assert documented_names("0 raw, 10 proofed, 20 baked") == {0: "raw", 10: "proofed", 20: "baked"}
    assert documented_names("Bakes up to 20 loaves.") == {}


def test_documented_table__arrows_to_texts__all_of_them_where_a_pair_agrees() -> None:
    """`rye -> "dark rye"` documents an entry of a table of free texts, if pairs show one."""
    target = field_of(
        {"type": "string", "description": 'Flour: rye -> "dark rye"; oat -> "fine oats"'}
    )
    found = documented_table(field_of({"type": "string"}), target, [("rye", "dark rye")])
    assert found is not None
    assert print_expression(found) == "lookup(v, {'rye': 'dark rye', 'oat': 'fine oats'})"
    assert documented_table(field_of({"type": "string"}), target, [("rye", "white")]) is None
    assert documented_table(field_of({"type": "string"}), target, [("bran", "bran")]) is None
