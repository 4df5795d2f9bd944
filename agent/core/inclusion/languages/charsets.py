"""Sets of characters, kept as ranges of code points.

A character is a Unicode scalar value: no JSON text that a validator reads holds a surrogate.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

CharSet = tuple[tuple[int, int], ...]
"""Inclusive ranges, ascending, neither overlapping nor touching."""

ALL: CharSet = ((0, 0xD7FF), (0xE000, 0x10FFFF))
NONE: CharSet = ()

_SIMPLE_FIRST = (
    *((ord(low), ord(high)) for low, high in ("az", "09", "AZ", "--", "__", "..", "@@")),
    (0x21, 0x7E),
    (0x20, 0x20),
    (0xA1, 0xAC),
    (0xAE, 0x1FFF),
    (0x2030, 0xD7FF),
    (0xE000, 0xFFFD),
    (0x10000, 0x10FFFF),
    (0x20, 0x10FFFF),
    (0x00, 0x1F),
)
"""Where characters of a set are looked for, most ordinary first; earlier ranges win."""

_FEW = 128
"""Characters of a set that are kept in order; few questions ask for more."""


def make_charset(ranges: Iterable[tuple[int, int]]) -> CharSet:
    """Return the set of all characters in these inclusive ranges, surrogates left out."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        elif low <= high:
            merged.append((low, high))
    return _meet(tuple(merged), ALL)


def of_characters(text: str) -> CharSet:
    """Return the set of the characters of a text."""
    return make_charset((ord(each), ord(each)) for each in text)


def unite(*sets: CharSet) -> CharSet:
    """Return the characters that are in any of the sets."""
    return make_charset(each for one in sets for each in one)


def complement(charset: CharSet) -> CharSet:
    """Return the characters that are not in the set."""
    edges = [(0, -1), *charset, (0x110000, 0x110000)]
    gaps = tuple((left[1] + 1, right[0] - 1) for left, right in pairwise(edges))
    return _meet(tuple(each for each in gaps if each[0] <= each[1]), ALL)


def partition(families: Iterable[Iterable[CharSet]]) -> dict[tuple[int, ...], CharSet]:
    """Return the classes of characters that no set tells apart.

    Each family becomes one number in the key: bit i says whether its i-th set holds the class.
    The classes are disjoint, not empty, and cover every character.
    """
    events: dict[int, list[tuple[int, int]]] = {}
    marks = [0]
    for family, sets in enumerate(families):
        marks += [0] * (family + 1 - len(marks))
        for bit, charset in enumerate(sets):
            for low, high in charset:
                events.setdefault(low, []).append((family, 1 << bit))
                events.setdefault(high + 1, []).append((family, 1 << bit))
    classes: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for low, end in pairwise(sorted({0, 0x110000, *events})):
        for family, bit in events.get(low, ()):
            marks[family] ^= bit
        classes.setdefault(tuple(marks), []).append((low, end - 1))
    found = {key: make_charset(ranges) for key, ranges in classes.items()}
    return {key: charset for key, charset in found.items() if charset}


def simple_first(charset: CharSet) -> Iterator[str]:
    """Yield every character of a set once: letters, digits, other ASCII, then the rest."""
    few = _simplest(charset)
    yield from few
    if len(few) == _FEW:
        yield from islice(_in_order(charset), _FEW, None)


@functools.lru_cache(maxsize=4096)
def _simplest(charset: CharSet) -> tuple[str, ...]:
    return tuple(islice(_in_order(charset), _FEW))


def _in_order(charset: CharSet) -> Iterator[str]:
    for index, block in enumerate(_SIMPLE_FIRST):
        for low, high in _meet(charset, (block,)):
            for code in range(low, high + 1):
                if not _is_within(code, _SIMPLE_FIRST[:index]):
                    yield chr(code)


def simplicity(charset: CharSet) -> tuple[int, int]:
    """Return how ordinary the simplest character of a set is, for sorting; the set is not empty."""
    first = ord(next(simple_first(charset)))
    return next(i for i, (low, high) in enumerate(_SIMPLE_FIRST) if low <= first <= high), first


def _is_within(code: int, blocks: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in blocks)


def _meet(left: CharSet, right: CharSet) -> CharSet:
    found = (
        (max(low, other), min(high, end))
        for low, high in left
        for other, end in right
        if other <= high and low <= end
    )
    return tuple(found)
