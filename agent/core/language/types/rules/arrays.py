"""Arrays: ends, order, grouping, pairing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from agent.core.language.types.displays import item_of
from agent.core.language.types.rules.objects import duplicates, key_texts, keyed
from agent.core.language.types.rules.site import Rule, Site
from agent.core.language.types.typed import NEVER, Typed, join_typed
from agent.core.language.types.values import listed
from agent.core.shapes.containers import field_of, unnamed
from agent.core.shapes.facts import make_fact
from agent.core.shapes.lattice import join, join_all, meet
from agent.core.shapes.parts import Arrays, Field
from agent.core.shapes.shape import (
    NOTHING,
    Parts,
    Shape,
    array_of,
    arrays,
    closed_object,
    integers,
    of_parts,
    tables,
)


def _end(position: int) -> Rule:
    def rule(site: Site) -> Typed:
        array = site.array("items")
        if array is None:
            return NEVER
        found = array.item(0) if position == 0 else _last(array)
        typed = Typed(found, may_be_missing=array.shortest == 0)
        otherwise = site.later("otherwise")
        if otherwise is None or not typed.may_be_missing:
            return typed
        return join_typed(Typed(found), site.typer.infer(otherwise, site.env))

    return rule


def _last(array: Arrays) -> Shape:
    if array.longest is None:
        return item_of(array)
    lengths = range(max(1, array.shortest), array.longest + 1)
    if len(lengths) > len(array.first) + 1:
        return item_of(array)
    return join_all(array.item(length - 1) for length in lengths)


def _only(site: Site) -> Typed:
    array = site.array("items")
    if array is None:
        return NEVER
    if not array.shortest == array.longest == 1:
        site.fail("only(...) wants exactly one item")
    is_possible = array.shortest <= 1 and array.may_reach(0)
    return Typed(array.item(0) if is_possible else NOTHING)


def _concat(site: Site) -> Typed:
    given = [site.array("a"), *(site.arrays_of(typed.shape) for typed in site.many("others"))]
    if any(array is None for array in given):
        return NEVER
    found = [array for array in given if array is not None]
    if all(array.shortest == array.longest == len(array.first) for array in found):
        first = tuple(item for array in found for item in array.first)
        return Typed(arrays(Arrays(first, NOTHING, len(first), len(first))))
    item = join_all(map(item_of, found))
    longest = [array.longest for array in found]
    most = None if None in longest else sum(length or 0 for length in longest)
    return Typed(array_of(item, shortest=sum(array.shortest for array in found), longest=most))


def _flatten(site: Site) -> Typed:
    outer = site.array("lists")
    if outer is None:
        return NEVER
    inner = None if outer.longest == 0 else site.arrays_of(item_of(outer))
    if inner is None:
        return Typed(array_of(NOTHING) if outer.shortest == 0 else NOTHING)
    longest = None
    if outer.longest is not None and inner.longest is not None:
        longest = outer.longest * inner.longest
    shortest = outer.shortest * inner.shortest
    return Typed(array_of(item_of(inner), shortest=shortest, longest=longest))


def _sort_by(site: Site) -> Typed:
    array = site.array("items")
    descending = site.argument("descending")
    if descending is not None and descending.shape.parts != Parts(
        booleans=descending.shape.parts.booleans
    ):
        site.fail("not a boolean")
    keys = [(site.texts_of(typed.shape), typed.shape) for typed in site.many("keys")]
    if array is None:
        return NEVER
    item = item_of(array)
    if not keys:
        _require_order(site, item)
    for _, key in keys:
        values = listed(key)
        _require_order(site, _keyed_by(site, item, values))
    return Typed(array_of(item, shortest=array.shortest, longest=array.longest))


def _keyed_by(site: Site, item: Shape, keys: Iterable[object] | None) -> Shape:
    variants = site.objects_of(item)
    if keys is None:
        return join_all(
            join_all((unnamed(join, variant), *(field.shape for _, field in variant.fields)))
            for variant in variants
        )
    return join_all(
        field_of(variant, key, meet=meet).shape
        for variant in variants
        for key in keys
        if isinstance(key, str)
    )


def _require_order(site: Site, shape: Shape) -> None:
    """Note where values, null aside, are of several kinds or of one without an order."""
    parts = shape.parts
    kinds = [bool(parts.booleans), bool(parts.numbers), bool(parts.texts), parts.dates]
    if sum(kinds) > 1 or parts.arrays or parts.objects or parts.tables is not None:
        site.fail("values of different types, or of one that has no order")


def _distinct(site: Site) -> Typed:
    array = site.array("items")
    if array is None:
        return NEVER
    item = item_of(array)
    if not item.is_json:
        site.fail("a table")
    facts = frozenset({make_fact("uniqueItems", True)}) if item.is_json else frozenset()
    shortest = min(1, array.shortest)
    return Typed(arrays(Arrays((), item, shortest, array.longest, facts)))


def _group_by(site: Site) -> Typed:
    array = site.array("items")
    site.text("key")
    name = site.choice("key", "")
    value = site.argument("value")
    if value is not None:
        site.text("value")
    if array is None:
        return NEVER
    if array.longest == 0:
        return Typed(closed_object({}))
    item = item_of(array)
    variants = site.objects_of(item)
    keys = key_texts(site, variants, name)
    member, fewest = of_parts(Parts(objects=variants)), 1
    if value is not None:
        texts = listed(value.shape)
        member, fewest = _keyed_by(site, of_parts(Parts(objects=variants)), texts), 0
    return Typed(keyed(keys, array_of(member, shortest=fewest, longest=array.longest)))


def _index_by(site: Site) -> Typed:
    array = site.array("items")
    site.text("key")
    rule = duplicates(site)
    if array is None:
        return NEVER
    item = item_of(array)
    variants = site.objects_of(item) if array.longest != 0 else ()
    keys = _keyed_by(site, of_parts(Parts(objects=variants)), listed(site.shape("key")))
    scalars = replace(keys.parts, arrays=None, objects=(), dates=False, tables=None)
    if keys.parts != scalars:
        site.fail("a key that is no scalar")
    if rule in ("error", None) and (array.longest is None or array.longest > 1):
        site.fail("a key twice")
    found = of_parts(Parts(objects=variants))
    collected = array_of(found, shortest=1)
    if rule == "collect":
        return Typed(tables(collected))
    return Typed(tables(found if rule is not None else join(found, collected)))


def _zip(site: Site) -> Typed:
    left, right = site.array("a"), site.array("b")
    if left is None or right is None:
        return NEVER
    if not left.shortest == left.longest == right.shortest == right.longest:
        site.fail("arrays of different lengths")
    pair = arrays(Arrays((item_of(left), item_of(right)), NOTHING, 2, 2))
    lengths = [length for length in (left.longest, right.longest) if length is not None]
    shortest = max(left.shortest, right.shortest)
    return Typed(array_of(pair, shortest=shortest, longest=min(lengths, default=None)))


def _enumerate(site: Site) -> Typed:
    array = site.array("items")
    if array is None:
        return NEVER
    last = None if array.longest is None else max(array.longest - 1, 0)
    pair = closed_object(
        {"index": Field(integers(0, last), True), "value": Field(item_of(array), True)}
    )
    return Typed(array_of(pair, shortest=array.shortest, longest=array.longest))


ARRAY_RULES: Final[dict[str, Rule]] = {
    "first": _end(0),
    "last": _end(-1),
    "only": _only,
    "concat": _concat,
    "flatten": _flatten,
    "sort_by": _sort_by,
    "distinct": _distinct,
    "group_by": _group_by,
    "index_by": _index_by,
    "zip": _zip,
    "enumerate": _enumerate,
}
