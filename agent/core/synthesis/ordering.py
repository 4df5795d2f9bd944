"""Series whose items an output shows in the order of a field, or without the first or last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from agent.core.keywords import is_number
from agent.core.language.syntax import Call, Literal, Slice
from agent.core.synthesis.alignment import scalars_of
from agent.core.synthesis.build import text
from agent.core.synthesis.series import Series

ORDER_COST: Final = 1.0
SLICE_COST: Final = 1.5
MOST_CUT: Final = 2
"""Items that may be left out at the beginning or at the end."""

FEWEST: Final = 2
"""Arrays that must show where one is cut."""


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


def sliced(series: Series, wanted: Sequence[object]) -> Iterator[Series]:
    """Yield a series without its first or last items, or of its first ones only, if all fit."""
    lengths = [
        (len(own), len(value))
        for own, value in zip(series.items, wanted, strict=True)
        if isinstance(value, list)
    ]
    cut = [(given, left) for given, left in lengths if left < given]
    if len(lengths) < FEWEST or not any(left for _, left in cut):
        return
    gone = {given - left for given, left in cut}
    cuts: list[tuple[int | None, int | None]] = []
    if len(gone) == 1 and max(gone) <= MOST_CUT:
        cuts += [(max(gone), None), (None, -max(gone))]
    cuts.append((None, max(left for _, left in cut)))
    for start, end in cuts:
        items = tuple(own[start:end] for own in series.items)
        if all(
            len(own) == len(value)
            for own, value in zip(items, wanted, strict=True)
            if isinstance(value, list)
        ):
            yield replace(
                series,
                expression=Slice(series.expression, start, end),
                items=items,
                cost=series.cost + SLICE_COST,
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
