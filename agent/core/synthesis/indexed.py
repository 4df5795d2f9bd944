"""Objects whose keys count the items of an array: `stop-0-name`, `stop-1-name`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import names_in
from agent.core.language.syntax import (
    Arithmetic,
    Expression,
    Field,
    Literal,
    Loop,
    Name,
    ObjectComprehension,
)
from agent.core.synthesis.build import call, text
from agent.core.synthesis.explanation import Explains, Explanation, Part, complete
from agent.core.synthesis.naming import fresh_name
from agent.core.synthesis.scope import Scope
from agent.core.synthesis.series import Series

INDEXED_COST: Final = 2.0
MAX_SERIES: Final = 3
MAX_KINDS: Final = 12
_NUMBER: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class _Keys:
    """Keys of one kind, `stop-{}-name`: for each example, the values by number."""

    pattern: str
    values: tuple[dict[int, Any] | None, ...]


def indexed(
    host: Explains,
    target: str,
    wanted: Sequence[object],
    scope: Scope,
    *,
    series: Sequence[Series],
) -> Explanation | None:
    """Return an object with some keys for each item of a series, told apart by its number."""
    kinds = _kinds(wanted)
    if not kinds:
        return None
    counts = [_count(kinds, place) for place in range(len(wanted))]
    for first in (0, 1):
        fitting = [one for one in series if _fits(one, counts, first)]
        for one in sorted(fitting, key=lambda one: one.cost)[:MAX_SERIES]:
            made = _made(host, target, kinds, scope, series=one, first=first)
            whole = made and complete(made, target, wanted, scope)
            if whole:
                return whole
    return None


def _kinds(wanted: Sequence[object]) -> list[_Keys]:
    """Return the kinds of keys, or nothing when some key has no number, or more than one."""
    found: dict[str, list[dict[int, Any] | None]] = {}
    for place, value in enumerate(wanted):
        for key, part in value.items() if isinstance(value, dict) else ():
            numbers = _NUMBER.findall(key)
            if len(numbers) != 1 or str(int(numbers[0])) != numbers[0] or "{" in key or "}" in key:
                return []
            by_number = found.setdefault(
                _NUMBER.sub("{}", key), [{} if isinstance(v, dict) else None for v in wanted]
            )[place]
            assert by_number is not None
            by_number[int(numbers[0])] = part
    if len(found) > MAX_KINDS:
        return []
    return [_Keys(pattern, tuple(values)) for pattern, values in found.items()]


def _count(kinds: Sequence[_Keys], place: int) -> int | None:
    """Return one more than the highest number of an example, or None where nothing is wanted."""
    if kinds[0].values[place] is None:
        return None
    return max((number + 1 for one in kinds for number in one.values[place] or ()), default=0)


def _fits(series: Series, counts: Sequence[int | None], first: int) -> bool:
    return any(counts) and all(
        count is None or (len(own) + first if own else 0) == count
        for own, count in zip(series.items, counts, strict=True)
    )


def _made(
    host: Explains,
    target: str,
    kinds: Sequence[_Keys],
    scope: Scope,
    *,
    series: Series,
    first: int,
) -> Explanation | None:
    name = fresh_name(series.said, scope.places)
    items = [
        [{"index": number, "value": item} for number, item in enumerate(own)]
        for own in series.items
    ]
    inside = scope.inside(name, series.path, items, series.parts)
    loop = Loop((name,), call("enumerate", series.expression), ())
    index: Expression = Field(Name(name), "index")
    number = Arithmetic(index, "+", Literal(first)) if first else index
    objects: list[Expression] = []
    parts: list[Part] = []
    cost = series.cost + INDEXED_COST
    for one in kinds:
        values = list(_by_number(one, items, first))
        item = host.explain(paths.items(target), values, inside, branches=0)
        if item is None or name not in names_in(item.expression):
            return None
        key = call("format", text(one.pattern), number)
        objects.append(ObjectComprehension(key, item.expression, (loop,)))
        parts += item.parts
        cost += item.cost
    whole = objects[0] if len(objects) == 1 else call("merge", *objects)
    return Explanation(whole, cost, tuple(parts))


def _by_number(keys: _Keys, items: Sequence[Sequence[object]], first: int) -> Iterator[object]:
    for own, values in zip(items, keys.values, strict=True):
        for number in range(len(own)):
            yield MISSING if values is None else values.get(number + first, MISSING)
