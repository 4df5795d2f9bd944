"""Numbers: reading them, rounding them, scaling them, in exact decimal arithmetic.

A float stands for its shortest decimal, the one that JSON prints: 2.675 is 2.675 here and not
2.67499999999999982236431605997495353221893310546875.
"""

from __future__ import annotations

import decimal
import math
import re
from decimal import Decimal
from typing import Any, Final

from agent.core.language.absence import OperationFailed, Value
from agent.core.language.equality import equality_key
from agent.core.language.functions.number_help import number_help
from agent.core.language.functions.operands import (
    LARGEST_INTEGER,
    SMALLEST_INTEGER,
    array_of,
    choice_of,
    describe,
    integer_of,
    number_of,
    text_of,
    within_64_bits,
)
from agent.core.language.functions.table import Function, make_function

_JSON_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER: Final = 400
_LARGEST_EXPONENT: Final = 400
"""Beyond it every float is zero or infinite."""

_KEEP_TEXT: Final = "keep it as text: read it without number(...) or integer(...)"

_CONTEXT: Final = decimal.Context(prec=64, traps=[decimal.InvalidOperation])
"""64 digits hold every float (17) and every 64-bit integer (19) exactly."""

ROUNDINGS: Final = {
    "half_even": decimal.ROUND_HALF_EVEN,
    "half_up": decimal.ROUND_HALF_UP,
    "floor": decimal.ROUND_FLOOR,
    "ceil": decimal.ROUND_CEILING,
}


def number(s: Value, /, decimal: Value = ".") -> int | float:
    """Return the number that a text holds, by JSON's grammar, with `decimal` as decimal mark.

    `12` is an integer, `12.0` and `12e0` are floats; `+1`, `01`, `1_000`, ` 1`, `inf` fail. A
    number stays as it is.
    """
    if not isinstance(s, str):
        return number_of(s)
    mark = text_of(decimal)
    if len(mark) != 1 or mark.isalnum() or mark in "+-":
        raise OperationFailed(f"decimal is {describe(decimal)}", "give one mark, such as ','")
    return _parse(s, mark, reader="number")


def _parse(text: str, mark: str, *, reader: str) -> int | float:
    plain = text.replace(mark, ".")
    match = _JSON_NUMBER.fullmatch(plain)
    has_other_mark = mark != "." and "." in text
    if match is None or has_other_mark or len(text) > _LONGEST_NUMBER:
        raise OperationFailed(
            f"{describe(text)}, not a number", number_help(text, reader=reader), culprits=(text,)
        )
    if match.group(1) is None and match.group(2) is None:
        return _machine_integer(int(plain), text)
    converted = float(plain)
    if not math.isfinite(converted):
        raise OperationFailed(
            f"{describe(text)}, beyond the largest number", _KEEP_TEXT, culprits=(text,)
        )
    return converted


def _machine_integer(number: int, text: str) -> int:
    if SMALLEST_INTEGER <= number <= LARGEST_INTEGER:
        return number
    raise OperationFailed(
        f"{describe(text)} is an integer beyond 64 bits", _KEEP_TEXT, culprits=(text,)
    )


def integer(x: Value, /) -> int:
    """Return the integer that a number or a text equals; a fraction fails."""
    if not isinstance(x, str):
        return integer_of(x)
    found = _parse(x, ".", reader="integer")
    if isinstance(found, float) and not found.is_integer():
        raise OperationFailed(
            f"{describe(x)}, not an integer", "write round(number(x))", culprits=(x,)
        )
    return _machine_integer(int(found), x)


def boolean(s: Value, /, true: Value = ("true",), false: Value = ("false",)) -> bool:
    """Return true or false as the lists say; any other value fails. A boolean stays as it is."""
    key = equality_key(s)
    for listed, result in ((true, True), (false, False)):
        items = listed if isinstance(listed, tuple) else array_of(listed)
        if any(equality_key(item) == key for item in items):
            return result
    if isinstance(s, bool):
        return s
    raise OperationFailed(f"{describe(s)}, not a boolean", "list it in true=[...] or false=[...]")


def round_number(x: Value, /, places: Value = 0, mode: Value = "half_even") -> int | float:
    """Return the number rounded to decimal places, on its shortest decimal.

    To 0 places or fewer it is an integer; an integer stays one. `half_up` goes away from zero.
    """
    exact, digits = _decimal_of(x), _exponent(places)
    rounding = ROUNDINGS[choice_of(mode, tuple(ROUNDINGS), name="mode")]
    rounded = exact
    if _exponent_of(exact) < -digits:
        rounded = exact.quantize(Decimal((0, (1,), -digits)), rounding, _CONTEXT)
    if isinstance(x, int) or digits <= 0:
        return within_64_bits(
            int(rounded), lambda: f"{describe(x)} rounded to {digits} places", culprits=(x,)
        )
    return float(rounded) + 0.0  # makes -0.0 plain


def scale(x: Value, n: Value, /) -> int | float:
    """Return the number times ten to the power of `n`, exactly; an integer when integral.

    Fails where no number holds the exact result (an integer beyond 64 bits, too many digits).
    """
    scaled = _decimal_of(x).scaleb(_exponent(n), _CONTEXT)
    if scaled == scaled.to_integral_value():
        return within_64_bits(
            int(scaled), lambda: f"{describe(x)} scaled by {describe(n)}", culprits=(x,)
        )
    result = _finite(scaled, x, n)
    if Decimal(repr(result)) != scaled:
        raise OperationFailed(
            f"{describe(x)} scaled by {describe(n)}, which no number holds exactly",
            "divide it",
            culprits=(x,),
        )
    return result


def abs_of(x: Value, /) -> int | float:
    """Return the number without its sign."""
    value = number_of(x)
    if isinstance(value, float):
        return abs(value)
    return within_64_bits(abs(value), lambda: f"abs({value!r})", culprits=(x,))


def _decimal_of(x: Value) -> Decimal:
    return Decimal(repr(number_of(x)))


def _exponent(n: Value) -> int:
    exponent = integer_of(n)
    if abs(exponent) > _LARGEST_EXPONENT:
        raise OperationFailed(f"{exponent} places", f"at most {_LARGEST_EXPONENT} make sense")
    return exponent


def _exponent_of(exact: Decimal) -> int:
    exponent: Any = exact.as_tuple().exponent
    return int(exponent)


def _finite(scaled: Decimal, x: Value, n: Value) -> float:
    converted = float(scaled)
    if not math.isfinite(converted):
        raise OperationFailed(
            f"{describe(x)} scaled by {describe(n)}, beyond the largest number", culprits=(x,)
        )
    return converted


NUMBER_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        number,
        group="numbers",
        name="number",
        summary="The number that a text holds, by JSON's grammar; decimal= for another mark.",
        example="[number('12'), number('-1.50'), number('12,5', decimal=',')]",
        result=[12, -1.5, 12.5],
    ),
    make_function(
        integer,
        group="numbers",
        name="integer",
        summary="The integer that a number or text equals; a fraction fails.",
        example="[integer('12'), integer(12.0)]",
        result=[12, 12],
    ),
    make_function(
        boolean,
        group="numbers",
        name="boolean",
        summary="true or false as the lists true= and false= say; any other value fails.",
        example="[boolean('true'), boolean('N', true=['Y'], false=['N'])]",
        result=[True, False],
    ),
    make_function(
        round_number,
        group="numbers",
        name="round",
        summary="Rounded to decimal places; mode= half_even (the default), half_up, floor, ceil.",
        example="[round(2.5, 0), round(2.675, 2, mode='half_up'), round(-1.5, 0, mode='floor')]",
        result=[2, 2.68, -2],
    ),
    make_function(
        scale,
        group="numbers",
        name="scale",
        summary="Times ten to the power of n, exactly; an integer when integral.",
        example="[scale(19.99, 2), scale(1999, -2), scale(1.005, 2)]",
        result=[1999, 19.99, 100.5],
    ),
    make_function(
        abs_of,
        group="numbers",
        name="abs",
        summary="The number without its sign.",
        example="[abs(-2), abs(1.5)]",
        result=[2, 1.5],
    ),
)
