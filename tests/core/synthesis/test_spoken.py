from __future__ import annotations

import pytest

from agent.core.language.printer import print_expression
from agent.core.synthesis.build import V
from agent.core.synthesis.examples import value_of
from agent.core.synthesis.spoken import beside, spoken


@pytest.mark.parametrize(
    ("description", "printed"),
    [
        ("Everything before the last slash.", "extract(v, '^(.*)/')"),
        ("The part after the last dot of the shelf mark.", "part(v, '.', -1)"),
        ("What stands before the first colon", "part(v, ':', 0)"),
        ("Local part of the keeper's address.", "part(v, '@', 0)"),
        ("Call sign in upper case.", "upper(v)"),
    ],
)
def test_spoken__words_for_a_conversion__give_it(description: str, printed: str) -> None:
    """What a description says in words is the conversion that it names."""
    assert [print_expression(one) for one, _ in spoken(description)] == [printed]


def test_spoken__no_such_words__nothing() -> None:
    """Most descriptions name no conversion."""
    assert list(spoken("The keeper of the lighthouse.")) == []


@pytest.mark.parametrize(
    ("is_before", "is_last", "wanted"),
    [(True, True, "a.b"), (True, False, "a"), (False, True, "c"), (False, False, "b.c")],
)
def test_beside__each_side_of_each_separator__what_stands_there(
    is_before: bool, is_last: bool, wanted: str
) -> None:
    """A separator is meant for itself, also where a pattern gives it a meaning."""
    made = beside(".", is_before=is_before, is_last=is_last)
    assert value_of(made, {V.name: "a.b.c"}) == wanted
