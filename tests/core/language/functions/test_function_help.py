"""The help on functions is the table of functions, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.core.language.functions import FUNCTIONS
from agent.core.language.functions.help import (
    describe_function,
    functions_page,
    list_functions,
    prompt_lines,
    result_text,
    similar_names,
)
from agent.core.language.interpreter import evaluate
from agent.core.language.parser import parse

PAGE = Path(__file__).resolve().parents[4] / "docs" / "functions.md"


def test_page__in_the_docs__is_what_the_table_gives() -> None:
    """docs/functions.md is made by `driftmend help functions --markdown` and not stale."""
    assert PAGE.read_text(encoding="utf-8") == functions_page()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help__on_each_function__shows_signature_summary_and_example(name: str) -> None:
    """Every text that is made of the table tells the function's signature and summary."""
    one = FUNCTIONS[name]
    assert f"- {one.signature}: {one.summary}" in prompt_lines().splitlines()
    assert f"  {one.signature}" in list_functions()
    assert f"### `{one.signature}" in functions_page()
    said = describe_function(name)
    assert said.startswith(one.signature)
    assert f"example: {one.example}\n" in said


@pytest.mark.parametrize("name", FUNCTIONS)
def test_result__as_shown__reads_back_as_the_result(name: str) -> None:
    """The result of an example is written as the language writes values."""
    assert evaluate(parse(result_text(FUNCTIONS[name])), {}) == FUNCTIONS[name].result


def test_list__for_a_terminal__fits_a_hundred_columns() -> None:
    """No line of the list is longer than 100 characters."""
    assert max(map(len, list_functions().splitlines())) <= 100


def test_similar_names__of_a_slip__finds_what_was_meant() -> None:
    """A name that was mistyped leads to the right one; nonsense leads to none."""
    assert "lookup" in similar_names("Lokup")
    assert similar_names("qqqqqq") == ()
