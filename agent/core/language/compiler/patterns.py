"""Patterns of source schemas as tests on text: exact ones written out, others left to the engine.

The commonest patterns of identifiers are runs of one set of characters with fixed lengths. Such a
pattern is a few string operations, several times as fast as an engine and never slower than the
text is long.
"""

from __future__ import annotations

import functools
import re
import string
from typing import Final, NamedTuple

_PIECE: Final = re.compile(
    r"(?P<set>\[(?:[A-Za-z0-9_ .:/+-])+\])(?:\{(?P<count>[0-9]{1,3})\})?"
    r"|(?P<literal>[A-Za-z0-9_ :/-])"
)
_QUANTIFIERS: Final = ("{", "*", "+", "?")
_MOST_PIECES: Final = 16


def written_out(pattern: str, name: str) -> str | None:
    """Return the code of a test that a text (by its `name`) matches, or None for other patterns."""
    pieces = _pieces(pattern)
    if pieces is None:
        return None
    tests, length = [], 0
    for literal, letters, count in pieces:
        part = f"{name}[{length}:{length + count}]" if len(pieces) > 1 else name
        length += count
        tests.append(f"{part} == {literal!r}" if literal else f"not {part}.strip({letters!r})")
    return " and ".join([f"len({name}) == {length}", *tests])


def fixed_length(pattern: str) -> int | None:
    """Return the length of every text that matches, or None for patterns of another kind."""
    pieces = _pieces(pattern)
    return None if pieces is None else sum(piece.length for piece in pieces)


class _Piece(NamedTuple):
    """A literal text, or so many characters out of some letters."""

    literal: str
    letters: str
    length: int


@functools.lru_cache(maxsize=1024)
def _pieces(pattern: str) -> tuple[_Piece, ...] | None:
    """Return the pieces of a pattern that is made of nothing else, from end to end."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return None
    inner, at = pattern[1:-1], 0
    pieces: list[_Piece] = []
    while at < len(inner):
        match = _PIECE.match(inner, at)
        if match is None or inner[match.end() : match.end() + 1] in _QUANTIFIERS:
            return None
        at = match.end()
        if literal := match["literal"]:
            before = pieces.pop().literal if pieces and pieces[-1].literal else ""
            pieces.append(_Piece(before + literal, "", len(before) + 1))
            continue
        letters, count = _members(match["set"][1:-1]), int(match["count"] or 1)
        if not letters or not count:
            return None
        pieces.append(_Piece("", letters, count))
    return tuple(pieces) if 0 < len(pieces) <= _MOST_PIECES else None


def _members(inner: str) -> str | None:
    """Return the characters of a set such as `0-9a-z_`."""
    found, at = "", 0
    while at < len(inner):
        if inner[at + 1 : at + 2] == "-" and at + 2 < len(inner):
            first, last = inner[at], inner[at + 2]
            if not any(
                first in group and last in group and first <= last
                for group in (string.ascii_lowercase, string.ascii_uppercase, string.digits)
            ):
                return None
            found += "".join(map(chr, range(ord(first), ord(last) + 1)))
            at += 3
        elif inner[at] == "-" and 0 < at < len(inner) - 1:
            return None
        else:
            found += inner[at]
            at += 1
    return found
