"""Time zones by name, from the packaged tz database, so that every machine has the same ones."""

from __future__ import annotations

import functools
import importlib.resources
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from agent.core.language.absence import Instant, OperationFailed, Value
from agent.core.language.functions.operands import describe, text_of

_OFFSET: Final = re.compile(r"([+-])([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2}))?)?")


def zone_of(value: Value) -> tzinfo:
    """Return the zone of a name such as `Europe/Berlin`, `UTC`, `Z`, or of an offset `+02:00`."""
    name = text_of(value, help="give a zone such as 'UTC' or 'Europe/Berlin'")
    if name in ("UTC", "Z", "z"):
        return UTC
    if name[:1] in ("+", "-"):
        return _offset_zone(name)
    if name in _zone_names():
        return _load_zone(name)
    raise OperationFailed(
        f"{describe(value)}, which is no time zone",
        "give an IANA name such as 'Europe/Berlin', or an offset such as '+02:00'",
        culprits=(value,),
    )


def _offset_zone(text: str) -> tzinfo:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise OperationFailed(f"{describe(text)}, not an offset", "write it as +02:00")
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    if hours > 23 or minutes > 59 or seconds > 59:
        raise OperationFailed(f"{describe(text)}, not an offset", "at most 23:59")
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not offset:
        return UTC
    return timezone(-offset if match.group(1) == "-" else offset)


@functools.cache
def _zone_names() -> frozenset[str]:
    listed = importlib.resources.files("tzdata").joinpath("zones").read_text(encoding="ascii")
    return frozenset(listed.split())


@functools.cache
def _load_zone(name: str) -> tzinfo:
    path = importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with path.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def make_instant(moment: datetime) -> Instant:
    """Return an aware datetime as an instant; outside the years 1 to 9999 in UTC fails."""
    try:
        moment.astimezone(UTC)
    except OverflowError as error:
        raise _beyond_calendar(moment, UTC) from error
    return Instant(moment)


def move_to(instant: Instant, zone: tzinfo) -> Instant:
    """Return the same instant on the clock of `zone`."""
    try:
        return Instant(instant.moment.astimezone(zone))
    except OverflowError as error:
        raise _beyond_calendar(instant.moment, zone) from error


def localise(wall_clock: datetime, zone: tzinfo, *, is_day: bool = False) -> Instant:
    """Return the instant at which clocks in `zone` show `wall_clock`.

    Of a time that clocks show twice it is the first. A time that they skip fails, but a whole day
    (`is_day`) whose midnight is skipped starts at the first time that it has.
    """
    moment = wall_clock.replace(tzinfo=zone)
    instant = make_instant(moment)
    seen = move_to(make_instant(instant.in_utc()), zone)
    if seen.moment.replace(tzinfo=None) == wall_clock:
        return instant
    if is_day:
        return seen
    raise OperationFailed(
        f"{wall_clock.isoformat(sep=' ')}, which clocks in {zone} skip", "check the zone"
    )


def _beyond_calendar(moment: datetime, zone: tzinfo) -> OperationFailed:
    return OperationFailed(
        f"{moment.isoformat()}, in {zone} outside the years 1 to 9999",
        "leave such a date out with an if, or keep its text",
    )
