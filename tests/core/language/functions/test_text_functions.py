from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.language.absence import MISSING, OperationFailed
from agent.core.language.functions.casing import camel, kebab, snake, title
from agent.core.language.functions.identity import from_base64, sha256, to_base64, uuid5
from agent.core.language.functions.operands import LARGEST_TEXT
from agent.core.language.functions.patterns import extract, matches, replace_pattern
from agent.core.language.functions.text import (
    format_text,
    join,
    pad,
    part,
    replace,
    slice_of,
    split,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.text("ab𝄞ß", max_size=4), min_size=1, max_size=5))
def test_split__of_what_was_joined__gives_the_parts(parts: list[str]) -> None:
    """Parts without the separator survive being joined, and `part` finds each."""
    joined = join("::", parts)
    assert split(joined, "::") == parts
    assert [part(joined, "::", index) for index in range(len(parts))] == parts
    assert part(joined, "::", len(parts)) is MISSING


@given(TEXTS, st.integers(0, 20))
def test_slice__at_any_place__cuts_without_loss(text: str, place: int) -> None:
    """The two halves of a text make the text, also between astral characters."""
    assert slice_of(text, 0, place) + slice_of(text, place) == text


@given(TEXTS)
def test_base64__of_any_text__is_undone(text: str) -> None:
    """`unbase64` gives back what `base64` took."""
    assert from_base64(to_base64(text)) == text


@given(TEXTS, st.text("ab", min_size=1, max_size=2), st.text("ab", max_size=2))
def test_replace_pattern__with_a_quoted_pattern__is_replace(text: str, a: str, b: str) -> None:
    """A pattern without operators replaces as plain text does."""
    assert replace_pattern(text, a, b) == replace(text, a, b)


@given(st.text("ab1 -", max_size=12), st.sampled_from(["a+", "(a)|b", "[0-9]", "a*", "^b", r"\d$"]))
def test_patterns__on_ascii_texts__mean_what_python_means(text: str, pattern: str) -> None:
    """RE2 and Python's re agree on what both know."""
    found = re.search(pattern, text)
    assert matches(text, pattern) == bool(found)
    assert replace_pattern(text, pattern, "<\\0>") == re.sub(pattern, r"<\g<0>>", text)
    expected = found and found.group(1 if found.re.groups else 0)
    assert extract(text, pattern) == (MISSING if expected is None else expected)


@given(st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=4))
def test_names__of_words__change_case_without_losing_words(words: list[str]) -> None:
    """Snake, camel and kebab names are the same words, whichever they came from."""
    name = "_".join(words)
    assert snake(name) == name
    assert kebab(name) == "-".join(words)
    assert snake(kebab(name)) == name
    assert camel(name) == words[0] + "".join(map(str.capitalize, words[1:]))


@given(st.text("aBßé'’1 -_", max_size=12))
def test_title__of_a_title__changes_nothing(text: str) -> None:
    """A text in title case stays as it is."""
    assert title(title(text)) == title(text)


BIG = "x" * (1024 * 1024)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pad("", LARGEST_TEXT + 1, "0"),
        lambda: join("", [BIG] * 11),
        lambda: join(BIG, *["a"] * 12),
        lambda: format_text("{}" * 11, *[BIG] * 11),
        lambda: replace("a" * 1000, "a", "b" * 20_000),
        lambda: replace_pattern("a" * 1000, "a", "b" * 20_000),
        lambda: replace_pattern(BIG, "(?s).*", "\\0" * 12),
        lambda: to_base64(BIG * 9),
    ],
)
def test_text__beyond_its_bound__fails_before_it_is_made(make: Callable[[], object]) -> None:
    """No function makes a text of more than 10 MiB of characters."""
    with pytest.raises(OperationFailed, match="characters"):
        make()


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)*c", "(.*)*b", "((a{0,30}){0,30})$", "(x+x+)+y"]
)
def test_pattern__that_makes_others_hang__answers_at_once(pattern: str) -> None:
    """A pattern that takes backtracking engines for ever is linear here."""
    started = time.perf_counter()
    matches("a" * 50_000 + "b!", pattern)
    assert time.perf_counter() - started < 1


def test_replace_pattern__that_looks_to_the_end_every_time__is_stopped() -> None:
    """Many matches that each search the whole text are refused, not waited for."""
    started = time.perf_counter()
    with pytest.raises(OperationFailed, match="too many matches"):
        replace_pattern("a" * 100_000, "a(.*b)?", "c")
    assert time.perf_counter() - started < 5


def test_extract__with_a_group_that_took_no_part__is_missing() -> None:
    """A group outside the branch that matched gives missing, not the empty text."""
    assert extract("b", "(a)|(b)", 1) is MISSING
    assert extract("b", "(a)|(b)", 2) == "b"


@pytest.mark.parametrize(
    "call",
    [sha256, to_base64, lambda s: uuid5("dns", s), lambda s: matches(s, "a"), from_base64],
)
def test_half_a_surrogate_pair__wherever_bytes_are_needed__fails(
    call: Callable[[str], object],
) -> None:
    """What is no Unicode text has no UTF-8, and is refused in words."""
    with pytest.raises(OperationFailed, match="surrogate"):
        call("\ud800")
