"""Texts that could be the items of an array, written one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from agent.core.language.syntax import Literal
from agent.core.synthesis.build import call
from agent.core.synthesis.columns import Column
from agent.core.synthesis.explanation import Explanation, gives
from agent.core.synthesis.itemwise import Itemwise
from agent.core.synthesis.scope import Scope

JOINED_COST: Final = 0.5

SEPARATORS: Final = ("\n", "; ", ", ", ";", ",", "|", "&", " ")
MAX_TRIED: Final = 2
"""Most separators of one field that are tried."""


def joined_text(
    target: str, wanted: Sequence[object], scope: Scope, *, itemwise: Itemwise
) -> Explanation | None:
    """Return a text that is made of the items of an array with a separator between them."""
    for separator, parts in taken_apart(wanted, scope.columns):
        made = itemwise.looped(target, parts, scope, best=None, branches=0)
        if made is None:
            continue
        expression = call("join", Literal(separator), made.expression)
        if gives(expression, wanted, scope):
            return replace(made, expression=expression, cost=made.cost + JOINED_COST)
    return None


def taken_apart(
    wanted: Sequence[object], columns: Sequence[Column]
) -> Iterator[tuple[str, list[object]]]:
    """Yield separators with the parts of every text, where some array has as many items.

    Some text has to have two parts or more; an empty one has none.
    """
    texts = [value for value in wanted if isinstance(value, str)]
    if not texts or any(not isinstance(one, str) for one in wanted if one is not None and one):
        return
    counts = [_counts(one.values) for one in columns if _holds_items(one.values)]
    tried = 0
    for separator in SEPARATORS:
        parts = [_parts(value, separator) for value in wanted]
        sizes = [len(one) if isinstance(one, list) else None for one in parts]
        if max((size for size in sizes if size is not None), default=0) < 2:
            continue
        if any(_agree(sizes, count) for count in counts) and tried < MAX_TRIED:
            tried += 1
            yield separator, parts


def _parts(value: object, separator: str) -> object:
    if not isinstance(value, str):
        return value
    return value.split(separator) if value else []


def _holds_items(values: Sequence[object]) -> bool:
    return any(isinstance(value, list) and len(value) > 1 for value in values)


def _counts(values: Sequence[object]) -> list[int]:
    return [len(value) if isinstance(value, list) else 0 for value in values]


def _agree(sizes: Sequence[int | None], counts: Sequence[int]) -> bool:
    return all(size is None or size == count for size, count in zip(sizes, counts, strict=True))
