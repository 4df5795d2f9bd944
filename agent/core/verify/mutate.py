"""Sample payloads changed in one place, or a few, guided by the schema."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.core import paths
from agent.core.schema import FieldInfo, Schema
from agent.core.values import Json
from agent.core.verify.choices import Hints
from agent.core.verify.scalars import number_options, text_options

MAX_PLACES = 2_000
"""Places of one sample that are looked at; larger samples are cut off."""

MAX_DEPTH = 64

_REMOVED = object()


@dataclass(frozen=True, slots=True)
class _Place:
    """One value of a sample: its keys from the root, and its path with `*`."""

    keys: tuple[str | int, ...]
    path: str
    value: Json


def mutants(
    anchors: Sequence[Json], *, schema: Schema, hints: Hints, rng: random.Random
) -> Iterator[Json]:
    """Yield changed copies of `anchors`, single changes first, then pairs and triples.

    Optional fields go, nullable ones become null, enums take their other values, arrays become
    empty, single or doubled, texts and numbers go to their boundaries. They may be invalid.
    """
    changes = [list(_changes(anchor, schema=schema, hints=hints)) for anchor in anchors]
    for turn in range(max(map(len, changes), default=0)):
        for anchor, options in zip(anchors, changes, strict=True):
            if turn < len(options):
                yield _changed(anchor, *options[turn])
    usable = [index for index, options in enumerate(changes) if options]
    while usable:
        index = rng.choice(usable)
        payload = anchors[index]
        for _ in range(rng.randint(2, 4)):
            payload = _changed(payload, *rng.choice(changes[index]))
        yield payload


def _changes(
    anchor: Json, *, schema: Schema, hints: Hints
) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield (keys, new value), the changes of read places first, cheap kinds before rich ones."""
    places = _places(anchor, schema)
    read = [place for place in places if hints.is_read(place.path)]
    first: dict[str, _Place] = {}
    for place in read:
        first.setdefault(place.path, place)
    yield from _shape_changes(list(first.values()), schema)
    yield from _value_changes(list(first.values()), schema, hints)
    rest = [place for place in read if first[place.path] is not place]
    yield from _shape_changes(rest, schema)
    yield from _shape_changes([place for place in places if place not in read], schema)


def _places(anchor: Json, schema: Schema) -> list[_Place]:
    found: list[_Place] = []
    waiting = [_Place(keys=(), path="", value=anchor)]
    while waiting and len(found) < MAX_PLACES:
        place = waiting.pop()
        found.append(place)
        if len(place.keys) < MAX_DEPTH:
            waiting.extend(reversed(list(_children(place, schema))))
    return found


def _children(place: _Place, schema: Schema) -> Iterator[_Place]:
    if isinstance(place.value, list):
        for index, item in enumerate(place.value):
            yield _Place((*place.keys, index), paths.items(place.path), item)
    elif isinstance(place.value, dict):
        for key, item in place.value.items():
            named = paths.child(place.path, key)
            path = named if schema.field(named) else paths.items(place.path)
            yield _Place((*place.keys, key), path, item)


def _shape_changes(
    places: list[_Place], schema: Schema
) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    for place in places:
        info = schema.field(place.path)
        if place.keys and isinstance(place.keys[-1], str) and not (info and info.is_required):
            yield place.keys, _REMOVED
        if info and info.is_nullable and place.value is not None:
            yield place.keys, None
        if isinstance(place.value, list):
            yield from ((place.keys, value) for value in _resized(place.value))


def _resized(items: list[Json]) -> Iterator[list[Json]]:
    if items:
        yield []
        yield [*items, items[0]]
    if len(items) > 1:
        yield items[:1]
        yield items[::-1]


def _value_changes(
    places: list[_Place], schema: Schema, hints: Hints
) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    for place in places:
        info = schema.field(place.path)
        if info is not None:
            for value in _other_values(place, info, hints):
                yield place.keys, value


def _other_values(place: _Place, info: FieldInfo, hints: Hints) -> Iterator[Json]:
    node = info.node if isinstance(info.node, dict) else {}
    literals = hints.literals.get(place.path, ())
    if info.enum is not None:
        yield from (value for value in info.enum if value != place.value)
    elif isinstance(place.value, bool):
        yield not place.value
    elif isinstance(place.value, str):
        yield from text_options(node, name=paths.last(place.path), literals=literals).values
    elif isinstance(place.value, (int, float)):
        is_integer = "number" not in info.types
        yield from number_options(node, is_integer=is_integer, literals=literals).values


def _changed(payload: Json, keys: tuple[str | int, ...], value: Json) -> Json:
    """Return a copy with one place changed; unchanged where the place is gone."""
    if not keys:
        return payload if value is _REMOVED else value
    key, rest = keys[0], keys[1:]
    if isinstance(payload, dict) and key in payload:
        if not rest and value is _REMOVED:
            return {name: item for name, item in payload.items() if name != key}
        return {**payload, key: _changed(payload[str(key)], rest, value)}
    if isinstance(payload, list) and isinstance(key, int) and key < len(payload):
        return [*payload[:key], _changed(payload[key], rest, value), *payload[key + 1 :]]
    return payload
