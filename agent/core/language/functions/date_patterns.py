"""Date patterns: a subset of strftime's, both ways, with English names whatever the locale.

Numbers are read with or without their leading zero, except where another number follows at once
(`%Y%m%d`); they are printed with it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from agent.core.language.absence import Instant, OperationFailed
from agent.core.language.functions.iso import is_iso, no_such_date, no_zone, read_zone
from agent.core.language.functions.operands import describe, quote
from agent.core.language.functions.zones import localise
from agent.core.untrusted import visible

MONTHS: Final = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
WEEKDAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

_WIDTHS: Final = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "f": 6, "j": 3}
_NAMES: Final = {
    "b": [name[:3] for name in MONTHS],
    "B": MONTHS,
    "a": [name[:3] for name in WEEKDAYS],
    "A": WEEKDAYS,
    "p": ["AM", "PM"],
}
_ZONES: Final = {
    "z": r"[Zz]|[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?",
    "Z": r"[A-Za-z][A-Za-z0-9_+/-]*",
}
_OF_DAYS: Final = frozenset("YymdjbBaA")
_DIRECTIVES: Final = frozenset([*_WIDTHS, *_NAMES, *_ZONES])
_PIECES: Final = re.compile(r"%(.?)|[^%]+", re.DOTALL)
_LONGEST: Final = 256


@dataclass(frozen=True, slots=True)
class Piece:
    """A literal text of a pattern, or (`is_directive`) the letter after its `%`."""

    text: str
    is_directive: bool


@functools.lru_cache(maxsize=256)
def read_pattern(pattern: str) -> tuple[Piece, ...]:
    """Return the pieces of a date pattern; an unknown directive fails."""
    if len(pattern) > _LONGEST:
        raise OperationFailed(f"a date pattern of {len(pattern)} characters", "make it shorter")
    pieces = []
    for match in _PIECES.finditer(pattern):
        letter = match.group(1)
        if letter is None or letter == "%":
            pieces.append(Piece(letter or match.group(), is_directive=False))
        elif letter in _DIRECTIVES:
            pieces.append(Piece(letter, is_directive=True))
        else:
            known = " ".join(f"%{item}" for item in sorted(_DIRECTIVES))
            raise OperationFailed(
                f"{visible('%' + letter)} in {describe(pattern)}", f"known: {known}"
            )
    return tuple(pieces)


def asks_for_day_alone(pattern: str) -> bool:
    """Return whether a pattern prints nothing of the time and nothing of the zone."""
    return all(piece.text in _OF_DAYS for piece in read_pattern(pattern) if piece.is_directive)


def print_date(instant: Instant, pattern: str) -> str:
    """Return the instant by `pattern`, on the clock of its own zone."""
    moment = instant.moment
    return "".join(
        _print_piece(moment, piece.text) if piece.is_directive else piece.text
        for piece in read_pattern(pattern)
    )


def _print_piece(moment: datetime, letter: str) -> str:
    if letter in _WIDTHS:
        return str(_number(moment, letter)).zfill(_WIDTHS[letter])
    match letter:
        case "b" | "B":
            return _NAMES[letter][moment.month - 1]
        case "a" | "A":
            return _NAMES[letter][moment.weekday()]
        case "p":
            return _NAMES[letter][moment.hour // 12]
        case "z":
            return moment.strftime("%z")
        case _:
            return moment.tzname() or ""


def _number(moment: datetime, letter: str) -> int:
    numbers = {
        "Y": moment.year,
        "y": moment.year % 100,
        "m": moment.month,
        "d": moment.day,
        "H": moment.hour,
        "I": moment.hour % 12 or 12,
        "M": moment.minute,
        "S": moment.second,
        "f": moment.microsecond,
        "j": moment.timetuple().tm_yday,
    }
    return numbers[letter]


def read_by_pattern(text: str, pattern: str, assume_zone: tzinfo | None) -> Instant:
    """Return the instant that `text` names by `pattern`; without a zone it is in `assume_zone`.

    A pattern without a month or day reads the first; one without a year fails. Parts that
    contradict each other (a weekday that the date is not) fail.
    """
    match = _compile(pattern).fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise OperationFailed(
            f"{describe(text)}, which is not written as {describe(pattern)}",
            _where_it_stops(text, pattern),
            culprits=(text,),
        )
    parts = match.groupdict()
    zone = _read_zone(parts, text) or assume_zone
    try:
        wall_clock = _assemble(parts)
    except ValueError as error:
        raise no_such_date(text, error) from error
    if zone is None:
        raise no_zone(text)
    return localise(wall_clock, zone, is_day=not {"H", "I"} & parts.keys())


def _where_it_stops(text: str, pattern: str) -> str:
    """Return where a text leaves a pattern, and that it is ISO 8601 where it is."""
    if is_iso(text):
        return "leave pattern= out: it is written as ISO 8601"
    pieces, shown = read_pattern(pattern), text[:_LONGEST]
    for size in range(len(pieces), 0, -1):
        source = "".join(_source(piece, after=()) for piece in pieces[:size])
        if match := re.match(source, shown, re.ASCII | re.IGNORECASE):
            wanted = "ends" if size == len(pieces) else f"wants {_shown_piece(pieces[size])}"
            return f"after {quote(match.group())} the pattern {wanted}"
    return f"at its start the pattern wants {_shown_piece(pieces[0])}"


def _shown_piece(piece: Piece) -> str:
    return f"%{piece.text}" if piece.is_directive else quote(piece.text)


@functools.lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    pieces = read_pattern(pattern)
    letters = [piece.text for piece in pieces if piece.is_directive]
    for letter in letters:
        if letters.count(letter) > 1:
            raise OperationFailed(f"%{letter} twice in {describe(pattern)}")
    if not {"Y", "y"} & set(letters):
        raise OperationFailed(f"{describe(pattern)}, a pattern without a year", "add %Y or %y")
    if ("I" in letters) != ("p" in letters) and "H" not in letters:
        raise OperationFailed(
            f"{describe(pattern)}, half of a 12-hour time", "%I and %p go together"
        )
    source = "".join(
        _source(piece, after=pieces[index + 1 : index + 2]) for index, piece in enumerate(pieces)
    )
    return re.compile(source, re.ASCII | re.IGNORECASE)


def _source(piece: Piece, *, after: tuple[Piece, ...]) -> str:
    if not piece.is_directive:
        return re.escape(piece.text)
    letter = piece.text
    if letter in _ZONES:
        return f"(?P<{letter}>{_ZONES[letter]})"
    if letter in _NAMES:
        return f"(?P<{letter}>{'|'.join(_NAMES[letter])})"
    return f"(?P<{letter}>{_digits(letter, _is_digits(after))})"


def _digits(letter: str, is_followed_by_digits: bool) -> str:
    width = _WIDTHS[letter]
    if is_followed_by_digits or letter in "Yy":
        return f"[0-9]{{{width}}}"
    return f"[0-9]{{1,{9 if letter == 'f' else width}}}"


def _is_digits(after: tuple[Piece, ...]) -> bool:
    if not after:
        return False
    (piece,) = after
    return piece.text in _WIDTHS if piece.is_directive else piece.text[0].isdigit()


def _read_zone(parts: dict[str, str], text: str) -> tzinfo | None:
    if "z" in parts:
        return read_zone(parts["z"], text)
    if "Z" in parts:
        return UTC if parts["Z"].upper() == "GMT" else read_zone(parts["Z"], text)
    return None


def _assemble(parts: dict[str, str]) -> datetime:
    numbers = {letter: int(parts[letter]) for letter in parts if letter in _WIDTHS}
    year = numbers["Y"] if "Y" in numbers else _century(numbers["y"])
    moment = datetime(year, _month(parts, numbers), numbers.get("d", 1))
    if "j" in numbers:
        moment = datetime(year, 1, 1) + timedelta(days=numbers["j"] - 1)
    moment = moment.replace(
        hour=_hour(parts, numbers),
        minute=numbers.get("M", 0),
        second=numbers.get("S", 0),
        microsecond=int(parts.get("f", "0")[:6].ljust(6, "0")),
    )
    _refuse_contradictions(moment, parts, numbers)
    return moment


def _century(short_year: int) -> int:
    """Return the year of two digits: 69 to 99 are 1969 to 1999, as POSIX has it."""
    return short_year + (1900 if short_year >= 69 else 2000)


def _month(parts: dict[str, str], numbers: dict[str, int]) -> int:
    for letter in ("b", "B"):
        if letter in parts:
            return _position(letter, parts[letter]) + 1
    return numbers.get("m", 1)


def _hour(parts: dict[str, str], numbers: dict[str, int]) -> int:
    if "H" in numbers or "I" not in numbers:
        return numbers.get("H", 0)
    if not 1 <= numbers["I"] <= 12:
        raise ValueError("hour must be in 1..12")
    return numbers["I"] % 12 + 12 * _position("p", parts["p"])


def _position(letter: str, name: str) -> int:
    return [item.lower() for item in _NAMES[letter]].index(name.lower())


def _refuse_contradictions(
    moment: datetime, parts: dict[str, str], numbers: dict[str, int]
) -> None:
    """Fail when a part says otherwise than the date made of the others."""
    for letter, number in numbers.items():
        if letter != "f" and _number(moment, letter) != number:
            raise ValueError(f"%{letter} says otherwise")
    for letter in parts.keys() & _NAMES.keys():
        if _print_piece(moment, letter).lower() != parts[letter].lower():
            raise ValueError(f"%{letter} says otherwise")
