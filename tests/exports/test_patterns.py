"""RE2 patterns in the spelling of other engines."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from agent.exports.patterns import Untranslatable, translate


@pytest.mark.parametrize(
    "pattern", ["(?i)a", "(a+)+", r"\p{L}", r"(a)\1", "(?=a)", "[[:alpha:]]", "a{2000}", "a**", "("]
)
def test_pattern__that_engines_read_differently__is_refused(pattern: str) -> None:
    """What is not the same everywhere is refused, and said."""
    with pytest.raises(Untranslatable):
        translate(pattern)


ATOMS = st.sampled_from(
    ["a", "b", r"\d", r"\s", r"\w", ".", "[a-c]", r"[^\d-]", "(a|b)", r"\.", "é"]
)
PATTERNS = st.lists(
    st.tuples(ATOMS, st.sampled_from(["", "", "*", "+?", "?", "{1,2}"])), min_size=1, max_size=4
).map(lambda parts: "".join(atom + repeat for atom, repeat in parts))


@given(PATTERNS, st.text("ab1. \n\u2028é\x0b-", max_size=8))
def test_translation__on_any_text__matches_where_re2_does(pattern: str, text: str) -> None:
    """A translated pattern finds what the pattern finds on RE2, groups and all."""
    try:
        translated = translate(pattern, anchors=(r"\A", r"\Z"))
    except Untranslatable:
        return
    wanted = re2.search(pattern, text)
    found = re.search(translated.source, text)
    assert (wanted is None) == (found is None)
    if wanted is not None and found is not None:
        assert (wanted.span(), wanted.groups()) == (found.span(), found.groups())
