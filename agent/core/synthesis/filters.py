"""Conditions under which items of a series are kept, as arrays and maps of an output show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

from agent.core.language.absence import MISSING
from agent.core.language.syntax import Comparison, Expression, Literal, Logic
from agent.core.matching.names import own_name, stem, words
from agent.core.synthesis.alignment import aligned
from agent.core.synthesis.build import call, negate, text
from agent.core.synthesis.explanation import Part, condition_part
from agent.core.synthesis.predicates import Predicate, predicates
from agent.core.synthesis.scope import Column, Scope
from agent.core.synthesis.series import Series

MAX_FILTERS: Final = 4
MAX_JOINED: Final = 40
"""Conditions that are tried in twos."""

MAX_OUTSIDE: Final = 40
MAX_CODES: Final = 12
OPPOSITE_COST: Final = 0.2
BOTH_COST: Final = 0.5
DEEP_COST: Final = 0.2
"""What each object costs that a condition goes into: kinds are told at the top of an item."""

START_COST: Final = 1.8
HOLDS_COST: Final = 1.5
SAME_COST: Final = 1.6
ONCE_COST: Final = 1.5
"""What it costs to ask for a value that only one item has: it may be any text."""

NAMED_GAIN: Final = 1.0
SEPARATORS: Final = "-_.:/ "


@dataclass(frozen=True, slots=True)
class Filtered:
    """The items that are left of each example under a condition, and what that costs."""

    items: list[list[Any]]
    cost: float = 0.0
    condition: Predicate | None = None
    rivals: tuple[Predicate, ...] = ()

    @property
    def conditions(self) -> tuple[Expression, ...]:
        """Return what the loop asks for."""
        return () if self.condition is None else (self.condition.expression,)

    def parts(self, target: str) -> tuple[Part, ...]:
        """Return what is said of the condition."""
        if self.condition is None:
            return ()
        return (condition_part(target, self.condition, self.rivals),)


def filters(
    series: Series, wanted: Sequence[object], scope: Scope, *, name: str, target: str
) -> Iterator[Filtered]:
    """Yield the items under conditions that leave as many as are wanted, no condition first."""
    items = [list(own) for own in series.items]
    lengths = [len(value) if isinstance(value, (list, dict)) else None for value in wanted]
    if _have(items, lengths):
        yield Filtered(items)
        return
    inside = scope.inside(name, series.path, items, series.parts)
    own = [one for one in inside.columns if one.name == name]
    flags = aligned(items, wanted)
    found = [
        one
        for one in _conditions(own, inside, flags, target)
        if _agrees(one.holds, flags) and _have(_kept(items, one.holds), lengths)
    ]
    found.sort(key=lambda one: one.cost)
    for place, one in enumerate(found[:MAX_FILTERS]):
        rivals = tuple(found[place + 1 :])
        yield Filtered(_kept(items, one.holds), one.cost, one, rivals)


def _conditions(
    own: Sequence[Column], inside: Scope, flags: Sequence[bool | None] | None, target: str
) -> Iterator[Predicate]:
    """Yield conditions on an item: one, its opposite, or two that both hold."""
    named = frozenset(map(stem, words(own_name(target))))
    singles = [_as_called(one, named) for one in _either_way(predicates(own))]
    singles += _either_way(_starts(own, flags, named))
    singles += _either_way(_holding(own, named))
    singles += _either_way(_same(own, inside))
    depth = min((one.path.count("/") for one in own), default=0)
    singles = [
        replace(one, cost=one.cost + DEEP_COST * max(0, one.path.count("/") - depth - 1))
        for one in singles
    ]
    yield from singles
    if flags is None or any(_agrees(one.holds, flags) for one in singles):
        return
    wide = [
        one
        for one in sorted(singles, key=lambda one: one.cost)
        if not all(one.holds)
        and all(held or not flag for held, flag in zip(one.holds, flags, strict=True))
    ]
    for left, right in combinations(wide[:MAX_JOINED], 2):
        yield Predicate(
            Logic("and", (left.expression, right.expression)),
            tuple(a and b for a, b in zip(left.holds, right.holds, strict=True)),
            left.path,
            left.cost + right.cost + BOTH_COST,
        )


def _as_called(one: Predicate, named: frozenset[str]) -> Predicate:
    """Return a condition, cheaper where the items are called after the field that it asks for."""
    field = frozenset(map(stem, words(own_name(one.path))))
    return replace(one, cost=one.cost - NAMED_GAIN) if field and field < named else one


def _agrees(holds: Sequence[bool], flags: Sequence[bool | None] | None) -> bool:
    return flags is None or all(
        flag is None or held is flag for held, flag in zip(holds, flags, strict=True)
    )


def _starts(
    own: Sequence[Column], flags: Sequence[bool | None] | None, named: frozenset[str]
) -> Iterator[Predicate]:
    """Yield the conditions that a text starts with something."""
    for column in own:
        texts = [value for value in column.values if isinstance(value, str)]
        if len(texts) < 2 or len(texts) != len(column.values):
            continue
        starts = dict.fromkeys(start for one in texts if (start := _start(one)))
        if flags is not None:
            kept = [one for one, flag in zip(texts, flags, strict=True) if flag]
            common = _common(kept) if len(set(kept)) > 1 else ""
            starts |= {common: None} if len(common) > 1 else {}
        for start in list(starts)[:MAX_CODES]:
            is_named = bool(named & frozenset(map(stem, words(start))))
            yield Predicate(
                call("starts_with", column.expression, text(start)),
                tuple(one.startswith(start) for one in texts),
                column.path,
                column.cost + START_COST - (NAMED_GAIN if is_named else 0.0),
                is_named,
            )


def _common(texts: Sequence[str]) -> str:
    """Return what all texts start with."""
    first, last = min(texts), max(texts)
    size = next((n for n, one in enumerate(first) if not last.startswith(first[: n + 1])), None)
    return first[:size]


def _start(value: str) -> str:
    """Return a text up to its first separator, which is one of its own, or nothing."""
    place = min((value.find(one) for one in SEPARATORS if one in value), default=-1)
    return value[: place + 1] if 0 < place < len(value) - 1 else ""


def _holding(own: Sequence[Column], named: frozenset[str]) -> Iterator[Predicate]:
    """Yield the conditions that a code is among the values of an item."""
    for column in own:
        lists = [value for value in column.values if isinstance(value, list)]
        codes: dict[str, int] = {}
        for value in lists:
            for one in value:
                if isinstance(one, str):
                    codes[one] = codes.get(one, 0) + 1
        if len(codes) > MAX_CODES:
            continue
        for code in codes:
            is_named = bool(named & frozenset(map(stem, words(code))))
            extra = -NAMED_GAIN if is_named else ONCE_COST if codes[code] == 1 else 0.0
            yield Predicate(
                Comparison(Literal(code), "in", column.expression),
                tuple(isinstance(value, list) and code in value for value in column.values),
                column.path,
                column.cost + HOLDS_COST + extra,
                is_named,
            )


def _same(own: Sequence[Column], inside: Scope) -> Iterator[Predicate]:
    """Yield the conditions that a field of an item is a value from outside the loop."""
    names = {one.name for one in own}
    outside = [
        one for one in inside.columns if one.name not in names and one.is_scalar and not one.cost
    ][:MAX_OUTSIDE]
    for left in own:
        if not left.is_scalar or left.cost:
            continue
        for right in outside:
            holds = tuple(map(_equal, left.values, right.values))
            if any(holds) and not all(holds):
                test = Comparison(left.expression, "==", right.expression)
                yield Predicate(test, holds, left.path, SAME_COST)


def _equal(left: object, right: object) -> bool:
    is_there = left is not MISSING and left is not None and not isinstance(left, bool)
    return is_there and type(left) is type(right) and left == right


def _either_way(found: Iterator[Predicate]) -> Iterator[Predicate]:
    """Yield each condition and its opposite."""
    for one in found:
        yield one
        opposite = tuple(not held for held in one.holds)
        cost = one.cost + OPPOSITE_COST
        yield Predicate(negate(one.expression), opposite, one.path, cost)


def _have(items: Sequence[Sequence[Any]], lengths: Sequence[int | None]) -> bool:
    """Return whether there are as many items as are wanted, where some are."""
    return all(
        count is None or len(own) == count for own, count in zip(items, lengths, strict=True)
    )


def _kept(items: Sequence[Sequence[Any]], holds: Sequence[bool]) -> list[list[Any]]:
    flags = iter(holds)
    return [[item for item in own if next(flags)] for own in items]
