"""Generated calls on texts, numbers and dates."""

from __future__ import annotations

import ast
import json
from typing import Final

from agent.core.language.compiler import kinds, runtime
from agent.core.language.compiler.generator import Generator, Writer
from agent.core.language.compiler.values import Value
from agent.core.language.functions import FUNCTIONS
from agent.core.language.functions.text import template_pieces
from agent.core.language.syntax import Call, Expression, Literal


def _join(gen: Generator, call: Call) -> Value | None:
    """Return texts with a literal between them, where all are there."""
    separator, *parts = call.arguments
    if not isinstance(separator, Literal) or not isinstance(separator.value, str) or not parts:
        return None
    values = [gen.value(part) for part in parts]
    if not all(value.is_within(kinds.TEXT | kinds.NUMBER) for value in values):
        return None
    return _spliced(gen, ["", *[separator.value] * (len(parts) - 1), ""], values)


def _format(gen: Generator, call: Call) -> Value | None:
    template, *parts = call.arguments
    if not isinstance(template, Literal) or not isinstance(template.value, str):
        return None
    values = [gen.value(part) for part in parts]
    if not all(value.is_within(kinds.TEXT | kinds.NUMBER) for value in values):
        return None
    try:
        pieces = list(template_pieces(template.value))
    except runtime.NOT_TAKEN:
        return None
    return _spliced(gen, pieces, values) if len(pieces) == len(values) + 1 else None


def _spliced(gen: Generator, pieces: list[str], values: list[Value]) -> Value:
    """Return literal pieces with values between them, as an f-string."""
    text, longest = _escaped(pieces[0]), sum(map(len, pieces))
    is_bounded = True
    for value, piece in zip(values, pieces[1:], strict=True):
        text += _braced(value) + _escaped(piece)
        if value.is_within(kinds.NUMBER):
            longest += _LONGEST_NUMBER
        elif value.longest is None:
            is_bounded = False
        else:
            longest += value.longest
    made = gen.made(f'f"{text}"', kinds.TEXT, longest=longest if is_bounded else None)
    return gen.charge_made_text(made)


_LONGEST_NUMBER: Final = 32


def _braced(value: Value) -> str:
    """Return a value as it stands in an f-string; a literal text cannot stand in its braces."""
    if value.code[0] in ("'", '"'):
        return _escaped(ast.literal_eval(value.code))
    return f"{{{value.code}}}"


def _escaped(text: str) -> str:
    """Return a text as it stands between the double quotes of an f-string."""
    # JSON's escapes are Python's too; the characters that need none are written as they are.
    shown = json.dumps(text, ensure_ascii=False)[1:-1]
    return shown.replace("{", "{{").replace("}", "}}")


def _letter_case(gen: Generator, call: Call) -> Value | None:
    value = gen.value(call.arguments[0])
    if not value.is_within(kinds.TEXT):
        return None
    # A letter may become up to three: U+0390 in capitals, for one.
    longest = None if value.longest is None else 3 * value.longest
    made = gen.made(f"{value.code}.{call.function}()", kinds.TEXT, longest=longest)
    return _charged_like(gen, made, value)


def _charged_like(gen: Generator, made: Value, value: Value) -> Value:
    return gen.charge_made_text(made) if gen.is_foreign(value) else made


def _text(gen: Generator, call: Call) -> Value | None:
    value = gen.value(call.arguments[0])
    if value.is_within(kinds.TEXT):
        return value
    if value.is_within(kinds.NUMBER):
        return gen.made(f"repr({value.code})", kinds.TEXT, longest=_LONGEST_NUMBER)
    return None


# Numbers


def _scale(gen: Generator, call: Call) -> Value | None:
    """Return a number times a power of ten: fast where the result is an integer."""
    value, places = gen.value(call.arguments[0]), call.arguments[1]
    if not isinstance(places, Literal) or type(places.value) is not int:
        return None
    if not 1 <= places.value <= _MOST_PLACES or not value.is_within(kinds.NUMBER):
        return None
    factor = 10**places.value
    low, high = _scaled(value.low, factor), _scaled(value.high, factor)
    if low is None or high is None or max(abs(low), abs(high)) >= _EXACT:
        return None
    value = gen.named(value)
    exact = gen.code.hold(FUNCTIONS["scale"].call, "scale")
    name = gen.code.name()
    # A decimal of at most 15 digits has a float of its own: when the quotient is that float, the
    # product is exact.
    with gen.block(f"if type({value.code}) is float:"):
        gen.code.line(f"{name} = round({value.code} * {factor}.0)")
        gen.code.line(
            f"if {name} / {factor} != {value.code}: {name} = {exact}({value.code}, {places.value})"
        )
    gen.code.line(f"else: {name} = {value.code} * {factor}")
    kind = kinds.INTEGER if value.is_within(kinds.INTEGER) else kinds.NUMBER
    return Value(
        name,
        kind,
        low=low - 1,
        high=high + 1,
        depth=gen.code.loops,
        is_tidy=True,
        is_likely_integer=True,
    )


_MOST_PLACES: Final = 9
_EXACT: Final = 10**15


def _scaled(bound: int | None, factor: int) -> int | None:
    return None if bound is None else bound * factor


# Dates


def _iso_datetime(gen: Generator, call: Call) -> Value | None:
    """Return a printed count of seconds, made of parts that are printed once."""
    inner = call.arguments[0]
    if call.named or len(call.arguments) > 1 or not _is_seconds(inner):
        return None
    assert isinstance(inner, Call)
    value = gen.value(inner.arguments[0])
    if not value.is_within(kinds.INTEGER):
        return None
    days = gen.code.hold(runtime.DAYS, "DAYS")
    minutes = gen.code.hold(runtime.MINUTES, "MINUTES")
    seconds = gen.code.hold(runtime.SECONDS, "SECONDS")
    n = gen.named(value).code
    return gen.made(
        f"{days}[{n} // 86400] + {minutes}[{n} % 86400 // 60] + {seconds}[{n} % 60]",
        kinds.TEXT,
        longest=len("2024-05-01T12:00:00Z"),
    )


def _is_seconds(expression: Expression) -> bool:
    if not isinstance(expression, Call) or expression.function != "from_epoch":
        return False
    units = [*expression.arguments[1:], *(unit for _, unit in expression.named)]
    return all(unit == Literal("s") for unit in units)


SCALAR_WRITERS: Final[dict[str, Writer]] = {
    "join": _join,
    "format": _format,
    "lower": _letter_case,
    "upper": _letter_case,
    "text": _text,
    "scale": _scale,
    "iso_datetime": _iso_datetime,
}
