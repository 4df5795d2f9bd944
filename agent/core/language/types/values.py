"""Shapes as lists of values, and values of the language as shapes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final

from agent.core.language.absence import Instant, OperationFailed, Table, Value
from agent.core.shapes.facts import holds
from agent.core.shapes.lattice import join_all
from agent.core.shapes.parts import Arrays, Field, Form, Numbers, is_float, make_numbers
from agent.core.shapes.shape import (
    DATE,
    EVERYTHING,
    NOTHING,
    Parts,
    Shape,
    arrays,
    closed_object,
    literal,
    of_parts,
    tables,
)

MAX_LISTED: Final = 64
"""Most values that are tried one by one."""

SMALLEST, LARGEST = Fraction(-(2**63)), Fraction(2**63 - 1)


def shape_of(value: Value) -> Shape:
    """Return the shape of one value of the language that is not missing."""
    match value:
        case Instant():
            return DATE
        case Table():
            return tables(join_all(shape_of(value.find(key)) for key in list(value.keys())))
        case list():
            items = tuple(map(shape_of, value))
            return arrays(Arrays(items, NOTHING, len(items), len(items)))
        case dict():
            return closed_object({key: Field(shape_of(item), True) for key, item in value.items()})
        case _:
            return literal(value)


def listed(shape: Shape) -> tuple[Value, ...] | None:
    """Return every value of a shape, or None when there are too many or they are not known.

    A number that may be written both ways is listed both ways.
    """
    parts = shape.parts
    if parts.objects or parts.dates or parts.tables is not None:
        return None
    found: list[Value] = [None] if parts.null else []
    found += sorted(parts.booleans)
    for more in (_numbers(parts.numbers), _texts(parts), _arrays(parts.arrays)):
        if more is None or len(found) + len(more) > MAX_LISTED:
            return None
        found += more
    return tuple(found)


def _texts(parts: Parts) -> list[Value] | None:
    if parts.texts is None:
        return []
    if parts.texts.values is None or len(parts.texts.values) > MAX_LISTED:
        return None
    return [text for text in sorted(parts.texts.values) if _holds_all(parts.texts.facts, text)]


def _numbers(part: Numbers | None) -> list[Value] | None:
    if part is None:
        return []
    values = part.values if part.values is not None else _counted(part)
    if values is None or len(values) > MAX_LISTED:
        return None
    return [
        written
        for value in sorted(values)
        for written in _written(value, part.forms)
        if _holds_all(part.facts, written)
    ]


def _holds_all(facts: frozenset[object], value: Value) -> bool:
    return all(holds(fact, value) for fact in facts)  # type: ignore[arg-type]


def _counted(part: Numbers) -> frozenset[Fraction] | None:
    """Return the numbers of a short range of whole ones."""
    if part.step is None or part.low is None or part.high is None:
        return None
    if (part.high - part.low) / part.step >= MAX_LISTED:
        return None
    count = int((part.high - part.low) / part.step)
    numbers = (part.low + index * part.step for index in range(count + 1))
    return frozenset(number for number in numbers if part.admits(number))


def _written(value: Fraction, forms: Form) -> Iterator[Value]:
    if Form.INTEGER in forms and value.denominator == 1:
        yield int(value)
    if Form.FLOAT in forms and is_float(value):
        yield float(value)
        if value == 0:
            yield -0.0


def _arrays(part: Arrays | None) -> list[Value] | None:
    if part is None:
        return []
    if part.longest is None or part.shortest != part.longest or part.facts:
        return None
    if part.longest > len(part.first):
        return None
    columns = [listed(item) for item in part.first]
    count = 1
    for column in columns:
        count *= MAX_LISTED + 1 if column is None else len(column)
        if count > MAX_LISTED:
            return None
    return [list(row) for row in itertools.product(*(column or () for column in columns))]


def singleton(shape: Shape) -> tuple[Value] | None:
    """Return the one scalar that a shape holds, by JSON's equality, or None."""
    found = listed(shape)
    if not found or any(isinstance(value, list) for value in found):
        return None
    kinds = {
        (type(value) if not isinstance(value, (int, float)) else _kind(value), value)
        for value in found
    }
    return (found[0],) if len(kinds) == 1 else None


def _kind(value: int | float) -> str:
    return "boolean" if isinstance(value, bool) else "number"


def tried(call: Callable[..., Value], *arguments: Value, **named: Value) -> tuple[Value] | str:
    """Return the one value that a call gives, or what it refuses."""
    try:
        return (call(*arguments, **named),)
    except OperationFailed as failure:
        return failure.found


def either_form(shape: Shape) -> Shape:
    """Return a shape of all that equals some value of a shape: `1` equals `1.0`, deeply too."""
    parts = shape.parts
    numbers = parts.numbers
    if numbers is not None:
        numbers = make_numbers(replace(numbers, forms=Form.EITHER, facts=frozenset()))
    return of_parts(
        replace(
            parts,
            numbers=numbers,
            arrays=EVERYTHING.parts.arrays if parts.arrays is not None else None,
            objects=EVERYTHING.parts.objects if parts.objects else (),
        )
    )


def is_machine_integer(part: Numbers) -> bool:
    """Return whether every number is whole and within 64 bits, where it is not written as such.

    What is written as an integer is within 64 bits wherever the language has it.
    """
    if part.forms is Form.INTEGER:
        return True
    is_bounded = part.low is not None and part.high is not None
    return (
        part.step is not None
        and is_bounded
        and not (
            part.low < SMALLEST or part.high > LARGEST  # type: ignore[operator]
        )
    )
