"""What pairs leave open about a field, decided by what the fields beside it are read from.

The fields of one contract object are mostly those of one source object. Where two explanations of
a field come near each other, the one that reads what its siblings are surely read from is meant.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Final

from agent.core.language.scoping import children
from agent.core.language.syntax import (
    ArrayComprehension,
    Call,
    Comparison,
    Conditional,
    Expression,
    Field,
)
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Solution
from agent.core.synthesis.explanation import Explanation, Part
from agent.core.synthesis.problem import rank

SIBLING_GAIN: Final = 0.25
"""What it is worth, in rank, that a sibling is read from the same object."""

MOST_SIBLINGS: Final = 2
"""More siblings than this say no more."""

_REACH: Final = SIBLING_GAIN * MOST_SIBLINGS
_Holders = frozenset[Hashable]


def coherent(made: Mapping[str, Explanation]) -> dict[str, Explanation]:
    """Return the explanations of the fields of one object, near ties decided by the siblings.

    Only siblings for which no other object comes near count.
    """
    sure = {
        key: holders(part.solution.expression)
        for key, one in made.items()
        if (part := _only_part(one)) is not None and _is_sure(part)
    }
    return {
        key: _decided(one, [held for other, held in sure.items() if other != key])
        for key, one in made.items()
    }


def _decided(made: Explanation, beside: list[_Holders]) -> Explanation:
    part = _only_part(made)
    if part is None or not beside or not holders(part.solution.expression):
        return made
    near = [part.solution, *_near(part)]
    best = min(near, key=lambda one: rank(one) - SIBLING_GAIN * _support(one, beside))
    if best is part.solution:
        return made
    others = tuple(one for one in (part.solution, *part.others) if one is not best)
    return replace(
        made,
        expression=_written(best),
        cost=rank(best),
        parts=(Part(part.target, best, others),),
    )


def _only_part(made: Explanation) -> Part | None:
    """Return the part of an explanation that is one solution and nothing else."""
    if len(made.parts) != 1 or _written(made.parts[0].solution) != made.expression:
        return None
    return made.parts[0]


def _written(solution: Solution) -> Expression:
    if solution.when is None:
        return solution.expression
    return Conditional(solution.when, solution.expression, call("absent"))


def _near(part: Part) -> list[Solution]:
    most = rank(part.solution) + _REACH
    return [one for one in part.others if one.paths and rank(one) <= most]


def _is_sure(part: Part) -> bool:
    own = holders(part.solution.expression)
    return bool(part.solution.paths) and all(holders(one.expression) & own for one in _near(part))


def _support(solution: Solution, beside: list[_Holders]) -> int:
    own = holders(solution.expression)
    return min(MOST_SIBLINGS, sum(bool(own & held) for held in beside))


def holders(expression: Expression) -> _Holders:
    """Return the objects whose fields an expression hands on; of a loop, the items it picks.

    A table or a condition hands nothing on: what tells kinds apart may stand anywhere.
    """
    match expression:
        case Call(function="lookup") | Conditional() | Comparison():
            return frozenset()
        case Field(of=of):
            return frozenset({of})
        case ArrayComprehension(loops=loops):
            return frozenset({loops})
        case _:
            return frozenset().union(*map(holders, children(expression)))
