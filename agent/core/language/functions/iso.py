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
from agent.core.language.functions.operands import describe
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


def read_iso(text: str, assume_zone: tzinfo | None) -> Instant:
    """Return the instant that `text` names; without a zone of its own it is in `assume_zone`.

    Raises:
        OperationFailed: another form, no such day or time, or no zone at all.
    """
    match = _ISO.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise OperationFailed(
            f"{describe(text)}, not an ISO 8601 date",
            "give its form: parse_date(s, pattern='%d.%m.%Y')",
        )
    parts = {name.rstrip("_"): part for name, part in match.groupdict().items() if part}
    zone = zone_of(parts["zone"]) if "zone" in parts else assume_zone
    try:
        wall_clock = datetime.combine(_read_day(parts), time()) + _read_time(parts)
    except (ValueError, OverflowError) as error:
        raise OperationFailed(f"{describe(text)}, no such date ({error})") from error
    if zone is None:
        raise no_zone(text)
    return localise(wall_clock, zone, is_day="hour" not in parts)


def no_zone(text: str) -> OperationFailed:
    """Return the failure of a date text that says no zone."""
    return OperationFailed(
        f"{describe(text)}, a date without a zone",
        "say which: parse_date(..., assume_zone='UTC') or an IANA name",
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
