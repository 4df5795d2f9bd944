"""Which items of an array are those that an output shows, told by the values that they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def scalars_of(value: object) -> set[str]:
    """Return the keys, texts and numbers that stand anywhere in a value, as texts."""
    found: set[str] = set()
    stack: list[object] = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack.extend(one.values())
            found.update(one)
        elif isinstance(one, list):
            stack.extend(one)
        elif one is not None and not isinstance(one, bool):
            found.add(str(one))
    return found


def aligned(
    items: Sequence[Sequence[Any]], wanted: Sequence[object]
) -> tuple[bool | None, ...] | None:
    """Return for every item of every example whether it is shown, or None when that is open.

    Items are shown in their order, and each shares some value with what it becomes. Where several
    choices share as much nothing is said; items of examples without an output are None.
    """
    flags: list[bool | None] = []
    for own, value in zip(items, wanted, strict=True):
        if not isinstance(value, (list, dict)):
            flags += [None] * len(own)
            continue
        chosen = _by_key(own, value) if isinstance(value, dict) else _in_order(own, value)
        if chosen is None:
            return None
        flags += chosen
    return tuple(flags)


def _by_key(own: Sequence[Any], wanted: dict[str, Any]) -> list[bool] | None:
    chosen = [bool(scalars_of(item) & wanted.keys()) for item in own]
    return chosen if sum(chosen) == len(wanted) else None


def _in_order(own: Sequence[Any], wanted: Sequence[Any]) -> list[bool] | None:
    """Return the one choice of items, in order, that shares most with what is wanted."""
    given, asked = [scalars_of(item) for item in own], [scalars_of(item) for item in wanted]
    # best[i][j]: the most that items from i on share with what is wanted from j on, and the
    # number of ways to share as much.
    rows, columns = len(given), len(asked)
    best = [[(-1, 0)] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows + 1):
        best[i][columns] = (0, 1)
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            best[i][j] = _better(best[i + 1][j], _taken(best[i + 1][j + 1], given[i] & asked[j]))
    if best[0][0][1] != 1:
        return None
    chosen, j = [], 0
    for i in range(rows):
        is_taken = j < columns and best[i][j] != best[i + 1][j]
        chosen.append(is_taken)
        j += is_taken
    return chosen


def _taken(rest: tuple[int, int], shared: set[str]) -> tuple[int, int]:
    score, ways = rest
    return (score + len(shared), ways) if ways and shared else (-1, 0)


def _better(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    if one[0] == other[0]:
        return one[0], one[1] + other[1]
    return max(one, other)
