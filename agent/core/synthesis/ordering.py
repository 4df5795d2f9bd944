"""Series whose items an output shows in the order of one of their fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from agent.core.keywords import is_number
from agent.core.language.syntax import Call, Literal
from agent.core.synthesis.alignment import scalars_of
from agent.core.synthesis.build import text
from agent.core.synthesis.series import Series

ORDER_COST: Final = 1.0


def ordered(series: Series, wanted: Sequence[object]) -> Iterator[Series]:
    """Yield a series sorted by a field in whose order the wanted arrays are, and it is not."""
    for key in _keys(series.items):
        if _shows(series.items, wanted, key):
            continue
        for descending in (False, True):
            items = tuple(
                sorted(own, key=lambda item: item[key], reverse=descending) for own in series.items
            )
            if _shows(items, wanted, key):
                named = (("descending", Literal(True)),) if descending else ()
                yield replace(
                    series,
                    expression=Call("sort_by", (series.expression, text(key)), named),
                    items=items,
                    cost=series.cost + ORDER_COST,
                )


def _keys(items: Sequence[Sequence[Any]]) -> list[str]:
    """Return the keys under which every item has a text, or every item a number."""
    every = [item for own in items for item in own]
    if not every or not all(isinstance(item, dict) for item in every):
        return []
    return [
        key
        for key in every[0]
        if all(isinstance(item.get(key), str) for item in every)
        or all(is_number(item.get(key)) for item in every)
    ]


def _shows(items: Sequence[Sequence[Any]], wanted: Sequence[object], key: str) -> bool:
    """Return whether wanted items stand in the order of the items whose key they show."""
    some = False
    for own, value in zip(items, wanted, strict=True):
        if not isinstance(value, list):
            continue
        places = []
        for part in value:
            shown = scalars_of(part)
            found = [place for place, item in enumerate(own) if str(item[key]) in shown]
            if len(found) != 1:
                return False
            places += found
        some = some or len(places) > 1
        if any(left >= right for left, right in pairwise(places)):
            return False
    return some
