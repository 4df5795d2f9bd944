"""Arrays: ends, order, grouping, pairing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from agent.core.language.absence import MISSING, OperationFailed, Table, Value, scalar_key
from agent.core.language.equality import equality_key
from agent.core.language.functions.objects import collect_pairs, field_of
from agent.core.language.functions.operands import (
    array_of,
    boolean_of,
    describe,
    key_text,
    object_of,
    text_of,
)
from agent.core.language.functions.ordering import refuse_mixed
from agent.core.language.functions.table import Function, make_function


def first(items: Value, /, otherwise: Callable[[], Value] | None = None) -> Value:
    """Return the first item; of an empty array `otherwise`, else missing."""
    return _end(items, 0, otherwise)


def last(items: Value, /, otherwise: Callable[[], Value] | None = None) -> Value:
    """Return the last item; of an empty array `otherwise`, else missing."""
    return _end(items, -1, otherwise)


def _end(items: Value, index: int, otherwise: Callable[[], Value] | None) -> Value:
    if array_of(items):
        return items[index]
    return MISSING if otherwise is None else otherwise()


def only(items: Value, /) -> Value:
    """Return the item of an array of exactly one; any other array fails."""
    if len(array_of(items)) == 1:
        return items[0]
    raise OperationFailed(
        describe(items),
        "only(...) wants exactly one item; first(x) and last(x) take any number",
        culprits=(items,),
    )


def concat(a: Value, /, *others: Value) -> list[Value]:
    """Return the items of all arrays, one after another."""
    return [item for items in (a, *others) for item in array_of(items)]


def flatten(lists: Value, /) -> list[Value]:
    """Return the items of an array of arrays; one level."""
    return [item for items in array_of(lists) for item in array_of(items)]


def distinct(items: Value, /) -> list[Value]:
    """Return the items without repetitions, the first kept; true is not 1, and 1 is 1.0."""
    found: dict[object, Value] = {}
    for item in array_of(items):
        found.setdefault(equality_key(item), item)
    return list(found.values())


def sort_by(items: Value, /, *keys: Value, descending: Value = False) -> list[Value]:
    """Return the objects in order of these fields; without keys, the items themselves in order.

    Stable, also when descending. Text goes by code point. Items whose key is missing or null come
    last in either direction; keys of different types fail.
    """
    is_descending = boolean_of(descending)
    ordered = list(array_of(items))
    names: list[str | None] = [text_of(key) for key in reversed(keys)]
    for name in names or [None]:
        keyed = [(_sort_key(item, name), item) for item in ordered]
        there = [pair for pair in keyed if pair[0] is not None]
        refuse_mixed([key for key, _ in there])
        there.sort(key=_first_of_pair, reverse=is_descending)
        ordered = [item for _, item in there] + [item for key, item in keyed if key is None]
    return ordered


def _first_of_pair(pair: tuple[Any, Value]) -> Any:
    return pair[0]


def _sort_key(item: Value, name: str | None) -> Any:
    return item if name is None else object_of(item).get(name)


def group_by(items: Value, key: Value, /, value: Value = None) -> dict[str, list[Value]]:
    """Return an object of `text(key)` to its items, or to their field `value`.

    Keys in first-seen order. An item without key fails; one without `value` adds nothing.
    """
    key_name = text_of(key)
    value_name = None if value is None else text_of(value)
    groups: dict[str, list[Value]] = {}
    for index, item in enumerate(array_of(items)):
        group = groups.setdefault(
            key_text(field_of(item, key_name, index), f"as the key of item {index}"), []
        )
        member = item if value_name is None else item.get(value_name, MISSING)
        if member is not MISSING:
            group.append(member)
    return groups


def index_by(items: Value, key: Value, /, on_dup: Value = "error") -> Table:
    """Return a table of the objects by the scalar in their field `key`, for `at`.

    Items whose key is missing or null are left out: nothing could find them.
    """
    name = text_of(key)
    keyed = ((object_of(item).get(name), item) for item in array_of(items))
    pairs = ((scalar_key(found), (found, item)) for found, item in keyed if found is not None)
    if on_dup == "collect":
        collected = collect_pairs(pairs, on_dup).values()
        return Table((group[0][0], [item for _, item in group]) for group in collected)
    return Table(collect_pairs(pairs, on_dup).values())


def zip_arrays(a: Value, b: Value, /) -> list[list[Value]]:
    """Return the pairs [a, b] of two arrays of one length; other lengths fail."""
    left, right = array_of(a), array_of(b)
    if len(left) != len(right):
        raise OperationFailed(
            f"arrays of {len(left)} and of {len(right)}",
            "zip wants one length; up to the end of a: [[x.value, at(b, x.index)] "
            "for x in enumerate(a)]",
            culprits=(a, b),
        )
    return [list(pair) for pair in zip(left, right, strict=True)]


def enumerate_items(items: Value, /) -> list[dict[str, Value]]:
    """Return the items as {index, value}, from 0."""
    return [{"index": index, "value": item} for index, item in enumerate(array_of(items))]


ARRAY_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        first,
        group="arrays",
        name="first",
        summary="The first item; of an empty array otherwise=, else missing.",
        example="[first([5, 6]), first([], otherwise=0), first([])]",
        result=[5, 0],
        lazy=("otherwise",),
        gives_missing=True,
    ),
    make_function(
        last,
        group="arrays",
        name="last",
        summary="The last item; of an empty array otherwise=, else missing.",
        example="[last([5, 6]), last([], otherwise=0), last([])]",
        result=[6, 0],
        lazy=("otherwise",),
        gives_missing=True,
    ),
    make_function(
        only,
        group="arrays",
        name="only",
        summary="The item of an array of exactly one; any other array fails.",
        example="only(['a'])",
        result="a",
    ),
    make_function(
        concat,
        group="arrays",
        name="concat",
        summary="The items of all arrays, one after another.",
        example="concat([1], [2, 3], [])",
        result=[1, 2, 3],
    ),
    make_function(
        flatten,
        group="arrays",
        name="flatten",
        summary="The items of an array of arrays; one level.",
        example="flatten([[1], [], [2, [3]]])",
        result=[1, 2, [3]],
    ),
    make_function(
        sort_by,
        group="arrays",
        name="sort_by",
        summary="The objects in order of fields, stable; without keys, the items themselves. "
        "Missing and null keys come last, mixed types fail.",
        example="sort_by([{'n': 2}, {'n': 1}, {}], 'n')",
        result=[{"n": 1}, {"n": 2}, {}],
    ),
    make_function(
        distinct,
        group="arrays",
        name="distinct",
        summary="The items without repetitions, the first kept; true is not 1.",
        example="distinct([1, True, 1.0, 'a', 'a'])",
        result=[1, True, "a"],
    ),
    make_function(
        group_by,
        group="arrays",
        name="group_by",
        summary="An object of text(key) to its items, or to their field value=; first seen first.",
        example="group_by([{'k': 1, 'v': 'a'}, {'k': 1, 'v': 'b'}], 'k', value='v')",
        result={"1": ["a", "b"]},
    ),
    make_function(
        index_by,
        group="arrays",
        name="index_by",
        summary="A table of the objects by a scalar field, for at(...): a join.",
        example="at(index_by([{'id': 1, 'n': 'a'}, {'id': 2, 'n': 'b'}], 'id'), 2)",
        result={"id": 2, "n": "b"},
    ),
    make_function(
        zip_arrays,
        group="arrays",
        name="zip",
        summary="The pairs [a, b] of two arrays of one length; other lengths fail.",
        example="zip([1, 2], ['a', 'b'])",
        result=[[1, "a"], [2, "b"]],
    ),
    make_function(
        enumerate_items,
        group="arrays",
        name="enumerate",
        summary="The items as {index, value}, from 0.",
        example="enumerate(['a'])",
        result=[{"index": 0, "value": "a"}],
    ),
)
