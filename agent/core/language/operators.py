"""Operators on values: reads, arithmetic, comparison, membership, truth (DESIGN section 4).

Missing and null have been handled by the caller where the one absence rule asks for it; failures
are `OperationFailed`.
"""

from __future__ import annotations

import math
import operator as python
from collections.abc import Callable
from typing import Any, Final

from agent.core.language.absence import MISSING, Instant, OperationFailed, Table, Value
from agent.core.language.bounds import require_scalar
from agent.core.language.equality import are_equal
from agent.core.language.functions.operands import describe, number_of, within_64_bits

_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": python.add,
    "-": python.sub,
    "*": python.mul,
    "/": python.truediv,
    "//": python.floordiv,
    "%": python.mod,
}

_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
}


def read_field(of: Value, key: str) -> Value:
    """Return a field of an object; of missing or null it is missing."""
    if of is MISSING or of is None:
        return MISSING
    if isinstance(of, dict):
        value = of.get(key, MISSING)
        require_scalar(value)
        return value
    raise OperationFailed(f"{describe(of)}, not an object", _field_help(of, key), culprits=(of,))


def _field_help(of: Value, key: str) -> str:
    match of:
        case list():
            return f"read one item ([0], only(…)), or all: [x['{key}'] for x in …]"
        case Table():
            return "read a table with at(table, key)"
        case _:
            return "ask first: is_object(x)"


def read_item(of: Value, position: int) -> Value:
    """Return an item of an array; past an end, and of missing or null, it is missing."""
    if of is MISSING or of is None:
        return MISSING
    if isinstance(of, list):
        value = of[position] if -len(of) <= position < len(of) else MISSING
        require_scalar(value)
        return value
    raise OperationFailed(
        f"{describe(of)}, not an array",
        _item_help(of, position),
        culprits=(of,),
    )


def _item_help(of: Value, position: int) -> str:
    match of:
        case dict():
            return f"write ['{position}'] for a key"
        case str():
            return "write slice(s, start, end=) or part(s, sep, i) for text"
        case Table():
            return "read a table with at(table, key)"
        case _:
            return "ask first: is_array(x)"


def read_slice(of: Value, start: int | None, end: int | None) -> Value:
    """Return a part of an array or text; missing and null stay."""
    if of is MISSING or of is None or isinstance(of, (list, str)):
        return of[start:end] if isinstance(of, (list, str)) else of
    raise OperationFailed(
        f"{describe(of)}, neither array nor text",
        "ask first: is_array(x) or is_text(x)",
        culprits=(of,),
    )


def calculate(left: Value, operator: str, right: Value) -> Value:
    """Return `left operator right`: missing in, missing out; null in, null out; else numbers."""
    if left is MISSING or right is MISSING:
        return MISSING
    if left is None or right is None:
        return None
    first, second = number_of(left), number_of(right)
    if operator in ("/", "//", "%") and second == 0:
        raise OperationFailed(
            "a division by zero", f"guard it: a {operator} b if b != 0 else …", culprits=(right,)
        )
    result = _ARITHMETIC[operator](first, second)
    return _within_range(
        result, lambda: f"{first!r} {operator} {_operand(second)}", culprits=(left, right)
    )


def negate(value: Value) -> Value:
    """Return the number with its sign changed; missing and null stay."""
    if value is MISSING or value is None:
        return value
    number = number_of(value)
    return _within_range(-number, lambda: f"-{_operand(number)}", culprits=(value,))


def _operand(number: int | float) -> str:
    """Return a number as it is written after an operator."""
    return f"({number!r})" if number < 0 else repr(number)


def _within_range(
    number: int | float, made_by: Callable[[], str], *, culprits: tuple[Value, ...]
) -> int | float:
    if isinstance(number, int):
        return within_64_bits(number, made_by, culprits=culprits)
    if math.isfinite(number):
        return number
    raise OperationFailed(f"{made_by()} is too large for a float", culprits=culprits)


def compare(left: Value, operator: str, right: Value) -> bool:
    """Return whether a comparison holds; with missing or null only `==` and `!=` can."""
    match operator:
        case "==":
            return are_equal(left, right)
        case "!=":
            return not are_equal(left, right)
        case "in":
            return _is_in(left, right)
        case "not in":
            return not _is_in(left, right)
        case _:
            return _is_ordered(left, operator, right)


def _is_nothing(value: Value) -> bool:
    return value is MISSING or value is None


def _is_in(left: Value, right: Value) -> bool:
    if _is_nothing(left) or _is_nothing(right):
        return False
    match right:
        case list():
            return any(are_equal(left, item) for item in right)
        case dict():
            return isinstance(left, str) and left in right
        case Table():
            return left in right
        case str() if isinstance(left, str):
            return left in right
        case _:
            raise OperationFailed(
                f"{describe(left)} in {describe(right)}",
                "`in` looks into arrays, for keys of objects, and for text in text",
                culprits=(right,),
            )


def _is_ordered(left: Value, operator: str, right: Value) -> bool:
    if _is_nothing(left) or _is_nothing(right):
        return False
    if _kind(left) != _kind(right) or _kind(left) == "":
        help = "compare numbers, texts or dates with their like"
        if "date" in (_kind(left), _kind(right)):
            help = "read the text with parse_date(...)"
        raise OperationFailed(
            f"{describe(left)} {operator} {describe(right)}", help, culprits=(left, right)
        )
    return _ORDER[operator](left, right)


def _kind(value: Value) -> str:
    match value:
        case bool():
            return ""
        case int() | float():
            return "number"
        case str():
            return "text"
        case Instant():
            return "date"
        case _:
            return ""


def is_true(value: Value) -> bool:
    """Return a condition's truth: missing and null count as false, other non-booleans fail."""
    if _is_nothing(value):
        return False
    if isinstance(value, bool):
        return value
    raise OperationFailed(
        f"{describe(value)} as a condition",
        "compare it, as in x != '' or count(x) > 0",
        culprits=(value,),
    )
