"""What descriptions of maps say of their keys and values."""

from __future__ import annotations

import pytest

from agent.core.schema import make_schema
from agent.core.synthesis.told_entries import most_told, told_entries
from tests.core.verify.making import TEXT, obj


@pytest.mark.parametrize(
    ("description", "separator"),
    [
        pytest.param("Shelf code -> number of jars", None, id="plain"),
        pytest.param("dotted shelf path => number of jars", ".", id="dots"),
        pytest.param("Slash-separated shelf path → number of jars", "/", id="slashes"),
    ],
)
def test_told_entries__arrow__parts_keys_from_values(
    description: str, separator: str | None
) -> None:
    """What stands before an arrow is the key, with how its parts are joined."""
    told = told_entries(description)
    assert told is not None
    assert "shelf" in told.key
    assert {"number", "jar"} <= told.value
    assert told.separator == separator


def test_told_entries__no_arrow__nothing() -> None:
    """A description without an arrow says nothing of entries."""
    assert told_entries("Jars by shelf.") is None


def test_most_told__words_of_names_and_descriptions__the_one_with_most() -> None:
    """A word of the name counts for two of the description; of a tie none is told."""
    told = told_entries("shelf -> jar label")
    assert told is not None
    fields = make_schema(
        obj("", label=TEXT, lid={**TEXT, "description": "of the jar"}, rack=TEXT)
    ).fields[1:]
    best = most_told(told.value, fields)
    assert best is not None
    assert best.path == "/label"
    assert most_told(told.value, [one for one in fields if one.path == "/rack"]) is None
    assert most_told(told.value, (best, best)) is None
