"""The part of what can be read that what is wanted most likely comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from agent.core.synthesis.alignment import scalars_of
from agent.core.synthesis.scope import Column, Scope

MAX_PARTS: Final = 2
MAX_COST: Final = 1.0
"""Most that may have to be assumed to reach a part."""

LEAST_SHARE: Final = 0.3
NEAR: Final = 0.05
"""What a part may hold less than the whole, of all that is wanted."""

NAME_WEIGHT: Final = 0.5


def parts_of(
    asked: Sequence[set[str]], scope: Scope, likeness: Callable[[Column], float]
) -> Iterator[Scope]:
    """Yield scopes in which only what is below one read is looked at, the likeliest first.

    `asked` are the keys, texts and numbers that are wanted in each example. A part holds nearly as
    many of them as the whole; the likeliest is called like what is wanted, and small.
    """
    shares = [(_share(asked, one), one) for one in scope.columns if one.cost <= MAX_COST]
    most = max((share for share, _ in shares), default=0.0)
    found = [
        (-round((share + NAME_WEIGHT * likeness(one)) / NEAR), _size(one), one)
        for share, one in shares
        if share >= max(LEAST_SHARE, most - NEAR) and one.path not in scope.places.values()
    ]
    found.sort(key=lambda one: one[:2])
    taken: list[Column] = []
    for _, _, column in found:
        if len(taken) < MAX_PARTS and all(one.values != column.values for one in taken):
            taken.append(column)
            yield scope.part(column)


def _size(column: Column) -> int:
    return sum(len(scalars_of(value)) for value in column.values)


def _share(asked: Sequence[set[str]], column: Column) -> float:
    """Return the share of wanted values that a read gives in the same example."""
    total = sum(map(len, asked))
    held = map(scalars_of, column.values)
    same = sum(len(one & other) for one, other in zip(asked, held, strict=True))
    return same / total if total else 0.0
