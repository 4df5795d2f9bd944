"""Conditions over single reads that tell some examples from others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.core import paths
from agent.core.keywords import is_number
from agent.core.language.absence import MISSING
from agent.core.language.syntax import Comparison, Expression, Literal
from agent.core.matching.names import asks_for, own_name, stems, words
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call, equals, negate
from agent.core.synthesis.scope import Column
from agent.core.synthesis.telling import telling

MAX_COLUMNS: Final = 120
MAX_VALUES: Final = 12
NAMED_GAIN: Final = 1.0
KIND_GAIN: Final = 0.4
STATE_GAIN: Final = 0.3
TOLD_GAIN: Final = 1.0
OWN_GAIN: Final = 0.8
"""What speaks for asking whether the value, or what holds it, is there at all."""

START_COST: Final = 0.6
"""What it costs to ask how a text begins, and not for all of it."""

LONGEST_START: Final = 40
_STEPS: Final = re.compile(r"[/:.#_-]+")

_DISCRIMINATORS: Final = frozenset(
    {"type", "kind", "status", "state", "category", "class", "mode", "role", "action", "format"}
)
"""What fields are called that tell kinds of objects apart."""

_STATES: Final = frozenset({"status", "state"})
"""What fields are called that say how something is, which is what a boolean asks."""

_MOMENTS: Final = frozenset({"at", "on", "date", "time"})
"""Words that make of what happened the moment at which it did: `closed_at`."""

_KINDS: Final = (
    (str, "is_text"),
    (dict, "is_object"),
    (list, "is_array"),
)


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition, where it holds, what it reads, and what it costs."""

    expression: Expression
    holds: tuple[bool, ...]
    path: str
    cost: float
    is_named: bool = False
    """Whether it asks for a value that is called like the target."""

    told: int = 0
    """1 where the description of the target speaks of its value, -1 where of the opposite."""

    is_presence: bool = False
    """Whether it asks only if something is there."""


def predicates(columns: Sequence[Column], target: FieldInfo | None = None) -> Iterator[Predicate]:
    """Yield conditions that hold in some examples and not in all, each division once.

    A condition and its opposite are one division; the cheapest of each comes first where columns
    are ordered by how near they are.
    """
    seen: set[tuple[bool, ...]] = set()
    found = [one for column in columns[:MAX_COLUMNS] for one in _of(column, target)]
    for one in sorted(found, key=lambda one: one.cost - TOLD_GAIN * abs(one.told)):
        if any(one.holds) and not all(one.holds) and one.holds not in seen:
            seen.add(one.holds)
            yield replace(one, cost=one.cost - TOLD_GAIN * abs(one.told)) if one.told else one


def separating(
    columns: Sequence[Column],
    shown: Sequence[bool],
    target: FieldInfo | None = None,
    own: Collection[str] = (),
) -> Iterator[Predicate]:
    """Yield the conditions that hold exactly where `shown` is true.

    A value that is called like the target is likely what the target asks for: `closed` is
    `state == 'closed'`. What a value is read from (`own`), or what holds that, is likelier asked
    for than anything else that happens to be there in the same examples.
    """
    wanted, opposite = tuple(shown), tuple(not one for one in shown)
    if all(wanted) or not any(wanted):
        return
    near = [column for column in columns[MAX_COLUMNS:] if _is_above(column.path, own)]
    found = []
    for column in (*columns[:MAX_COLUMNS], *near):
        for one in _of(column, target):
            if one.holds == wanted:
                found.append(_as_told(one))
            elif one.holds == opposite:
                found.append(_as_told(_opposite(one)))
    yield from sorted(found, key=lambda one: one.cost - _own_gain(one, own))


def _is_above(path: str, own: Collection[str]) -> bool:
    """Return whether a path, no root, is one of some paths or holds one of them."""
    return path != "" and any(paths.is_within(one, path) for one in own)


def _own_gain(one: Predicate, own: Collection[str]) -> float:
    return OWN_GAIN if one.is_presence and _is_above(one.path, own) else 0.0


def _opposite(one: Predicate) -> Predicate:
    return replace(
        one,
        expression=negate(one.expression),
        holds=tuple(not held for held in one.holds),
        cost=one.cost + 0.2,
        is_named=False,
        told=-one.told,
    )


def _as_told(one: Predicate) -> Predicate:
    """Return a condition, cheaper where a description says it and dearer where the opposite."""
    return replace(one, cost=one.cost - TOLD_GAIN * one.told) if one.told else one


def _of(column: Column, target: FieldInfo | None = None) -> Iterator[Predicate]:
    read, values, base = column.expression, column.values, 1.2 + column.cost
    named = asks_for(target.path) if target else frozenset()
    is_moment = _is_moment_of(column.path, named)

    def made(expression: Expression, holds: Iterator[bool], cost: float) -> Predicate:
        return Predicate(expression, tuple(holds), column.path, base + cost)

    def asked(expression: Expression, holds: Iterator[bool], cost: float) -> Predicate:
        extra = -NAMED_GAIN if is_moment else cost
        one = made(expression, holds, extra)
        return replace(one, is_named=is_moment, is_presence=True)

    if any(value is MISSING for value in values):
        here = (value is not MISSING for value in values)
        yield asked(call("present", read), here, 0.2)
    if any(value is None for value in values):
        given = (value is not MISSING and value is not None for value in values)
        yield asked(call("present", call("not_null", read)), given, 0.3)
    if any(value in ("", [], {}) for value in values if isinstance(value, (str, list, dict))):
        # A null is no empty text, and it is present: it has to be taken out first.
        shown = call("not_null", read) if any(value is None for value in values) else read
        test = call("present", call("non_empty", shown))
        yield asked(test, (_is_full(value) for value in values), 0.4)
    present = [value for value in values if value is not MISSING and value is not None]
    if present and all(isinstance(value, bool) for value in present):
        is_called = bool(named) and asks_for(column.path) == named
        flag = made(read, (value is True for value in values), -NAMED_GAIN if is_called else 0.0)
        yield replace(flag, is_named=is_called)
        if len(present) < len(values):
            # Where nothing is said it is not false either.
            yield made(equals(read, False), (value is False for value in values), 0.1)
        return
    kinds = [(kind, name) for kind, name in _KINDS if any(isinstance(v, kind) for v in present)]
    if len(kinds) > 1 or any(isinstance(v, (int, float)) for v in present):
        for kind, name in kinds:
            yield made(call(name, read), (isinstance(value, kind) for value in values), 0.1)
    yield from _by_value(column, target, made_cost=base, named=named)
    yield from _by_start(column, target, made_cost=base)
    if present and all(is_number(value) for value in present):
        above = (is_number(value) and value > 0 for value in values)  # type: ignore[operator]
        yield made(Comparison(read, ">", Literal(0)), above, 0.8)


def _is_moment_of(path: str, named: frozenset[str]) -> bool:
    """Return whether a field says when that happened which the target asks about."""
    own = stems(own_name(path))
    return bool(named) and named < own and own - named <= _MOMENTS


def _by_value(
    column: Column, target: FieldInfo | None, *, made_cost: float, named: frozenset[str]
) -> Iterator[Predicate]:
    known: dict[tuple[type, object], int] = {}
    for value in column.values:
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            known[(type(value), value)] = known.get((type(value), value), 0) + 1
    if len(known) > MAX_VALUES:
        return
    last = set(words(own_name(column.path))[-1:])
    gain = KIND_GAIN if _DISCRIMINATORS & last else 0.0
    gain += STATE_GAIN if _STATES & last else 0.0
    for (kind, value), count in known.items():
        holds = tuple(type(one) is kind and one == value for one in column.values)
        # A value that comes back is a code, and so is a kind that the schema lists; another one
        # that comes once may be any text.
        is_code = count > 1 or (column.is_closed and gain > 0)
        cost = made_cost + (0.3 if is_code else 1.8) - gain
        text = value if isinstance(value, str) else column.names.get(value, "")  # type: ignore[call-overload]
        is_named = bool(named) and named == stems(text)
        cost = made_cost - NAMED_GAIN if is_named else cost
        test = equals(column.expression, value)  # type: ignore[arg-type]
        told = telling(text, target.description) if target else 0
        yield Predicate(test, holds, column.path, cost, is_named, told)


def _by_start(column: Column, target: FieldInfo | None, *, made_cost: float) -> Iterator[Predicate]:
    """Yield whether a text begins with some steps: `refs/tags/`, `urn:isbn:`.

    Two different texts have to begin so, or the description of the target has to speak of it.
    """
    texts = {value for value in column.values if isinstance(value, str)}
    if not 2 <= len(texts) <= MAX_VALUES:
        return
    starts: dict[str, set[str]] = {}
    for text in sorted(texts):
        for mark in _STEPS.finditer(text, 0, LONGEST_START):
            starts.setdefault(text[: mark.end()], set()).add(text)
    for start, own in starts.items():
        last = _STEPS.split(start)[-2]
        told = telling(last, target.description) if target else 0
        if len(own) < len(texts) and (len(own) > 1 or told):
            holds = tuple(isinstance(one, str) and one.startswith(start) for one in column.values)
            test = call("starts_with", column.expression, Literal(start))
            yield Predicate(test, holds, column.path, made_cost + START_COST, told=told)


def _is_full(value: object) -> bool:
    return value is not MISSING and value is not None and value not in ("", [], {})
