"""Objects: computed keys, merging, choosing and renaming fields."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from agent.core.language.functions.objects import ON_DUP
from agent.core.language.types.reading import items_at
from agent.core.language.types.rules.forms import text_forms
from agent.core.language.types.rules.site import Rule, Site
from agent.core.language.types.typed import NEVER, Typed, join_typed
from agent.core.language.types.values import is_machine_integer, listed
from agent.core.shapes.containers import field_of, join_objects, unnamed
from agent.core.shapes.lattice import MAX_VARIANTS, is_nothing, join, join_all, meet
from agent.core.shapes.parts import Arrays, Field, Objects, Texts
from agent.core.shapes.shape import (
    NOTHING,
    TEXT,
    Parts,
    Shape,
    array_of,
    closed_object,
    objects,
    of_parts,
    texts,
)


def _at(site: Site) -> Typed:
    container, key = site.shape("c"), site.shape("key")
    parts = container.parts
    if parts != Parts(arrays=parts.arrays, objects=parts.objects, tables=parts.tables):
        site.fail("not an object, array or table")
    found = [
        _at_objects(site, parts.objects, key),
        _at_array(site, parts.arrays, key),
        NEVER if parts.tables is None else Typed(parts.tables, may_be_missing=True),
    ]
    if parts.tables is not None and key.parts != _scalar_parts(key.parts):
        site.fail("a key that is no scalar")
    result = join_typed(*found)
    otherwise = site.later("otherwise")
    if otherwise is None or not result.may_be_missing:
        return result
    return join_typed(Typed(result.shape), site.typer.infer(otherwise, site.env))


def _scalar_parts(parts: Parts) -> Parts:
    return replace(parts, arrays=None, objects=(), dates=False, tables=None)


def _at_objects(site: Site, variants: tuple[Objects, ...], key: Shape) -> Typed:
    if not variants:
        return NEVER
    part = site.texts_of(key)
    if part is None:
        return NEVER
    known = listed(texts(part))
    if known is None:
        return Typed(join_all(map(_any_field, variants)), may_be_missing=True)
    fields = [field_of(variant, text, meet=meet) for variant in variants for text in known]
    is_absent = any(not field.is_required for field in fields)
    return Typed(join_all(field.shape for field in fields), is_absent)


def _any_field(variant: Objects) -> Shape:
    return join_all((unnamed(join, variant), *(field.shape for _, field in variant.fields)))


def _at_array(site: Site, array: Arrays | None, key: Shape) -> Typed:
    if array is None:
        return NEVER
    part = key.parts.numbers
    if key.parts != Parts(numbers=part) or part is None or part.step is None:
        site.fail("not an integer")
    elif not is_machine_integer(part):
        site.fail("an integer beyond 64 bits")
    if part is None:
        return NEVER
    positions = listed(of_parts(Parts(numbers=part)))
    if positions is None or any(position != int(position) for position in positions):
        return Typed(join_all((*array.first, array.rest)), may_be_missing=True)
    shapes: list[Shape] = []
    is_absent = False
    for position in map(int, positions):
        shapes += items_at(array, position)
        is_absent = is_absent or array.shortest < (position + 1 if position >= 0 else -position)
    return Typed(join_all(shapes), is_absent)


# Whole objects


def _merge(site: Site) -> Typed:
    groups = [site.objects("a"), *(site.objects_of(typed.shape) for typed in site.many("others"))]
    merged = groups[0]
    for group in groups[1:]:
        if len(merged) * len(group) > MAX_VARIANTS:
            merged, group = (_as_one(merged),), (_as_one(group),)
        merged = tuple(
            dict.fromkeys(_merged(one, two) for one, two in itertools.product(merged, group))
        )
    return Typed(_union(merged))


def _as_one(variants: tuple[Objects, ...]) -> Objects:
    first, *others = variants
    for variant in others:
        first = join_objects(join, first, variant)
    return first


def _union(variants: tuple[Objects, ...]) -> Shape:
    return join_all(objects(variant) for variant in variants)


def _merged(one: Objects, two: Objects) -> Objects:
    """Return the objects with all fields of two, the fields of the second first."""
    fields = {}
    for name in dict.fromkeys((*one.names, *two.names)):
        under, over = field_of(one, name, meet=meet), field_of(two, name, meet=meet)
        shape = over.shape if over.is_required else join(under.shape, over.shape)
        fields[name] = Field(shape, under.is_required or over.is_required)
    return Objects(
        tuple(sorted(fields.items())),
        join(unnamed(join, one), unnamed(join, two)),
        fewest=max(one.fewest, two.fewest),
    )


def _keys(site: Site) -> frozenset[str] | None:
    """Return the keys that a call names, or None when they may vary."""
    parts = [site.texts_of(typed.shape) for typed in site.many("keys")]
    found = [None if part is None else listed(texts(part)) for part in parts]
    if any(values is None or len(values) != 1 for values in found):
        return None
    return frozenset(values[0] for values in found if values)


def _pick(site: Site) -> Typed:
    keys, variants = _keys(site), site.objects("o")
    if keys is None:
        return Typed(_union(tuple(map(_loosened, variants))))
    picked = []
    for variant in variants:
        fields = {key: field_of(variant, key, meet=meet) for key in keys}
        picked.append(closed_object(fields))
    return Typed(join_all(picked))


def _omit(site: Site) -> Typed:
    keys, variants = _keys(site), site.objects("o")
    if keys is None:
        return Typed(_union(tuple(map(_loosened, variants))))
    left = []
    for variant in variants:
        fields = {name: field for name, field in variant.fields if name not in keys}
        gone = {key: Field(NOTHING, False) for key in keys}
        most = variant.most
        fewest = max(0, variant.fewest - len(keys))
        left.append(
            objects(
                Objects(
                    tuple({**fields, **gone}.items()),
                    variant.others,
                    variant.patterned,
                    fewest,
                    most,
                )
            )
        )
    return Typed(join_all(left))


def _loosened(variant: Objects) -> Objects:
    """Return an object any of whose fields may have gone."""
    fields = tuple((name, Field(field.shape, False)) for name, field in variant.fields)
    return Objects(fields, variant.others, variant.patterned, 0, variant.most)


def _rename(site: Site) -> Typed:
    names = _new_names(site)
    variants = site.objects("o")
    if names is None:
        site.fail("two fields of one name")
        rest = join_all(map(_any_field, variants))
        return Typed(objects(Objects((), rest)) if variants else NOTHING)
    return Typed(join_all(_renamed(site, variant, names) for variant in variants))


def _new_names(site: Site) -> dict[str, str] | None:
    """Return the new names by the old, or None when they may vary."""
    variants = site.objects("names")
    fields = [field for variant in variants for _, field in variant.fields]
    for field in fields:
        site.texts_of(field.shape)
    if len(variants) != 1 or not variants[0].others.is_surely_nothing or variants[0].patterned:
        for variant in variants:
            if not is_nothing(unnamed(join, variant)):
                site.texts_of(unnamed(join, variant))
        return None
    found = {}
    for name, field in variants[0].fields:
        values = listed(field.shape)
        if not field.is_required or values is None or len(values) != 1:
            return None
        if not isinstance(values[0], str):
            return None
        found[name] = values[0]
    return found


def _renamed(site: Site, variant: Objects, names: dict[str, str]) -> Shape:
    fields: dict[str, Field] = {}
    is_open = not variant.others.is_surely_nothing or bool(variant.patterned)
    for old in dict.fromkeys((*variant.names, *(names if is_open else ()))):
        field = field_of(variant, old, meet=meet)
        if field.shape.is_surely_nothing:
            continue
        new = names.get(old, old)
        if new in fields:
            site.fail("two fields of one name")
            both = fields[new]
            field = Field(join(both.shape, field.shape), both.is_required or field.is_required)
        fields[new] = field
    # A key that is not named may be one of the new names already.
    taken = [new for new in names.values() if new not in names and new not in variant.names]
    if is_open and taken:
        site.fail("two fields of one name")
        for new in taken:
            if new in fields:
                met = join(fields[new].shape, field_of(variant, new, meet=meet).shape)
                fields[new] = Field(met, fields[new].is_required)
    rest = unnamed(join, variant)
    return objects(Objects(tuple(fields.items()), rest))


# Pairs


def _entries(site: Site) -> Typed:
    found = []
    for variant in site.objects("o"):
        is_closed = variant.others.is_surely_nothing and not variant.patterned
        names = [name for name, field in variant.fields if not field.shape.is_surely_nothing]
        key = texts(Texts(values=frozenset(names))) if is_closed else TEXT
        pair = closed_object({"key": Field(key, True), "value": Field(_any_field(variant), True)})
        most = len(names) if is_closed else variant.most
        found.append(array_of(pair, shortest=variant.fewest, longest=most))
    return Typed(join_all(found))


def _from_entries(site: Site) -> Typed:
    array = site.array("items")
    rule = duplicates(site)
    key, value = site.choice("key", "key"), site.choice("value", "value")
    for name in ("key", "value"):
        if site.argument(name) is not None:
            site.text(name)
    if array is None:
        return NEVER
    if array.longest == 0:
        return Typed(closed_object({}))
    item = join_all((*array.first, array.rest))
    variants = site.objects_of(item)
    keys = key_texts(site, variants, key)
    values = join_all(_read(variants, value))
    if rule == "collect" or rule is None:
        collected = array_of(values, shortest=1)
        values = collected if rule == "collect" else join(values, collected)
    if rule in ("error", None) and array.longest != 1:
        site.fail("a key twice")
    return Typed(keyed(keys, values))


def duplicates(site: Site) -> str | None:
    """Return what becomes of repeated keys, or None when that may vary."""
    rule = site.choice("on_dup", "error")
    if rule not in ON_DUP:
        site.fail("on_dup is none of its choices")
        return None
    return rule


def _read(variants: tuple[Objects, ...], key: str | None) -> Iterator[Shape]:
    for variant in variants:
        yield _any_field(variant) if key is None else field_of(variant, key, meet=meet).shape


def key_texts(site: Site, variants: tuple[Objects, ...], key: str | None) -> Shape:
    """Return the texts of the keys in items; an item without a key is refused."""
    found = []
    for variant in variants:
        field = Field(_any_field(variant), False)
        if key is not None:
            field = field_of(variant, key, meet=meet)
        if not field.is_required or field.shape.parts.null:
            site.fail("an item without key")
        found.append(text_forms(site, of_parts(replace(field.shape.parts, null=False))))
    return join_all(found)


def keyed(keys: Shape, values: Shape) -> Shape:
    """Return objects that hold values under any of some keys."""
    known = listed(keys)
    if known is None:
        return objects(Objects((), values))
    return closed_object({name: Field(values, False) for name in known})


OBJECT_RULES: Final[dict[str, Rule]] = {
    "at": _at,
    "merge": _merge,
    "pick": _pick,
    "omit": _omit,
    "rename": _rename,
    "entries": _entries,
    "from_entries": _from_entries,
}
