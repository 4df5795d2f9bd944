"""What stands between the separators of a text, as the items of an array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agent.core import paths
from agent.core.language.syntax import (
    ArrayComprehension,
    Comparison,
    Expression,
    Literal,
    Loop,
    Name,
)
from agent.core.synthesis.build import call
from agent.core.synthesis.columns import Column
from agent.core.synthesis.examples import is_present
from agent.core.synthesis.series import Series

SEPARATORS: Final = ("\n", "&", ";", ",", "|")
PIECES_COST: Final = 1.0
MAX_TEXTS: Final = 12


def pieces(columns: list[Column]) -> Iterator[Series]:
    """Yield the pieces of texts; where examples have empty ones, they are left out."""
    texts = [one for one in columns if one.cost == 0 and _is_text(one)]
    found = 0
    for column in texts:
        for separator in SEPARATORS:
            values = [value for value in column.values if isinstance(value, str)]
            if found < MAX_TEXTS and any(separator in value for value in values):
                found += 1
                yield _split(column, separator)


def _is_text(column: Column) -> bool:
    given = [value for value in column.values if is_present(value)]
    return bool(given) and all(isinstance(value, str) for value in given)


def _split(column: Column, separator: str) -> Series:
    items = [value.split(separator) if isinstance(value, str) else () for value in column.values]
    made: Expression = call("split", column.expression, Literal(separator))
    if any("" in own for own in items):
        test = Comparison(Name("x"), "!=", Literal(""))
        made = ArrayComprehension(Name("x"), (Loop(("x",), made, (test,)),))
        items = [[one for one in own if one] for own in items]
    return Series(
        made,
        paths.items(column.path),
        column.said,
        tuple(items),
        column.cost + PIECES_COST,
    )
