"""Objects and arrays that are read from whichever of several fields is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from agent.core.language.absence import MISSING
from agent.core.language.syntax import Call
from agent.core.synthesis.examples import Solution, equal, is_present
from agent.core.synthesis.explanation import Explanation, Part, gives
from agent.core.synthesis.problem import rank
from agent.core.synthesis.scope import Column, Scope

ARM_COST: Final = 1.0
"""What each field costs that is read where it is there."""

MAX_ARMS: Final = 4
FEWEST: Final = 2


def first_given(
    target: str,
    wanted: Sequence[object],
    scope: Scope,
    *,
    columns: Sequence[Column],
    prior: Callable[[Column], float],
    rest: Callable[[Sequence[object], Scope], Explanation | None],
) -> Explanation | None:
    """Return `coalesce(a, b, …)` of two fields or more that are as wanted wherever they are there.

    `columns` are tried in their order. What they leave open is explained by `rest`; it is the last
    to be read.
    """
    arms: list[Column] = []
    is_open = [value is not MISSING for value in wanted]
    for column in columns:
        taken = _taken(column, wanted, is_open)
        if len(arms) < MAX_ARMS and any(taken):
            arms.append(column)
            is_open = [one and not own for one, own in zip(is_open, taken, strict=True)]
    if len(arms) < FEWEST:
        return None
    last: Explanation | None = None
    if any(is_open):
        left = [value for value, one in zip(wanted, is_open, strict=True) if one]
        last = rest(left, scope.only(is_open))
        if last is None:
            return None
    sides = (*(one.expression for one in arms), *((last.expression,) if last else ()))
    made = Call("coalesce", sides)
    if not gives(made, wanted, scope):
        return None
    solution = Solution(
        made,
        tuple(one.path for one in arms),
        sum(ARM_COST + one.cost for one in arms) + (last.cost if last else 0.0),
        sum(map(prior, arms)) / len(arms),
        len(arms),
        "whichever of " + ", ".join(one.path for one in arms) + " is there",
        is_ambiguous=True,
    )
    parts = (Part(target, solution), *(last.parts if last else ()))
    return Explanation(made, rank(solution), parts)


def _taken(column: Column, wanted: Sequence[object], is_open: Sequence[bool]) -> list[bool]:
    """Return the open examples in which a read is what is wanted; none if it is another once."""
    pairs = list(zip(column.values, wanted, strict=True))
    if any(is_present(value) and not equal(value, want) for value, want in pairs):
        return [False] * len(pairs)
    return [
        one and isinstance(value, (dict, list)) and bool(value)
        for (value, _), one in zip(pairs, is_open, strict=True)
    ]
