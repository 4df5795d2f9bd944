"""Join and meet of arrays and of objects, given the join and meet of what they hold."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from agent.core.shapes.facts import does_match
from agent.core.shapes.parts import (
    MAX_PREFIX,
    Arrays,
    Field,
    Objects,
    make_arrays,
    make_objects,
)
from agent.core.shapes.shape import ANY, NOTHING, Shape

Combine: TypeAlias = Callable[[Shape, Shape], Shape]


def join_arrays(join: Combine, left: Arrays, right: Arrays) -> Arrays:
    """Return arrays that hold both."""
    length = max(len(left.first), len(right.first))
    items = [join(_reached(left, index), _reached(right, index)) for index in range(length)]
    first, rest = fold(join, items, join(left.rest, right.rest))
    longest = None
    if left.longest is not None and right.longest is not None:
        longest = max(left.longest, right.longest)
    joined = Arrays(
        first, rest, min(left.shortest, right.shortest), longest, left.facts & right.facts
    )
    return make_arrays(joined) or joined


def _reached(part: Arrays, index: int) -> Shape:
    return part.item(index) if part.may_reach(index) else NOTHING


def fold(join: Combine, items: list[Shape], rest: Shape) -> tuple[tuple[Shape, ...], Shape]:
    """Return leading items and the rest; what is beyond `MAX_PREFIX` joins the rest."""
    if len(items) <= MAX_PREFIX:
        return tuple(items), rest
    return (), functools.reduce(join, items, rest)


def meet_arrays(meet: Combine, left: Arrays, right: Arrays) -> Arrays | None:
    """Return the arrays that both hold, or None."""
    length = max(len(left.first), len(right.first))
    lengths = [part.longest for part in (left, right) if part.longest is not None]
    return make_arrays(
        Arrays(
            tuple(meet(left.item(index), right.item(index)) for index in range(length)),
            meet(left.rest, right.rest),
            max(left.shortest, right.shortest),
            min(lengths, default=None),
            left.facts | right.facts,
        )
    )


def field_of(part: Objects, key: str, *, meet: Combine) -> Field:
    """Return what an object may hold at a key, named or not."""
    named = part.named(key)
    if named is not None:
        return named
    matching = [shape for pattern, shape in part.patterned if does_match(pattern, key)]
    if matching:
        return Field(functools.reduce(meet, matching), False)
    return Field(part.others, False)


def unnamed(join: Combine, part: Objects) -> Shape:
    """Return what stands at any key that is not named."""
    return functools.reduce(join, (shape for _, shape in part.patterned), part.others)


def join_objects(join: Combine, left: Objects, right: Objects) -> Objects:
    """Return one kind of object that holds both."""
    fields = []
    for name in dict.fromkeys((*left.names, *right.names)):
        one, two = _joinable(join, left, name), _joinable(join, right, name)
        fields.append(
            (name, Field(join(one.shape, two.shape), one.is_required and two.is_required))
        )
    same = left.patterned == right.patterned
    joined = Objects(
        tuple(fields),
        join(left.others, right.others)
        if same
        else join(unnamed(join, left), unnamed(join, right)),
        left.patterned if same else (),
        min(left.fewest, right.fewest),
        None if left.most is None or right.most is None else max(left.most, right.most),
    )
    return make_objects(joined) or joined


def _joinable(join: Combine, part: Objects, name: str) -> Field:
    """Return a field, or for a key that is not named whatever may stand there."""
    return part.named(name) or Field(unnamed(join, part), False)


def meet_objects(meet: Combine, left: Objects, right: Objects) -> Objects | None:
    """Return the objects that both hold, or None."""
    fields = []
    for name in dict.fromkeys((*left.names, *right.names)):
        one, two = field_of(left, name, meet=meet), field_of(right, name, meet=meet)
        fields.append((name, Field(meet(one.shape, two.shape), one.is_required or two.is_required)))
    most = [part.most for part in (left, right) if part.most is not None]
    met = replace(
        _meet_unnamed(meet, left, right),
        fields=tuple(fields),
        fewest=max(left.fewest, right.fewest),
        most=min(most, default=None),
    )
    return make_objects(met)


def _meet_unnamed(meet: Combine, left: Objects, right: Objects) -> Objects:
    """Return what both say of keys that are not named; where that cannot be said, what one says."""
    if not left.patterned and not right.patterned:
        return Objects((), meet(left.others, right.others))
    if left.patterned == right.patterned:
        patterned = tuple(
            (pattern, meet(one, two))
            for (pattern, one), (_, two) in zip(left.patterned, right.patterned, strict=True)
        )
        return Objects((), meet(left.others, right.others), patterned)
    said = right if left.others is ANY and not left.patterned else left
    return Objects((), said.others, said.patterned)
