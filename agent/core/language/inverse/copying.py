"""What `copy` leaves out: fields that an object may have and the contract does not declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agent.core import paths
from agent.core.declared import is_free
from agent.core.language.declared import Declared, Place
from agent.core.shapes.containers import field_of, unnamed
from agent.core.shapes.lattice import join, meet
from agent.core.shapes.parts import Objects
from agent.core.shapes.shape import ANY, Shape

_DEEPEST: Final = 16
_MOST: Final = 10_000


def left_out(contract: Declared, shape: Shape, place: Place) -> tuple[str, ...]:
    """Return pointers, below the object, of what a copy of it would leave out; `*` is any other.

    It may name what is never there; it leaves out nothing that may be lost.
    """
    found: list[str] = []
    for number, pointer in enumerate(_left_out(contract, shape, place, "", 0)):
        if number == _MOST:
            return (*dict.fromkeys(found), "")
        found.append(pointer)
    return tuple(dict.fromkeys(found))


def _left_out(contract: Declared, shape: Shape, place: Place, at: str, depth: int) -> Iterator[str]:
    parts = shape.parts if depth < _DEEPEST else ANY.parts
    if parts.arrays is not None and not _takes_any_item(place):
        items = (*parts.arrays.first, parts.arrays.rest)
        for index, item in enumerate(items):
            if not item.is_surely_nothing:
                inner = contract.item(place, index)
                yield from _left_out(contract, item, inner, paths.items(at), depth + 1)
    for variant in parts.objects:
        yield from _of_object(contract, variant, place, at, depth)


def _takes_any_item(place: Place) -> bool:
    return not any(
        key in node for node in place for key in ("items", "prefixItems", "unevaluatedItems")
    )


def _of_object(
    contract: Declared, variant: Objects, place: Place, at: str, depth: int
) -> Iterator[str]:
    if not is_free(place) and not unnamed(join, variant).is_surely_nothing:
        yield paths.items(at)
    if is_free(place):
        return
    for name in variant.names:
        below = contract.field(place, name)
        pointer = paths.child(at, name)
        field = field_of(variant, name, meet=meet)
        if field.shape.is_surely_nothing:
            continue
        if below is None:
            yield pointer
        else:
            yield from _left_out(contract, field.shape, below, pointer, depth + 1)
