"""Texts that follow a `format`: ordinary payloads do, though the keyword is an annotation."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

FORMATS: dict[str, tuple[str, ...]] = {
    "date-time": (
        "2024-01-15T10:30:00Z",
        "2024-02-29T23:59:59.999999+05:30",
        "1969-12-31T16:00:00-08:00",
    ),
    "date": ("2024-01-15", "2024-02-29", "1969-12-31"),
    "time": ("10:30:00Z", "23:59:59.5+05:30"),
    "duration": ("P1D", "PT1H30M", "P1Y2M3DT4H5M6S"),
    "email": ("ada@example.com", "o'hara+tag@mail.example.org"),
    "idn-email": ("ada@example.com", "ж@пример.example"),
    "uri": ("https://example.com/items/1", "http://example.org:8080/a%20b?q=1#top", "urn:x:y"),
    "url": ("https://example.com/items/1", "http://example.org:8080/a%20b?q=1#top"),
    "iri": ("https://example.com/items/1", "https://пример.example/é"),
    "uri-reference": ("/items/1", "https://example.com/", ""),
    "uri-template": ("https://example.com/{id}", "/items{?page,size}"),
    "uuid": ("123e4567-e89b-42d3-a456-426614174000", "00000000-0000-0000-0000-000000000000"),
    "ipv4": ("192.0.2.1", "255.255.255.255"),
    "ipv6": ("2001:db8::1", "::"),
    "hostname": ("example.com", "a.b.c.example"),
    "json-pointer": ("/a/0", ""),
    "byte": ("YQ==", ""),
    "decimal": ("12.50", "-0.005", "7"),
}
"""Ordinary texts of each format, the plainest first."""

WELL_KNOWN = (
    *(text for texts in FORMATS.values() for text in texts if text),
    *("20240115", "20240115T103000Z", "2024-01-15 10:30:00", "2024-01", "2024", "10:30", "1030"),
    *("15/01/2024", "15.01.2024", "EUR", "DE", "en-GB", "v1.2.3", "1.2.3", "+4930123456"),
)
"""Texts of forms that many systems share; a pattern that admits one is likely about it."""

_EPOCH_S = 4_000_000_000
"""Random dates lie within this distance of 1970, on both sides: 1843 to 2096."""


def text_of_format(name: str, rng: random.Random) -> str | None:
    """Return a random text of a format, or None for a format that is not known."""
    writer = _WRITERS.get(name)
    if writer is not None:
        return writer(rng)
    return rng.choice(FORMATS[name]) if name in FORMATS else None


def _moment(rng: random.Random) -> datetime:
    zone = timezone(timedelta(minutes=rng.choice((0, 60, 330, -210, -720, 840))))
    seconds = rng.randint(-_EPOCH_S, _EPOCH_S)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment.astimezone(zone).replace(microsecond=rng.choice((0, 0, 0, 500_000, 1)))


def _date_time(rng: random.Random) -> str:
    text = _moment(rng).isoformat()
    return text.replace("+00:00", "Z") if rng.random() < 0.8 else text


def _date(rng: random.Random) -> str:
    return _moment(rng).date().isoformat()


def _time(rng: random.Random) -> str:
    return _moment(rng).timetz().isoformat().replace("+00:00", "Z")


def _email(rng: random.Random) -> str:
    return f"user{rng.randint(0, 999)}@example.{rng.choice(('com', 'org', 'co.uk'))}"


def _uri(rng: random.Random) -> str:
    tail = rng.choice(("", "/", "/a/b", "?q=1", "#top", "/%C3%A9"))
    return f"{rng.choice(('https', 'http'))}://host{rng.randint(0, 99)}.example{tail}"


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


_WRITERS: dict[str, Callable[[random.Random], str]] = {
    "date-time": _date_time,
    "date": _date,
    "time": _time,
    "email": _email,
    "uri": _uri,
    "url": _uri,
    "uuid": _uuid,
}
