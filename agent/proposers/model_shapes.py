"""Shapes of values: what a model may know of a payload, and no value among it (TRUST S6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from agent.core import paths
from agent.core.language.parser import parse
from agent.core.language.scoping import children
from agent.core.language.syntax import (
    ArrayDisplay,
    Call,
    Expression,
    Literal,
    ObjectDisplay,
)
from agent.core.proposing import Task
from agent.core.values import Json, json_type
from agent.core.verify.sensitive import classify
from agent.errors import InvalidExpression

MOST_SHAPES = 3
MOST_PAYLOADS = 20
"""Shapes named per field, and payloads looked at for them."""

_TEXTS: Final = (
    ("date-time", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("time", re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?")),
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("email", re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")),
    ("uri", re.compile(r"[a-z][a-z0-9+.-]{1,20}://\S{1,2000}")),
    ("integer text", re.compile(r"[+-]?\d{1,40}")),
    ("number text", re.compile(r"[+-]?\d{1,40}[.,]\d{1,40}")),
)


def shape(value: Json) -> str:
    """Return the shape of a value, such as `<text:12>`, `<date-time>` or `<integer>`."""
    if isinstance(value, str):
        named = next((name for name, pattern in _TEXTS if pattern.fullmatch(value)), "")
        return f"<{named}>" if named else f"<text:{len(value)}>"
    if isinstance(value, list):
        return f"<array:{len(value)}>"
    return f"<{json_type(value)}>"


def shapes_at(payloads: Sequence[Json], path: str) -> tuple[str, ...]:
    """Return the different shapes that stand at a path of some payloads, first seen first."""
    found = (shape(value) for value in _values(payloads, path))
    return tuple(islice(dict.fromkeys(found), MOST_SHAPES))


def _values(payloads: Sequence[Json], path: str) -> Iterable[Json]:
    for payload in payloads[:MOST_PAYLOADS]:
        yield from islice((value for _, value in paths.find(payload, path)), MOST_PAYLOADS)


_SHORT = 3
"""Characters of a text literal that says nothing about anybody: a separator, a unit."""

_PATTERN = re.compile(r"(%[A-Za-z]|[-/:., TZ])+")
"""A date pattern."""

_VALUE_ARGUMENTS: Final = frozenset({"otherwise", "true", "false"})


def shows_no_value(text: str, *, names: frozenset[str], task: Task) -> bool:
    """Return whether an expression holds no constant that may have come from a payload.

    Rules made from paired samples hold parts of them: tables, prefixes, constants. What a schema
    names itself (enum, const, default) is no secret, except in a sensitive field of the source.
    """
    try:
        expression = parse(text, names=names)
    except InvalidExpression:
        return False
    named = {repr(value) for value in _named_values(task)}
    return all(
        _is_harmless(literal, is_listed=is_listed) or repr(literal.value) in named
        for literal, is_listed in _literals(expression, is_listed=True)
    )


def _is_harmless(literal: Literal, *, is_listed: bool) -> bool:
    value = literal.value
    if isinstance(value, str):
        return len(value) <= _SHORT or bool(_PATTERN.fullmatch(value))
    return value is None or isinstance(value, bool) or not is_listed


def _named_values(task: Task) -> Iterator[Json]:
    fields = [field for field in task.after.fields if classify(field) is None]
    for field in (*fields, *task.contract.schema.fields):
        yield from field.enum or ()
        if field.has_const:
            yield field.const
        if field.has_default:
            yield field.default


def _literals(expression: Expression, *, is_listed: bool) -> Iterator[tuple[Literal, bool]]:
    """Yield the literals, and whether each stands alone or in a display: there it is data.

    Options of a function (`unit='s'`) are words of the language.
    """
    match expression:
        case Literal():
            yield expression, is_listed
        case Call(arguments=arguments, named=named):
            for argument in arguments:
                yield from _literals(argument, is_listed=False)
            for name, argument in named:
                if name in _VALUE_ARGUMENTS:
                    yield from _literals(argument, is_listed=True)
        case _:
            is_display = isinstance(expression, (ObjectDisplay, ArrayDisplay))
            for part in children(expression):
                yield from _literals(part, is_listed=is_display)
