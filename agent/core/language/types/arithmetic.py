"""The ranges of `+ - * / // %` and of a minus sign, rounded outwards as floats round."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Final, TypeAlias

from agent.core.language.absence import Value
from agent.core.language.bounds import MAX_SIZE
from agent.core.language.operators import calculate, negate
from agent.core.language.types.typed import MayFail
from agent.core.language.types.values import LARGEST, MAX_LISTED, SMALLEST, listed, shape_of, tried
from agent.core.shapes.lattice import join_all
from agent.core.shapes.parts import Form, Numbers, make_numbers
from agent.core.shapes.scalars import meet_numbers
from agent.core.shapes.shape import NOTHING, Parts, Shape, numbers

BEYOND: Final = "an integer beyond 64 bits"
TOO_LARGE: Final = "a result too large for a float"
NOT_NUMBER: Final = "not a number"
ZERO: Final = "a division by zero"

_WITHIN: Final = Numbers(SMALLEST, LARGEST, forms=Form.INTEGER)
_LARGEST_FLOAT: Final = Fraction(1.7976931348623157e308)
_FLOATS: Final = Numbers(-_LARGEST_FLOAT, _LARGEST_FLOAT, forms=Form.FLOAT)


def within_64_bits(part: Numbers) -> Numbers | None:
    """Return the integers among numbers, as far as the language has them."""
    return meet_numbers(part, _WITHIN)


def calculated(left: Shape, operator: str, right: Shape) -> tuple[Shape, tuple[str, ...]]:
    """Return what arithmetic on two shapes without null gives, and what it may refuse."""
    exact = _tried(lambda a, b: calculate(a, operator, b), left, right)
    if exact is not None:
        return exact
    refused = [NOT_NUMBER for shape in (left, right) if not is_numeric(shape)]
    one, two = left.parts.numbers, right.parts.numbers
    if one is None or two is None:
        return NOTHING, tuple(refused)
    if operator in ("/", "//", "%") and two.admits(Fraction(0)):
        refused.append(ZERO)
        two = make_numbers(replace(two, holes=two.holes | {Fraction(0)}, values=_no_zero(two)))
        if two is None:
            return NOTHING, tuple(refused)
    whole, floats = _calculated(one, operator, two)
    return _within_range(whole, floats, refused)


def _no_zero(part: Numbers) -> frozenset[Fraction] | None:
    return None if part.values is None else part.values - {Fraction(0)}


def negated(shape: Shape) -> tuple[Shape, tuple[str, ...]]:
    """Return what a minus sign before a shape without null gives, and what it may refuse."""
    exact = _tried(negate, shape)
    if exact is not None:
        return exact
    refused = [] if is_numeric(shape) else [NOT_NUMBER]
    part = shape.parts.numbers
    if part is None:
        return NOTHING, tuple(refused)
    turned = Numbers(
        None if part.high is None else -part.high,
        None if part.low is None else -part.low,
        is_above_low=part.is_below_high,
        is_below_high=part.is_above_low,
        step=part.step,
        values=None,
        holes=frozenset(-hole for hole in part.holes),
    )
    whole = replace(turned, forms=Form.INTEGER) if Form.INTEGER in part.forms else None
    floats = meet_numbers(turned, _FLOATS) if Form.FLOAT in part.forms else None
    integers = within_64_bits(part) if whole is not None else None
    if integers is not None and integers.low is not None and integers.low > SMALLEST:
        whole = meet_numbers(whole, _WITHIN) if whole is not None else None
    return _within_range(whole, floats, refused)


def is_numeric(shape: Shape) -> bool:
    """Return whether every value of a shape, null aside, is a number."""
    parts = shape.parts
    return parts == Parts(null=parts.null, numbers=parts.numbers)


def _tried(call: Callable[..., Value], *operands: Shape) -> tuple[Shape, tuple[str, ...]] | None:
    """Return what a call gives for every combination of values, where those are few."""
    columns = [listed(shape) for shape in operands]
    if any(column is None for column in columns):
        return None
    rows = list(itertools.product(*(column or () for column in columns)))
    if len(rows) > MAX_LISTED:
        return None
    results = [tried(call, *row) for row in rows]
    refused = tuple(dict.fromkeys(found for found in results if isinstance(found, str)))
    found = [shape_of(result[0]) for result in results if not isinstance(result, str)]
    return join_all(found), refused


def _calculated(one: Numbers, operator: str, two: Numbers) -> tuple[Numbers | None, Numbers | None]:
    """Return the integers and the floats that may come out, before their limits."""
    whole = None
    if operator != "/" and Form.INTEGER in one.forms and Form.INTEGER in two.forms:
        left, right = within_64_bits(one), within_64_bits(two)
        if left is not None and right is not None:
            whole = _integers(left, operator, right)
    if operator != "/" and Form.FLOAT not in one.forms | two.forms:
        return whole, None
    floats = _floats(one, operator, two)
    is_whole = one.step is not None and two.step is not None
    # Floats of whole numbers stay whole: those that rounding may reach are all whole.
    if operator == "//" or (operator != "/" and is_whole):
        floats = make_numbers(replace(floats, step=1)) or floats
    return whole, floats


def _integers(one: Numbers, operator: str, two: Numbers) -> Numbers:
    if operator == "%":
        low, high = _remainder(two)
        return Numbers(
            None if low is None else min(low + 1, Fraction(0)),
            None if high is None else max(high - 1, Fraction(0)),
            forms=Form.INTEGER,
        )
    if operator == "//" and not _is_off_zero(two):
        bound = max(abs(end) for end in (one.low, one.high) if end is not None)
        return Numbers(-bound, bound, forms=Form.INTEGER)
    bounds = _sum_ends(one, operator, two) if operator in "+-" else _corners(one, operator, two)
    return Numbers(*bounds, forms=Form.INTEGER)


def _corners(one: Numbers, operator: str, two: Numbers) -> tuple[Fraction | None, Fraction | None]:
    """Return the bounds of an operation that is monotone in each operand."""
    ends = [
        end for a in _ends(one) for b in _ends(two) if (end := _EXACT[operator](a, b)) is not None
    ]
    return _bound(min(ends)), _bound(max(ends))


_End: TypeAlias = Fraction | float
"""A bound, or an infinity where there is none."""


def _ends(part: Numbers) -> tuple[_End, _End]:
    return (
        -math.inf if part.low is None else part.low,
        math.inf if part.high is None else part.high,
    )


def _bound(end: _End) -> Fraction | None:
    return end if isinstance(end, Fraction) else None


def _product(left: _End, right: _End) -> _End:
    return Fraction(0) if left == 0 or right == 0 else left * right


def _quotient(left: _End, right: _End) -> _End | None:
    """Return a quotient; that of two infinities lies between those of the other ends."""
    if isinstance(right, float):
        return None if isinstance(left, float) else Fraction(0)
    return left / right


def _floor_quotient(left: _End, right: _End) -> _End | None:
    found = _quotient(left, right)
    return Fraction(math.floor(found)) if isinstance(found, Fraction) else found


_EXACT: Final[dict[str, Callable[[_End, _End], _End | None]]] = {
    "*": _product,
    "/": _quotient,
    "//": _floor_quotient,
}


def _is_off_zero(part: Numbers) -> bool:
    """Return whether zero is not between the bounds of numbers."""
    is_above = part.low is not None and part.low > 0
    return is_above or (part.high is not None and part.high < 0)


def _remainder(two: Numbers) -> tuple[Fraction | None, Fraction | None]:
    """Return between what a remainder lies: it has the sign of the divisor."""
    low, high = two.low, two.high
    return (
        None if low is None else min(low, Fraction(0)),
        None if high is None else max(high, Fraction(0)),
    )


def _floats(one: Numbers, operator: str, two: Numbers) -> Numbers:
    if operator in ("%", "//") and _is_small(one) and _is_small(two):
        return replace(_integers(one, operator, two), forms=Form.FLOAT)
    match operator:
        case "%":
            return _rounded(*_remainder(two))
        case "//":
            low, high = _quotients(one, two)
            return _rounded(
                None if low is None else Fraction(math.floor(low) - 1),
                None if high is None else Fraction(math.ceil(high) + 1),
            )
        case "/":
            return _rounded(*_quotients(one, two))
        case "*":
            return _rounded(*_corners(one, operator, two))
        case _:
            return _sums(one, operator, two)


def _is_small(part: Numbers) -> bool:
    """Return whether numbers are whole, and small enough for floats to count them exactly."""
    return part.step is not None and _lies_within(part, Fraction(-(2**52)), Fraction(2**52))


def _quotients(one: Numbers, two: Numbers) -> tuple[Fraction | None, Fraction | None]:
    """Return the bounds of a quotient; a divisor that is whole and not zero makes it no larger."""
    if _is_off_zero(two):
        return _corners(one, "/", two)
    if two.step is None or one.low is None or one.high is None:
        return None, None
    bound = max(abs(one.low), abs(one.high))
    return -bound, bound


def _sums(one: Numbers, operator: str, two: Numbers) -> Numbers:
    """Return sums of floats: an integer operand is rounded first, by its size and not the sum's."""
    low, high = _sum_ends(one, operator, two)
    slack = _slack(one.low, one.high, two.low, two.high)
    return Numbers(
        None if low is None else low - slack,
        None if high is None else high + slack,
        forms=Form.FLOAT,
    )


def _sum_ends(one: Numbers, operator: str, two: Numbers) -> tuple[Fraction | None, Fraction | None]:
    """Return the bounds of a sum or difference, each of which needs one bound of each operand."""
    low, high = two.low, two.high
    if operator == "-":
        low, high = (None if high is None else -high), (None if low is None else -low)
    return (
        None if one.low is None or low is None else one.low + low,
        None if one.high is None or high is None else one.high + high,
    )


def _slack(*ends: Fraction | None) -> Fraction:
    """Return what rounding may move a sum; nothing where the bounds are small whole numbers."""
    found = [abs(end) for end in ends if end is not None]
    if all(end.denominator == 1 and end <= 2**52 for end in found):
        return Fraction(0)
    return 4 * max(found) * _SLACK


_SLACK: Final = Fraction(1, 2**50)
"""A little more than two roundings of a float, relative: of an operand, and of the result."""

_LEAST: Final = Fraction(1, 2**1000)


def _rounded(low: Fraction | None, high: Fraction | None) -> Numbers:
    """Return floats between two exact bounds that rounding may have moved."""
    return Numbers(
        None if low is None else -_moved(-low),
        None if high is None else _moved(high),
        forms=Form.FLOAT,
    )


def _moved(high: Fraction) -> Fraction:
    """Return an upper bound moved up by what rounding may do; near zero floats lie wide apart."""
    if high.denominator == 1 and abs(high) <= 2**53:
        return high
    if 0 < abs(high) < _LEAST:
        return _LEAST if high > 0 else Fraction(0)
    return high + abs(high) * _SLACK


def _within_range(
    whole: Numbers | None, floats: Numbers | None, refused: list[str]
) -> tuple[Shape, tuple[str, ...]]:
    """Return the results that the language has; those beyond its limits are refused."""
    found = []
    if whole is not None:
        if not _lies_within(whole, SMALLEST, LARGEST):
            refused.append(BEYOND)
        found.append(within_64_bits(whole))
    if floats is not None:
        if not _lies_within(floats, -_LARGEST_FLOAT, _LARGEST_FLOAT):
            refused.append(TOO_LARGE)
        found.append(floats)
    return (
        join_all(numbers(part) for part in found if part is not None),
        tuple(dict.fromkeys(refused)),
    )


def _lies_within(part: Numbers, low: Fraction, high: Fraction) -> bool:
    return part.low is not None and part.high is not None and low <= part.low and part.high <= high


def summed(items: Numbers | None, fewest: int, most: int | None) -> tuple[Shape, tuple[str, ...]]:
    """Return the sum of so many numbers, and what it may refuse."""
    if items is None or most == 0:
        return numbers(Numbers(forms=Form.INTEGER, values=frozenset({Fraction(0)}))), ()
    whole = within_64_bits(items) if Form.INTEGER in items.forms else None
    low, high = _sum_bounds(items, fewest, most)
    floats = None
    if Form.FLOAT in items.forms:
        floats = make_numbers(replace(_rounded(low, high), step=items.step and 1))
    total = None
    if whole is not None or fewest == 0:
        bounds = (
            _sum_bounds(whole, fewest, most) if whole is not None else (Fraction(0), Fraction(0))
        )
        total = Numbers(*bounds, forms=Form.INTEGER)
    return _within_range(total, floats, [])


def _sum_bounds(
    items: Numbers, fewest: int, most: int | None
) -> tuple[Fraction | None, Fraction | None]:
    low, high = items.low, items.high
    most = MAX_SIZE if most is None else most
    lowest = None if low is None else low * (fewest if low >= 0 else most)
    highest = None if high is None else high * (fewest if high <= 0 else most)
    return lowest, highest


def refusals(operation: str, found: tuple[str, ...]) -> tuple[MayFail, ...]:
    """Return the failures of one operation."""
    return tuple(MayFail(operation, reason) for reason in found)
