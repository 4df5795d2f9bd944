"""Numbers beyond 2^53, where a float and the decimal that it is written as are two numbers.

Validators read a float as its shortest decimal (`9.223372036854776e18` is 9223372036854776000),
the language as the binary number that it is (9223372036854775808). Shapes hold the latter, so
bounds that cross between the two are moved outwards where a float lies between.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

LARGEST_EXACT: Final = 2**53
"""Up to here every whole float is written as the number that it is."""

_LARGEST_FLOAT: Final = 1.7976931348623157e308


def is_large(value: Fraction) -> bool:
    """Return whether floats of this size may be written as another number."""
    return abs(value) > LARGEST_EXACT


def written_as(value: int | float) -> Fraction:
    """Return the number that a validator reads."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def all_same(value: int | float) -> frozenset[Fraction]:
    """Return the numbers that a validator takes for a number."""
    near = {Fraction(one) for one in _near(Fraction(value)) if written_as(one) == written_as(value)}
    return frozenset({Fraction(value), written_as(value), *near})


def high_as_held(high: Fraction, is_open: bool) -> tuple[Fraction, bool]:
    """Return the bound, and whether it is open, of the numbers whose decimals are below another."""
    below = [near for near in _near(high) if _is_below(written_as(near), high, is_open=is_open)]
    return _moved(high, [Fraction(near) for near in below], is_open=is_open)


def high_as_written(high: Fraction, is_open: bool) -> tuple[Fraction, bool]:
    """Return the bound, and whether it is open, of the decimals of the numbers below another."""
    below = [near for near in _near(high) if _is_below(Fraction(near), high, is_open=is_open)]
    return _moved(high, [written_as(near) for near in below], is_open=is_open)


def low_as_held(low: Fraction, is_open: bool) -> tuple[Fraction, bool]:
    """Return the bound, and whether it is open, of the numbers whose decimals are above another."""
    held, is_open = high_as_held(-low, is_open)
    return -held, is_open


def low_as_written(low: Fraction, is_open: bool) -> tuple[Fraction, bool]:
    """Return the bound, and whether it is open, of the decimals of the numbers above another."""
    written, is_open = high_as_written(-low, is_open)
    return -written, is_open


def _is_below(value: Fraction, high: Fraction, *, is_open: bool) -> bool:
    return value < high or (value == high and not is_open)


def _moved(high: Fraction, held: list[Fraction], *, is_open: bool) -> tuple[Fraction, bool]:
    """Return a bound that holds some numbers too."""
    most = max(held, default=high)
    if most > high or (held and most == high):
        return most, False
    return high, is_open


def _near(value: Fraction) -> Iterator[float]:
    if not is_large(value):
        return
    size = float(value) if abs(value) <= _LARGEST_FLOAT else math.copysign(_LARGEST_FLOAT, value)
    for near in (size, math.nextafter(size, math.inf), math.nextafter(size, -math.inf)):
        if math.isfinite(near):
            yield near
