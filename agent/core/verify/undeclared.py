"""Fields that an output may have and a contract does not declare, read off the output's shape."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Final, TypeAlias

from agent.core import inclusion, paths
from agent.core.declared import is_free
from agent.core.language.declared import Declared, Place
from agent.core.schema import Schema, make_schema
from agent.core.shapes import Shape
from agent.core.shapes.facts import does_match
from agent.core.shapes.parts import Arrays, Objects

MAX_PLACES: Final = 20_000
"""Most places of one output that are looked at; beyond, anything may be undeclared."""

MAX_PATTERNS: Final = 8
"""Most patterns of keys at one place that are followed in all their combinations."""

_Below: TypeAlias = Iterator[tuple[str, Shape, Place | None]]


def find_undeclared(shape: Shape, contract: Schema) -> str | None:
    """Return the path of a field that some value of a shape may have and `contract` does not
    declare, or None when there surely is none; `*` stands for items and for keys without a name.
    """
    declared = Declared(contract.document)
    waiting: list[tuple[str, Shape, Place]] = [("", shape, declared.root)]
    # The places are kept, so that the ids of their nodes stay their own.
    seen: dict[tuple[Shape, tuple[int, ...]], Place] = {}
    while waiting:
        at, part, place = waiting.pop()
        key = (part, tuple(map(id, place)))
        if key in seen:
            continue
        seen[key] = place
        if len(seen) > MAX_PLACES:
            return at
        for path, below, found in _below(declared, at, part, place):
            if found is None:
                return path
            waiting.append((path, below, found))
    return None


def _below(declared: Declared, at: str, shape: Shape, place: Place) -> _Below:
    parts = shape.parts
    if parts.arrays is not None:
        yield from _items(declared, at, parts.arrays, place)
    if not is_free(place):
        for variant in parts.objects:
            yield from _fields(declared, at, variant, place)


def _items(declared: Declared, at: str, array: Arrays, place: Place) -> _Below:
    listed = max(len(node.get("prefixItems", ())) for node in place)
    for index in range(max(listed, len(array.first)) + 1):
        if not array.item(index).is_surely_nothing:
            yield paths.items(at), array.item(index), declared.item(place, index)


def _fields(declared: Declared, at: str, variant: Objects, place: Place) -> _Below:
    for name, field in variant.fields:
        if not field.shape.is_surely_nothing:
            yield paths.child(at, name), field.shape, declared.field(place, name)
    patterns = tuple(pattern for pattern, _ in variant.patterned)
    for pattern, shape in variant.patterned:
        yield from _unnamed(declared, at, shape, place, variant, (pattern,), ())
    yield from _unnamed(declared, at, variant.others, place, variant, (), patterns)


def _unnamed(
    declared: Declared,
    at: str,
    shape: Shape,
    place: Place,
    variant: Objects,
    matching: tuple[str, ...],
    others: tuple[str, ...],
) -> _Below:
    """Yield where keys may stand that the shape does not name, which match some patterns and
    none of others."""
    if shape.is_surely_nothing:
        return
    for name in declared.names(place):
        if variant.named(name) is not None:
            continue
        is_possible = all(does_match(one, name) for one in matching)
        if is_possible and not any(does_match(one, name) for one in others):
            yield paths.child(at, name), shape, declared.field(place, name)
    path = paths.items(at)
    patterns = sorted({one for node in place for one in node.get("patternProperties", ())})
    if len(patterns) > MAX_PATTERNS:
        yield path, shape, None
        return
    named = (*variant.names, *declared.names(place))
    for found in declared.fields_by_patterns(place, matching=matching, others=others):
        if found is not None or _has_key(matching, (*others, *patterns), named):
            yield path, shape, found


@functools.lru_cache(maxsize=1024)
def _has_key(matching: tuple[str, ...], others: tuple[str, ...], named: tuple[str, ...]) -> bool:
    """Return whether some key may match all patterns, none of others, and be none of the named."""
    if not others:
        return True
    kept = [{"pattern": pattern} for pattern in matching]
    gone = [*({"pattern": pattern} for pattern in others), {"enum": [*named, 0]}]
    keys = make_schema({"type": "string", "allOf": [*kept, {"not": {"anyOf": gone}}]})
    return not inclusion.decide(keys, make_schema(False)).is_proved
