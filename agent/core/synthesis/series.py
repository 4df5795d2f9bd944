"""What the items of an array or the entries of a map could be made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import reads_in
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Conditional,
    Expression,
    Field,
    Loop,
    Name,
    ObjectDisplay,
)
from agent.core.synthesis.alignment import scalars_of
from agent.core.synthesis.build import call, text
from agent.core.synthesis.scope import Column, Parts, Scope

ENTRIES_COST: Final = 0.6
NESTED_COST: Final = 0.8
OBJECTS_COST: Final = 0.3
GROUPED_COST: Final = 1.5
ZIPPED_COST: Final = 1.2
WRAPPED_COST: Final = 1.0
EITHER_COST: Final = 0.4
MAX_ARRAYS: Final = 12


@dataclass(frozen=True, slots=True)
class Series:
    """An array of each example: the expression, the path of its items, and the items themselves."""

    expression: Expression
    path: str
    said: str
    items: tuple[Sequence[Any], ...]
    cost: float
    around: str = ""
    """The array whose items hold these, for the likeness of names."""

    when: Expression | None = None
    """What has to hold for there to be an array at all."""

    parts: Parts = ()
    """Where the parts of an item are from that is no source value itself."""

    def is_read(self, name: str, *expressions: Expression) -> bool:
        """Return whether expressions read the items, called `name`: of nested ones the inner."""
        read = {path for one in expressions for path in reads_in(one, scope={name: ""})}
        if all(steps[0] != "inner" for _, steps in self.parts):
            return bool(read)
        return any(path == "" or path.startswith("/inner") for path in read)

    def fit(self, wanted: Sequence[object]) -> float:
        """Return how well the items agree with wanted ones in number and in values, 0 for not."""
        same = total = 0
        for own, value in zip(self.items, wanted, strict=True):
            if not isinstance(value, (list, dict)):
                continue
            if len(own) < len(value):
                return 0.0
            total += 1
            same += len(own) == len(value)
        if not total or not any(self.items):
            return 0.0
        return 0.2 + 0.6 * same / total + 0.6 * _shared(self.items, wanted)


def _shared(items: Sequence[Sequence[Any]], wanted: Sequence[object]) -> float:
    """Return the share of wanted scalars that stand somewhere in the items."""
    given: set[str] = set()
    asked: set[str] = set()
    for own, value in zip(items, wanted, strict=True):
        given |= scalars_of(list(own))
        asked |= scalars_of(value) if isinstance(value, (list, dict)) else set()
    return len(given & asked) / len(asked) if asked else 0.0


def series_of(scope: Scope) -> Iterator[Series]:
    """Yield the arrays of a scope, and what can be made into arrays."""
    arrays = [one for one in scope.columns if _is_array(one) and not _is_flattened(one)]
    for column in arrays:
        yield _plain(column)
    for column in scope.columns:
        if _is_one_or_more(column):
            yield _one_or_more(column)
    for column in scope.columns:
        if _is_object(column):
            yield _entries(column)
            if _is_mixed(column):
                yield _object_entries(column)
    for column in arrays[:MAX_ARRAYS]:
        yield from _nested(column)
        yield from _grouped(column)
    maps = [one for one in scope.columns if _is_object(one) and one.path and not one.cost]
    for column in maps[:MAX_ARRAYS]:
        yield from _nested_entries(column)
    yield from _zipped(arrays[:MAX_ARRAYS])
    for column in scope.columns:
        if _is_object(column) and column.cost == 0:
            yield _wrapped(column)


def _is_flattened(column: Column) -> bool:
    """Return whether arrays within arrays are read as one: loops go through them with more."""
    made = column.expression
    return isinstance(made, ArrayComprehension) and len(made.loops) > 1


def _is_array(column: Column) -> bool:
    return any(isinstance(value, list) and value for value in column.values) and not any(
        isinstance(value, (str, dict)) for value in column.values
    )


def _is_one_or_more(column: Column) -> bool:
    """Return whether a read gives an array in some examples and a single value in others."""
    return any(isinstance(value, list) for value in column.values) and any(
        value is not None and value is not MISSING and not isinstance(value, list)
        for value in column.values
    )


def one_or_more(read: Expression) -> Conditional:
    """Return an array as it is, and anything else as an array of one."""
    return Conditional(call("is_array", read), read, ArrayDisplay((read,)))


def _one_or_more(column: Column) -> Series:
    items = tuple(
        value if isinstance(value, list) else () if value is MISSING or value is None else [value]
        for value in column.values
    )
    read = column.expression
    made = one_or_more(read)
    if None in column.values:
        made = Conditional(made.condition, read, ArrayDisplay((call("not_null", read),)))
    return Series(
        made,
        paths.items(column.path),
        column.said,
        items,
        column.cost + EITHER_COST,
        when=call("present", read) if any(value is MISSING for value in column.values) else None,
    )


def _is_object(column: Column) -> bool:
    return any(isinstance(value, dict) and value for value in column.values) and not any(
        isinstance(value, (str, list)) for value in column.values
    )


def _plain(column: Column) -> Series:
    items = tuple(value if isinstance(value, list) else () for value in column.values)
    return Series(column.expression, paths.items(column.path), column.said, items, column.cost)


def _items_of(column: Column) -> tuple[Sequence[Any], ...]:
    """Return the entries of the objects that a read gives."""
    return tuple(_inner(value) if isinstance(value, dict) else () for value in column.values)


def _entries(column: Column) -> Series:
    return Series(
        call("entries", column.expression),
        paths.items(column.path),
        column.said,
        _items_of(column),
        column.cost + ENTRIES_COST,
        parts=_entry_parts(column.path),
    )


def _entry_parts(path: str, *steps: str) -> Parts:
    """Return where the key and the value of an entry are from, which stands at some steps."""
    return (
        (paths.child(path, "key"), (*steps, "key")),
        (paths.items(path), (*steps, "value")),
    )


def _is_mixed(column: Column) -> bool:
    """Return whether a read, no root, gives objects with objects and other values side by side."""
    kinds = {
        isinstance(part, dict)
        for value in column.values
        if isinstance(value, dict)
        for part in value.values()
    }
    return len(kinds) > 1 and column.path != "" and not column.cost


def _object_entries(column: Column) -> Series:
    """Return the entries that are objects themselves: their fields can be read."""
    plain = _entries(column)
    test = call("is_object", Field(Name("entry"), "value"))
    loop = Loop(("entry",), plain.expression, (test,))
    items = tuple([one for one in own if isinstance(one["value"], dict)] for own in plain.items)
    return replace(
        plain,
        expression=ArrayComprehension(Name("entry"), (loop,)),
        items=items,
        cost=plain.cost + OBJECTS_COST,
    )


def _nested(column: Column) -> Iterator[Series]:
    """Yield the items of an array that every item holds, each with the item that holds it."""
    outer = tuple(value if isinstance(value, list) else () for value in column.values)
    cost = column.cost + NESTED_COST
    for key in _keys_with(outer, list):
        yield from _within(column, column.expression, outer, (key,), cost=cost)


def _nested_entries(column: Column) -> Iterator[Series]:
    """Yield what every entry of a map holds: the items of an array, the entries of an object."""
    outer = _items_of(column)
    values = [item["value"] for own in outer for item in own]
    if not values or not all(isinstance(value, dict) for value in values):
        return
    over, cost = call("entries", column.expression), column.cost + ENTRIES_COST + NESTED_COST
    inside = [[item["value"] for item in own] for own in outer]
    for key in _keys_with(inside, list):
        yield from _within(column, over, outer, ("value", key), cost=cost)
    for steps in (("value",), *(("value", key) for key in _keys_with(inside, dict))):
        held = [_at(item, steps) for own in outer for item in own]
        # What holds plain values only is an object with fields.
        if any(
            isinstance(part, dict) for one in held if isinstance(one, dict) for part in one.values()
        ):
            yield from _within(column, over, outer, steps, cost=cost + ENTRIES_COST)


def _keys_with(outer: Sequence[Sequence[Any]], kind: type) -> list[str]:
    """Return the keys of items under which something of a kind stands."""
    keys: dict[str, None] = {}
    for own in outer:
        for item in own:
            if isinstance(item, dict):
                keys.update((key, None) for key, part in item.items() if isinstance(part, kind))
    return list(keys)


def _within(
    column: Column,
    over: Expression,
    outer: Sequence[Sequence[Any]],
    steps: tuple[str, ...],
    *,
    cost: float,
) -> Iterator[Series]:
    """Yield what stands in each item of an array at some steps, each with the item around it.

    Nothing where that is an array in some items and an object in others: no loop goes through both.
    """
    read: Expression = Name("outer")
    path, said = paths.items(column.path), column.said
    for step in steps:
        read = Field(read, step)
        if step != "value":
            path, said = paths.child(path, step), paths.child(said, step)
    found = [[(item, _at(item, steps)) for item in own] for own in outer]
    objects = [value for own in found for _, value in own if isinstance(value, dict)]
    if objects and any(isinstance(value, list) for own in found for _, value in own):
        return
    kinds = {isinstance(part, dict) for value in objects for part in value.values()}
    if objects:
        read = call("entries", read)
    # Fields are read of objects only: what else an object holds is passed over.
    is_mixed = len(kinds) > 1
    only = (call("is_object", Field(Name("inner"), "value")),) if is_mixed else ()
    items = tuple(
        [
            {"outer": item, "inner": inner}
            for item, value in own
            for inner in _inner(value)
            if not is_mixed or isinstance(inner["value"], dict)
        ]
        for own in found
    )
    loops = (Loop(("outer",), over, ()), Loop(("inner",), read, only))
    pair = display(outer=Name("outer"), inner=Name("inner"))
    around: Parts = ((paths.items(column.path), ("outer",)),)
    if steps[0] == "value":
        around = _entry_parts(column.path, "outer")
    inside = _entry_parts(path, "inner") if objects else ((paths.items(path), ("inner",)),)
    yield Series(
        ArrayComprehension(pair, loops),
        paths.items(path),
        said,
        items,
        cost,
        column.said,
        parts=(*around, *inside),
    )


def _at(item: object, steps: tuple[str, ...]) -> object:
    for step in steps:
        item = item.get(step) if isinstance(item, dict) else None
    return item


def _inner(value: object) -> Sequence[Any]:
    """Return the items of an array, the entries of an object, or nothing."""
    if isinstance(value, dict):
        return [{"key": key, "value": item} for key, item in value.items()]
    return value if isinstance(value, list) else ()


def display(**entries: Expression) -> Expression:
    """Return an object display with these keys."""
    return ObjectDisplay(tuple((text(key), value) for key, value in entries.items()))


def _grouped(column: Column) -> Iterator[Series]:
    """Yield the groups of an array's items by a text of theirs that comes back."""
    keys: dict[str, None] = {}
    for value in column.values:
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                keys.update((key, None) for key, part in item.items() if isinstance(part, str))
    for key in keys:
        items, repeats = [], False
        for value in column.values:
            groups: dict[str, list[Any]] = {}
            for item in value if isinstance(value, list) else ():
                if isinstance(item, dict) and isinstance(item.get(key), str):
                    groups.setdefault(item[key], []).append(item)
            repeats = repeats or any(len(group) > 1 for group in groups.values())
            items.append([{"key": name, "value": group} for name, group in groups.items()])
        if repeats:
            yield Series(
                call("entries", call("group_by", column.expression, text(key))),
                paths.items(column.path),
                column.said,
                tuple(items),
                column.cost + GROUPED_COST,
                parts=(
                    (paths.child(paths.items(column.path), key), ("key",)),
                    (column.path, ("value",)),
                ),
            )


def _zipped(arrays: Sequence[Column]) -> Iterator[Series]:
    """Yield parallel arrays as pairs of items."""
    for place, left in enumerate(arrays):
        for right in arrays[place + 1 :]:
            if paths.is_within(right.path, left.path):
                continue
            if _lengths(left) == _lengths(right) and _lengths(left) - {0}:
                items = tuple(
                    [[one, other] for one, other in zip(a, b, strict=False)]
                    if isinstance(a, list) and isinstance(b, list)
                    else ()
                    for a, b in zip(left.values, right.values, strict=True)
                )
                if all(
                    len(a) == len(b)
                    for a, b in zip(left.values, right.values, strict=True)
                    if isinstance(a, list) and isinstance(b, list)
                ):
                    yield Series(
                        call("zip", left.expression, right.expression),
                        paths.items(left.path),
                        left.said,
                        items,
                        left.cost + right.cost + ZIPPED_COST,
                    )


def _lengths(column: Column) -> set[int]:
    return {len(value) for value in column.values if isinstance(value, list)}


def _wrapped(column: Column) -> Series:
    items = tuple([value] if isinstance(value, dict) else () for value in column.values)
    return Series(
        ArrayDisplay((column.expression,)),
        column.path,
        column.said,
        items,
        column.cost + WRAPPED_COST,
    )
