"""Values out of several fields or many items: counts, products, and positions on a map."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.core import paths
from agent.core.language.syntax import Arithmetic, ArrayDisplay
from agent.core.matching.names import own_name, stem, words
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.compositions import Composed
from agent.core.synthesis.examples import Read

COUNT_SCORE = 0.6
POSITION_SCORE = 0.6
"""First guesses: a number called after an array counts it; a position is two coordinates."""

_COUNTS = frozenset({"count", "total", "number", "quantity", "size", "length"})
PRODUCT_SCORE = 0.65
"""A total beside a price and a quantity is likely their product."""

_TOTALS = frozenset({"total", "subtotal"})
_PRICES = frozenset({"price", "cost", "rate"})
_QUANTITIES = frozenset({"quantity", "qty", "unit", "piece", "number"})
_POSITIONS = frozenset({"position", "coordinate", "location", "point"})
_ACROSS = frozenset({"lon", "lng", "longitude", "long"})
_UP = frozenset({"lat", "latitude"})


def gathered(target: FieldInfo, reads: Sequence[Read]) -> Iterator[Composed]:
    """Yield the count of an array, a product, and longitude and latitude as one position."""
    if target.types == {"integer"}:
        yield from _counts(target, reads)
    if target.types <= {"number", "integer"}:
        yield from _products(target, reads)
    if target.types == {"array"} and _POSITIONS & _stems(target.path):
        yield from _positions(reads)


def _counts(target: FieldInfo, reads: Sequence[Read]) -> Iterator[Composed]:
    name = _stems(target.path)
    told = re.search(r"\b(?:number|count) of (?:\w+ )?(\w+)", target.description.lower())
    counted = {stem(told[1])} if told else name - _COUNTS if name & _COUNTS else frozenset()
    for read in reads:
        is_meant = not read.path or counted <= _stems(read.path)
        if read.field.types == {"array"} and counted and is_meant:
            said = f"how many items {read.path or 'the payload'} has"
            yield Composed(call("count", read.expression), (read,), COUNT_SCORE, said)


def _products(target: FieldInfo, reads: Sequence[Read]) -> Iterator[Composed]:
    """Yield price times quantity, side by side, for a field that is called their total."""
    last = stem(words(own_name(target.path))[-1]) if words(own_name(target.path)) else ""
    if last not in _TOTALS:
        return
    numbers = [read for read in reads if read.field.types <= {"number", "integer"}]
    for price in numbers:
        for quantity in numbers:
            is_pair = _PRICES & _stems(price.path) and _QUANTITIES & _stems(quantity.path)
            if is_pair and paths.parent(price.path) == paths.parent(quantity.path):
                made = Arithmetic(price.expression, "*", quantity.expression)
                said = f"{price.path} times {quantity.path}"
                yield Composed(made, (price, quantity), PRODUCT_SCORE, said)


def _positions(reads: Sequence[Read]) -> Iterator[Composed]:
    numbers = [read for read in reads if read.field.types <= {"number", "integer"}]
    for across in numbers:
        for up in numbers:
            is_pair = _ACROSS & _stems(across.path) and _UP & _stems(up.path)
            if is_pair and paths.parent(across.path) == paths.parent(up.path):
                made = ArrayDisplay((across.expression, up.expression))
                said = f"{across.path} and {up.path}, in the order of GeoJSON"
                yield Composed(made, (across, up), POSITION_SCORE, said)


def _stems(path: str) -> frozenset[str]:
    return frozenset(map(stem, words(own_name(path))))
