"""The functions that know missing and null: defaults, tests, demands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

from agent.core.language.absence import MISSING, OperationFailed, Value
from agent.core.language.functions.operands import describe
from agent.core.language.functions.table import Absence, Function, make_function


def default(x: Value, y: Callable[[], Value], /) -> Value:
    """Return `x`, or `y` when `x` is missing or null. False, 0 and '' stay."""
    return y() if _is_nothing(x) else x


def if_missing(x: Value, y: Callable[[], Value], /) -> Value:
    """Return `x`, or `y` when `x` is missing; null stays null."""
    return y() if x is MISSING else x


def coalesce(x: Callable[[], Value], /, *others: Callable[[], Value]) -> Value:
    """Return the first value that is neither missing nor null, else missing."""
    for thunk in (x, *others):
        value = thunk()
        if not _is_nothing(value):
            return value
    return MISSING


def present(x: Value, /) -> bool:
    """Return whether the field is there; null is there."""
    return x is not MISSING


def absent() -> Value:
    """Return missing."""
    return MISSING


def not_null(x: Value, /) -> Value:
    """Return `x`, or missing when it is null."""
    return MISSING if x is None else x


def non_empty(x: Value, /) -> Value:
    """Return `x`, or missing when it is an empty text, array or object."""
    return MISSING if isinstance(x, (str, list, dict)) and not x else x


def require(x: Value, reason: Value, /) -> Value:
    """Return `x`; fail with `reason` when it is missing or null."""
    if _is_nothing(x):
        raise OperationFailed(f"{describe(x)}: {_reason(reason)}", culprits=(x,))
    return x


def fail(reason: Value, /) -> NoReturn:
    """Fail with `reason`."""
    raise OperationFailed(_reason(reason))


def _is_nothing(value: Value) -> bool:
    return value is MISSING or value is None


def _reason(reason: Value) -> str:
    return reason if isinstance(reason, str) else describe(reason)


ABSENT_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        default,
        group="absence",
        name="default",
        summary="x, or y when x is missing or null; false, 0 and '' stay.",
        example="[default(absent(), 'a'), default(None, 'b'), default(False, 'c')]",
        result=["a", "b", False],
        absence=Absence.OWN,
        lazy=("y",),
    ),
    make_function(
        if_missing,
        group="absence",
        name="if_missing",
        summary="x, or y when x is missing; null stays null.",
        example="[if_missing(absent(), 'a'), if_missing(None, 'b')]",
        result=["a", None],
        absence=Absence.OWN,
        lazy=("y",),
    ),
    make_function(
        coalesce,
        group="absence",
        name="coalesce",
        summary="The first argument that is neither missing nor null, else missing.",
        example="coalesce(absent(), None, 0, 'never read')",
        result=0,
        absence=Absence.OWN,
        lazy=("x", "others"),
        gives_missing=True,
    ),
    make_function(
        present,
        group="absence",
        name="present",
        summary="Whether the field is there; null is there.",
        example="[present(absent()), present(None), present(0)]",
        result=[False, True, True],
        absence=Absence.OWN,
    ),
    make_function(
        absent,
        group="absence",
        name="absent",
        summary="Missing: nothing is written.",
        example="{'kept': 1, 'left_out': absent()}",
        result={"kept": 1},
        absence=Absence.OWN,
        gives_missing=True,
    ),
    make_function(
        not_null,
        group="absence",
        name="not_null",
        summary="x, or missing when it is null.",
        example="[not_null(None), not_null(0)]",
        result=[0],
        absence=Absence.OWN,
        gives_missing=True,
    ),
    make_function(
        non_empty,
        group="absence",
        name="non_empty",
        summary="x, or missing when it is an empty text, array or object.",
        example="[non_empty(''), non_empty([]), non_empty(' '), non_empty(0)]",
        result=[" ", 0],
        absence=Absence.OWN,
        gives_missing=True,
    ),
    make_function(
        require,
        group="absence",
        name="require",
        summary="x; fails with the reason when x is missing or null.",
        example="require('EUR', 'an order has a currency')",
        result="EUR",
        absence=Absence.OWN,
    ),
    make_function(
        fail,
        group="absence",
        name="fail",
        summary="Fails with the reason; for a branch that must not be taken.",
        example="'paid' if 2 > 1 else fail('no such state')",
        result="paid",
        absence=Absence.OWN,
    ),
)
