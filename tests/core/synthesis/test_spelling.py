from __future__ import annotations

import re

from agent.core.synthesis.spelling import spelling, telling_pattern


def test_telling_pattern__texts_of_one_spelling__matches_them_and_not_the_others() -> None:
    """Days are told from a month and from a year."""
    found = telling_pattern(["1987-03-01", "2001-11-30"], ["1987", "1987-03"])
    assert found is not None
    assert re.search(found, "1999-12-31")
    assert not re.search(found, "1999-12")


def test_telling_pattern__runs_of_other_lengths__any_length() -> None:
    """Digits may be as many as there are, where the texts differ in that."""
    assert telling_pattern(["B-7", "B-12"], ["B"]) == r"^[A-Za-z]+\-[0-9]+$"


def test_telling_pattern__nothing_that_tells__none() -> None:
    """Words have no spelling, and one that the others share tells nothing."""
    assert telling_pattern(["ebb", "flood"], ["12"]) is None
    assert telling_pattern(["1987-03"], ["1987-04"]) is None
    assert telling_pattern(["1987-03", "1987"], ["x"]) is None


def test_spelling__runs__one_sign_each() -> None:
    """Codes of one kind are spelled alike."""
    assert spelling("AB12-x") == "A0-a"
    assert spelling("2106-3") == spelling("77-10")
