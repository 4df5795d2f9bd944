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
from agent.core.language.syntax import (
    ArrayComprehension,
    Comparison,
    Expression,
    Field,
    Literal,
    Loop,
    Name,
)
from agent.core.matching.names import words
from agent.core.synthesis.build import call
from agent.core.synthesis.columns import (
    MAX_DEPTH,
    Column,
    below,
    holds_objects,
    is_scalar_value,
    item_keys,
    walk,
)
from agent.core.values import Json

__all__ = ["Column", "Scope", "below"]

MAX_COLUMNS: Final = 600
"""Most reads of one scope."""

MAX_PICKS: Final = 12
"""Most different values of a key by which items are picked out."""

MAX_NESTED: Final = 60
"""Most picked reads in which items are picked out again."""

MAX_POINTERS: Final = 60
PICK_COST: Final = 0.8
JOIN_COST: Final = 1.2
AT_COST: Final = 1.0
MAX_POSITIONS: Final = 10
"""Most numbers of a scope that are tried as positions in arrays."""

KIND_GAIN: Final = 0.3
"""What it is worth that items are picked by what tells their kind or language apart."""

ONCE_COST: Final = 0.8
"""What it costs to pick by a value that only one item has: it may be any text."""

OUTSIDE_COST: Final = 1.2
"""What it costs within a loop to read an item of an array that stands outside."""

_KINDS: Final = frozenset(
    {"type", "kind", "category", "class", "mode", "role", "use", "system", "language", "locale"}
)
_CODES: Final = _KINDS | {"link", "scheme", "relation", "key", "code"}
"""What keys are called, in their words, whose values tell items apart by what they are."""


Parts = tuple[tuple[str, tuple[str, ...]], ...]
"""Source paths that stand in parts of an item, each with the steps to it; the item's own last."""


@dataclass(slots=True)
class Scope:
    """Names in reach with their source paths, and their values in each example.

    `positions` are source paths of numbers that are said to be positions in an array. An entry of
    a map is no source value itself: `parts` tell where its key and its value are from.
    """

    places: Mapping[str, str]
    rows: tuple[Mapping[str, object], ...]
    positions: frozenset[str] = frozenset()
    parts: Mapping[str, Parts] = field(default_factory=dict)
    _columns: list[Column] | None = field(default=None, init=False)

    @property
    def columns(self) -> list[Column]:
        """Return everything that can be read, plain reads first."""
        if self._columns is None:
            here = list(self.places)[-1]
            self._columns = [
                replace(one, cost=one.cost + OUTSIDE_COST) if one.cost and one.name != here else one
                for one in _limited(self._read())
            ]
        return self._columns

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
        rows = [
            {**row, name: item} for row, own in zip(self.rows, items, strict=True) for item in own
        ]
        inner = {**self.parts, name: parts} if parts else self.parts
        return Scope({**self.places, name: path}, tuple(rows), self.positions, inner)

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
        rows = tuple(compress(self.rows, chosen))
        part = Scope(self.places, rows, self.positions, self.parts)
        part._columns = [
            replace(column, values=tuple(compress(column.values, chosen)))
            for column in self.columns
        ]
        return part

    def _read(self) -> Iterator[Column]:
        plain: list[Column] = []
        # The innermost name is nearest: what it holds is read before what stands around it.
        for name, path in reversed(list(self.places.items())):
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
        picked = [one for column in arrays for one in _picked(column)]
        yield from picked
        for column in picked[:MAX_NESTED]:
            if holds_objects(column.values):
                yield from _picked(column)
        yield from self._joined(plain, arrays)
        yield from _looked_up(plain)
        yield from _at_positions(plain, self.positions)

    def _joined(self, plain: list[Column], arrays: list[Column]) -> Iterator[Column]:
        """Items of another array that a value here points to."""
        here = list(self.places)[-1]
        pointers = [one for one in plain if one.name == here and one.is_scalar]
        for array in arrays:
            if array.name == here and len(self.places) > 1:
                continue
            for key in _keys_of(array.values):
                for pointer in pointers[:MAX_POINTERS]:
                    is_own = pointer.path.startswith(array.path)
                    if not is_own and _points(pointer, array, key):
                        found = replace(array, name=here, via=pointer.path)
                        yield from _found_by(found, key, pointer.expression, pointer.values)


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


# Items that a key picks out


def _picked(column: Column) -> Iterator[Column]:
    """Yield the item whose key has some value, for keys that tell items apart."""
    for key in _keys_of(column.values):
        known: dict[str, int] = {}
        arrays = 0
        for value in column.values:
            arrays += isinstance(value, list) and bool(value)
            for item in value if isinstance(value, list) else ():
                if isinstance(item, dict) and isinstance(item.get(key), str):
                    known[item[key]] = known.get(item[key], 0) + 1
        # A code comes back from array to array; what comes once may be any text.
        said = set(words(key)[-1:])
        tells = bool(_CODES & said)
        codes = [text for text, count in known.items() if count > 1 or tells or arrays < 2]
        if len(known) <= MAX_PICKS:
            for text in codes:
                wanted = tuple(text for _ in column.values)
                if tells:
                    extra = -KIND_GAIN if _KINDS & said else -KIND_GAIN / 2
                else:
                    extra = ONCE_COST if known[text] == 1 else 0.0
                array = replace(column, cost=column.cost + extra, code=text)
                yield from _found_by(array, key, Literal(text), wanted)


def _keys_of(values: Sequence[object]) -> list[str]:
    """Return the keys whose scalar values are different in every item of every array."""
    return [key for key in item_keys(values) if _tells_apart(key, values)]


def _tells_apart(key: str, values: Sequence[object]) -> bool:
    some = False
    for value in values:
        own = [
            item[key]
            for item in (value if isinstance(value, list) else ())
            if isinstance(item, dict) and key in item
        ]
        some = some or bool(own)
        if any(not isinstance(one, (str, int)) or isinstance(one, bool) for one in own):
            return False
        if len(set(map(repr, own))) != len(own):
            return False
    return some


def _points(pointer: Column, array: Column, key: str) -> bool:
    """Return whether most values of a read are among the keys of an array's items."""
    hits = total = 0
    for value, items in zip(pointer.values, array.values, strict=True):
        if is_scalar_value(value) and value is not None and isinstance(items, list):
            total += 1
            hits += any(isinstance(item, dict) and item.get(key) == value for item in items)
    return total > 0 and hits * 2 > total


def _found_by(
    array: Column, key: str, wanted: Expression, values: Sequence[object]
) -> Iterator[Column]:
    """Yield the fields of the item with a key's value."""
    is_constant = isinstance(wanted, Literal)
    cost = array.cost + (PICK_COST if is_constant else JOIN_COST)
    found: list[object] = []
    for items, value in zip(array.values, values, strict=True):
        own = [
            item
            for item in (items if isinstance(items, list) else ())
            if isinstance(item, dict) and _same_key(item.get(key, MISSING), value)
        ]
        found.append(own[0] if own else MISSING)
    test = Comparison(Field(Name("x"), key), "==", wanted)
    loop = (Loop(("x",), array.expression, (test,)),)
    token = wanted.value if isinstance(wanted, Literal) else None
    said = paths.child(array.said, token) if isinstance(token, str) else paths.items(array.said)
    item = Column(
        Name("x"),
        paths.items(array.path),
        said,
        tuple(found),
        cost,
        array.name,
        is_constant,
        array.code,
        array.via,
    )
    for part in walk(item, MAX_DEPTH - 3):
        if part.expression in (Name("x"), Field(Name("x"), key)):
            continue
        yield Column(
            call("first", ArrayComprehension(part.expression, loop)),
            part.path,
            part.said,
            _null_where_null(part.values, array.values),
            part.cost,
            part.name,
            part.is_guess,
            part.code,
            part.via,
        )


def _null_where_null(values: Sequence[object], over: Sequence[object]) -> tuple[object, ...]:
    """Return the values, null where what is gone through is null: null in, null out."""
    return tuple(None if at is None else one for one, at in zip(values, over, strict=True))


def _same_key(left: object, right: object) -> bool:
    return left is not MISSING and type(left) is type(right) and left == right


def _looked_up(plain: list[Column]) -> Iterator[Column]:
    """Yield what a map holds under a key that a text here names."""
    maps = [
        one
        for one in plain
        if any(isinstance(value, dict) and value for value in one.values) and one.cost == 0
    ]
    texts = [one for one in plain if one.is_scalar and one.cost == 0][:40]
    for column in maps[:20]:
        for text in texts:
            values: list[object] = []
            used: set[object] = set()
            hits = total = 0
            for value, key in zip(column.values, text.values, strict=True):
                is_there = isinstance(value, dict) and isinstance(key, str) and key in value
                total += isinstance(key, str)
                hits += is_there
                used |= {key} if is_there else set()
                values.append(_under(value, key) if is_there else MISSING)
            # One key alone is read by its name, and what an entry holds by the entry.
            at = paths.items(column.path)
            is_own = any(one.name == text.name and one.values == tuple(values) for one in plain)
            if len(used) >= 2 and hits * 2 > total and not is_own:
                found = Column(
                    call("at", column.expression, text.expression),
                    at,
                    paths.items(column.said),
                    tuple(values),
                    AT_COST,
                    text.name,
                )
                yield from walk(found, MAX_DEPTH - 2)


def _at_positions(plain: list[Column], said: frozenset[str]) -> Iterator[Column]:
    """Yield the item of an array of objects at a position that a number here gives.

    Any number may be one that always gives an item, and different ones; of a number that is said
    to be a position, less is asked.
    """
    arrays = [one for one in plain if one.cost == 0 and holds_objects(one.values)]
    numbers = [one for one in plain if one.cost == 0 and _is_position(one)]
    for number in sorted(numbers, key=lambda one: one.path not in said)[:MAX_POSITIONS]:
        for array in arrays:
            if paths.is_within(number.path, array.path):
                continue
            values = tuple(map(_item_at, array.values, number.values))
            used = {
                place
                for place, item in zip(number.values, values, strict=True)
                if item is not MISSING
            }
            is_known = number.path in said and bool(used)
            is_always = MISSING not in values or is_known
            if is_always and (is_known or len(used) >= 2):
                read = call("at", array.expression, number.expression)
                path, said_path = paths.items(array.path), paths.items(array.said)
                cost = AT_COST / 2 if is_known else AT_COST
                item = Column(read, path, said_path, values, cost, number.name)
                yield from walk(item, MAX_DEPTH - 2)


def _is_position(column: Column) -> bool:
    given = [value for value in column.values if value is not MISSING and value is not None]
    return bool(given) and all(type(value) is int and value >= 0 for value in given)


def _item_at(items: object, place: object) -> object:
    is_there = isinstance(items, list) and isinstance(place, int) and place < len(items)
    return items[place] if is_there else MISSING  # type: ignore[index]


def _under(value: Json, key: Json) -> object:
    return value[key]
