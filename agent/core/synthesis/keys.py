"""What gives the keys of a map: a read of each item, a respelling of one, or what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agent.core.language.absence import MISSING
from agent.core.language.rewrite import names_in
from agent.core.language.syntax import Call, Conditional, Expression
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import distinct_count, value_of
from agent.core.synthesis.explanation import Explains, Part
from agent.core.synthesis.scope import Scope

RESPELT_READS: Final = 20
RESPELT_COST: Final = 0.8
GUESS_COST: Final = 6.0
"""What it costs to read a key that another read would give as well."""

MADE_COST: Final = 1.0
"""What it costs that keys are made of a read: which item has which key is told by their order."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What gives a key per item, the value that is wanted under each, and what it costs."""

    expression: Expression
    values: list[object]
    cost: float
    parts: tuple[Part, ...] = ()


FindKeys = Callable[
    [Explains, str, Sequence[Sequence[Any]], Sequence[object], Scope], Iterator[Keys]
]
"""Yields keys for a map: its explainer, its path, the items, the objects, what is in an item."""


def keys_read(
    _host: Explains,
    _target: str,
    items: Sequence[Sequence[Any]],
    wanted: Sequence[object],
    inside: Scope,
) -> Iterator[Keys]:
    """Yield the reads that are the key of each item, as they are and respelled."""
    for key, keys, cost in _reads(inside, _letters_of(wanted)):
        values = _by_key(items, keys, wanted)
        if values is not None:
            yield Keys(key, values, cost)


def keys_made(
    host: Explains,
    target: str,
    items: Sequence[Sequence[Any]],
    wanted: Sequence[object],
    inside: Scope,
) -> Iterator[Keys]:
    """Yield what makes keys of something in each item: they come in the order of the items."""
    keys: list[object] = []
    values: list[object] = []
    for own, value in zip(items, wanted, strict=True):
        if isinstance(value, dict) and len(value) != len(own):
            return
        keys += list(value) if isinstance(value, dict) else [MISSING] * len(own)
        values += list(value.values()) if isinstance(value, dict) else [MISSING] * len(own)
    is_wanted = [key is not MISSING for key in keys]
    texts = [key for key in keys if key is not MISSING]
    if distinct_count(texts) < 2:
        return
    found = host.explain_key(target, texts, inside.only(is_wanted))
    here = list(inside.places)[-1]
    # A table or a condition would only recite the keys of the pairs.
    if found and here in names_in(found.expression) and not _recites(found.expression):
        yield Keys(found.expression, values, MADE_COST + found.cost, found.parts)


def _recites(expression: Expression) -> bool:
    match expression:
        case Conditional() | Call("lookup") | Call("switch"):
            return True
        case _:
            return False


def _letters_of(wanted: Sequence[object]) -> frozenset[str]:
    return frozenset(_letters(key) for value in wanted if isinstance(value, dict) for key in value)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _reads(
    inside: Scope, letters: frozenset[str]
) -> Iterator[tuple[Expression, tuple[object, ...], float]]:
    """Yield what could be the key of each item, as it is and respelled."""
    here = list(inside.places)[-1]
    columns = [
        one
        for one in inside.columns
        if one.name == here
        and one.is_scalar
        and letters >= {_letters(str(v)) for v in one.values if v is not MISSING}
    ]
    # The first of many keys leaves the others out: all of them are looked for before.
    for column in sorted(columns, key=lambda one: one.is_guess):
        cost = column.cost + (GUESS_COST if column.is_guess else 0.0)
        yield column.expression, column.values, cost
    for column in columns[:RESPELT_READS]:
        for function in ("lower", "upper", "kebab", "snake", "camel", "text"):
            expression = call(function, column.expression)
            values = tuple(value_of(expression, row) for row in inside.rows)
            yield expression, values, column.cost + RESPELT_COST


def _by_key(
    items: Sequence[Sequence[Any]], keys: Sequence[object], wanted: Sequence[object]
) -> list[object] | None:
    """Return the value that is wanted for each item, or None when the keys are not these."""
    values: list[object] = []
    at = 0
    for own, value in zip(items, wanted, strict=True):
        mine = keys[at : at + len(own)]
        at += len(own)
        if not isinstance(value, dict):
            values += [MISSING] * len(own)
            continue
        if not all(isinstance(key, str) for key in mine) or set(mine) != value.keys():
            return None
        values += [value[key] for key in mine]
    return values if any(one is not MISSING for one in values) else None
