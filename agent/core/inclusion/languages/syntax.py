"""What a pattern says, once its spelling is read: a closed union of parts."""

from __future__ import annotations

from dataclasses import dataclass

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
