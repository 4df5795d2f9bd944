from __future__ import annotations

import locale
import os
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.language.absence import Instant, OperationFailed
from agent.core.language.functions.dates import (
    add_duration,
    format_date,
    from_epoch,
    iso_date,
    iso_datetime,
    parse_date,
    to_epoch,
    to_zone,
)
from agent.core.language.functions.zones import zone_of

MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC", "-03:30"])
MODERN = st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, OFFSETS)
def test_parse_date__of_what_python_prints__is_that_moment(
    moment: datetime, offset: timezone
) -> None:
    """Every ISO 8601 text that Python prints, in any offset, is read as the same moment."""
    try:
        text = moment.astimezone(offset).isoformat()
    except OverflowError:
        return
    assert parse_date(text) == Instant(moment)


@given(MOMENTS)
def test_iso_datetime__when_parsed_again__is_the_same_instant(moment: datetime) -> None:
    """With six digits of fraction nothing is lost."""
    printed = iso_datetime(Instant(moment), fraction=6)
    assert parse_date(printed) == Instant(moment)
    assert len(printed) == len("2024-05-01T12:00:00.000000Z")


@given(MOMENTS, OFFSETS)
def test_iso_datetime__that_keeps_the_zone__is_read_as_the_same_clock(
    moment: datetime, offset: timezone
) -> None:
    """With six digits neither the instant nor the clock that showed it is lost."""
    try:
        there = Instant(moment.astimezone(offset))
    except OverflowError:
        return
    read = parse_date(iso_datetime(there, fraction=6, keep_zone=True))
    assert read == there
    assert read.moment.utcoffset() == there.moment.utcoffset()


@given(
    st.dates(date(1000, 1, 5)), ZONES, st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y-%j", "%G-W%V-%u"])
)
def test_iso_date__of_a_day_alone__is_what_it_is_in_any_zone(
    day: date, zone: str, form: str
) -> None:
    """No zone can change the day that a text names, so that none has to be given."""
    text = day.strftime(form)
    try:
        there = parse_date(text, assume_zone=zone)
    except OperationFailed:
        return
    assert iso_date(text) == iso_date(there) == day.isoformat()
    assert format_date(text, "%A %j") == format_date(there, "%A %j")


@given(MOMENTS, st.sampled_from(["s", "ms", "us"]))
def test_to_epoch__after_from_epoch__gives_the_number_back(moment: datetime, unit: str) -> None:
    """A whole number of units since 1970 survives being a date."""
    number = to_epoch(Instant(moment), unit)
    assert to_epoch(from_epoch(number, unit), unit) == number


@pytest.mark.parametrize(
    "pattern",
    [
        "%Y-%m-%d %H:%M:%S.%f %z",
        "%A, %d. %B %Y, %I:%M:%S.%f %p %z",
        "%a %b %d %H:%M:%S.%f %z %Y",
        "%Y%m%d%H%M%S%f%z",
        "%Y/%j %H.%M.%S,%f %z",
    ],
)
@given(moment=MODERN, zone=ZONES)
def test_format_date__when_parsed_by_its_pattern__is_the_same_instant(
    pattern: str, moment: datetime, zone: str
) -> None:
    """A pattern reads what it prints."""
    there = to_zone(Instant(moment), zone)
    assert parse_date(format_date(there, pattern), pattern) == there


@given(moment=MODERN, zone=ZONES)
def test_format_date__of_any_date__prints_what_strftime_prints(moment: datetime, zone: str) -> None:
    """The subset means what strftime means, for years of four digits and English names."""
    pattern = "%Y %y %m %d %H %I %M %S %f %p %b %B %a %A %j %z %Z"
    there = to_zone(Instant(moment), zone)
    assert format_date(there, pattern) == there.moment.strftime(pattern)


@given(moment=MODERN, zone=ZONES)
def test_wall_clock__in_a_zone__is_read_as_an_instant_that_shows_it(
    moment: datetime, zone: str
) -> None:
    """A time of the clock in a zone is an instant at which that clock shows it."""
    wall_clock = to_zone(Instant(moment), zone).moment.replace(tzinfo=None)
    read = parse_date(wall_clock.isoformat(), assume_zone=zone)
    assert read.moment.replace(tzinfo=None, fold=0) == wall_clock.replace(fold=0)
    assert read <= Instant(moment)


@given(MODERN, st.integers(-5000, 5000))
def test_add_duration__of_hours__is_exact_and_undone_by_its_opposite(
    moment: datetime, hours: int
) -> None:
    """Hours are exact in any zone, and the negative duration leads back."""
    start = to_zone(Instant(moment), "Europe/Berlin")
    sign = "-" if hours < 0 else ""
    back = "" if hours < 0 else "-"
    moved = add_duration(start, f"{sign}PT{abs(hours)}H")
    assert moved.in_utc() - start.in_utc() == timedelta(hours=hours)
    assert add_duration(moved, f"{back}PT{abs(hours)}H") == start


def test_names__under_another_locale_and_zone_of_the_machine__stay_english_and_utc() -> None:
    """Neither the locale nor the time zone of the process has a say."""
    kept_locale, kept_zone = locale.setlocale(locale.LC_ALL), os.environ.get("TZ")
    try:
        for name in ("de_DE.UTF-8", "C.UTF-8"):
            try:
                locale.setlocale(locale.LC_ALL, name)
                break
            except locale.Error:
                continue
        os.environ["TZ"] = "Asia/Tokyo"
        time.tzset()
        assert format_date("2024-05-01T12:00:00Z", "%A %d %B %H:%M") == "Wednesday 01 May 12:00"
        assert iso_datetime(from_epoch(0)) == "1970-01-01T00:00:00Z"
    finally:
        locale.setlocale(locale.LC_ALL, kept_locale)
        os.environ.pop("TZ")
        if kept_zone is not None:
            os.environ["TZ"] = kept_zone
        time.tzset()


def test_zone__by_name__comes_from_the_packaged_database() -> None:
    """Zones are those of the pinned package, under its names, and nothing else is opened."""
    assert str(zone_of("Europe/Berlin")) == "Europe/Berlin"
    for name in ("/etc/localtime", "../zoneinfo/UTC", "Europe", "localtime", "UTC\0", "posixrules"):
        with pytest.raises(OperationFailed, match="no time zone"):
            zone_of(name)


def test_parse_date__of_a_hostile_text__fails_at_once() -> None:
    """A text of a million digits is refused without work."""
    started = time.perf_counter()
    for text in ("9" * 1_000_000, "2024-05-01T00:00:00." + "1" * 1_000_000 + "Z"):
        with pytest.raises(OperationFailed):
            parse_date(text)
        with pytest.raises(OperationFailed):
            parse_date(text, pattern="%d.%m.%Y", assume_zone="UTC")
        with pytest.raises(OperationFailed):
            iso_date(parse_date("2024", pattern=text, assume_zone="UTC"))
    assert time.perf_counter() - started < 1
