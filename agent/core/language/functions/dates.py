"""Dates: reading, printing, epochs, zones, durations.

A date is an `Instant`, internal to the language. Every function here that takes one takes a text
too and reads it as `parse_date` does. It keeps the zone that it was read in: `iso_date` and
`format_date` print on that clock, `to_zone` changes it, `iso_datetime` always prints UTC.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Final

from agent.core.language.absence import Instant, OperationFailed, Value
from agent.core.language.functions.date_help import epoch_help
from agent.core.language.functions.date_patterns import (
    asks_for_day_alone,
    print_date,
    read_by_pattern,
)
from agent.core.language.functions.iso import is_day_alone, read_iso
from agent.core.language.functions.operands import (
    boolean_of,
    choice_of,
    describe,
    integer_of,
    number_of,
    text_of,
    within_64_bits,
)
from agent.core.language.functions.table import Function, make_function
from agent.core.language.functions.zones import make_instant, move_to, zone_of

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NANOS: Final = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_YEAR_1: Final = -62_135_596_800
_YEAR_10000: Final = 253_402_300_800
"""Seconds since 1970."""

_DURATION: Final = re.compile(
    r"([+-])?P(?=.)(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=.)(?:([0-9]{1,9}(?:[.,][0-9]{1,9})?)H)?(?:([0-9]{1,9}(?:[.,][0-9]{1,9})?)M)?"
    r"(?:([0-9]{1,9}(?:[.,][0-9]{1,9})?)S)?)?"
)
_EXACT: Final = Context(prec=64)


def parse_date(s: Value, /, pattern: Value = None, assume_zone: Value = None) -> Instant:
    """Return the date that a text holds: ISO 8601 or RFC 3339, or written as `pattern`.

    A text without a zone needs `assume_zone`. A date stays as it is.
    """
    if isinstance(s, Instant):
        return s
    if not isinstance(s, str):
        raise OperationFailed(f"{describe(s)}, not a date", _to_date(s))
    zone = None if assume_zone is None else zone_of(assume_zone)
    if pattern is None:
        return read_iso(s, zone)
    return read_by_pattern(s, text_of(pattern), zone)


def _to_date(value: Value) -> str:
    """Return what makes a date of a value that is no text."""
    match value:
        case bool():
            return "leave it out: ask is_text(x)"
        case int() | float():
            return epoch_help(value)
        case list():
            return "take one item ([0], only(…)), or each one ([… for x in …])"
        case dict():
            return "pick a field of it"
        case _:
            return ""


def iso_date(d: Value, /) -> str:
    """Return the date as `2024-05-01`, on the clock of its own zone."""
    return _day_of(d).moment.date().isoformat()


def _day_of(d: Value) -> Instant:
    """Return a date of which only the day is asked: a text of a day alone needs no zone."""
    if isinstance(d, str) and is_day_alone(d):
        return read_iso(d, UTC)
    return parse_date(d)


def iso_datetime(d: Value, /, fraction: Value = False, keep_zone: Value = False) -> str:
    """Return the date and time in UTC, as `2024-05-01T12:00:00Z`.

    `fraction` is a number of digits, 0 to 6, cut and not rounded; true prints 3, or 6 where 3 do
    not hold the time. With `keep_zone` it is the clock of the date's own zone that is printed,
    with the offset, as RFC 3339 has it; an offset of nothing is `Z`.
    """
    instant = parse_date(d)
    moment = instant.moment if boolean_of(keep_zone) else instant.in_utc()
    digits = _fraction_digits(fraction, moment.microsecond)
    shown = f".{moment.microsecond:06d}"[: digits + 1] if digits else ""
    clock = moment.replace(microsecond=0, tzinfo=None).isoformat()
    return clock + shown + _offset_of(moment)


def _offset_of(moment: datetime) -> str:
    offset = moment.utcoffset()
    if not offset:
        return "Z"
    if offset % timedelta(minutes=1):
        found = f"an offset of {offset} hours, which RFC 3339 cannot write"
        raise OperationFailed(found, "leave keep_zone out: UTC holds any time")
    return moment.isoformat()[-len("+00:00") :]


def _fraction_digits(fraction: Value, micros: int) -> int:
    if isinstance(fraction, bool):
        return (6 if micros % 1000 else 3) if fraction else 0
    digits = integer_of(fraction)
    if not 0 <= digits <= 6:
        raise OperationFailed(f"fraction is {digits}", "give 0 to 6 digits")
    return digits


def format_date(d: Value, pattern: Value, /) -> str:
    """Return the date as written by `pattern`, on the clock of its own zone."""
    form = text_of(pattern)
    return print_date(_day_of(d) if asks_for_day_alone(form) else parse_date(d), form)


def from_epoch(n: Value, /, unit: Value = "s") -> Instant:
    """Return the date in UTC that is `n` units after 1970; cut to the microsecond."""
    nanos = _NANOS[choice_of(unit, tuple(_NANOS), name="unit")]
    exact = _EXACT.multiply(Decimal(repr(number_of(n))), nanos)
    micros = int((exact / 1000).to_integral_value(ROUND_FLOOR))
    try:
        return Instant(_EPOCH + timedelta(microseconds=micros))
    except OverflowError as error:
        raise OperationFailed(
            f"{describe(n)} in {unit}, outside the years 1 to 9999",
            _unit_help(number_of(n)),
            culprits=(n,),
        ) from error


def _unit_help(number: int | float) -> str:
    """Return the unit in which an epoch lies within the years 1 to 9999, if there is one."""
    for unit, nanos in _NANOS.items():
        if _YEAR_1 <= number * nanos / _NANOS["s"] < _YEAR_10000:
            return f"perhaps it counts {unit}: from_epoch(x, unit='{unit}')"
    return "leave it out with an if"


def to_epoch(d: Value, /, unit: Value = "s") -> int:
    """Return the whole units since 1970; what is left of a unit is cut off (floor)."""
    nanos = _NANOS[choice_of(unit, tuple(_NANOS), name="unit")]
    micros = (parse_date(d).in_utc() - _EPOCH) // timedelta(microseconds=1)
    return within_64_bits(micros * 1000 // nanos, lambda: f"{iso_datetime(d)} in {unit}")


def to_zone(d: Value, zone: Value, /) -> Instant:
    """Return the same point in time on the clock of `zone`."""
    return move_to(parse_date(d), zone_of(zone))


def add_duration(d: Value, duration: Value, /) -> Instant:
    """Return the date plus an ISO 8601 duration, such as `P1M`, `-P3D`, `PT90M`.

    Years, months, weeks and days go by the calendar of the date's own zone, a day too late for its
    month becoming its last; hours, minutes and seconds are exact. A time that clocks skip moves on
    by what they skip.
    """
    instant, text = parse_date(d), text_of(duration)
    match = _DURATION.fullmatch(text)
    if match is None or _has_inner_fraction(match.groups()[5:]):
        raise OperationFailed(f"{describe(text)}, not an ISO 8601 duration", "such as P1M or PT2H")
    sign = -1 if match.group(1) == "-" else 1
    years, months, weeks, days = (sign * int(part or 0) for part in match.groups()[1:5])
    try:
        moved = _add_calendar(instant, years * 12 + months, weeks * 7 + days)
        later = moved.in_utc() + sign * _clock_time(match.groups()[5:])
    except (OverflowError, ValueError) as error:
        raise OperationFailed(
            f"{instant.moment.isoformat()} and {describe(text)} later, outside the years 1 to 9999",
            "leave it out with an if",
        ) from error
    return move_to(make_instant(later), _zone(instant))


def _has_inner_fraction(parts: tuple[str | None, ...]) -> bool:
    """Return whether a part but the last has a fraction, which ISO 8601 forbids."""
    given = [part for part in parts if part]
    return any("." in part or "," in part for part in given[:-1])


def _zone(instant: Instant) -> tzinfo:
    return instant.moment.tzinfo or UTC


def _add_calendar(instant: Instant, months: int, days: int) -> Instant:
    if not months and not days:
        return instant
    moment = instant.moment
    index = moment.year * 12 + moment.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return make_instant(moment.replace(year=year, month=month, day=day) + timedelta(days=days))


def _clock_time(parts: tuple[str | None, ...]) -> timedelta:
    micros = sum(
        Decimal((part or "0").replace(",", ".")) * unit
        for part, unit in zip(parts, (3_600_000_000, 60_000_000, 1_000_000), strict=True)
    )
    return timedelta(microseconds=int(micros))


DATE_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        parse_date,
        group="dates",
        name="parse_date",
        summary="The date that a text holds: ISO 8601, RFC 3339, or written as pattern=; a text "
        "without a zone needs assume_zone=. The other date functions do it by themselves.",
        example="iso_datetime(parse_date('03.02.2024 14:30', pattern='%d.%m.%Y %H:%M', "
        "assume_zone='Europe/Berlin'))",
        result="2024-02-03T13:30:00Z",
    ),
    make_function(
        iso_date,
        group="dates",
        name="iso_date",
        summary="The day as 2024-05-01, in the date's own zone; a text of a day alone needs none.",
        example="iso_date('2024-05-01T23:30:00-05:00')",
        result="2024-05-01",
    ),
    make_function(
        iso_datetime,
        group="dates",
        name="iso_datetime",
        summary="Date and time in UTC with Z; fraction= digits of the second; keep_zone=True "
        "prints the date's own clock with its offset, RFC 3339.",
        example="[iso_datetime('2024-05-01T12:00:00.5+02:00'), "
        "iso_datetime('2024-05-01T12:00:00.5Z', fraction=3), "
        "iso_datetime('2024-05-01T12:00:00+02:00', keep_zone=True)]",
        result=["2024-05-01T10:00:00Z", "2024-05-01T12:00:00.500Z", "2024-05-01T12:00:00+02:00"],
    ),
    make_function(
        format_date,
        group="dates",
        name="format_date",
        summary="The date by a strftime pattern (%Y %y %m %d %H %I %M %S %f %p %b %B %a %A %j %z "
        "%Z), English names, in its own zone; a pattern of days alone takes a text without one.",
        example="format_date('2024-05-01T12:00:00Z', '%a, %d %b %Y %H:%M:%S GMT')",
        result="Wed, 01 May 2024 12:00:00 GMT",
    ),
    make_function(
        from_epoch,
        group="dates",
        name="from_epoch",
        summary="The date n units after 1970 in UTC; unit= s (the default), ms, us, ns.",
        example="iso_datetime(from_epoch(1714564800000, unit='ms'))",
        result="2024-05-01T12:00:00Z",
    ),
    make_function(
        to_epoch,
        group="dates",
        name="to_epoch",
        summary="The whole units since 1970, an integer; unit= s (the default), ms, us, ns.",
        example="[to_epoch('2024-05-01T12:00:00.9Z'), to_epoch('2024-05-01T12:00:00Z', unit='ms')]",
        result=[1714564800, 1714564800000],
    ),
    make_function(
        to_zone,
        group="dates",
        name="to_zone",
        summary="The same point in time on the clock of a zone, for iso_date and format_date.",
        example="iso_date(to_zone('2024-05-01T23:30:00Z', 'Europe/Berlin'))",
        result="2024-05-02",
    ),
    make_function(
        add_duration,
        group="dates",
        name="add_duration",
        summary="The date plus an ISO 8601 duration; days go by the calendar, hours are exact.",
        example="iso_date(add_duration('2024-01-31T00:00:00Z', 'P1M'))",
        result="2024-02-29",
    ),
)
