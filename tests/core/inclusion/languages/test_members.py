"""What a set of texts has, and whether that is all, agrees with looking at every text."""

from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.core.inclusion.languages import Language, TextSet, is_empty, members, read_pattern
from agent.core.patterns import is_usable
from agent.core.shapes.facts import does_match

LETTERS_ONLY = "^[ab]*$"
SHORT = tuple("".join(each) for n in range(5) for each in product("ab", repeat=n))
PARTS = st.sampled_from(["a", "b", "^", "$", ".", "[^a]", "[ab]", "", "aa", "^b", "b$"])
PATTERNS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: f"({'|'.join(each)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{2,}"])).map(
            lambda each: f"(?:{each[0]}){each[1]}"
        ),
    ),
    max_leaves=6,
).filter(is_usable)

LOOKING = st.tuples(st.sampled_from("=!"), PATTERNS, PATTERNS).map("^(?{0[0]}{0[1]}){0[2]}".format)
ANY_PATTERNS = st.one_of(PATTERNS, LOOKING).filter(lambda each: read_pattern(each) is not None)


def read(pattern: str) -> Language:
    """Return the language of a pattern that is known to be read."""
    language = read_pattern(pattern)
    assert language is not None, pattern
    return language


@settings(max_examples=300, deadline=None)
@given(
    required=st.lists(ANY_PATTERNS, max_size=2),
    forbidden=st.lists(ANY_PATTERNS, max_size=2),
    shortest=st.integers(0, 4),
    longest=st.integers(0, 4),
    excluded=st.frozensets(st.sampled_from(SHORT), max_size=4),
)
def test_members__of_a_finite_set__are_those_the_engine_leaves(
    required: list[str], forbidden: list[str], shortest: int, longest: int, excluded: frozenset[str]
) -> None:
    """All members of a bounded set are found, in order of length, and said to be all."""
    expected = [
        text
        for text in SHORT
        if shortest <= len(text) <= longest
        and text not in excluded
        and all(does_match(each, text) for each in required)
        and not any(does_match(each, text) for each in forbidden)
    ]
    textset = TextSet(
        tuple(map(read, [LETTERS_ONLY, *required])),
        tuple(map(read, forbidden)),
        shortest,
        longest,
        excluded,
    )
    found = members(textset, 100)
    assert found.is_complete
    assert list(found.texts) == sorted(expected, key=lambda text: (len(text), text))
    assert is_empty(textset) == (not expected)


@settings(max_examples=200, deadline=None)
@given(ANY_PATTERNS, ANY_PATTERNS)
def test_inclusion__of_two_patterns__is_refuted_by_a_text_or_holds_for_all(
    sub: str, super: str
) -> None:
    """A difference has a member that the engine confirms, or no short text is in it."""
    difference = TextSet((read(sub),), (read(super),))
    found = members(difference, 5)
    for text in found.texts:
        assert does_match(sub, text)
        assert not does_match(super, text)
    if found.is_complete and not found.texts:
        assert not [text for text in SHORT if difference.has(text)]
        assert not [t for t in SHORT if does_match(sub, t) and not does_match(super, t)]


@settings(max_examples=150, deadline=None)
@given(PATTERNS, PATTERNS)
def test_laws__of_union_and_complement__are_proved(one: str, other: str) -> None:
    """A language lies within itself and its unions, which hold nothing else."""
    both = f"(?:{one})|(?:{other})"
    assert is_empty(TextSet((read(one),), (read(one),))) is True
    assert is_empty(TextSet((read(one),), (read(both),))) is True
    assert is_empty(TextSet((read(both),), (read(one), read(other)))) is True
    assert is_empty(TextSet((), (read(one),))) is not None
    assert is_empty(TextSet((read(""),), (read(one),))) == is_empty(TextSet((), (read(one),)))


@settings(max_examples=100, deadline=None)
@given(PATTERNS, PATTERNS, st.integers(1, 400), st.integers(0, 6))
def test_members__on_a_small_budget__never_contradict_a_large_one(
    sub: str, super: str, budget: int, shortest: int
) -> None:
    """A budget that ends early leaves the answer open; what it says is right."""
    textset = TextSet((read(sub),), (read(super),), shortest)
    early, late = members(textset, 3, budget=budget), members(textset, 3)
    assert all(textset.has(text) for text in early.texts)
    if early.is_complete:
        assert early == late
    if late.is_complete:
        assert set(early.texts) <= set(late.texts)


@pytest.mark.parametrize(
    ("required", "forbidden", "bounds", "texts", "is_complete"),
    [
        ((), (), (0, None), ("", "a", "b"), False),
        ((), (), (0, 0), ("",), True),
        ((), (), (2, 1), (), True),
        ((), ("",), (0, None), (), True),
        (("^$",), (), (0, None), ("",), True),
        (("[]",), (), (0, None), (), True),
        (("^(a|b)$",), (), (0, None), ("a", "b"), True),
        (("^(c|a|b)$",), (), (0, None), ("a", "b", "c"), True),
        (("^[a-z0-9-]+$",), ("^[a-z][a-z0-9-]{0,62}$",), (0, None), ("0", "1", "2"), False),
        (("^[a-z][a-z0-9-]{0,62}$",), ("^[a-z0-9-]+$",), (0, None), (), True),
        (("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",), ("^.{36}$",), (0, None), (), True),
        (("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",), (), (37, None), (), True),
        (("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",), (), (0, 35), (), True),
        (("^a*b$",), ("^a*b$",), (0, None), (), True),
        (("^a*b$", "^a*c$"), (), (0, None), (), True),
        (("^(aa)*$",), (), (1_000_001, 1_000_001), (), True),
        (("^(aa)*$",), ("^(aaa)*$",), (0, 7), ("aa", "aaaa"), True),
        (("^[a-z]{0,62}$",), (), (10**9, None), (), True),
        (("^a{3}$",), (), (0, 100_000), ("aaa",), True),
        ((".",), ("^[^\n]*$",), (0, 2), ("a\n", "b\n", "c\n"), False),
        (("^.$",), ("^[ -~]$", "^[\x00-\u1fff]$"), (0, None), None, False),
        (("^[a-z]{0,65535}$",), (), (65_536, None), (), True),
        (("^(?:a{0,900}|b{0,900})$",), (), (901, None), (), True),
        (("a.{0,255}b",), ("a.{0,300}b",), (0, None), (), True),
        (("^.{1,3}$",), (), (0, None), ("a", "b", "c"), False),
        (("^[ab]{2}$",), ("^(?!.*b)a",), (0, None), ("ab", "ba", "bb"), True),
        (("^(?!.*--)[a-z-]+$",), ("^[a-z-]+$",), (0, None), (), True),
        (("^[a-]+$",), ("^(?!.*--)[a-]+$",), (0, None), ("--", "a--", "--a"), False),
    ],
)
def test_members__of_named_sets__are_as_worked_out_by_hand(
    required: tuple[str, ...],
    forbidden: tuple[str, ...],
    bounds: tuple[int, int | None],
    texts: tuple[str, ...] | None,
    is_complete: bool,
) -> None:
    """Patterns and lengths that schemas really combine have the members that they should have."""
    textset = TextSet(tuple(map(read, required)), tuple(map(read, forbidden)), *bounds)
    found = members(textset, 3)
    assert texts is None or found.texts == texts
    assert found.is_complete == is_complete
    assert all(textset.has(text) for text in found.texts)


def test_members__of_a_long_least_length__are_written_out() -> None:
    """A least length of thousands costs a pass, not a search."""
    for language in ((), (read("^[a-z]{0,5000}$"),), (read("^[a-z]+$"),)):
        found = members(TextSet(language, shortest=5_000), 1)
        assert found.texts == ("a" * 5_000,)
    assert members(TextSet((read("^[a-z]{1,5000}$"),), shortest=5_001), 1) == ((), True)


def test_members__when_the_budget_ends__are_said_not_to_be_all() -> None:
    """A product that is too large is left open instead of guessed."""
    larger, smaller = read("^(a|b)*a(a|b){20}$"), read("^(a|b|c)*a(a|b){20}$")
    assert members(TextSet((larger,), (smaller,)), 1) == ((), False)
    assert is_empty(TextSet((larger,), (smaller,))) is None


def test_members__too_far_for_breadth__are_found_in_depth() -> None:
    """A set whose first member is behind thousands of states still shows one."""
    textset = TextSet((read("(a|b)*a(a|b){16}c"),))
    found = members(textset, 1)
    assert found.texts
    assert not found.is_complete
    assert textset.has(found.texts[0])


def test_members__asked_again_or_anew__are_the_same() -> None:
    """The budget counts steps of the question, not what earlier questions left behind."""
    patterns = ["(a|b)*a(a|b){9}$", "^[a-z]{1,40}(-[a-z]{1,40}){0,3}$", r"^\w+@\w+$"]

    def ask() -> list[object]:
        return [
            members(TextSet((read(one),), (read(other),), 3), 4, budget=budget)
            for one in patterns
            for other in patterns
            for budget in (50, 500, 5_000)
        ]

    first, again = ask(), ask()
    read_pattern.cache_clear()
    assert first == again == ask()


def test_members__hold_no_surrogate__in_any_set() -> None:
    """A surrogate stands in no JSON text that is read, so that none is offered."""
    unusual = TextSet((read("^[^\x00-\ucfff]$"),))
    assert not unusual.has("\ud800")
    texts = members(unusual, 3_000).texts
    assert len(texts) == 3_000
    assert not [text for text in texts if "\ud800" <= text <= "\udfff"]


def test_members__with_texts_excluded__skip_them() -> None:
    """An excluded text is no member, however simple it is."""
    letters = TextSet((read("^[a-e]$"),), excluded=frozenset("abd"))
    assert members(letters, 5) == (("c", "e"), True)
    assert members(TextSet(excluded=frozenset({"", "a"})), 2).texts == ("b", "c")


@given(PATTERNS)
@settings(max_examples=50, deadline=None)
def test_language__of_a_pattern__equals_that_of_the_same_pattern(pattern: str) -> None:
    """Languages are values: the same pattern gives an equal one, with the same hash."""
    first = read_pattern(pattern)
    assume(first is not None)
    read_pattern.cache_clear()
    assert read_pattern(pattern) == first
    assert hash(read_pattern(pattern)) == hash(first)
