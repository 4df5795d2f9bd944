"""Aggregates: one value of an array; a missing or null array counts as empty."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from agent.core.language.absence import MISSING, OperationFailed, Value
from agent.core.language.functions.operands import (
    array_of,
    boolean_of,
    describe,
    number_of,
    within_64_bits,
)
from agent.core.language.functions.ordering import order_kind, refuse_mixed
from agent.core.language.functions.table import Absence, Function, make_function


def count(items: Value, /) -> int:
    """Return the number of items of an array, or of fields of an object."""
    return len(items) if isinstance(items, dict) else len(_items(items))


def sum_of(items: Value, /) -> int | float:
    """Return the sum; of nothing 0.

    Integers add up exactly and fail beyond 64 bits. With a float among them the sum is a float:
    the exact sum, rounded once (so the order does not matter).
    """
    numbers = [number_of(item) for item in _items(items)]
    if all(isinstance(number, int) for number in numbers):
        return within_64_bits(
            int(sum(numbers)), lambda: f"the sum of {len(numbers)} numbers", culprits=(items,)
        )
    try:
        total = math.fsum(part for number in numbers for part in _float_parts(number))
    except OverflowError:
        total = math.inf
    if not math.isfinite(total):
        raise OperationFailed("a sum beyond the largest number")
    return total


def _float_parts(number: int | float) -> tuple[float, ...]:
    """Return floats that add up to `number` exactly; 64-bit integers need two."""
    if isinstance(number, float):
        return (number,)
    high = float(number)
    return (high, float(number - int(high)))


def any_of(items: Value, /) -> bool:
    """Return whether some item is true; null counts as false, other types fail."""
    return any([_truth(item) for item in _items(items)])  # noqa: C419 - every item is checked


def all_of(items: Value, /) -> bool:
    """Return whether every item is true, as none is; null counts as false, other types fail."""
    return all([_truth(item) for item in _items(items)])  # noqa: C419 - every item is checked


def min_of(items: Value, /) -> Value:
    """Return the smallest number, text or date; of nothing missing."""
    return _extreme(items, min)


def max_of(items: Value, /) -> Value:
    """Return the largest number, text or date; of nothing missing."""
    return _extreme(items, max)


def _extreme(items: Value, choose: Callable[[Any], Value]) -> Value:
    """Return what `choose` takes of the items; null, boolean and mixed ones fail."""
    if not _items(items):
        return MISSING
    refuse_mixed(items)
    if order_kind(items[0]) in ("boolean", "null"):
        raise OperationFailed(f"{describe(items[0])} among the items", "leave it out with an if")
    return choose(items)


def _truth(item: Value) -> bool:
    return item is not None and boolean_of(item)


def _items(items: Value) -> Any:
    if items is MISSING or items is None:
        return []
    if isinstance(items, (dict, str)):
        values = "its values: [e.value for e in entries(x)]"
        help = values if isinstance(items, dict) else "for an array of one: [x]"
        raise OperationFailed(f"{describe(items)}, not an array", help, culprits=(items,))
    return array_of(items)


AGGREGATE_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        count,
        group="arrays",
        name="count",
        summary="The number of items or fields; 0 for missing or null.",
        example="[count([5, 6]), count(absent()), count(None)]",
        result=[2, 0, 0],
        absence=Absence.OWN,
    ),
    make_function(
        sum_of,
        group="arrays",
        name="sum",
        summary="The sum, exact for integers; 0 for missing, null or nothing.",
        example="[sum([1, 2]), sum([1, 0.5]), sum(absent())]",
        result=[3, 1.5, 0],
        absence=Absence.OWN,
    ),
    make_function(
        any_of,
        group="arrays",
        name="any",
        summary="Whether some item is true; false for missing, null or nothing.",
        example="[any([False, True]), any([]), any(None)]",
        result=[True, False, False],
        absence=Absence.OWN,
    ),
    make_function(
        all_of,
        group="arrays",
        name="all",
        summary="Whether every item is true; true for missing, null or nothing.",
        example="[all([False, True]), all([]), all(None)]",
        result=[False, True, True],
        absence=Absence.OWN,
    ),
    make_function(
        min_of,
        group="arrays",
        name="min",
        summary="The smallest number, text or date; of nothing missing.",
        example="[min([2, 1.5]), min(['b', 'a']), min([])]",
        result=[1.5, "a"],
        absence=Absence.OWN,
        gives_missing=True,
    ),
    make_function(
        max_of,
        group="arrays",
        name="max",
        summary="The largest number, text or date; of nothing missing.",
        example="[max([2, 1.5]), max(['b', 'a']), max([])]",
        result=[2, "b"],
        absence=Absence.OWN,
        gives_missing=True,
    ),
)
