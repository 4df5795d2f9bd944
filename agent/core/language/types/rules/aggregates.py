"""Aggregates: a missing or null array counts as empty."""

from __future__ import annotations

from typing import Final

from agent.core.language.bounds import MAX_SIZE
from agent.core.language.types.arithmetic import summed
from agent.core.language.types.displays import item_of
from agent.core.language.types.rules.site import Rule, Site
from agent.core.language.types.typed import Typed
from agent.core.shapes.lattice import join
from agent.core.shapes.parts import Arrays
from agent.core.shapes.shape import (
    BOOLEAN,
    NOTHING,
    Parts,
    integers,
    literal,
    of_parts,
)


def _items(site: Site, *, takes_objects: bool = False) -> tuple[Arrays | None, bool]:
    """Return the arrays of the argument, and whether it may be nothing, which counts as empty."""
    typed = site.argument("items")
    assert typed is not None
    parts = typed.shape.parts
    taken = Parts(
        null=parts.null, arrays=parts.arrays, objects=parts.objects if takes_objects else ()
    )
    if parts != taken:
        site.fail("not an array")
    return parts.arrays, typed.may_be_nothing


def _count(site: Site) -> Typed:
    array, may_be_nothing = _items(site, takes_objects=True)
    found = literal(0) if may_be_nothing else NOTHING
    if array is not None:
        most = MAX_SIZE if array.longest is None else array.longest
        found = join(found, integers(array.shortest, most))
    for variant in site.shape("items").parts.objects:
        most = MAX_SIZE if variant.most is None else variant.most
        found = join(found, integers(variant.fewest, most))
    return Typed(found)


def _sum(site: Site) -> Typed:
    array, may_be_nothing = _items(site)
    found = literal(0) if may_be_nothing else NOTHING
    if array is not None:
        item = item_of(array)
        if item.parts != Parts(numbers=item.parts.numbers):
            site.fail("not a number")
        shape, refused = summed(item.parts.numbers, array.shortest, array.longest)
        found = join(found, shape)
        for reason in refused:
            site.fail(reason)
    return Typed(found)


def _truths(site: Site) -> Typed:
    array, may_be_nothing = _items(site)
    if array is not None:
        parts = item_of(array).parts
        if parts != Parts(null=parts.null, booleans=parts.booleans):
            site.fail("not a boolean")
    return Typed(BOOLEAN if array is not None or may_be_nothing else NOTHING)


def _extreme(site: Site) -> Typed:
    array, may_be_nothing = _items(site)
    if array is None:
        return Typed(NOTHING, may_be_nothing)
    item = item_of(array)
    parts = item.parts
    ordered = Parts(numbers=parts.numbers, texts=parts.texts, dates=parts.dates)
    kinds = [bool(parts.numbers), bool(parts.texts), parts.dates]
    if parts != ordered or sum(kinds) > 1:
        site.fail("values of different types, or of one that has no order")
    return Typed(of_parts(ordered), may_be_nothing or array.shortest == 0)


AGGREGATE_RULES: Final[dict[str, Rule]] = {
    "count": _count,
    "sum": _sum,
    "any": _truths,
    "all": _truths,
    "min": _extreme,
    "max": _extreme,
}
