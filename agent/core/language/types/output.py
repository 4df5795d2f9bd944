"""The output of a table of rows while it is inferred: what may have been written so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from agent.core.language.types.typed import Typed
from agent.core.paths import key_of
from agent.core.shapes.containers import field_of, unnamed
from agent.core.shapes.lattice import join, join_all, meet
from agent.core.shapes.parts import Field, Objects, make_objects
from agent.core.shapes.shape import (
    ANY,
    NOTHING,
    Parts,
    Shape,
    closed_object,
    objects,
    without,
)

NO_PARENT: Final = "no object where a field is to be written"
NOT_EMITTED: Final = "a date or a table, which no payload holds"

NEW: Final = Typed(closed_object({}))
"""The output before anything was written, and after all of it was deleted: an empty object is what
comes out, and what the first field is written to."""


@dataclass(frozen=True, slots=True)
class Written:
    """The output after a row, and what writing may have refused."""

    output: Typed
    refused: tuple[str, ...] = ()


def emitted(shape: Shape) -> tuple[Shape, tuple[str, ...]]:
    """Return what a value is in an output: dates and tables are refused, however deep."""
    if shape.is_json:
        return shape, ()
    return _json_of(shape), (NOT_EMITTED,)


def _json_of(shape: Shape) -> Shape:
    return shape if shape.is_json else meet(without(shape, dates=False, tables=None), ANY)


def write(output: Typed, tokens: tuple[str, ...], value: Typed) -> Written:
    """Return the output after a value was written at a target; a missing one deletes."""
    shape, refused = emitted(value.shape)
    if not tokens:
        whole = Typed(shape)
        return Written(join_output(whole, NEW) if value.may_be_missing else whole, refused)
    found = _put(output, tokens, Typed(shape, value.may_be_missing))
    return Written(found.output, (*refused, *found.refused))


def join_output(left: Typed, right: Typed) -> Typed:
    """Return what either of two outputs may be."""
    return Typed(join(left.shape, right.shape), left.may_be_missing or right.may_be_missing)


def folded(output: Typed) -> Typed:
    """Return an output with kinds of object as one that differ in one field alone: it holds no
    more, and what follows has fewer kinds to look at."""
    variants = list(output.shape.parts.objects)
    index = 0
    while index < len(variants):
        for other in range(index + 1, len(variants)):
            one = _united(variants[index], variants[other])
            if one is not None:
                variants[index] = one
                del variants[other]
                index = -1
                break
        index += 1
    if len(variants) == len(output.shape.parts.objects):
        return output
    return replace(output, shape=without(output.shape, objects=tuple(variants)))


def _united(left: Objects, right: Objects) -> Objects | None:
    """Return exactly the objects of either, or None where more than one field differs."""
    if (left.others, left.patterned) != (right.others, right.patterned) or left.patterned:
        return None
    names = dict.fromkeys((*left.names, *right.names))
    pairs = [
        (name, field_of(left, name, meet=meet), field_of(right, name, meet=meet)) for name in names
    ]
    differing = [name for name, one, other in pairs if one != other]
    if len(differing) > 1 or _is_counted(left) or _is_counted(right):
        return None
    fields = [
        (name, Field(join(one.shape, other.shape), one.is_required and other.is_required))
        for name, one, other in pairs
    ]
    is_closed = left.others.is_surely_nothing
    return make_objects(
        Objects(tuple(fields), left.others, (), 0, None if is_closed else left.most)
    )


def _is_counted(part: Objects) -> bool:
    """Return whether it says more of the number of fields than their names say."""
    required = sum(field.is_required for _, field in part.fields)
    is_closed = part.others.is_surely_nothing
    return part.fewest != required or part.most != (len(part.fields) if is_closed else None)


def _put(slot: Typed, tokens: tuple[str, ...], value: Typed) -> Written:
    """Return what stands in a slot after a value was written below it, or deleted there."""
    if not tokens:
        return Written(value)
    key = key_of(tokens[0])
    refused: tuple[str, ...] = ()
    shapes: list[Shape] = []
    is_written = not value.shape.is_surely_nothing
    for variant in slot.shape.parts.objects:
        below = _put(_slot(variant, key), tokens[1:], value)
        refused += below.refused
        shapes.append(_with_field(variant, key, below.output))
    if is_written and slot.may_be_nothing:
        below = _put(Typed(NOTHING, may_be_missing=True), tokens[1:], Typed(value.shape))
        shapes.append(closed_object({key: Field(below.output.shape, True)}))
    if is_written and not _is_open(slot):
        refused += (NO_PARENT,)
    if value.may_be_missing:
        shapes.append(without(slot.shape, objects=()))
    is_absent = slot.may_be_missing and value.may_be_missing
    return Written(Typed(join_all(shapes), is_absent), tuple(dict.fromkeys(refused)))


def _is_open(slot: Typed) -> bool:
    """Return whether fields can be written to whatever stands in a slot."""
    parts = slot.shape.parts
    return parts == Parts(null=parts.null, objects=parts.objects)


def _slot(variant: Objects, key: str) -> Typed:
    field = field_of(variant, key, meet=meet)
    return Typed(field.shape, not field.is_required)


def _with_field(variant: Objects, key: str, typed: Typed) -> Shape:
    fields = {**dict(variant.fields), key: Field(typed.shape, not typed.may_be_missing)}
    fewest = max(0, variant.fewest - 1)
    return objects(replace(variant, fields=tuple(fields.items()), fewest=fewest, most=None))


def open_object(output: Typed, tokens: tuple[str, ...]) -> Written:
    """Return the output after it was made sure that an object stands at a target."""
    refused, variants = _parents(output)
    if not tokens:
        return Written(Typed(join_all(map(objects, variants))), refused)
    shapes = []
    for variant in variants:
        below = open_object(_slot(variant, key_of(tokens[0])), tokens[1:])
        refused += below.refused
        shapes.append(_with_field(variant, key_of(tokens[0]), below.output))
    return Written(Typed(join_all(shapes)), tuple(dict.fromkeys(refused)))


def _parents(slot: Typed) -> tuple[tuple[str, ...], list[Objects]]:
    """Return the objects that may hold a field to write: a new one where nothing or null is."""
    variants = [*slot.shape.parts.objects]
    if slot.may_be_nothing:
        variants += closed_object({}).parts.objects
    return () if _is_open(slot) else (NO_PARENT,), variants


def overlay(output: Typed, tokens: tuple[str, ...], copied: tuple[Objects, ...]) -> Written:
    """Return the output after the fields of an object were written at a target, one by one."""
    opened = open_object(output, tokens)
    return Written(_laid(opened.output, tokens, copied), opened.refused)


def _laid(slot: Typed, tokens: tuple[str, ...], copied: tuple[Objects, ...]) -> Typed:
    shapes = []
    for variant in slot.shape.parts.objects:
        if tokens:
            key = key_of(tokens[0])
            below = _laid(_slot(variant, key), tokens[1:], copied)
            shapes.append(_with_field(variant, key, below))
        else:
            shapes += [objects(_over(variant, one)) for one in copied]
    return Typed(join_all(shapes), slot.may_be_missing)


def _over(under: Objects, over: Objects) -> Objects:
    fields = {}
    for name in dict.fromkeys((*under.names, *over.names)):
        had, new = field_of(under, name, meet=meet), field_of(over, name, meet=meet)
        shape = new.shape if new.is_required else join(had.shape, new.shape)
        fields[name] = Field(shape, had.is_required or new.is_required)
    if unnamed(join, under).is_surely_nothing:
        return Objects(tuple(sorted(fields.items())), over.others, over.patterned)
    others = join(unnamed(join, under), unnamed(join, over))
    return Objects(tuple(sorted(fields.items())), others)
