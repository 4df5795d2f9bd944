"""Two expressions, of which a condition takes one: `A if condition else B`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from agent.core.language.absence import MISSING
from agent.core.language.syntax import Conditional
from agent.core.synthesis.build import call
from agent.core.synthesis.explanation import Explanation, condition_part, gives
from agent.core.synthesis.predicates import Predicate
from agent.core.synthesis.scope import Scope
from agent.core.synthesis.wanted import is_flat

MAX_DIVISIONS: Final = 24
BRANCH_COST: Final = 1.5

Side = Callable[[Sequence[object], Scope], Explanation | None]
"""Explains the examples of one side."""


def divided(
    conditions: Iterator[Predicate],
    target: str,
    wanted: Sequence[object],
    scope: Scope,
    side: Side,
) -> Explanation | None:
    """Return the cheapest division, with the condition and both sides as simple as can be."""
    if len(wanted) < 2:
        return None
    best: Explanation | None = None
    most = MAX_DIVISIONS if is_flat(wanted) else MAX_DIVISIONS // 4
    for number, one in enumerate(conditions):
        if number >= most or (best is not None and best.cost < one.cost + BRANCH_COST):
            break
        made = _either(target, wanted, scope, when=one, side=side)
        if made is not None and (best is None or made.cost < best.cost):
            best = made
    return best


def _either(
    target: str, wanted: Sequence[object], scope: Scope, *, when: Predicate, side: Side
) -> Explanation | None:
    sides: list[Explanation] = []
    for is_held in (True, False):
        chosen = [held is is_held for held in when.holds]
        own = [value for value, is_in in zip(wanted, chosen, strict=True) if is_in]
        if all(value is MISSING for value in own):
            sides.append(Explanation(call("absent"), 0.0))
            continue
        made = side(own, scope.only(chosen))
        if made is None:
            return None
        sides.append(made)
    expression = Conditional(when.expression, sides[0].expression, sides[1].expression)
    cost = when.cost + BRANCH_COST + sides[0].cost + sides[1].cost
    if not gives(expression, wanted, scope):
        return None
    parts = (*sides[0].parts, *sides[1].parts, condition_part(target, when))
    return Explanation(expression, cost, parts, (*sides[0].opens, *sides[1].opens))
