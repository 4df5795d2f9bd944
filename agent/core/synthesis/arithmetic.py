"""Numbers that are computed from one number or from two, as pairs show.

A number may stand in a text, as exchanges and payment systems write decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, product
from typing import Final

from agent.core.keywords import is_number
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import Arithmetic, ArrayDisplay, Call, Expression, Literal
from agent.core.synthesis.build import V, call
from agent.core.synthesis.examples import Read, Solution, distinct_count
from agent.core.synthesis.problem import Problem
from agent.core.synthesis.units import DEGREES, factor_conversion

OPERANDS: Final = 12
"""Reads that are tried on either side of an operator."""

TEXT_COST: Final = 0.2
"""What it assumes that a text holds a number."""

MOST_SHIFT: Final = 1000
LINE_POINTS: Final = 3
"""Different values that a line must go through: it goes through any two."""

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")

_Pairs = Sequence[tuple[object, object]]
_Candidates = Iterator[tuple[Expression, float, str]]


def changed_numbers(pairs: _Pairs) -> _Candidates:
    """Yield the conversions of `v` that may give the wanted numbers, which are to be checked."""
    yield call("integer", V), 0.9, "number to integer"
    shown = list(dict.fromkeys((_exact(given), _exact(wanted)) for given, wanted in pairs))
    yield from _factors([(given, wanted) for given, wanted in shown if given and wanted])
    if len({given for given, _ in shown}) > 1:
        yield from _shifts(*shown[0])
        yield from _lines(shown)
        yield Arithmetic(Literal(1), "/", V), 2.2, "one divided by it"
    for mode in ("half_even", "half_up", "floor", "ceil"):
        for places in (0, 1, 2):
            yield call("round", V, Literal(places), mode=mode), 1.5, f"rounded ({mode})"


def numbers_of_texts(pairs: _Pairs) -> _Candidates:
    """Yield the same for texts that hold decimal numbers."""
    if not all(_DECIMAL.fullmatch(str(given)) for given, _ in pairs):
        return
    number = call("number", V)
    for expression, cost, reason in changed_numbers([(float(str(g)), w) for g, w in pairs]):
        yield replace_name(expression, V.name, number), cost + TEXT_COST, f"{reason}, from text"


def _exact(value: object) -> Fraction:
    return Fraction(repr(value))


def _factors(shown: Sequence[tuple[Fraction, Fraction]]) -> _Candidates:
    """Yield a factor; one value alone shows none but that between units of money or of time."""
    for given, wanted in shown[:1]:
        factor = factor_conversion(wanted / given)
        if factor is not None and len({given for given, _ in shown}) > 1:
            yield factor, 1.2, f"times {wanted / given}"
        elif isinstance(factor, Call):
            yield factor, 1.8, "moved by a power of ten"


def _shifts(given: Fraction, wanted: Fraction) -> _Candidates:
    shift = wanted - given
    if shift and shift.denominator == 1 and abs(shift) <= MOST_SHIFT:
        yield Arithmetic(V, "+", Literal(int(shift))), 2.2, f"plus {shift}"


def _lines(shown: Sequence[tuple[Fraction, Fraction]]) -> _Candidates:
    """Yield conversions between degrees, and what a factor and a constant make of enough values."""
    for name, made in DEGREES.items():
        yield made, 1.6, f"degrees: {' to '.join(name)}"
    (x, y), *rest = shown
    others = [(a, b) for a, b in rest if a != x]
    if len({a for a, _ in others}) < LINE_POINTS - 1:
        return
    slope = ((others[0][1] - y) / (others[0][0] - x)).limit_denominator(1_000)
    factor = factor_conversion(slope) if slope else None
    constant = (y - slope * x).limit_denominator(1_000)
    if factor is not None and constant:
        number = int(constant) if constant.denominator == 1 else float(constant)
        yield Arithmetic(factor, "+", Literal(number)), 2.6, f"times {slope}, plus {constant}"


def calculations(problem: Problem) -> Iterator[Solution]:
    """Yield the sums, differences, products and quotients of two numbers that give the wanted."""
    if distinct_count(problem.wanted) < 2 or not all(map(is_number, problem.wanted)):
        return
    whole = [
        (read, expression)
        for read, column in problem.columns
        if (expression := _as_number(read, column)) is not None
    ][:OPERANDS]
    for (left, one), (right, other) in product(whole, whole):
        for operator in ("*", "+", "-", "/"):
            if left is not right and (operator in "-/" or left.path <= right.path):
                made = Arithmetic(one, operator, other)
                yield from _solved(problem, made, left, right, f" {operator} ", cost=2.0)
    partial = [one for one in problem.columns if _is_partly_number(one[1])][:OPERANDS]
    some = [
        (read, call("not_null", read.expression) if None in given else read.expression)
        for read, given in partial
    ]
    for (left, one), (right, other) in chain(product(whole, some), combinations(some, 2)):
        total = call("sum", ArrayDisplay((one, other)))
        yield from _solved(problem, total, left, right, " and where it is there ", cost=2.2)


def _as_number(read: Read, column: Sequence[object]) -> Expression | None:
    """Return the number that a read gives in every example, or None."""
    if all(map(is_number, column)):
        return read.expression
    if all(isinstance(value, str) and _DECIMAL.fullmatch(value) for value in column):
        return call("number", read.expression)
    return None


def _is_partly_number(column: Sequence[object]) -> bool:
    given = [value for value in column if value is not MISSING and value is not None]
    return 0 < len(given) < len(column) and all(map(is_number, given))


def _solved(
    problem: Problem, made: Expression, left: Read, right: Read, between: str, *, cost: float
) -> Iterator[Solution]:
    if problem.is_explained_by(made):
        yield Solution(
            made,
            (left.path, right.path),
            cost + left.cost + right.cost,
            (left.prior + right.prior) / 2 * 0.5 + 0.4,
            distinct_count(problem.wanted),
            f"{left.path}{between}{right.path}",
        )
