"""Reading ISO 8601 and RFC 3339 dates, in all their common forms.

Read: calendar (`2024-05-01`, `20240501`), ordinal (`2024-122`, `2024122`) and week dates
(`2024-W18-3`, `2024W183`), alone or with a time after `T`, `t` or a space: hours, minutes, seconds
with a fraction after `.` or `,` (`14`, `14:30`, `1430`, `14:30:05.25`, `143005`), `24:00` as the
end of the day, `23:59:60` as the leap second (taken as the second after). Then the zone: `Z`,
`+02:00`, `+0200`, `+02`, also after a space. Fractions are cut after the microsecond.
Not read: dates without a day, two-digit years, years beyond 9999, fractions of minutes or hours.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from agent.core.language.absence import Instant, OperationFailed
from agent.core.language.functions.date_help import form_help, zone_help
from agent.core.language.functions.operands import describe, quote
from agent.core.language.functions.zones import localise, zone_of

_DATE: Final = (
    r"(?P<year>[0-9]{4})(?:"
    r"-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})|(?P<month_>[0-9]{2})(?P<day_>[0-9]{2})"
    r"|-W(?P<week>[0-9]{2})-(?P<weekday>[1-7])|W(?P<week_>[0-9]{2})(?P<weekday_>[1-7])"
    r"|-?(?P<ordinal>[0-9]{3}))"
)
_TIME: Final = (
    r"(?P<hour>[0-9]{2})(?:"
    r":(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:[.,][0-9]+)?))?"
    r"|(?P<minute_>[0-9]{2})(?P<second_>[0-9]{2}(?:[.,][0-9]+)?)?)?"
)
_ZONE: Final = r"(?: ?(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?))?"
_ISO: Final = re.compile(f"{_DATE}(?:[Tt ]{_TIME})?{_ZONE}")
_DAY: Final = re.compile(_DATE)
_LONGEST: Final = 64
_LONGEST_DAY: Final = len("2024-05-01")


def is_day_alone(text: str) -> bool:
    """Return whether a text has the form of a day, with neither a time nor a zone."""
    return len(text) <= _LONGEST_DAY and _DAY.fullmatch(text) is not None


def is_iso(text: str) -> bool:
    """Return whether a text has the form of an ISO 8601 date, with or without a time."""
    return len(text) <= _LONGEST and _ISO.fullmatch(text) is not None


def read_iso(text: str, assume_zone: tzinfo | None) -> Instant:
    """Return the instant that `text` names; without a zone of its own it is in `assume_zone`.

    Raises:
        OperationFailed: another form, no such day or time, or no zone at all.
    """
    match = _ISO.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise OperationFailed(
            f"{describe(text)}, not an ISO 8601 date",
            form_help(text),
            culprits=(text,),
        )
    parts = {name.rstrip("_"): part for name, part in match.groupdict().items() if part}
    zone = read_zone(parts["zone"], text) if "zone" in parts else assume_zone
    try:
        wall_clock = datetime.combine(_read_day(parts), time()) + _read_time(parts)
    except (ValueError, OverflowError) as error:
        raise no_such_date(text, error) from error
    if zone is None:
        raise no_zone(text)
    return localise(wall_clock, zone, is_day="hour" not in parts)


def no_such_date(text: str, error: Exception) -> OperationFailed:
    """Return the failure of a text that is written as a date and names none."""
    return OperationFailed(
        f"{describe(text)}, no such date ({error})",
        "leave it out with an if, or keep the text",
        culprits=(text,),
    )


def read_zone(zone: str, text: str) -> tzinfo:
    """Return the zone that a date text ends in; one that is not known fails."""
    try:
        return zone_of(zone)
    except OperationFailed as failure:
        is_offset = zone[0] in "+-"
        kind = "not an offset" if is_offset else "no time zone"
        help = f"write what it means in its place: replace(x, {zone!r}, 'UTC')"
        raise OperationFailed(
            f"{describe(text)}, whose zone {quote(zone)} is {kind}",
            "an offset is at most 23:59" if is_offset else help,
            culprits=(text,),
        ) from failure


def no_zone(text: str) -> OperationFailed:
    """Return the failure of a date text that says no zone."""
    return OperationFailed(
        f"{describe(text)}, a date without a zone",
        zone_help(text),
        culprits=(text,),
    )


def _read_day(parts: dict[str, str]) -> date:
    year = int(parts["year"])
    if "week" in parts:
        return date.fromisocalendar(year, int(parts["week"]), int(parts["weekday"]))
    if "ordinal" in parts:
        day = date(year, 1, 1) + timedelta(days=int(parts["ordinal"]) - 1)
        if day.year != year:
            raise ValueError("day of year is out of range")
        return day
    return date(year, int(parts["month"]), int(parts["day"]))


def _read_time(parts: dict[str, str]) -> timedelta:
    """Return the time since midnight."""
    hour, minute = int(parts.get("hour", 0)), int(parts.get("minute", 0))
    whole, _, fraction = parts.get("second", "0").replace(",", ".").partition(".")
    second = int(whole)
    micros = int(fraction[:6].ljust(6, "0"))
    is_end_of_day = hour == 24 and not (minute or second or micros)
    is_leap_second = minute == 59 and second == 60
    if (hour > 23 and not is_end_of_day) or minute > 59 or (second > 59 and not is_leap_second):
        raise ValueError("time is out of range")
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)
