"""Constants that an expression could give as its result, and whether anything documents them.

A value that no source field holds and no contract fixes is invented, however it is dressed up:
`default(src.x, 'n/a')` and `lookup(src.x, {}, otherwise='n/a')` are as bad as `'n/a'`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from agent.core import paths
from agent.core.language.absence import MISSING, Value
from agent.core.language.interpreter import evaluate
from agent.core.language.printer import print_expression
from agent.core.language.scoping import free_names
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Call,
    Conditional,
    Expression,
    Field,
    Index,
    Literal,
    ObjectComprehension,
    ObjectDisplay,
    Slice,
)
from agent.core.schema import FieldInfo, Schema
from agent.core.values import Json, same_value
from agent.errors import PayloadRefused

_Place: TypeAlias = str | None
"""A contract path; None where a constant is only a part of what is written."""

_Found: TypeAlias = Iterator[tuple[Expression, _Place, bool]]
"""A constant, where it would be written, and whether a source value was mapped to it."""

_FALLBACKS: Final = frozenset({"default", "if_missing", "coalesce"})
_HANDED_ON: Final = frozenset({"require", "not_null", "non_empty", "one_of"})
_TABLES: Final = frozenset({"lookup", "switch"})
_PICKS: Final = frozenset({"at", "first", "last", "only"})
_KEYED: Final = _TABLES | {"at"}
_JOINED: Final = frozenset({"concat", "merge"})


def invented(
    expression: Expression, target: str, *, contract: Schema, shown: Sequence[Json] = ()
) -> str:
    """Return the first constant that nothing documents, printed, or "".

    A constant counts as documented when the contract fixes it (`const`, `default`); where a
    source value is mapped to it also when the contract lists it or a pair shows it (`shown`).
    """
    for constant, place, is_mapped in _constants(expression, target, False):
        field = None if place is None else contract.field(place)
        allowed = _allowed(field, is_mapped=is_mapped)
        if is_mapped and place == target:
            allowed = (*allowed, *shown)
        if not _is_documented(constant, allowed):
            return print_expression(constant)
    return ""


def _allowed(field: FieldInfo | None, *, is_mapped: bool) -> tuple[Json, ...]:
    if field is None:
        return ()
    fixed = (field.const,) if field.has_const else ()
    fixed += (field.default,) if field.has_default else ()
    if not is_mapped:
        return fixed
    flags = (True, False) if field.types == {"boolean"} else ()
    return (*fixed, *(field.enum or ()), *flags)


def _is_documented(constant: Expression, allowed: Sequence[Json]) -> bool:
    try:
        value: Value = evaluate(constant, {})
    except PayloadRefused:
        return True  # it refuses the payload, and so writes nothing
    return value is MISSING or any(same_value(value, one) for one in allowed)


def _constants(expression: Expression, place: _Place, is_mapped: bool) -> _Found:
    if not free_names(expression):
        yield expression, place, is_mapped
        return
    match expression:
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            yield from _each((then, otherwise), place, bool(free_names(condition)))
        case Field(of=of) | Index(of=of) | Slice(of=of):
            yield from _constants(of, place, is_mapped)
        case ObjectDisplay(entries=entries):
            for key, value in entries:
                yield from _constants(value, _below(place, key), False)
        case ArrayDisplay(items=items):
            yield from _each(items, _item(place), False)
        case ArrayComprehension(item=item):
            yield from _constants(item, _item(place), False)
        case ObjectComprehension(value=value):
            yield from _constants(value, _item(place), False)
        case Call():
            yield from _of_call(expression, place, is_mapped)
        case _:
            return


def _each(expressions: Sequence[Expression], place: _Place, is_mapped: bool) -> _Found:
    for expression in expressions:
        yield from _constants(expression, place, is_mapped)


def _of_call(call: Call, place: _Place, is_mapped: bool) -> _Found:
    name, arguments = call.function, call.arguments
    if name in _TABLES or name in _PICKS:
        yield from _of_choice(call, place)
    elif name in _FALLBACKS:
        named = tuple(value for _, value in call.named)
        yield from _constants(arguments[0] if arguments else named[0], place, is_mapped)
        yield from _each((*arguments[1:], *named), place, False)
    elif name in _HANDED_ON:
        yield from _each(arguments[:1], place, is_mapped)
    elif name in _JOINED:
        yield from _each(arguments, place, is_mapped)
    else:
        # Separators and patterns are constants of their own; what is computed further is not.
        inner = (*arguments, *(value for _, value in call.named))
        yield from _each([one for one in inner if free_names(one)], None, False)


def _of_choice(call: Call, place: _Place) -> _Found:
    """Yield the constants of a table or a pick; the values of a table are mapped to."""
    inner = (*call.arguments, *(value for _, value in call.named))
    is_table = any(isinstance(one, ObjectDisplay) and one.entries for one in inner)
    for position, argument in enumerate(inner):
        if isinstance(argument, ObjectDisplay):
            yield from _each([value for _, value in argument.entries], place, True)
        elif not _is_key(call, position):
            yield from _constants(argument, place, is_table and call.function in _TABLES)


def _is_key(call: Call, position: int) -> bool:
    """Return whether an argument is only compared: the x of `lookup` and `switch`, a key."""
    return position == (0 if call.function in _TABLES else 1) and call.function in _KEYED


def _item(place: _Place) -> _Place:
    return None if place is None else paths.items(place)


def _below(place: _Place, key: Expression) -> _Place:
    if place is None:
        return None
    match key:
        case Literal(value=str(name)):
            return paths.child(place, name)
        case _:
            return paths.items(place)
