"""Reads that rows of one place have in common: whether they are there is followed apart.

`/box/id` from `src.box.id` beside `/box/name` from `src.box.name` are there together or not at
all, and so is the object `/box` that they make.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from agent.core import paths
from agent.core.language.scoping import children
from agent.core.language.syntax import (
    Call,
    CopyRow,
    EachRow,
    Expression,
    Field,
    GroupRow,
    Index,
    Logic,
    Name,
    Not,
    Row,
    ValueRow,
    WithRow,
)

MAX_READS: Final = 3
"""Most reads that the rows of one place are followed apart by."""


def runs_of(rows: Sequence[Row]) -> dict[int, tuple[int, tuple[Expression, ...]]]:
    """Return where rows begin that write within one object, the last of them, and what they share.

    These are a group, or rows without `when` next to each other whose targets have one parent.
    """
    found = {}
    start = 0
    while start < len(rows):
        parent = _parent(rows[start])
        end = start
        while parent and end + 1 < len(rows) and _parent(rows[end + 1]) == parent:
            end += 1
        reads = shared_reads(list(_parts(rows[start : end + 1])))
        if reads:
            found[start] = (end, reads)
        start = end + 1
    return found


def _parent(row: Row) -> tuple[str, ...]:
    """Return the place that a row writes within, or nothing where it may stay alone."""
    is_alone = row.when is not None or isinstance(row, GroupRow)
    return () if is_alone else paths.parse(row.target)[:-1]


def _parts(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows that write, those of groups for the groups."""
    for row in rows:
        if isinstance(row, GroupRow):
            yield from _parts(row.rows)
        else:
            yield row


def shared_reads(rows: Sequence[Row]) -> tuple[Expression, ...]:
    """Return the reads that two or more rows make, what they read from first."""
    counts: Counter[Expression] = Counter()
    for row in rows:
        counts.update(list(dict.fromkeys(_reads(_read_by(row)))))
    shared = [read for read, count in counts.items() if count > 1]
    return tuple(sorted(shared, key=_depth))


def _read_by(row: Row) -> Expression:
    match row:
        case ValueRow(value=value):
            return value
        case EachRow(each=over) | WithRow(over=over) | CopyRow(copy=over):
            return over
        case GroupRow():
            raise TypeError("a group reads nothing by itself")


def _reads(expression: Expression) -> Iterator[Expression]:
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (Field, Index, Name)):
            yield part
        waiting.extend(children(part))


def _depth(read: Expression) -> int:
    depth = 0
    while isinstance(read, (Field, Index)):
        read, depth = read.of, depth + 1
    return depth


def is_there(read: Expression) -> Expression:
    """Return the condition that a read is neither missing nor null."""
    return Logic("and", (Call("present", (read,)), Not(Call("is_null", (read,)))))
