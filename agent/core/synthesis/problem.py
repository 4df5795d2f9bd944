"""The examples of one target with every read, and how explanations of it are preferred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agent.core.language.syntax import Expression
from agent.core.schema import FieldInfo
from agent.core.synthesis.code_tables import documented_names
from agent.core.synthesis.examples import Example, Read, Solution, equal, value_of
from agent.core.synthesis.predicates import Predicate
from agent.core.synthesis.scope import Column

PRIOR_WEIGHT: Final = 5.0
"""How many units of cost a perfect name is worth against a hopeless one."""

CLOSE: Final = 1.5
"""Two explanations nearer than this in rank are too close to call."""

NAMED_PRIOR: Final = 0.85
"""What it is worth that a value is called like the target that asks whether it is there."""

TOLD_PRIOR: Final = 0.85
"""What it is worth that the target's description speaks of the value that a condition asks for."""

CONSTANT_TEXT_COST: Final = 2.0
CONDITION_READS: Final = 40
CONVERTED_READS: Final = 60


def rank(solution: Solution) -> float:
    """Return the order of preference: cost, less what the names are worth."""
    return solution.cost + PRIOR_WEIGHT * (1.0 - solution.prior)


@dataclass(frozen=True, slots=True)
class Problem:
    """The examples of one target, what each wants, and every read with its column of values."""

    examples: tuple[Example, ...]
    wanted: tuple[object, ...]
    columns: tuple[tuple[Read, tuple[object, ...]], ...]
    target: FieldInfo | None = None

    @property
    def conditions(self) -> list[Column]:
        """Return the reads that conditions may be about."""
        return [
            Column(
                read.expression,
                read.path,
                read.path,
                column,
                read.cost,
                names=documented_names(read.field.description),
                is_closed=read.field.enum is not None,
            )
            for read, column in self.columns[:CONDITION_READS]
        ]

    def prior_of(self, path: str) -> float:
        """Return the matching score of a read."""
        return max((read.prior for read, _ in self.columns if read.path == path), default=0.0)

    def prior_of_condition(self, one: Predicate) -> float:
        """Return what speaks for a condition: its read, or what it is called, or said to be."""
        said = NAMED_PRIOR if one.is_named else TOLD_PRIOR if one.told > 0 else 0.0
        return max(self.prior_of(one.path), said)

    def is_explained_by(self, expression: Expression) -> bool:
        """Return whether an expression gives what is wanted in every example."""
        return all(equal(value_of(expression, one.bindings), one.expected) for one in self.examples)

    def is_known(self, value: object) -> bool:
        """Return whether a constant is no text, or one that the contract names."""
        if not isinstance(value, str) or self.target is None:
            return not isinstance(value, str)
        return value in (self.target.enum or ()) or self.target.const == value
