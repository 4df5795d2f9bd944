"""Rules of one target whose conditions may hold at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.language.document import Adapter
from agent.core.language.syntax import (
    Comparison,
    EachRow,
    Expression,
    GroupRow,
    Literal,
    Logic,
    Not,
    Row,
    WithRow,
)

_OPPOSITES = {"==": "!=", "<": ">=", ">": "<=", "in": "not in"}


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules that may both write one target; the later one wins."""

    target: str
    rule: str
    later: str


def find_overlaps(adapter: Adapter) -> tuple[Overlap, ...]:
    """Return the rules of one target whose conditions nothing in their form keeps apart."""
    return tuple(_overlaps(adapter.rows, target="", rule=""))


def _overlaps(rows: tuple[Row, ...], *, target: str, rule: str) -> Iterator[Overlap]:
    guarded: dict[str, list[tuple[str, Expression]]] = {}
    for number, row in enumerate(rows):
        here, pointer = target + row.target, f"{rule}/rules/{number}"
        if row.when is not None and not isinstance(row, GroupRow):
            for earlier, condition in guarded.setdefault(here, []):
                if not _exclude(condition, row.when):
                    yield Overlap(target=here, rule=earlier, later=pointer)
            guarded[here].append((pointer, row.when))
        if isinstance(row, (GroupRow, WithRow)):
            yield from _overlaps(row.rows, target=here, rule=pointer)
        elif isinstance(row, EachRow):
            yield from _overlaps(row.rows, target=f"{here}/*", rule=pointer)


def _exclude(left: Expression, right: Expression) -> bool:
    """Return whether two conditions can never hold together, by their form alone."""
    if isinstance(left, Logic) and left.operator == "and":
        return any(_exclude(part, right) for part in left.operands)
    if isinstance(right, Logic) and right.operator == "and":
        return any(_exclude(left, part) for part in right.operands)
    if Not(left) == right or left == Not(right):
        return True
    if not isinstance(left, Comparison) or not isinstance(right, Comparison):
        return False
    if left.left != right.left:
        return False
    return _compare_apart(left, right)


def _compare_apart(left: Comparison, right: Comparison) -> bool:
    operators = (left.operator, right.operator)
    if left.right == right.right:
        return any(set(operators) == {one, other} for one, other in _OPPOSITES.items())
    is_literal = isinstance(left.right, Literal) and isinstance(right.right, Literal)
    return operators == ("==", "==") and is_literal and not _is_same(left.right, right.right)


def _is_same(left: Expression, right: Expression) -> bool:
    """Return whether two literals are equal as values: 1 equals 1.0, and not True."""
    if not isinstance(left, Literal) or not isinstance(right, Literal):
        return False
    is_boolean = isinstance(left.value, bool), isinstance(right.value, bool)
    return is_boolean[0] == is_boolean[1] and left.value == right.value
