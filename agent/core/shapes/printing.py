"""Shapes as short text, for messages and tests.

`int` is written as an integer, `float` with a fraction or exponent, `integer` and `number` either
way. `[int...]` is an array, `[int, text]` one of two; `a?` may be absent; `...` is anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from agent.core.shapes.parts import Arrays, Form, Numbers, Objects, Texts
from agent.core.shapes.scalars import plain_number
from agent.core.shapes.shape import ANY, Shape

_LISTED: Final = 12
_DEPTH: Final = 6


def show(shape: Shape, *, depth: int = _DEPTH) -> str:
    """Return a shape as text, `depth` levels deep."""
    if shape is ANY or (not shape.is_later and shape.parts == ANY.parts):
        return "anything"
    if depth == 0:
        return "…"
    return " | ".join(_parts(shape, depth)) or "nothing"


def _parts(shape: Shape, depth: int) -> Iterator[str]:
    parts = shape.parts
    if parts.null:
        yield "null"
    if len(parts.booleans) == 2:
        yield "boolean"
    else:
        yield from ("true" if value else "false" for value in parts.booleans)
    if parts.numbers is not None:
        yield _show_numbers(parts.numbers)
    if parts.texts is not None:
        yield _show_texts(parts.texts)
    if parts.arrays is not None:
        yield _show_arrays(parts.arrays, depth)
    yield from (_show_object(variant, depth) for variant in parts.objects)
    if parts.dates:
        yield "date"
    if parts.tables is not None:
        yield f"table({show(parts.tables, depth=depth - 1)})"


def _show_numbers(part: Numbers) -> str:
    if part.values is not None and len(part.values) <= _LISTED:
        return " | ".join(_show_number(value, part.forms) for value in sorted(part.values))
    if part.forms is Form.INTEGER:
        name = "int"
    elif part.forms is Form.FLOAT:
        name = "float" if part.step is None else "whole float"
    else:
        name = "number" if part.step is None else "integer"
    step = f" step {part.step}" if part.step not in (None, 1) else ""
    holes = "".join(f" but {plain_number(hole)}" for hole in sorted(part.holes))
    facts = "".join(f" {fact.keyword} {fact.value}" for fact in sorted(part.facts))
    return name + _show_range(part) + step + holes + facts


def _show_range(part: Numbers) -> str:
    if part.low is None and part.high is None:
        return ""
    low = "" if part.low is None else str(plain_number(part.low))
    high = "" if part.high is None else str(plain_number(part.high))
    opening, closing = "(" if part.is_above_low else "[", ")" if part.is_below_high else "]"
    return f" {opening}{low}..{high}{closing}"


def _show_number(value: Fraction, forms: Form) -> str:
    if value.denominator != 1:
        return repr(float(value))
    if forms is Form.INTEGER:
        return str(int(value))
    return repr(float(value)) if forms is Form.FLOAT else f"~{int(value)}"


def _show_texts(part: Texts) -> str:
    if part.values is not None and len(part.values) <= _LISTED:
        return " | ".join(repr(value) for value in sorted(part.values))
    facts = "".join(f" {fact.keyword} {fact.value}" for fact in sorted(part.facts))
    return "text" + _show_count(part.shortest, part.longest) + facts


def _show_count(fewest: int, most: int | None) -> str:
    if fewest == 0 and most is None:
        return ""
    return f"[{fewest or ''}..{'' if most is None else most}]"


def _show_arrays(part: Arrays, depth: int) -> str:
    first = [show(item, depth=depth - 1) for item in part.first]
    is_exact = part.shortest == part.longest == len(first)
    if not part.rest.is_surely_nothing:
        first.append(show(part.rest, depth=depth - 1) + "...")
    count = "" if is_exact else _show_count(part.shortest, part.longest)
    return f"[{', '.join(first)}]{count}"


def _show_object(part: Objects, depth: int) -> str:
    fields = [
        f"{name}{'' if field.is_required else '?'}: {show(field.shape, depth=depth - 1)}"
        for name, field in part.fields
    ]
    fields += [f"/{pattern}/: {show(shape, depth=depth - 1)}" for pattern, shape in part.patterned]
    if part.others is ANY:
        fields.append("...")
    elif not part.others.is_surely_nothing:
        fields.append(f"*: {show(part.others, depth=depth - 1)}")
    return "{" + ", ".join(fields) + "}"
