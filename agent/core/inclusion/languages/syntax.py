"""What a pattern says, once its spelling is read: a closed union of parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from agent.core.inclusion.languages.charsets import CharSet


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set; nothing at all when the set is empty."""

    charset: CharSet


@dataclass(frozen=True, slots=True)
class Begin:
    """The place before the first character."""


@dataclass(frozen=True, slots=True)
class End:
    """The place after the last character."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other; the empty text when there is none."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of the parts."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part `low` to `high` times; any number of times from `low` when `high` is None."""

    part: Part
    low: int
    high: int | None


Part = Chars | Begin | End | Sequence | Choice | Repeat


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole pattern: its body matches, so does each of `wanted`, and none of `unwanted`."""

    body: Part
    wanted: tuple[Part, ...] = ()
    unwanted: tuple[Part, ...] = ()


def charsets_of(part: Part) -> dict[CharSet, None]:
    """Return the sets of characters that a part names, in the order in which they come."""
    match part:
        case Chars(charset):
            return {charset: None}
        case Sequence(parts) | Choice(parts):
            return {each: None for one in parts for each in charsets_of(one)}
        case Repeat(inner):
            return charsets_of(inner)
        case _:
            return {}


def longest_text(part: Part) -> int | None:
    """Return the most characters of a text in which a part is found; None is no bound.

    Only a part between `^` and `$`, or a choice of such, bounds the text around it.
    """
    match part:
        case Choice(parts):
            return _most([longest_text(each) for each in parts], max)
        case Sequence((Begin(), *inner, End())):
            return _most([_longest_match(each) for each in inner], sum)
        case Sequence((only,)):
            return longest_text(only)
        case _:
            return None


def _longest_match(part: Part) -> int | None:
    match part:
        case Chars():
            return 1
        case Begin() | End():
            return 0
        case Sequence(parts):
            return _most([_longest_match(each) for each in parts], sum)
        case Choice(parts):
            return _most([_longest_match(each) for each in parts], max)
        case Repeat(inner, _, high):
            once = _longest_match(inner)
            return 0 if once == 0 else (None if None in (once, high) else (once or 0) * (high or 0))
        case _:
            assert_never(part)


def _most(lengths: list[int | None], together: Callable[[list[int]], int]) -> int | None:
    known = [each for each in lengths if each is not None]
    if len(known) < len(lengths):
        return None
    return together(known) if known else 0
