"""Where in the source a value comes from: paths with `*`, kept through arrays and objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from agent.core import paths


@dataclass(frozen=True, slots=True)
class Made:
    """A value that was computed; what it was computed from has been counted as read."""


@dataclass(frozen=True, slots=True)
class At:
    """A value as it stands at one of some source paths."""

    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class Items:
    """An array whose items come from `item`."""

    item: Origin


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with known fields; fields of other names come from `rest`."""

    fields: tuple[tuple[str, Origin], ...]
    rest: Origin = Made()


@dataclass(frozen=True, slots=True)
class Either:
    """A value that comes from one of several origins."""

    origins: tuple[Origin, ...]


Origin: TypeAlias = Made | At | Items | Shape | Either

MADE = Made()
_MOST_PARTS = 256
"""Most parts of an origin that a name may stand for; a larger one counts as read."""


def either(origins: Iterable[Origin]) -> Origin:
    """Return the origin of a value that comes from one of `origins`."""
    flat: dict[Origin, None] = {}
    for origin in origins:
        for part in origin.origins if isinstance(origin, Either) else (origin,):
            flat[part] = None
    known = [origin for origin in flat if origin != MADE]
    if len(known) <= 1:
        return known[0] if known else MADE
    return Either(tuple(known))


def field_of(origin: Origin, key: str) -> Origin:
    """Return where the field `key` of a value comes from."""
    match origin:
        case At(paths=found):
            return At(frozenset(paths.child(path, key) for path in found))
        case Shape(fields=fields, rest=rest):
            return next((value for name, value in fields if name == key), rest)
        case Either(origins=origins):
            return either(field_of(part, key) for part in origins)
        case Made() | Items():
            return MADE
        case _:
            assert_never(origin)


def item_of(origin: Origin) -> Origin:
    """Return where the items of an array, or the values of a map, come from."""
    match origin:
        case At(paths=found):
            return At(frozenset(paths.items(path) for path in found))
        case Items(item=item):
            return item
        case Shape(fields=fields, rest=rest):
            return either([*(value for _, value in fields), rest])
        case Either(origins=origins):
            return either(item_of(part) for part in origins)
        case Made():
            return MADE
        case _:
            assert_never(origin)


def whole(origin: Origin) -> frozenset[str]:
    """Return the source paths that are read when all of a value is used."""
    match origin:
        case At(paths=found):
            return found
        case Items(item=item):
            return whole(item)
        case Shape(fields=fields, rest=rest):
            return whole(rest).union(*(whole(value) for _, value in fields))
        case Either(origins=origins):
            return frozenset().union(*(whole(part) for part in origins))
        case Made():
            return frozenset()
        case _:
            assert_never(origin)


def is_large(origin: Origin) -> bool:
    """Return whether an origin has more parts than are worth keeping apart.

    Names may repeat what other names stand for, so that origins could double with each of them.
    """
    waiting, seen = [origin], 0
    while waiting and seen <= _MOST_PARTS:
        part = waiting.pop()
        seen += 1
        match part:
            case Items(item=item):
                waiting.append(item)
            case Shape(fields=fields, rest=rest):
                waiting += [*(value for _, value in fields), rest]
            case Either(origins=origins):
                waiting += origins
            case At(paths=found):
                seen += len(found)
            case Made():
                pass
            case _:
                assert_never(part)
    return seen > _MOST_PARTS
