"""What is known of an expression before it runs: its values, whether it may be missing or fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.core.language.syntax import Expression
from agent.core.shapes.lattice import is_nothing, join, join_all
from agent.core.shapes.shape import ANY, NOTHING, Shape


@dataclass(frozen=True, slots=True)
class MayFail:
    """An operation that may refuse its operands: what it might find that it does not take.

    `expression` is where in the tree; `rule` points at the row, "" outside an adapter.
    """

    operation: str
    reason: str
    expression: Expression | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Every value that an expression gives is in `shape`; without `may_be_missing` it gives one.

    It never refuses when there are no `failures`. What always fails has the shape of nothing and
    is not missing.
    """

    shape: Shape
    may_be_missing: bool = False
    failures: tuple[MayFail, ...] = ()

    @property
    def is_impossible(self) -> bool:
        """Return whether it surely gives neither a value nor missing."""
        return not self.may_be_missing and is_nothing(self.shape)

    @property
    def may_be_nothing(self) -> bool:
        """Return whether it may be missing or null."""
        return self.may_be_missing or self.shape.parts.null


NEVER = Typed(NOTHING)
"""What is never reached."""

ABSENT = Typed(NOTHING, may_be_missing=True)
"""Missing, always."""

UNKNOWN = Typed(ANY, may_be_missing=True)
"""Any JSON value, or missing."""


def join_typed(*typed: Typed) -> Typed:
    """Return what any of some expressions may give."""
    return Typed(
        join_all(one.shape for one in typed),
        any(one.may_be_missing for one in typed),
        merge_failures(one.failures for one in typed),
    )


def merge_failures(groups: Iterable[tuple[MayFail, ...]]) -> tuple[MayFail, ...]:
    """Return the failures of all groups, each once, in order."""
    return tuple(dict.fromkeys(failure for group in groups for failure in group))


def with_failures(typed: Typed, *groups: tuple[MayFail, ...]) -> Typed:
    """Return what is typed, after operations that may fail with these."""
    return replace(typed, failures=merge_failures((*groups, typed.failures)))


def value_or_missing(typed: Typed) -> Typed:
    """Return what is typed without its failures: what it is once it has been evaluated."""
    return replace(typed, failures=()) if typed.failures else typed


def join_values(left: Typed, right: Typed) -> Typed:
    """Return what either may give, without failures."""
    return Typed(join(left.shape, right.shape), left.may_be_missing or right.may_be_missing)
