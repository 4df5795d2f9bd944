"""An explanation of a contract field from pairs: its expression, and the reason of each part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from agent.core.language.absence import MISSING
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import reads_in
from agent.core.language.syntax import (
    ArrayDisplay,
    Call,
    Conditional,
    Expression,
    Literal,
    ObjectDisplay,
)
from agent.core.schema import Schema
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Solution, equal, value_of
from agent.core.synthesis.predicates import Predicate, separating
from agent.core.synthesis.scope import Scope

Likeness = Callable[[str, str, bool], float]
"""Score of (source path, contract path, whether what holds them is matched), 0 to 1."""

DEFAULT_COST = 0.5
CLEANED_COST = 0.3


@dataclass(frozen=True, slots=True)
class Part:
    """What explains one contract field: the solution that was taken, and others."""

    target: str
    solution: Solution
    others: tuple[Solution, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """Fields of a contract object that no pair shows, and what is in reach there."""

    target: str
    names: tuple[str, ...]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Explanation:
    """An expression that gives what is expected in every example, and why each part of it."""

    expression: Expression
    cost: float
    parts: tuple[Part, ...] = ()
    opens: tuple[Open, ...] = ()


class Explains(Protocol):
    """Whoever explains what stands below a field."""

    @property
    def likeness(self) -> Likeness:
        """Return the score of names."""

    @property
    def contract(self) -> Schema:
        """Return what is to be explained."""

    def explain(
        self, target: str, wanted: Sequence[object], scope: Scope, *, branches: int
    ) -> Explanation | None:
        """Return what gives the wanted value in every example, or None."""

    def explain_key(
        self, target: str, wanted: Sequence[object], scope: Scope
    ) -> Explanation | None:
        """Return what gives the keys of a map, or None."""

    def spend(self, steps: int) -> bool:
        """Take steps out of the budget; return whether some are left."""


def gives(expression: Expression, wanted: Sequence[object], scope: Scope) -> bool:
    """Return whether an expression gives exactly what is wanted in every example."""
    return all(
        equal(value_of(expression, row), value)
        for row, value in zip(scope.rows, wanted, strict=True)
    )


def complete(
    made: Explanation, target: str, wanted: Sequence[object], scope: Scope
) -> Explanation | None:
    """Return an explanation of an array or object that is empty or absent where it should be."""
    options = [made, *_cleaned(made, wanted)]
    for option in options:
        if gives(option.expression, wanted, scope):
            return option
    shown = [value is not MISSING for value in wanted]
    own = {path for part in made.parts for path in part.solution.paths}
    own |= set(reads_in(made.expression, scope=scope.bound))
    holding = list(separating(scope.columns, shown, own=own))
    for place, one in enumerate(holding):
        option = conditional(one, made, target, rivals=holding[place + 1 :])
        if gives(option.expression, wanted, scope):
            return option
    return None


def _cleaned(made: Explanation, wanted: Sequence[object]) -> Iterator[Explanation]:
    value, cost = made.expression, made.cost
    is_array = any(isinstance(one, list) for one in wanted)
    empty = ArrayDisplay(()) if is_array else ObjectDisplay(())
    if not isinstance(value, ObjectDisplay):
        filled = Call("default", (value, empty))
        yield replace(made, expression=filled, cost=cost + DEFAULT_COST)
        yield replace(made, expression=call("not_null", value), cost=cost + CLEANED_COST)
    if any(value is MISSING for value in wanted):
        yield replace(made, expression=call("non_empty", value), cost=cost + CLEANED_COST)
    if any(value is None for value in wanted):
        null = Call("if_missing", (call("non_empty", value), Literal(None)))
        yield replace(made, expression=null, cost=cost + DEFAULT_COST)


def conditional(
    when: Predicate, made: Explanation, target: str, *, rivals: Sequence[Predicate]
) -> Explanation:
    """Return an explanation that is absent where a condition does not hold."""
    chosen = Conditional(when.expression, made.expression, call("absent"))
    part = condition_part(target, when, rivals)
    return replace(made, expression=chosen, cost=made.cost + when.cost, parts=(*made.parts, part))


def condition_part(target: str, when: Predicate, rivals: Sequence[Predicate] = ()) -> Part:
    """Return what is said of a condition that pairs show: it is a guess, others might hold too."""
    return Part(target, _as_solution(when), tuple(map(_as_solution, rivals[:4])))


def _as_solution(when: Predicate) -> Solution:
    held = sum(when.holds)
    return Solution(
        when.expression,
        (when.path,),
        when.cost,
        0.5,
        min(held, len(when.holds) - held),
        f"only where {print_expression(when.expression)}, as far as pairs show",
        is_ambiguous=True,
        is_condition=True,
    )
