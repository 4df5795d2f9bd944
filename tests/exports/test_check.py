"""The check itself: a wrong program is found out."""

from __future__ import annotations

import pytest

from agent.core.exporting import Exported
from agent.exports.check import Outcome, compare
from agent.exports.engines import find_engine
from agent.exports.languages import EXPORTERS
from tests.exports.adapters import engine_of, make_adapter

RULES = [{"target": "/a", "value": "src.a"}]


@pytest.mark.parametrize("language", EXPORTERS)
def test_program__of_another_adapter__differs(language: str) -> None:
    """A program that gives another value than the reference is told apart."""
    other = EXPORTERS[language].export(make_adapter([{"target": "/a", "value": "src.b"}]))
    found = compare(make_adapter(RULES), other, engine_of(language), [{"a": 1, "b": 2}, {}])
    assert [item.outcome for item in found] == [Outcome.DIFFERED, Outcome.AGREED]


@pytest.mark.parametrize("language", EXPORTERS)
def test_program__that_is_broken__differs_even_where_the_reference_fails(language: str) -> None:
    """A program that does not run never passes for one that refuses the payload."""
    adapter = make_adapter([{"target": "/a", "value": "src.a + 1"}])
    broken = Exported("((( no program")
    found = compare(adapter, broken, engine_of(language), [{"a": "text"}])
    assert [item.outcome for item in found] == [Outcome.DIFFERED]


def test_engine__of_an_unknown_language__is_none() -> None:
    """A machine without an engine for a language says so."""
    assert find_engine("cobol") is None
