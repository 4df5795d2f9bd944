from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.language.parser import parse
from agent.core.synthesis.examples import Solution
from agent.proposers.choosing import TIED, choice_from


def solution(expression: str, path: str, *, cost: float = 0.0) -> Solution:
    """Return an explanation of three values by one read with a middling name."""
    made = parse(expression, names=frozenset({"src"}))
    return Solution(made, (path,), cost, 0.7, 3, "explains all pairs")


BEST = solution("src.berths[0]", "/berths/0")


@pytest.mark.parametrize(
    ("other", "asks"),
    [
        pytest.param(solution("src.port", "/port"), True, id="a tie"),
        pytest.param(solution("src.port", "/port", cost=TIED), False, id="behind"),
        pytest.param(solution("first(src.berths)", "/berths"), False, id="the same"),
    ],
)
def test_choice_from__another_explanation__asked_about_where_nothing_decides(
    other: Solution, *, asks: bool
) -> None:
    """A tie is put to a person; how far a rival is behind counts for the confidence."""
    assert bool(choice_from(BEST, [other]).question) is asks


def test_choice_from__a_test_that_one_value_alone_speaks_for__is_asked_about() -> None:
    """That all pairs say false tells little of the value that would make it true."""
    guess = replace(solution("src.port == 'Moss'", "/port"), support=1, is_ambiguous=True)
    assert "pairs show one value alone" in choice_from(guess, []).question
    assert not choice_from(replace(guess, support=2), []).question
