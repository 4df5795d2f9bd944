"""What `copy` takes of an object: the fields that the contract declares there, deeply.

Where items or the fields of a map are on the way there may be several such places.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from agent.core.declared import is_free
from agent.core.language.declared import Declared, Place
from agent.core.paths import ANY as EVERY
from agent.core.paths import key_of
from agent.core.shapes.containers import field_of, unnamed
from agent.core.shapes.lattice import join, join_all, meet
from agent.core.shapes.parts import Arrays, Field, Objects, make_arrays, make_objects
from agent.core.shapes.shape import ANY, NOTHING, Parts, Shape, later, of_parts, without

Excluded: TypeAlias = Sequence[tuple[str, ...]]

MAX_PLACES: Final = 64
"""Most places that are followed apart; beyond, a copy may take any fields."""


@dataclass(frozen=True, slots=True)
class AnyKey:
    """A step to the field of a map whose key is one of some texts, or any where they are None."""

    texts: tuple[str, ...] | None = None


class Unfollowed(enum.Enum):
    """A place of which nothing is known."""

    UNFOLLOWED = "unfollowed"


Step: TypeAlias = str | int | AnyKey


def places_at(contract: Declared, steps: Sequence[Step]) -> Sequence[Place | Unfollowed | None]:
    """Return what a contract declares at the end of some steps: each place that this may be."""
    places: list[Place | None] = [contract.root]
    for step in steps:
        below: list[Place | None] = []
        for place in places:
            if place is None:
                below.append(None)
            elif isinstance(step, str):
                below.append(contract.field(place, key_of(step)))
            elif isinstance(step, int):
                count = max(len(node.get("prefixItems", ())) for node in place)
                below += [contract.item(place, index) for index in range(count + 1)]
            elif step.texts is not None:
                below += [contract.field(place, text) for text in step.texts]
            else:
                below += itertools.islice(contract.fields_by_any_key(place), MAX_PLACES + 1)
        if len(below) > MAX_PLACES:
            return [Unfollowed.UNFOLLOWED, None]
        places = below
    return places


MAX_PATTERNS: Final = 6
"""Most patterns of keys at one place that are followed in all their combinations."""


def copied_objects(
    contract: Declared, shape: Shape, place: Place | Unfollowed, excluded: Excluded
) -> tuple[Objects, ...]:
    """Return the objects that a copy of a shape's objects writes at a place."""
    if isinstance(place, Unfollowed):
        return (Objects((), ANY),)
    found = [_copied(contract, variant, place, excluded) for variant in shape.parts.objects]
    return tuple(variant for variant in found if variant is not None)


def _copied(
    contract: Declared, variant: Objects, place: Place, excluded: Excluded
) -> Objects | None:
    fields = {}
    for name in dict.fromkeys((*variant.names, *_named(place))):
        field = field_of(variant, name, meet=meet)
        below = contract.field(place, name)
        if below is None or _is_excluded(excluded, name):
            fields[name] = Field(NOTHING, False)
        else:
            shape = _projected(contract, field.shape, below, _below(excluded, name))
            fields[name] = Field(shape, field.is_required)
    others, patterned = _unnamed_keys(contract, variant, place, excluded)
    return make_objects(Objects(tuple(fields.items()), others, patterned))


def _named(place: Place) -> list[str]:
    return [name for node in place for name in node.get("properties", {})]


def _unnamed_keys(
    contract: Declared, variant: Objects, place: Place, excluded: Excluded
) -> tuple[Shape, tuple[tuple[str, Shape], ...]]:
    """Return what may stand at keys that neither names, and at those of patterns of either: the
    contract may declare them by pattern or as a map."""
    nothing = unnamed(join, variant).is_surely_nothing
    if nothing or any(tokens == (EVERY,) for tokens in excluded):
        return NOTHING, ()
    declared = tuple(sorted({one for node in place for one in node.get("patternProperties", {})}))
    if any(len(tokens) > 1 for tokens in excluded) or len(declared) > MAX_PATTERNS:
        return (ANY if _has_unnamed(place) else NOTHING), ()
    if is_free(place):
        return variant.others, variant.patterned
    found: dict[str, Shape] = {}
    for pattern in declared:
        shape = dict(variant.patterned).get(pattern, unnamed(join, variant))
        found[pattern] = _by_pattern(contract, shape, place, matching=(pattern,))
    for pattern, shape in variant.patterned:
        if pattern not in found:
            found[pattern] = _by_pattern(contract, shape, place)
    others = _by_pattern(contract, variant.others, place, others=declared)
    return others, tuple(sorted(found.items()))


def _by_pattern(
    contract: Declared,
    shape: Shape,
    place: Place,
    *,
    matching: Sequence[str] = (),
    others: Sequence[str] = (),
) -> Shape:
    """Return what is left of a shape at keys without a name that match some patterns."""
    places = contract.fields_by_patterns(place, matching=matching, others=others)
    return join_all(_projected(contract, shape, below, ()) for below in places if below is not None)


def _has_unnamed(place: Place) -> bool:
    """Return whether keys may be declared that are not named."""
    return is_free(place) or any(
        node.get(key) not in (None, False)
        for node in place
        for key in ("patternProperties", "additionalProperties", "unevaluatedProperties")
    )


def _projected(contract: Declared, shape: Shape, place: Place, excluded: Excluded) -> Shape:
    key = ("copy", contract, shape, tuple(map(id, place)), tuple(excluded))
    if is_free(place) and not excluded and not _has_items(place):
        return shape
    if shape is not ANY and not shape.parts.arrays and not shape.parts.objects:
        return shape
    return later(key, lambda: _project(contract, shape, place, excluded), is_json=shape.is_json)


def _has_items(place: Place) -> bool:
    return any(
        key in node for node in place for key in ("items", "prefixItems", "unevaluatedItems")
    )


def _project(contract: Declared, shape: Shape, place: Place, excluded: Excluded) -> Shape:
    parts = shape.parts
    array = None
    if parts.arrays is not None:
        array = _project_array(contract, parts.arrays, place, excluded)
    variants = tuple(dict.fromkeys(copied_objects(contract, shape, place, excluded)))
    rest = without(shape, arrays=None, objects=())
    return join_all((rest, of_parts(Parts(arrays=array)), of_parts(Parts(objects=variants))))


def _project_array(
    contract: Declared, array: Arrays, place: Place, excluded: Excluded
) -> Arrays | None:
    if any(len(tokens) < 2 or tokens[0] != EVERY for tokens in excluded):
        return Arrays((), ANY, 0, array.longest)
    below = [tokens[1:] for tokens in excluded]
    listed: list[Any] = [node.get("prefixItems", ()) for node in place]
    count = max([len(array.first), *map(len, listed)])
    first = tuple(
        _projected(contract, array.item(index), contract.item(place, index), below)
        for index in range(count)
    )
    rest = _projected(contract, array.rest, contract.item(place, count), below)
    is_whole = all(item == array.item(index) for index, item in enumerate((*first, rest)))
    facts = array.facts if is_whole else frozenset()
    return make_arrays(Arrays(first, rest, array.shortest, array.longest, facts))


def _is_excluded(excluded: Excluded, key: str) -> bool:
    return any(len(tokens) == 1 and _names(tokens[0], key) for tokens in excluded)


def _below(excluded: Excluded, key: str) -> list[tuple[str, ...]]:
    return [tokens[1:] for tokens in excluded if len(tokens) > 1 and _names(tokens[0], key)]


def _names(token: str, key: str) -> bool:
    return token == EVERY or key_of(token) == key
