"""Arrays that are two in a row: the items of a series, and others before or after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from agent.core.language.absence import MISSING
from agent.core.language.syntax import ArrayDisplay, Call, Expression
from agent.core.synthesis.build import call
from agent.core.synthesis.explanation import Explains, Explanation, complete
from agent.core.synthesis.scope import Scope
from agent.core.synthesis.series import Series

CONCAT_COST: Final = 1.0
MOST_TRIED: Final = 3
"""Series that are tried for one of the two arrays."""

LEAST_FIT: Final = 1.0
"""The items of a series must hold values that are wanted, and not only be as many."""

Loop = Callable[[Series, Sequence[object]], Explanation | None]
"""Explains the items that a series gives as an array."""


def concatenated(
    host: Explains,
    target: str,
    wanted: Sequence[object],
    scope: Scope,
    *,
    series: Sequence[Series],
    loop: Loop,
) -> Explanation | None:
    """Return an array of all items of a series with others after or before them, or None.

    What is before or after is explained as an array of its own, by one more series or place by
    place.
    """
    for own, others, one, is_first in _splits(wanted, series):
        made = loop(one, own)
        rest = made and host.explain(target, others, scope, branches=0)
        if not made or not rest:
            continue
        both = (made, rest) if is_first else (rest, made)
        for parts in (
            tuple(part.expression for part in both),
            tuple(_or_none(part.expression) for part in both),
        ):
            whole = Explanation(
                Call("concat", parts),
                made.cost + rest.cost + CONCAT_COST,
                (*made.parts, *rest.parts),
            )
            found = complete(whole, target, wanted, scope)
            if found is not None:
                return found
    return None


def _splits(
    wanted: Sequence[object], series: Sequence[Series]
) -> Iterator[tuple[list[object], list[object], Series, bool]]:
    """Yield what a series may give of the wanted arrays, the rest, and whether it comes first."""
    found = []
    for one in series:
        lengths = [len(items) for items in one.items]
        if not any(lengths) or not _has_more(wanted, lengths):
            continue
        for is_first in (True, False):
            own, others = _split(wanted, lengths, is_first=is_first)
            fit = one.fit(own)
            if fit > LEAST_FIT:
                found.append((one.cost - fit, (own, others, one, is_first)))
    found.sort(key=lambda pair: pair[0])
    yield from (split for _, split in found[:MOST_TRIED])


def _has_more(wanted: Sequence[object], lengths: Sequence[int]) -> bool:
    """Return whether no array has fewer items than a series, and some has more."""
    pairs = [(len(v), n) for v, n in zip(wanted, lengths, strict=True) if isinstance(v, list)]
    return all(have >= own for have, own in pairs) and any(have > own for have, own in pairs)


def _split(
    wanted: Sequence[object], lengths: Sequence[int], *, is_first: bool
) -> tuple[list[object], list[object]]:
    own: list[object] = []
    others: list[object] = []
    for value, length in zip(wanted, lengths, strict=True):
        if not isinstance(value, list):
            own.append(MISSING)
            others.append(MISSING)
            continue
        at = length if is_first else len(value) - length
        head, tail = value[:at], value[at:]
        own.append(head if is_first else tail)
        others.append(tail if is_first else head)
    return own, others


def _or_none(expression: Expression) -> Expression:
    """Return an array, or an empty one where there is nothing."""
    return call("default", expression, ArrayDisplay(()))
