"""What can be read at a place: fields, items that a key picks out, and items joined from elsewhere.

A scope holds, for every example, the names in reach and their values. Reads are taken from what
the examples hold, so a scope says the same of declared fields, of the keys of maps and of items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any, Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.syntax import Expression, Field, Name
from agent.core.synthesis.columns import Column, below, holds_objects, walk
from agent.core.synthesis.found_items import (
    at_positions,
    found_by,
    keys_of,
    looked_up,
    picked,
    points,
)

__all__ = ["Column", "Scope", "below"]

MAX_COLUMNS: Final = 600
"""Most reads of one scope."""

MAX_NESTED: Final = 60
"""Most picked reads in which items are picked out again."""

MAX_POINTERS: Final = 60
OUTSIDE_COST: Final = 1.2
"""What it costs within a loop to read an item of an array that stands outside."""

Parts = tuple[tuple[str, tuple[str, ...]], ...]
"""Source paths that stand in parts of an item, each with the steps to it; the item's own last."""


@dataclass(slots=True)
class Scope:
    """Names in reach with their source paths, and their values in each example.

    `positions` are source paths of numbers that are said to be positions in an array,
    `closed` those of fields whose values the schema lists. An entry of a map is no source value
    itself: `parts` tell where its key and its value are from.
    """

    places: Mapping[str, str]
    rows: tuple[Mapping[str, object], ...]
    positions: frozenset[str] = frozenset()
    parts: Mapping[str, Parts] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    """Names that are in reach and not read from within a loop: only a part of them is looked at."""

    _columns: list[Column] | None = field(default=None, init=False)
    _made: dict[tuple[object, ...], Scope] = field(default_factory=dict, init=False)
    """Scopes made of this one: what is explained in one of them is known when it is made again."""

    @property
    def columns(self) -> list[Column]:
        """Return everything that can be read, plain reads first."""
        if self._columns is None:
            self._columns = [self._seen(one) for one in _limited(self._read())]
        return self._columns

    def _seen(self, one: Column) -> Column:
        """Return a read as it is seen from here."""
        is_outside = one.cost and one.name != list(self.places)[-1]
        if not is_outside and one.path not in self.closed:
            return one
        cost = one.cost + OUTSIDE_COST if is_outside else one.cost
        return replace(one, cost=cost, is_closed=one.path in self.closed)

    @property
    def bound(self) -> dict[str, str]:
        """Return the names that stand for a source value, with its path."""
        return {name: path for name, path in self.places.items() if name not in self.parts}

    @property
    def standing(self) -> dict[str, Expression]:
        """Return what stands for the source paths in parts of items."""
        return {
            path: _stepped(Name(name), steps)
            for name, parts in self.parts.items()
            for path, steps in parts
        }

    @property
    def around(self) -> tuple[str, ...]:
        """Return the source paths that reads start from."""
        return (*self.bound.values(), *self.standing)

    def inside(
        self, name: str, path: str, items: Sequence[Sequence[Any]], parts: Parts = ()
    ) -> Scope:
        """Return the scope of the items of a loop, one example per item."""
        key = (name, path, parts, *(tuple(map(id, own)) for own in items))
        if key not in self._made:
            rows = tuple(
                {**row, name: item}
                for row, own in zip(self.rows, items, strict=True)
                for item in own
            )
            inner = {**self.parts, name: parts} if parts else self.parts
            places = {**self.places, name: path}
            self._made[key] = Scope(places, rows, self.positions, inner, self.closed, self.hidden)
        return self._made[key]

    def sources(self, row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        """Yield the source values of one example, each with its path."""
        for name, item in row.items():
            for path, steps in self.parts.get(name, ((self.places.get(name, ""), ()),)):
                value = item
                for step in steps:
                    value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
                yield path, value

    def only(self, chosen: Sequence[bool]) -> Scope:
        """Return the scope of some of the examples, with the same reads; of all, this one."""
        if all(chosen):
            return self
        key = tuple(chosen)
        if key not in self._made:
            rows = tuple(compress(self.rows, chosen))
            columns = [
                replace(column, values=tuple(compress(column.values, chosen)))
                for column in self.columns
            ]
            self._made[key] = self._with(rows, columns, self.hidden)
        return self._made[key]

    def part(self, column: Column) -> Scope:
        """Return this scope with only what is below one of its reads."""
        key = ("part", column.expression)
        if key not in self._made:
            below_it = [
                one
                for one in self.columns
                if one.name == column.name and paths.is_within(one.path, column.path)
            ]
            self._made[key] = self._with(self.rows, below_it, frozenset(self.places))
        return self._made[key]

    def _with(
        self,
        rows: tuple[Mapping[str, object], ...],
        columns: list[Column],
        hidden: frozenset[str],
    ) -> Scope:
        made = Scope(self.places, rows, self.positions, self.parts, self.closed, hidden)
        made._columns = columns
        return made

    def _read(self) -> Iterator[Column]:
        plain: list[Column] = []
        # The innermost name is nearest: what it holds is read before what stands around it.
        for name, path in reversed(list(self.places.items())):
            if name in self.hidden:
                continue
            values = tuple(row.get(name, MISSING) for row in self.rows)
            item = Column(Name(name), path, path, values, name=name)
            if name not in self.parts:
                plain += walk(item, 0)
                continue
            plain.append(item)
            for source, steps in self.parts[name]:
                plain += walk(_part(item, source, steps), 0)
        yield from plain
        arrays = [column for column in plain if holds_objects(column.values)]
        found = [one for column in arrays for one in picked(column)]
        yield from found
        for column in found[:MAX_NESTED]:
            if holds_objects(column.values):
                yield from picked(column)
        yield from self._joined(plain, arrays)
        yield from looked_up(plain)
        yield from at_positions(plain, self.positions)

    def _joined(self, plain: list[Column], arrays: list[Column]) -> Iterator[Column]:
        """Items of another array that a value here points to."""
        here = list(self.places)[-1]
        pointers = [one for one in plain if one.name == here and one.is_scalar]
        for array in arrays:
            if array.name == here and len(self.places) > 1:
                continue
            for key in keys_of(array.values):
                for pointer in pointers[:MAX_POINTERS]:
                    is_own = pointer.path.startswith(array.path)
                    if not is_own and points(pointer, array, key):
                        found = replace(array, name=here, via=pointer.path)
                        yield from found_by(found, key, pointer.expression, pointer.values)


def _stepped(read: Expression, steps: Sequence[str]) -> Expression:
    for step in steps:
        read = Field(read, step)
    return read


def _part(item: Column, path: str, steps: Sequence[str]) -> Column:
    """Return the read of a part of an item, under the source path that it is from."""
    for step in steps:
        item = below(item, step)
    return replace(item, path=path, said=path)


def _limited(columns: Iterator[Column]) -> Iterator[Column]:
    """Yield different reads, up to a number."""
    seen: set[Expression] = set()
    for column in columns:
        if column.expression not in seen:
            seen.add(column.expression)
            yield column
        if len(seen) >= MAX_COLUMNS:
            return
