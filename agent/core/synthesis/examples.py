"""Examples: bindings in, the value that was expected out; and reads with their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.core.language.absence import MISSING, OperationFailed
from agent.core.language.evaluator import Fault
from agent.core.language.interpreter import attempt
from agent.core.language.syntax import Expression
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V
from agent.core.values import same_value


class Failed:
    """What an expression gives on an example that it refuses."""


FAILED: Final = Failed()


@dataclass(frozen=True, slots=True)
class Example:
    """Names bound to payload parts, and the value expected there (`MISSING` for none)."""

    bindings: Mapping[str, object]
    expected: object


@dataclass(frozen=True, slots=True)
class Read:
    """A read that could feed a target.

    `prior` is its matching score, 0 to 1; `cost` is what it assumes beyond a plain read;
    `is_guess` tells that the examples cannot tell it from another one; `told` is
    1 where the target's description speaks of it, -1 where of its absence.
    """

    expression: Expression
    path: str
    field: FieldInfo
    prior: float
    cost: float = 0.0
    is_guess: bool = False
    told: int = 0


@dataclass(frozen=True, slots=True)
class Solution:
    """An expression that gives every expected value.

    `cost` grows with what had to be assumed; `support` counts the different values it explains.
    A condition tells where the target is, or which of two expressions feeds it.
    """

    expression: Expression
    paths: tuple[str, ...]
    cost: float
    prior: float
    support: int
    reason: str
    when: Expression | None = None
    is_ambiguous: bool = False
    is_lossy: bool = False
    is_condition: bool = False


def value_of(expression: Expression, bindings: Mapping[str, object]) -> object:
    """Return the value, `MISSING`, or `FAILED`."""
    try:
        return attempt(expression, bindings)
    except (OperationFailed, Fault, RecursionError):
        return FAILED


def equal(left: object, right: object) -> bool:
    """Return whether two results are the same; missing equals only missing."""
    if left is MISSING or right is MISSING or left is FAILED or right is FAILED:
        return left is right and left is not FAILED
    return same_value(left, right)


def holds(conversion: Expression, pairs: Sequence[tuple[object, object]]) -> bool:
    """Return whether a conversion of `v` gives the wanted value for every pair."""
    return all(equal(value_of(conversion, {V.name: given}), wanted) for given, wanted in pairs)


def is_present(value: object) -> bool:
    """Return whether a value is neither missing nor null nor a failure."""
    return value is not MISSING and value is not None and value is not FAILED


def distinct_count(values: Sequence[object]) -> int:
    """Return how many different values there are."""
    found: list[object] = []
    for value in values:
        if not any(equal(value, known) for known in found):
            found.append(value)
    return len(found)
