"""What `<`, `<=`, `>` and `>=` tell of two shapes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from agent.core.shapes.parts import Numbers
from agent.core.shapes.scalars import meet_numbers
from agent.core.shapes.shape import Parts, Shape, of_parts


def compared(shape: Shape, operator: str, other: Shape) -> Shape:
    """Return the values of a shape that may compare so with one of another; no null."""
    one, two = shape.parts, other.parts
    numbers = None
    if one.numbers is not None and two.numbers is not None:
        numbers = meet_numbers(one.numbers, _bounded(operator, two.numbers))
    return of_parts(
        Parts(
            numbers=numbers,
            texts=one.texts if two.texts is not None else None,
            dates=one.dates and two.dates,
        )
    )


def _bounded(operator: str, other: Numbers) -> Numbers:
    is_strict = operator in ("<", ">")
    if operator in ("<", "<="):
        return below(other.high, is_strict=is_strict or other.is_below_high)
    return above(other.low, is_strict=is_strict or other.is_above_low)


def below(high: Fraction | None, *, is_strict: bool) -> Numbers:
    """Return the numbers up to a bound; without a bound, all."""
    return replace(Numbers(), high=high, is_below_high=is_strict and high is not None)


def above(low: Fraction | None, *, is_strict: bool) -> Numbers:
    """Return the numbers from a bound; without a bound, all."""
    return replace(Numbers(), low=low, is_above_low=is_strict and low is not None)


def may_order(left: Shape, operator: str, right: Shape) -> frozenset[bool]:
    """Return what a comparison of two shapes may give, where both sides are of one kind."""
    holds = compared(left, operator, right)
    opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}[operator]
    fails = compared(left, opposite, right)
    return frozenset(
        truth for truth, shape in ((True, holds), (False, fails)) if not shape.is_surely_nothing
    )


def is_one_kind(left: Shape, right: Shape) -> bool:
    """Return whether the values of two shapes, null aside, can always be ordered."""
    kinds = {kind for shape in (left, right) for kind in _kinds(shape.parts)}
    return len(kinds) <= 1 and "" not in kinds


def _kinds(parts: Parts) -> set[str]:
    kinds = set()
    if parts.numbers is not None:
        kinds.add("number")
    if parts.texts is not None:
        kinds.add("text")
    if parts.dates:
        kinds.add("date")
    if parts.booleans or parts.arrays or parts.objects or parts.tables is not None:
        kinds.add("")
    return kinds
