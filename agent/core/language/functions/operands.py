"""Reading operands: the type that a function asks for, or `OperationFailed` with what was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from agent.core.language.absence import Instant, Missing, OperationFailed, Table, Value
from agent.core.untrusted import visible

SMALLEST_INTEGER: Final = -(2**63)
LARGEST_INTEGER: Final = 2**63 - 1

LARGEST_TEXT: Final = 10 * 1024 * 1024
"""No function makes a text of more characters than this."""

_SHOWN: Final = 60
_LONGEST_QUOTE: Final = 12 * _SHOWN
"""Room for `_SHOWN` characters when each is written out, as `[U+10FFFF]`."""


def describe(value: Value) -> str:
    """Return what `value` is, for an error message: its type and, shortened, the value."""
    match value:
        case None:
            return "null"
        case Missing():
            return "nothing (missing)"
        case bool():
            return f"the boolean {json.dumps(value)}"
        case int() if not SMALLEST_INTEGER <= value <= LARGEST_INTEGER:
            return f"the integer {_digits(value)}"
        case int() | float():
            return f"the number {value!r}"
        case str():
            return "the text " + quote(value)
        case list():
            return f"an array of {len(value)}"
        case dict():
            return f"an object of {len(value)}"
        case Instant():
            return "a date"
        case Table():
            return "a table"
        case _:
            return f"a {type(value).__name__}"


def quote(text: str) -> str:
    """Return a text in quotes, shortened, with all that could act or hide written out."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return visible(json.dumps(shown, ensure_ascii=False), limit=_LONGEST_QUOTE)


def _digits(number: int) -> str:
    """Return an integer as it is written; of one with very many digits, how large it is."""
    if abs(number).bit_length() > _LONGEST_INTEGER_BITS:
        return f"of {abs(number).bit_length()} bits"
    digits = repr(number)
    if len(digits) <= _SHOWN:
        return digits
    return f"{digits[:_SHOWN]}… of {len(digits.lstrip('-'))} digits"


def text_of(value: Value, *, help: str = "") -> str:
    """Return a text operand; without a `help` the failure says what makes a text of its type."""
    if isinstance(value, str):
        return value
    raise OperationFailed(
        f"{describe(value)}, not a text", help or _to_text(value), culprits=(value,)
    )


def _to_text(value: Value) -> str:
    """Return what makes a text of a value that is none."""
    match value:
        case list():
            return f"{_PARTS_OF_ARRAY}, or join(', ', …) of all"
        case dict():
            return "pick a field of it"
        case Instant():
            return "print it with iso_datetime, iso_date or format_date"
        case Table():
            return "read it with at(table, key)"
        case _:
            return "wrap it in text(...)"


_PARTS_OF_ARRAY: Final = "take one item ([0], only(…)), each one ([… for x in …])"


def boolean_of(value: Value) -> bool:
    """Return a boolean operand."""
    if isinstance(value, bool):
        return value
    raise OperationFailed(
        f"{describe(value)}, not a boolean", "compare it, or use boolean(...)", culprits=(value,)
    )


def number_of(value: Value) -> int | float:
    """Return a number operand; an integer beyond 64 bits is refused."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise OperationFailed(
            f"{describe(value)}, not a number", _to_number(value), culprits=(value,)
        )
    return within_64_bits(value) if isinstance(value, int) else value


def _to_number(value: Value) -> str:
    """Return what makes a number of a value that is none."""
    match value:
        case bool():
            return "write 1 if x else 0"
        case list():
            return f"{_PARTS_OF_ARRAY}, or sum(…) of all"
        case dict():
            return "pick a field of it"
        case Instant():
            return "wrap it in to_epoch(...)"
        case Table():
            return "read it with at(table, key)"
        case _:
            return "wrap a text in number(...)"


def integer_of(value: Value) -> int:
    """Return an integer operand; `2.0` counts as 2."""
    number = number_of(value)
    if isinstance(number, float):
        if not number.is_integer():
            raise OperationFailed(
                f"{describe(value)}, not an integer", "write round(x)", culprits=(value,)
            )
        if not SMALLEST_INTEGER <= number <= LARGEST_INTEGER:
            raise OperationFailed(f"{describe(value)}, beyond 64 bits", culprits=(value,))
        return int(number)
    return number


def array_of(value: Value) -> Sequence[Value]:
    """Return an array operand."""
    if isinstance(value, list):
        return value
    match value:
        case dict():
            help = "take its fields as an array: entries(x)"
        case str():
            help = "for an array of one: [x]; for its pieces: split(x, ',')"
        case _:
            help = "for an array of one: [x]"
    raise OperationFailed(f"{describe(value)}, not an array", help, culprits=(value,))


def object_of(value: Value) -> dict[str, Any]:
    """Return an object operand."""
    if isinstance(value, dict):
        return value
    help = _PARTS_OF_ARRAY if isinstance(value, list) else "ask first: is_object(x)"
    raise OperationFailed(f"{describe(value)}, not an object", help, culprits=(value,))


def choice_of(value: Value, choices: Sequence[str], *, name: str) -> str:
    """Return a text operand that is one of `choices`."""
    if isinstance(value, str) and value in choices:
        return value
    allowed = ", ".join(repr(choice) for choice in choices)
    raise OperationFailed(
        f"{name} is {describe(value)}", f"use one of {allowed}", culprits=(value,)
    )


def within_64_bits(
    number: int, made_by: Callable[[], str] | None = None, *, culprits: tuple[Value, ...] = ()
) -> int:
    """Return `number`, or fail when a signed 64-bit integer cannot hold it.

    The failure shows what it was `made_by`, such as `9223372036854775807 + 1`, of `culprits`.
    """
    if SMALLEST_INTEGER <= number <= LARGEST_INTEGER:
        return number
    if made_by is None:
        raise OperationFailed(f"{describe(number)}, beyond 64 bits", culprits=(number,))
    raise OperationFailed(f"{made_by()} is an integer beyond 64 bits", culprits=culprits)


def refuse_long_text(length: int) -> None:
    """Fail when a text of `length` characters is more than a function may make."""
    if length > LARGEST_TEXT:
        raise OperationFailed(
            f"a text of {length} characters", f"at most {LARGEST_TEXT} characters are made"
        )


def utf8_of(value: Value) -> bytes:
    """Return the UTF-8 bytes of a text operand; half of a surrogate pair is refused."""
    try:
        return text_of(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise OperationFailed(
            f"{describe(value)}, a text with half of a surrogate pair", culprits=(value,)
        ) from error


def text_form(value: Value, /) -> str:
    """Return the canonical text of a scalar: a text as it is, else its JSON text.

    `1.0` is `1.0` and `1` is `1`; null has none here, because it never arrives.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() if abs(value).bit_length() > _LONGEST_INTEGER_BITS:
            raise OperationFailed(
                f"{describe(value)}, which has too many digits", culprits=(value,)
            )
        case int() | float():
            return repr(value)
        case Instant():
            raise OperationFailed("a date", "print it with iso_datetime, iso_date or format_date")
        case _:
            raise OperationFailed(
                f"{describe(value)}, which has no text form", _to_text(value), culprits=(value,)
            )


def key_text(value: Value, role: str) -> str:
    """Return the text of a scalar in the role of a key; the failure says which one it is."""
    try:
        return text_form(value)
    except OperationFailed as failure:
        raise OperationFailed(
            f"{describe(value)} {role}, which has no text form",
            failure.help,
            culprits=(value,),
        ) from failure


_LONGEST_INTEGER_BITS: Final = 10_000
"""Python refuses to print integers of more than 4,300 digits, about 14,000 bits."""
