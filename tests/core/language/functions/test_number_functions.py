from __future__ import annotations

import decimal
import json
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.core.language.absence import OperationFailed
from agent.core.language.functions.aggregates import sum_of
from agent.core.language.functions.numbers import integer, number, round_number, scale
from agent.core.language.functions.operands import LARGEST_INTEGER, SMALLEST_INTEGER, text_form

INTEGERS = st.integers(SMALLEST_INTEGER, LARGEST_INTEGER)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
PRICES = st.decimals(-(10**6), 10**6, places=2).map(float)


def exactly(value: float) -> Fraction:
    """Return the shortest decimal of a number as a fraction."""
    return Fraction(Decimal(repr(value)))


@given(INTEGERS | FLOATS)
def test_number__of_the_text_of_a_number__is_that_number(value: float) -> None:
    """`number(text(x))` gives back x, of the same type."""
    found = number(text_form(value))
    assert (type(found), found) == (type(value), value)


@given(st.text("0123456789+-.eE_ x", max_size=8))
def test_number__of_any_text__accepts_what_json_accepts(text: str) -> None:
    """A text is a number exactly when a JSON parser reads it as one, white space apart."""
    try:
        expected = json.loads(text)
        is_number = text == text.strip() and isinstance(expected, (int, float))
    except ValueError:
        is_number = False
    if is_number:
        assume(abs(expected) != float("inf"))
        assert number(text) == expected
    else:
        with pytest.raises(OperationFailed):
            number(text)


@given(PRICES)
def test_scale__of_a_price__gives_whole_cents_and_back(price: float) -> None:
    """Two decimals scaled by 2 are an integer, and scaled back they are the price."""
    cents = scale(price, 2)
    assert isinstance(cents, int)
    assert scale(cents, -2) == price


@given(FLOATS, st.integers(-20, 20))
def test_scale__of_any_float__is_exact_or_fails(value: float, n: int) -> None:
    """The result is the exact decimal product, an integer exactly when that is integral."""
    exact = Decimal(repr(value)).scaleb(n, decimal.Context(prec=60))
    try:
        result = scale(value, n)
    except OperationFailed:
        is_integral = exact == exact.to_integral_value()
        assert abs(exact) > LARGEST_INTEGER if is_integral else Decimal(repr(float(exact))) != exact
    else:
        assert Decimal(repr(result)) == exact
        assert isinstance(result, int) == (exact == exact.to_integral_value())


@given(FLOATS, st.integers(1, 15), st.sampled_from(["half_even", "half_up", "floor", "ceil"]))
def test_round__when_done_twice__changes_nothing_more(value: float, places: int, mode: str) -> None:
    """Rounding is idempotent, and moves by less than one unit of the last place."""
    once = round_number(value, places, mode)
    assert round_number(once, places, mode) == once
    assert abs(exactly(once) - exactly(value)) < Fraction(1, 10**places)


def test_round__whatever_the_context_of_the_thread__is_the_same() -> None:
    """The decimal context of the caller has no say."""
    with decimal.localcontext() as context:
        context.prec, context.rounding = 3, decimal.ROUND_UP
        assert round_number(123456.785, 2) == 123456.78
        assert scale(123456.78, 2) == 12345678


@given(st.integers(-(2**53), 2**53))
def test_integer__of_a_whole_float__is_that_integer(value: int) -> None:
    """A float without fraction is the integer that it equals."""
    found = integer(float(value))
    assert (type(found), found) == (int, value)


@given(st.lists(INTEGERS | FLOATS, max_size=6), st.randoms())
def test_sum__in_any_order__is_the_same(values: list[float], random: Random) -> None:
    """The sum is exact before it is rounded, so the order of the items has no say."""
    shuffled = list(values)
    random.shuffle(shuffled)
    try:
        expected = sum_of(values)
    except OperationFailed:
        with pytest.raises(OperationFailed):
            sum_of(shuffled)
    else:
        assert sum_of(shuffled) == expected


@given(st.lists(INTEGERS, max_size=6))
def test_sum__of_integers__is_exact_or_fails(values: list[int]) -> None:
    """Integers add up exactly, and fail beyond 64 bits."""
    total = sum(values)
    if SMALLEST_INTEGER <= total <= LARGEST_INTEGER:
        assert sum_of(values) == total
    else:
        with pytest.raises(OperationFailed, match="64 bits"):
            sum_of(values)
