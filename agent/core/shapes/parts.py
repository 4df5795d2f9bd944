"""The parts of a shape, one record per JSON type, each in one normal form.

The makers return None for a part that holds no value, so that an empty part is never kept.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from agent.core.shapes.facts import Fact

if TYPE_CHECKING:
    from agent.core.shapes.shape import Shape

MAX_VALUES: Final = 1000
"""Most values that a part lists one by one; more become a range."""

MAX_PREFIX: Final = 16
"""Most leading items of an array that are kept apart."""

_MAX_HOLES: Final = 8
_LARGEST_FLOAT: Final = Fraction(1.7976931348623157e308)


class Form(enum.Flag):
    """How a number is written: JSON Schema holds `1` and `1.0` for one value, the language
    prints them differently and counts integers exactly, so shapes keep the two apart."""

    INTEGER = enum.auto()
    FLOAT = enum.auto()
    EITHER = INTEGER | FLOAT


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of a range, exactly: a float stands for the fraction that it is.

    Every member is a multiple of `step` (1: whole), is one of `values` where they are listed, is
    none of `holes`, and satisfies all `facts`.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    is_above_low: bool = False
    is_below_high: bool = False
    step: int | None = None
    forms: Form = Form.EITHER
    values: frozenset[Fraction] | None = None
    holes: frozenset[Fraction] = frozenset()
    facts: frozenset[Fact] = frozenset()

    def admits(self, value: Fraction) -> bool:
        """Return whether a number is in the range, a multiple, listed and no hole."""
        if self.low is not None and (value < self.low or (self.is_above_low and value == self.low)):
            return False
        if self.high is not None and (
            value > self.high or (self.is_below_high and value == self.high)
        ):
            return False
        if self.step is not None and value % self.step:
            return False
        return value not in self.holes and (self.values is None or value in self.values)


def make_numbers(part: Numbers) -> Numbers | None:
    """Return the normal form of numbers, or None when there are none."""
    if part.forms is Form.INTEGER and part.step is None:
        part = replace(part, step=1)
    if part.values is not None:
        return _make_listed(part)
    if part.step is not None:
        part = _align(part, part.step)
    part = _open_at_holes(part)
    if part.low is None or part.high is None:
        return part if part.forms else None
    is_open = part.is_above_low or part.is_below_high
    if part.low > part.high or (part.low == part.high and is_open) or not part.forms:
        return None
    if part.low == part.high:
        return _make_listed(replace(part, values=frozenset({part.low})))
    return part


def _make_listed(part: Numbers) -> Numbers | None:
    values = frozenset(value for value in part.values or () if part.admits(value))
    forms = Form(0)
    if Form.INTEGER in part.forms and any(value.denominator == 1 for value in values):
        forms |= Form.INTEGER
    if Form.FLOAT in part.forms and any(map(is_float, values)):
        forms |= Form.FLOAT
    if forms is Form.INTEGER:
        values = frozenset(value for value in values if value.denominator == 1)
    elif forms is Form.FLOAT:
        values = frozenset(filter(is_float, values))
    if not values or not forms:
        return None
    step = 1 if all(value.denominator == 1 for value in values) else None
    return Numbers(
        min(values), max(values), step=step, forms=forms, values=values, facts=part.facts
    )


def is_float(value: Fraction) -> bool:
    """Return whether a float holds a number exactly."""
    return abs(value) <= _LARGEST_FLOAT and Fraction(float(value)) == value


def _align(part: Numbers, step: int) -> Numbers:
    """Return whole numbers with closed bounds that are multiples of the step."""
    low, high = part.low, part.high
    if low is not None:
        first = math.ceil(low / step) * step
        low = Fraction(first + step if part.is_above_low and first == low else first)
    if high is not None:
        last = math.floor(high / step) * step
        high = Fraction(last - step if part.is_below_high and last == high else last)
    return replace(part, low=low, high=high, is_above_low=False, is_below_high=False)


def _open_at_holes(part: Numbers) -> Numbers:
    holes = frozenset(hole for hole in part.holes if replace(part, holes=frozenset()).admits(hole))
    if part.step is None:
        part = replace(
            part,
            is_above_low=part.is_above_low or part.low in holes,
            is_below_high=part.is_below_high or part.high in holes,
        )
        return replace(part, holes=_few(holes - {part.low, part.high}))
    low, high = part.low, part.high
    while low is not None and low in holes:
        low += part.step
    while high is not None and high in holes:
        high -= part.step
    kept = [hole for hole in holes if (low is None or hole > low) and (high is None or hole < high)]
    return replace(part, low=low, high=high, holes=_few(frozenset(kept)))


def _few(holes: frozenset[Fraction | None]) -> frozenset[Fraction]:
    return frozenset(sorted((hole for hole in holes if hole is not None), key=abs)[:_MAX_HOLES])


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts by length in code points, by value where they are listed, and by facts (patterns)."""

    shortest: int = 0
    longest: int | None = None
    values: frozenset[str] | None = None
    facts: frozenset[Fact] = frozenset()

    def admits(self, value: str) -> bool:
        """Return whether a text has the length and is listed."""
        return is_between(len(value), self.shortest, self.longest) and (
            self.values is None or value in self.values
        )


def make_texts(part: Texts) -> Texts | None:
    """Return the normal form of texts, or None when there are none."""
    if part.longest == 0 and part.values is None and part.shortest == 0:
        part = replace(part, values=frozenset({""}))
    if part.values is None:
        return part if is_range(part.shortest, part.longest) else None
    values = frozenset(value for value in part.values if part.admits(value))
    if not values:
        return None
    lengths = [len(value) for value in values]
    return Texts(min(lengths), max(lengths), values, part.facts)


@dataclass(frozen=True, slots=True)
class Arrays:
    """Arrays by their leading items, the rest of them, and their length."""

    first: tuple[Shape, ...]
    rest: Shape
    shortest: int = 0
    longest: int | None = None
    facts: frozenset[Fact] = frozenset()

    def item(self, index: int) -> Shape:
        """Return what may stand at an index, from 0, in an array that is long enough."""
        return self.first[index] if index < len(self.first) else self.rest

    def may_reach(self, index: int) -> bool:
        """Return whether some array has an item at an index."""
        return self.longest is None or index < self.longest


def make_arrays(part: Arrays) -> Arrays | None:
    """Return the normal form of arrays, or None when there are none."""
    first, longest = part.first, part.longest
    for index, shape in enumerate(first):
        if shape.is_surely_nothing:
            longest = index if longest is None else min(longest, index)
            break
    if part.rest.is_surely_nothing:
        longest = len(first) if longest is None else min(longest, len(first))
    if not is_range(part.shortest, longest):
        return None
    if longest is not None:
        first = first[:longest]
    rest = part.rest
    if longest is not None and longest <= len(first):
        rest = _nothing()
    return replace(part, first=first, rest=rest, longest=longest)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object: what it may hold, and whether it is always there."""

    shape: Shape
    is_required: bool


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects by named fields; other keys by pattern, and all others.

    A key that is not named and that patterns match is in the shapes of all of them, one that none
    matches is in `others`. `fields` are sorted by name.
    """

    fields: tuple[tuple[str, Field], ...]
    others: Shape
    patterned: tuple[tuple[str, Shape], ...] = ()
    fewest: int = 0
    most: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the named keys."""
        return tuple(name for name, _ in self.fields)

    def named(self, key: str) -> Field | None:
        """Return a named field, or None when the key is not named."""
        for name, field in self.fields:
            if name == key:
                return field
        return None


def make_objects(part: Objects) -> Objects | None:
    """Return the normal form of objects, or None when there are none."""
    if any(field.is_required and field.shape.is_surely_nothing for _, field in part.fields):
        return None
    closed = part.others.is_surely_nothing and not part.patterned
    kept = [
        (name, field)
        for name, field in sorted(part.fields, key=lambda pair: pair[0])
        if not (closed and field.shape.is_surely_nothing)
    ]
    required = sum(field.is_required for _, field in kept)
    fewest = max(part.fewest, required)
    most = len(kept) if closed else part.most
    if part.most is not None and most is not None:
        most = min(most, part.most)
    if not is_range(fewest, most):
        return None
    return replace(part, fields=tuple(kept), fewest=fewest, most=most)


def is_between(count: int, fewest: int, most: int | None) -> bool:
    """Return whether a count lies between two bounds, both included."""
    return count >= fewest and (most is None or count <= most)


def is_range(fewest: int, most: int | None) -> bool:
    """Return whether some count lies between two bounds."""
    return most is None or fewest <= most


def _nothing() -> Shape:
    from agent.core.shapes.shape import NOTHING

    return NOTHING
