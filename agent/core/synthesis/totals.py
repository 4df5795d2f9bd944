"""Numbers that are the sum, over the items of an array, of what two fields of an item make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from agent.core.keywords import is_number
from agent.core.language.syntax import (
    Arithmetic,
    ArrayComprehension,
    Expression,
    Field,
    Index,
    Loop,
    Name,
)
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Solution, distinct_count, equal, value_of
from agent.core.synthesis.templates import Columns

TOTAL_COST: Final = 2.5
MAX_ARRAYS: Final = 8
MAX_FIELDS: Final = 8
ITEM: Final = "x"


def totals(columns: Columns, wanted: Sequence[object]) -> Iterator[Solution]:
    """Yield the sums of products over the items of an array that give every wanted number."""
    if distinct_count(wanted) < 2 or not all(map(is_number, wanted)):
        return
    arrays = [(read, values) for read, values in columns if _holds_items(values)][:MAX_ARRAYS]
    for read, values in arrays:
        for left, right in combinations(_numbers(values), 2):
            product = Arithmetic(left, "*", right)
            made = call("sum", ArrayComprehension(product, (Loop((ITEM,), read.expression, ()),)))
            summed = call("sum", ArrayComprehension(product, (Loop((ITEM,), Name("v"), ()),)))
            results = [value_of(summed, {"v": value}) for value in values]
            if all(map(equal, results, wanted)):
                yield Solution(
                    made,
                    (read.path,),
                    TOTAL_COST + read.cost,
                    max(read.prior, 0.5),
                    distinct_count(wanted),
                    f"the sum of products over {read.path}",
                )


def _holds_items(values: Sequence[object]) -> bool:
    return all(
        isinstance(value, list) and all(isinstance(item, dict) for item in value)
        for value in values
    )


def _numbers(values: Sequence[object]) -> list[Expression]:
    """Return the reads of an item, up to two fields deep, that give numbers in every item."""
    items = [item for value in values if isinstance(value, list) for item in value]
    keys = [key for key in (items[0] if items else {}) if all(key in item for item in items)]
    found: list[Expression] = []
    for key in keys:
        read: Expression = Field(Name(ITEM), key)
        given = [item[key] for item in items]
        if all(map(is_number, given)):
            found.append(read)
        elif all(isinstance(one, dict) for one in given):
            found += [
                Field(read, below)
                for below in given[0]
                if all(is_number(one.get(below)) for one in given)
            ]
        elif all(isinstance(one, list) and len(one) == 2 for one in given):
            found += [
                Index(read, place)
                for place in (0, 1)
                if all(is_number(one[place]) for one in given)
            ]
    return found[:MAX_FIELDS]


def _at(tuples: Sequence[Sequence[object]], place: int) -> list[object]:
    return [one[place] for one in tuples]
