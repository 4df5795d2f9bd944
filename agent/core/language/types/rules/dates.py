"""Dates: reading, printing, epochs, zones, durations."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from agent.core.language.functions.date_patterns import read_pattern
from agent.core.language.functions.zones import zone_of
from agent.core.language.types.rules.site import Rule, Site
from agent.core.language.types.typed import NEVER, Typed
from agent.core.language.types.values import listed, tried
from agent.core.shapes.facts import make_fact
from agent.core.shapes.parts import Numbers, Texts
from agent.core.shapes.shape import DATE, TEXT, Parts, Shape, integers, texts

_UNITS: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_FIRST, _LAST = Fraction(-62_135_596_800), Fraction(253_402_300_799)
"""The seconds of the years 1 to 9999."""

_DAY = texts(Texts(10, 10, None, frozenset({make_fact("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")})))
_TIME = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"


def _date(site: Site, name: str = "d") -> bool:
    """Note where an argument may be no date, and return whether it may be one."""
    shape = site.shape(name)
    parts = shape.parts
    if parts != Parts(dates=parts.dates):
        site.fail("not a date")
    return parts.dates or parts.texts is not None


def _parse_date(site: Site) -> Typed:
    shape = site.shape("s")
    is_date = shape.parts.dates or shape.parts.texts is not None
    if shape.parts != Parts(dates=shape.parts.dates):
        site.fail("not a date")
    for name in ("pattern", "assume_zone"):
        typed = site.argument(name)
        if typed is not None and not _are_good(typed.shape, name):
            site.fail(f"a {name} that may not be read")
    return Typed(DATE) if is_date else NEVER


def _are_good(shape: Shape, name: str) -> bool:
    values = listed(shape)
    if values is None:
        return False
    read = zone_of if name == "assume_zone" else read_pattern
    for value in values:
        if not isinstance(value, str) or isinstance(tried(read, value), str):
            return False
    return True


def _iso_date(site: Site) -> Typed:
    return Typed(_DAY) if _date(site) else NEVER


def _iso_datetime(site: Site) -> Typed:
    is_date = _date(site)
    fraction, longest_fraction = _fraction(site)
    end, longest_end = _end(site)
    if not is_date:
        return NEVER
    return Typed(_printed(f"{fraction}{end}$", 20, 19 + longest_fraction + longest_end))


def _fraction(site: Site) -> tuple[str, int]:
    """Return the pattern of the printed fraction, and its longest length."""
    fraction = site.argument("fraction")
    if fraction is None:
        return "", 0
    values = listed(fraction.shape)
    if values is not None and values and all(_is_fraction(value) for value in values):
        if all(value is False or value == 0 for value in values):
            return "", 0
    else:
        site.fail("fraction is no number of digits from 0 to 6")
    return r"(\.[0-9]{1,6})?", 7


def _end(site: Site) -> tuple[str, int]:
    """Return the pattern of what is printed of the zone, and its longest length."""
    kept = site.argument("keep_zone")
    if kept is None:
        return "Z", 1
    parts = kept.shape.parts
    if parts != Parts(booleans=parts.booleans):
        site.fail("keep_zone is no boolean")
    if True not in parts.booleans:
        return "Z", 1
    if site.shape("d").parts.dates:
        site.fail("an offset with seconds, which RFC 3339 cannot write")
    return "(Z|[+-][0-9]{2}:[0-9]{2})", 6


def _is_fraction(value: object) -> bool:
    if isinstance(value, bool):
        return True
    return isinstance(value, (int, float)) and value in range(7)


def _printed(end: str, shortest: int, longest: int) -> Shape:
    fact = make_fact("pattern", _TIME + end)
    return texts(Texts(shortest, longest, None, frozenset({fact})))


def _format_date(site: Site) -> Typed:
    is_date = _date(site)
    site.text("pattern")
    pattern = site.choice("pattern", "")
    if pattern is None or isinstance(tried(read_pattern, pattern), str):
        site.fail("a pattern that may not be read")
    return Typed(TEXT) if is_date else NEVER


def _from_epoch(site: Site) -> Typed:
    part = site.number("n")
    unit = _unit(site)
    if part is None:
        return NEVER
    if unit is None or not _is_within_calendar(part, unit):
        site.fail("outside the years 1 to 9999")
    return Typed(DATE)


def _is_within_calendar(part: Numbers, unit: int) -> bool:
    if part.low is None or part.high is None:
        return False
    return _FIRST * unit <= part.low and part.high <= _LAST * unit


def _unit(site: Site) -> int | None:
    unit = site.choice("unit", "s")
    if unit not in _UNITS:
        site.fail("unit is none of s, ms, us, ns")
        return None
    return _UNITS[unit]


def _to_epoch(site: Site) -> Typed:
    is_date = _date(site)
    unit = _unit(site)
    if unit is None or unit == _UNITS["ns"]:
        if unit is not None:
            site.fail("an integer beyond 64 bits")
        return Typed(integers(-(2**63), 2**63 - 1)) if is_date else NEVER
    if not is_date:
        return NEVER
    return Typed(integers(int(_FIRST) * unit, (int(_LAST) + 1) * unit))


def _to_zone(site: Site) -> Typed:
    is_date = _date(site)
    zone = site.shape("zone")
    if not _are_good(zone, "assume_zone"):
        site.fail("which is no time zone")
    site.fail("a date outside the years 1 to 9999")
    return Typed(DATE) if is_date else NEVER


def _add_duration(site: Site) -> Typed:
    is_date = _date(site)
    site.text("duration")
    site.fail("a duration that may not be read, or a date outside the years 1 to 9999")
    return Typed(DATE) if is_date else NEVER


DATE_RULES: Final[dict[str, Rule]] = {
    "parse_date": _parse_date,
    "iso_date": _iso_date,
    "iso_datetime": _iso_datetime,
    "format_date": _format_date,
    "from_epoch": _from_epoch,
    "to_epoch": _to_epoch,
    "to_zone": _to_zone,
    "add_duration": _add_duration,
}
