"""Booleans that are called like a value of a field: `closed` is `state == 'closed'`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agent.core.matching.names import own_name, stem, words
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import equals
from agent.core.synthesis.examples import Read, Solution

CALLED_COST: Final = 0.5
CALLED_PRIOR: Final = 0.85
_QUESTIONS: Final = frozenset({"is", "has", "was"})


def called_booleans(
    columns: Sequence[tuple[Read, tuple[object, ...]]],
    wanted: Sequence[object],
    target: FieldInfo | None,
) -> Iterator[Solution]:
    """Yield the tests for a text of some field that is called like the target.

    The text is declared by an enum or seen in a pair. One pair is enough; where all pairs agree on
    true or on false the test is a guess.
    """
    if target is None or not all(isinstance(want, bool) for want in wanted):
        return
    name = _said(own_name(target.path)) - _QUESTIONS
    for read, column in columns:
        declared = [value for value in read.field.enum or () if isinstance(value, str)]
        seen = [value for value in column if isinstance(value, str)]
        for text in dict.fromkeys((*declared, *seen)):
            holds = [value == text for value in column]
            if name and _said(text) == name and holds == list(wanted):
                yield Solution(
                    equals(read.expression, text),
                    (read.path,),
                    CALLED_COST + read.cost,
                    CALLED_PRIOR,
                    len(set(holds)),
                    f"whether it is {text!r}, as the field is called",
                    is_ambiguous=len(set(holds)) < 2,
                )


def _said(text: str) -> frozenset[str]:
    return frozenset(map(stem, words(text)))
