"""Texts that a literal of a rule points to."""

from __future__ import annotations

import pytest

from agent.core.verify.meant import meant_by


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("%d.%m.%Y", "15.01.2024"),
        ("%Y%m%d", "20240115"),
        (",", "12,50"),
        (" - ", "a - b - c"),
    ],
)
def test_meant__by_a_form__holds_a_text_of_it(literal: str, expected: str) -> None:
    """A date pattern gives a date, a separator a text that it takes apart."""
    assert expected in meant_by(literal)


def test_meant__by_a_pattern__matches_it() -> None:
    """A regular expression gives texts that it finds."""
    import re

    texts = meant_by(r"^([A-Z]{2})-(\d+)$")
    assert texts
    assert all(re.search(r"^([A-Z]{2})-(\d+)$", text) for text in texts)


@pytest.mark.parametrize("literal", ["paid", "", 7, None, True, 1.5])
def test_meant__by_a_word_or_number__is_nothing(literal: object) -> None:
    """A plain word stands for itself."""
    assert meant_by(literal) == ()
