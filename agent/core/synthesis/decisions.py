"""One of several constants, each where a condition holds that is called like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Final

from agent.core.language.syntax import Comparison, Conditional, Expression, Not
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import literal
from agent.core.synthesis.examples import Solution
from agent.core.synthesis.predicates import Predicate, separating
from agent.core.synthesis.problem import NAMED_PRIOR, Problem
from agent.core.synthesis.scope import Column

MAX_CHOICES: Final = 5
"""Most constants of one decision."""

STEP_COST: Final = 0.6
STRANGE_PRIOR: Final = 0.3
"""What a condition is worth that is not called like what it decides."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """A chain of conditions, what it costs, and the conditions themselves."""

    expression: Expression
    cost: float
    conditions: tuple[Predicate, ...] = ()


def decisions(problem: Problem) -> Iterator[Solution]:
    """Yield `'void' if src.voided_at else 'paid' if src.is_paid else 'open'`, if pairs agree.

    The contract has to know the texts. Of two of them, one has to be called like its condition.
    """
    wanted = problem.wanted
    texts = [value for value in wanted if isinstance(value, str)]
    values = _in_order(tuple(dict.fromkeys(texts)), problem.target)
    if len(texts) < len(wanted) or not 2 <= len(values) <= MAX_CHOICES:
        return
    if not all(map(problem.is_known, values)):
        return
    made = _decided(problem.conditions, tuple(texts), values)
    named = [one for one in made.conditions if one.is_named] if made is not None else []
    if made is None or (len(values) == 2 and not named):
        return
    worth = len(named) * NAMED_PRIOR + (len(made.conditions) - len(named)) * STRANGE_PRIOR
    yield Solution(
        made.expression,
        tuple(dict.fromkeys(one.path for one in made.conditions)),
        made.cost,
        worth / len(made.conditions),
        len(values),
        f"one of {len(values)} constants, each under a condition",
        is_ambiguous=True,
    )


def _in_order(values: tuple[str, ...], target: FieldInfo | None) -> tuple[str, ...]:
    """Return texts in the order in which the contract speaks of them, or else lists them."""
    if target is None:
        return values
    listed = [one for one in target.enum or () if isinstance(one, str)]
    places = {one: place for place, one in enumerate(listed)}
    return tuple(
        sorted(
            values,
            key=lambda one: (target.description.find(one) % (2**31), places.get(one, len(places))),
        )
    )


def _decided(
    columns: Sequence[Column], wanted: tuple[str, ...], values: tuple[str, ...]
) -> _Decided | None:
    """Return the cheapest chain that gives each row its text; of equal ones, the first."""
    if len(values) == 1:
        return _Decided(literal(values[0]), 0.0)
    best: _Decided | None = None
    for value in values:
        shown = [one == value for one in wanted]
        called = FieldInfo(f"/{value}", frozenset(), is_required=False, is_nullable=False)
        # What a field's own values stand for is a table, not a decision.
        asked = separating(columns, shown, target=called)
        first = next((one for one in asked if not _is_by_value(one.expression)), None)
        if first is None:
            continue
        left = [not one for one in shown]
        rest = _decided(
            [replace(one, values=tuple(compress(one.values, left))) for one in columns],
            tuple(compress(wanted, left)),
            tuple(one for one in values if one != value),
        )
        if rest is None:
            continue
        cost = first.cost + STEP_COST + rest.cost
        if best is None or cost < best.cost:
            chain = Conditional(first.expression, literal(value), rest.expression)
            best = _Decided(chain, cost, (first, *rest.conditions))
    return best


def _is_by_value(condition: Expression) -> bool:
    """Return whether a condition compares with one of a field's own values."""
    test = condition.operand if isinstance(condition, Not) else condition
    return isinstance(test, Comparison) and test.operator in ("==", "!=")
