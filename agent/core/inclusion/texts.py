"""Texts that satisfy lengths and patterns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Set
from typing import Final, TypeAlias

from agent.core.inclusion.formulas import Atom, Format, Pattern, Size
from agent.core.inclusion.languages import Language, TextSet, members, read_pattern
from agent.core.inclusion.members import Members
from agent.core.shapes.facts import does_match, has_format

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_TRIED: Final = 30
"""Texts that are asked whether they match what no automaton reads."""

_TYPICAL: Final = (
    *("2024-05-01", "12:30:00Z", "2024-05-01T12:30:00Z", "P1D", "a@b.example", "b.example"),
    *(
        "192.0.2.1",
        "2001:db8::1",
        "https://b.example/a",
        "/a",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    ),
)
"""Texts of well-known formats."""

_Test: TypeAlias = Pattern | Format

MAX_LENGTH: Final = 200_000
"""Longest text that is written as a witness, in characters."""


def text_members(atoms: Iterable[Atom], *, excluded: Set[str], want: int) -> Members:
    """Return texts that satisfy all atoms and are none of the excluded ones.

    Patterns that no automaton reads are left to the engine: they may rule out what was found,
    and are no proof that there is nothing else.
    """
    least, most = 0, None
    tests: dict[_Test, bool] = {}
    for atom in atoms:
        match atom.body:
            case Size(count=count) if atom.holds:
                least = max(least, count)
            case Size(count=count):
                most = count - 1 if most is None else min(most, count - 1)
            case Pattern() | Format() as test:
                if tests.setdefault(test, atom.holds) is not atom.holds:
                    return Members()
            case _:
                raise TypeError(f"no atom about texts: {atom}")
    if most is not None and most < least:
        return Members()
    if not tests:
        return _of_length(least, most, excluded=excluded, want=want)
    return _passing(tests, least, most, excluded=frozenset(excluded), want=want)


def _passing(
    tests: dict[_Test, bool],
    least: int,
    most: int | None,
    *,
    excluded: frozenset[str],
    want: int,
) -> Members:
    required: list[Language] = []
    forbidden: list[Language] = []
    unread: list[tuple[_Test, bool]] = []
    for test, holds in tests.items():
        language = read_pattern(test.pattern) if isinstance(test, Pattern) else None
        if language is None:
            unread.append((test, holds))
        else:
            (required if holds else forbidden).append(language)
    textset = TextSet(tuple(required), tuple(forbidden), least, most, excluded)
    found = members(textset, _TRIED if unread else want)
    typical = [text for text in _TYPICAL if unread and textset.has(text)]
    fitting = tuple(
        text
        for text in dict.fromkeys((*typical, *found.texts))
        if all(_passes(test, text) is holds for test, holds in unread)
    )
    return Members(fitting[:want], found.is_complete and len(fitting) <= want)


def _passes(test: _Test, text: str) -> bool:
    if isinstance(test, Pattern):
        return does_match(test.pattern, text)
    return has_format(test.format, text)


def _of_length(least: int, most: int | None, *, excluded: Set[str], want: int) -> Members:
    if least > MAX_LENGTH:
        return Members((), is_complete=False)
    found: list[str] = []
    for text in _spellings(least, most):
        if text not in excluded:
            if len(found) == want:
                return Members(tuple(found), is_complete=False)
            found.append(text)
    return Members(tuple(found), is_complete=most == 0)


def _spellings(least: int, most: int | None) -> Iterator[str]:
    """Yield texts of letters, short ones first; all there are when only the empty one is."""
    if least == 0:
        yield ""
    if most == 0:
        return
    length = max(least, 1)
    width = min(length, 4)
    lead = _LETTERS[0] * (length - width)
    for letters in itertools.product(_LETTERS, repeat=width):
        yield lead + "".join(letters)
    while most is None or length < most:
        length += 1
        yield _LETTERS[0] * length
