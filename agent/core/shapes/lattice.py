"""Join and meet of shapes: the least that holds both, and what both hold (or a little more).

Both over-approximate: every value of either operand is in the join, and every value of both
operands is in the meet. Below a part that has yet to be read, the result is read later too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from agent.core.shapes.containers import (
    join_arrays,
    join_objects,
    meet_arrays,
    meet_objects,
)
from agent.core.shapes.parts import Objects
from agent.core.shapes.scalars import join_numbers, join_texts, meet_numbers, meet_texts
from agent.core.shapes.shape import (
    ANY,
    ANY_OBJECT,
    EVERYTHING,
    NOTHING,
    Parts,
    Shape,
    later,
    of_parts,
)

MAX_VARIANTS: Final = 32
"""Most kinds of object that a shape keeps apart; more are joined to one."""

_EMPTY_DEPTH: Final = 3

_Part = TypeVar("_Part")


def join(left: Shape, right: Shape) -> Shape:
    """Return a shape that holds every value of both."""
    if left == right or right.is_surely_nothing:
        return left
    if left.is_surely_nothing:
        return right
    if EVERYTHING in (left, right):
        return EVERYTHING
    if (left is ANY and right.is_json) or (right is ANY and left.is_json):
        return ANY
    if left.is_later or right.is_later:
        is_json = left.is_json and right.is_json
        return later(("join", left, right), lambda: _join(left, right), is_json=is_json)
    return _join(left, right)


def join_all(shapes: Iterable[Shape]) -> Shape:
    """Return a shape that holds every value of all."""
    return functools.reduce(join, shapes, NOTHING)


def meet(left: Shape, right: Shape) -> Shape:
    """Return a shape that holds every value that both hold."""
    if left == right or left.is_surely_nothing or _adds_nothing(right, left):
        return left
    if right.is_surely_nothing or _adds_nothing(left, right):
        return right
    if left.is_later or right.is_later:
        is_json = left.is_json or right.is_json
        return later(("meet", left, right), lambda: _meet(left, right), is_json=is_json)
    return _meet(left, right)


def _adds_nothing(whole: Shape, part: Shape) -> bool:
    return whole is EVERYTHING or (whole is ANY and part.is_json)


@functools.lru_cache(maxsize=8192)
def _join(left: Shape, right: Shape) -> Shape:
    one, two = left.parts, right.parts
    return of_parts(
        Parts(
            null=one.null or two.null,
            booleans=one.booleans | two.booleans,
            numbers=_either(join_numbers, one.numbers, two.numbers),
            texts=_either(join_texts, one.texts, two.texts),
            arrays=_either(functools.partial(join_arrays, join), one.arrays, two.arrays),
            objects=unite(one.objects, two.objects),
            dates=one.dates or two.dates,
            tables=_either(join, one.tables, two.tables),
        )
    )


def _either(
    both: Callable[[_Part, _Part], _Part], left: _Part | None, right: _Part | None
) -> _Part | None:
    if left is None or right is None:
        return right if left is None else left
    return both(left, right)


@functools.lru_cache(maxsize=8192)
def _meet(left: Shape, right: Shape) -> Shape:
    one, two = left.parts, right.parts
    return of_parts(
        Parts(
            null=one.null and two.null,
            booleans=one.booleans & two.booleans,
            numbers=_both(meet_numbers, one.numbers, two.numbers),
            texts=_both(meet_texts, one.texts, two.texts),
            arrays=_both(functools.partial(meet_arrays, meet), one.arrays, two.arrays),
            objects=_meet_variants(one.objects, two.objects),
            dates=one.dates and two.dates,
            tables=_both(meet, one.tables, two.tables),
        )
    )


def _both(
    both: Callable[[_Part, _Part], _Part | None], left: _Part | None, right: _Part | None
) -> _Part | None:
    return None if left is None or right is None else both(left, right)


def unite(left: tuple[Objects, ...], right: tuple[Objects, ...]) -> tuple[Objects, ...]:
    """Return the variants of two unions; too many are joined to one."""
    variants = tuple(dict.fromkeys((*left, *right)))
    free = ANY_OBJECT.parts.objects
    if free[0] in variants and all(map(_is_json, variants)):
        return free
    if len(variants) <= MAX_VARIANTS:
        return variants
    return (functools.reduce(functools.partial(join_objects, join), variants),)


def _is_json(variant: Objects) -> bool:
    return Shape(Parts(objects=(variant,))).is_json


def _meet_variants(left: tuple[Objects, ...], right: tuple[Objects, ...]) -> tuple[Objects, ...]:
    if len(left) * len(right) > MAX_VARIANTS**2:
        return left
    met = [meet_objects(meet, one, two) for one in left for two in right]
    found = tuple(dict.fromkeys(variant for variant in met if variant is not None))
    kept = tuple(variant for variant in found if not _has_no_member(variant, _EMPTY_DEPTH))
    if len(kept) <= MAX_VARIANTS:
        return kept
    return (functools.reduce(functools.partial(join_objects, join), kept),)


def is_nothing(shape: Shape, *, depth: int = _EMPTY_DEPTH) -> bool:
    """Return whether a shape surely holds no value; it looks `depth` levels deep.

    What is deeper counts as inhabited, so false means "maybe".
    """
    if shape.is_surely_nothing:
        return True
    if depth == 0:
        return False
    parts = shape.parts
    if parts.null or parts.booleans or parts.numbers or parts.texts or parts.dates:
        return False
    if parts.tables is not None:
        return False
    array = parts.arrays
    if array is not None and not any(
        is_nothing(array.item(index), depth=depth - 1)
        for index in range(min(array.shortest, len(array.first) + 1))
    ):
        return False
    return all(_has_no_member(variant, depth) for variant in parts.objects)


def _has_no_member(variant: Objects, depth: int) -> bool:
    return any(
        field.is_required and is_nothing(field.shape, depth=depth - 1)
        for _, field in variant.fields
    )
