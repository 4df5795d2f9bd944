"""Whether rows of one table may write over each other, so that their order counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core import paths
from agent.core.language.compiler import copying, kinds
from agent.core.language.compiler.generator import Generator
from agent.core.language.compiler.values import Value
from agent.core.language.syntax import (
    CopyRow,
    EachRow,
    Expression,
    Field,
    GroupRow,
    Name,
    Row,
    ValueRow,
    WithRow,
)


@dataclass(frozen=True, slots=True)
class _Write:
    """A place that a row writes: as a whole, or an object of which others may write fields.

    `row` are the numbers of the row and of those that it is within, outermost first.
    """

    target: tuple[str, ...]
    row: tuple[int, ...]
    is_whole: bool
    may_be_null: bool = False
    is_copied: bool = False

    def covers(self, other: _Write) -> bool:
        """Return whether a null here would take away what is written beneath: by another row."""
        return other.row[: len(self.row)] != self.row


def do_overlap(gen: Generator, rows: tuple[Row, ...]) -> bool:
    """Return whether a row may write within what another one writes, or null over it.

    Two rows of one target do not count: the later one wins, field by field.
    """
    writes = [
        write for number, row in enumerate(rows) for write in _writes(gen, row, (), (number,))
    ]
    wholes = {write.target for write in writes if write.is_whole}
    objects = {write.target for write in writes if not write.is_whole}
    nullable = {write.target: write for write in writes if write.may_be_null}
    if () in nullable or _are_deleted(writes) or wholes & objects:
        return True
    for write in writes:
        for length in range(len(write.target) + 1):
            above = nullable.get(write.target[:length])
            if above is not None and above.covers(write):
                return True
    return any(
        write.target[:length] in wholes for write in writes for length in range(len(write.target))
    )


def _are_deleted(writes: list[_Write]) -> bool:
    """Return whether a row may delete what an earlier one wrote: its object stays without it."""
    seen: set[tuple[str, ...]] = set()
    for write in writes:
        if write.target in seen and write.is_whole and len(write.target) > 1:
            return True
        if write.is_whole and not write.is_copied:
            seen.add(write.target)
    return False


def _writes(
    gen: Generator, row: Row, above: tuple[str, ...], number: tuple[int, ...]
) -> Iterator[_Write]:
    target = above + paths.parse(row.target)
    match row:
        case ValueRow() | EachRow():
            yield _Write(target, number, is_whole=True)
        case GroupRow(rows=rows):
            for index, inner in enumerate(rows):
                yield from _writes(gen, inner, target, (*number, index))
        case WithRow(over=over, rows=rows):
            yield _object(gen, over, target, number)
            for index, inner in enumerate(rows):
                yield from _writes(gen, inner, target, (*number, index))
        case CopyRow():
            yield from _copied(gen, row, target, number)


def _copied(
    gen: Generator, row: CopyRow, target: tuple[str, ...], number: tuple[int, ...]
) -> Iterator[_Write]:
    place = copying.place_at(gen.adapter, (*gen.steps, *target))
    if place is None:
        return
    names = copying.names_of(place)
    yield _object(gen, row.copy, target, number)
    if names is None:
        yield _Write(target, number, is_whole=True)
        return
    for name in names:
        own = (*target, *paths.parse(paths.child("", name)))
        yield _Write(own, number, is_whole=True, is_copied=True)


def _object(
    gen: Generator, over: Expression, target: tuple[str, ...], number: tuple[int, ...]
) -> _Write:
    """Return what a block writes by itself: an object, or null."""
    return _Write(target, number, is_whole=False, may_be_null=may_be_null(gen, over))


def may_be_null(gen: Generator, expression: Expression) -> bool:
    """Return whether an expression may be null, as far as its place in the source tells."""
    value = _known(gen, expression)
    return value is None or value.has(kinds.NULL)


def _known(gen: Generator, expression: Expression) -> Value | None:
    match expression:
        case Name(name=name):
            known = gen.names.get(name)
            if known is None and name in gen.lets:
                return _known(gen, gen.lets[name])
            return known
        case Field(of=of, key=key):
            base = _known(gen, of)
            if (
                base is None
                or base.node is None
                or not base.is_within(kinds.OBJECT | kinds.NOTHING)
            ):
                return None
            return Value("", base.node.field(key).kinds, node=base.node.field(key))
        case _:
            return None
