"""Reads and what they give in each example: fields, items, and what all items hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.syntax import ArrayComprehension, Expression, Field, Index, Loop, Name

MAX_DEPTH: Final = 7
MAX_KEYS: Final = 60
"""Most keys of one object that are read by name: more of them are a map's."""

MAX_POSITIONS: Final = 4
FIRST_COST: Final = 0.8
PROJECTION_COST: Final = 0.5
FLAT_COST: Final = 0.3


@dataclass(frozen=True, slots=True)
class Column:
    """A read and what it gives in each example.

    `path` names the source field; `said` is the path with the picking value in place of `*`, for
    the likeness of names. `name` is the one in reach that it starts from. `cost` is what the read
    assumes beyond a plain one. `is_guess` tells that another read would give the same here: the
    first item of arrays of one, an item picked by a value that only the examples show.
    """

    expression: Expression
    path: str
    said: str
    values: tuple[object, ...]
    cost: float = 0.0
    name: str = ""
    is_guess: bool = False
    code: str = ""
    """The text by which an item is picked out."""

    via: str = ""
    """The source path of the value that an item is found by."""

    names: Mapping[int, str] = field(default_factory=dict, compare=False)
    """What its numbers stand for, where its description says it."""

    is_closed: bool = False
    """Whether the schema lists its values: each of them is a code, however often it is seen."""

    @property
    def is_scalar(self) -> bool:
        """Whether it gives scalars only, and some."""
        return any(is_scalar_value(value) for value in self.values) and not any(
            isinstance(value, (dict, list)) for value in self.values
        )


def is_scalar_value(value: object) -> bool:
    """Return whether a value is a text, a number, a boolean or null."""
    return value is None or isinstance(value, (str, int, float, bool))


def holds_objects(values: Sequence[object]) -> bool:
    """Return whether some value is an array with an object in it."""
    return any(
        isinstance(value, list) and any(isinstance(item, dict) for item in value)
        for value in values
    )


def walk(column: Column, depth: int) -> Iterator[Column]:
    """Yield a read and those below it."""
    yield column
    if depth >= MAX_DEPTH:
        return
    keys: dict[str, None] = {}
    for value in column.values:
        if isinstance(value, dict):
            keys.update(dict.fromkeys(value))
    if len(keys) <= MAX_KEYS:
        for key in keys:
            yield from walk(below(column, key), depth + 1)
    if any(isinstance(value, list) for value in column.values):
        yield from _of_array(column, depth)


def below(column: Column, key: str) -> Column:
    """Return the read of a field."""
    values = tuple(
        value.get(key, MISSING) if isinstance(value, dict) else MISSING for value in column.values
    )
    return Column(
        Field(column.expression, key),
        paths.child(column.path, key),
        paths.child(column.said, key),
        values,
        column.cost,
        column.name,
        column.is_guess,
        column.code,
        column.via,
    )


def _of_array(column: Column, depth: int) -> Iterator[Column]:
    """Yield the first item with what is below it, and one field of every item."""
    first = tuple(
        (value[0] if value else MISSING) if isinstance(value, list) else MISSING
        for value in column.values
    )
    items = paths.items(column.path)
    one = Column(
        Index(column.expression, 0),
        items,
        paths.items(column.said),
        first,
        column.cost + FIRST_COST,
        column.name,
        is_guess=not any(isinstance(value, list) and len(value) > 1 for value in column.values),
    )
    yield from walk(one, max(depth + 1, MAX_DEPTH - 3))
    if not holds_objects(column.values):
        yield from _positions(column)
        return
    for key in item_keys(column.values):
        yield Column(
            ArrayComprehension(Field(Name("x"), key), (Loop(("x",), column.expression, ()),)),
            paths.child(items, key),
            paths.child(paths.items(column.said), key),
            tuple(_project(value, key) for value in column.values),
            column.cost + PROJECTION_COST,
            column.name,
        )
    for key in item_keys(column.values):
        yield from _flattened(column, key)


def _flattened(column: Column, key: str) -> Iterator[Column]:
    """Yield what the arrays of all items hold, or one field of it, in one array."""
    nested = tuple(_project(value, key) for value in column.values)
    inner = [one for value in nested if isinstance(value, list) for one in value]
    if not any(isinstance(one, list) and one for one in inner) or any(
        not isinstance(one, list) for one in inner
    ):
        return
    loops = (
        Loop(("x",), column.expression, ()),
        Loop(("y",), Field(Name("x"), key), ()),
    )
    items = paths.items(paths.child(paths.items(column.path), key))
    said = paths.items(paths.child(paths.items(column.said), key))
    cost = column.cost + PROJECTION_COST + FLAT_COST
    flat = tuple(
        [item for one in value for item in one] if isinstance(value, list) else value
        for value in nested
    )
    if not holds_objects(inner):
        yield Column(ArrayComprehension(Name("y"), loops), items, said, flat, cost, column.name)
        return
    for below_key in item_keys(inner):
        yield Column(
            ArrayComprehension(Field(Name("y"), below_key), loops),
            paths.child(items, below_key),
            paths.child(said, below_key),
            tuple(_project(value, below_key) for value in flat),
            cost,
            column.name,
        )


def _positions(column: Column) -> Iterator[Column]:
    """Yield the second item and the next ones of short arrays of scalars: they are tuples."""
    longest = max(
        (
            len(value)
            for value in column.values
            if isinstance(value, list) and all(map(is_scalar_value, value))
        ),
        default=0,
    )
    if not 2 <= longest <= MAX_POSITIONS:
        return
    for index in range(1, longest):
        values = tuple(
            value[index] if isinstance(value, list) and index < len(value) else MISSING
            for value in column.values
        )
        yield Column(
            Index(column.expression, index),
            paths.items(column.path),
            paths.items(column.said),
            values,
            column.cost + FIRST_COST,
            column.name,
        )


def _project(value: object, key: str) -> object:
    if not isinstance(value, list):
        return value if value is None else MISSING
    return [item[key] for item in value if isinstance(item, dict) and key in item]


def item_keys(values: Sequence[object]) -> list[str]:
    """Return the keys of the objects that arrays hold."""
    keys: dict[str, None] = {}
    for value in values:
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                keys.update(dict.fromkeys(item))
    return list(keys)[:MAX_KEYS]
