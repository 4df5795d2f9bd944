"""Time zones as tables, from the packaged tz database, for languages that have none or another."""

from __future__ import annotations

import functools
import importlib.resources
import re
import struct
from datetime import UTC, datetime
from typing import Any, Final

from agent.core.language.absence import OperationFailed
from agent.core.language.functions.zones import zone_of

_HEADER: Final = struct.Struct(">4sc15x6l")
_ALWAYS: Final = -(10**12)
"""Before every date of the language, in seconds."""

_NAME: Final = r"(?:<([A-Za-z0-9+-]+)>|([A-Za-z]+))"
_OFFSET: Final = r"([+-]?[0-9:]+)"
_DAY: Final = r"M([0-9]+)\.([0-9]+)\.([0-9]+)(?:/([+-]?[0-9:]+))?"
_RULE: Final = re.compile(f"{_NAME}{_OFFSET}(?:{_NAME}{_OFFSET}?,{_DAY},{_DAY})?")


class UnknownZone(Exception):
    """No table can be made of a zone: no such name, or a rule of another form."""


@functools.lru_cache(maxsize=64)
def zone_table(name: str) -> dict[str, Any]:
    """Return `{"name", "spans": [[from, offset, abbreviation], …], "rule"}` of a zone.

    Times are seconds since 1970 in UTC, offsets seconds east of it; `rule` says what holds after
    the last span (RFC 9636, section 3.3), and null that the last span does.

    Raises:
        UnknownZone: there is no such zone, or its rule has another form.
    """
    data = _read(name)
    counts, start = _block(data)
    _, _, _, times, types, chars = counts
    moments = struct.unpack_from(f">{times}q", data, start)
    kinds = data[start + times * 8 : start + times * 9]
    at = start + times * 9
    infos = [struct.unpack_from(">lBB", data, at + index * 6) for index in range(types)]
    names = data[at + types * 6 : at + types * 6 + chars]
    spans = [_first(name)]
    for moment, kind in zip(moments, kinds, strict=True):
        offset, _, place = infos[kind]
        spans.append([moment, offset, names[place : names.index(b"\0", place)].decode()])
    footer = data.rstrip(b"\n").rpartition(b"\n")[2].decode()
    return {"name": name, "spans": spans, "rule": _rule(footer)}


def _read(name: str) -> bytes:
    try:
        zone_of(name)
    except OperationFailed as failure:
        raise UnknownZone(name) from failure
    folder = importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    try:
        return folder.read_bytes()
    except OSError as error:
        raise UnknownZone(name) from error


def _block(data: bytes) -> tuple[tuple[int, ...], int]:
    """Return the counts of the 64-bit block, and where its data starts (RFC 9636, section 3)."""
    first = _HEADER.unpack_from(data)[2:]
    utc, standard, leaps, times, types, chars = first
    skipped = times * 5 + types * 6 + chars + leaps * 8 + standard + utc
    at = _HEADER.size + skipped
    return tuple(_HEADER.unpack_from(data, at)[2:]), at + _HEADER.size


def _first(name: str) -> list[Any]:
    early = datetime(1, 1, 2, tzinfo=UTC).astimezone(zone_of(name))
    offset = early.utcoffset()
    return [_ALWAYS, int(offset.total_seconds()) if offset else 0, early.tzname() or ""]


def _rule(footer: str) -> list[Any] | None:
    """Return `[standard offset, name, summer offset, name, begins, ends]`, or None for no rule."""
    match = _RULE.fullmatch(footer)
    if match is None:
        raise UnknownZone(footer)
    parts = match.groups()
    standard = -_seconds(parts[2])
    name = parts[0] or parts[1]
    if parts[3] is None and parts[4] is None:
        return [standard, name, standard, name, None, None]
    summer = -_seconds(parts[5]) if parts[5] else standard + 3600
    return [standard, name, summer, parts[3] or parts[4], _day(parts[6:10]), _day(parts[10:14])]


def _day(parts: tuple[str, ...]) -> list[int]:
    month, week, weekday, time = parts
    return [int(month), int(week), int(weekday), _seconds(time or "2")]


def _seconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = (text.lstrip("+-") + ":0:0").split(":")[:3]
    return sign * (int(hours) * 3600 + int(minutes) * 60 + int(seconds))
