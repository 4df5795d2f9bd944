"""Objects: reading by a computed key, merging, choosing and renaming fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from agent.core.language.absence import MISSING, OperationFailed, Table, Value
from agent.core.language.functions.operands import (
    array_of,
    choice_of,
    describe,
    integer_of,
    key_text,
    object_of,
    quote,
    text_of,
)
from agent.core.language.functions.table import Function, make_function

ON_DUP: Final = ("error", "first", "last", "collect")


def at(c: Value, key: Value, /, otherwise: Callable[[], Value] | None = None) -> Value:
    """Return what object, array or table `c` holds at `key`, else `otherwise`, else missing.

    An object takes a text, an array an integer (negative from the end), a table any scalar.
    """
    found = _find(c, key)
    return otherwise() if found is MISSING and otherwise is not None else found


def _find(c: Value, key: Value) -> Value:
    match c:
        case dict():
            return c.get(text_of(key), MISSING)
        case list():
            index = integer_of(key)
            return c[index] if -len(c) <= index < len(c) else MISSING
        case Table():
            return c.find(key)
        case _:
            raise OperationFailed(
                f"{describe(c)}, not an object, array or table",
                "ask first: is_object(x) or is_array(x)",
                culprits=(c,),
            )


def merge(a: Value, /, *others: Value) -> dict[str, Any]:
    """Return all fields of the objects; of one name, the last wins. Shallow."""
    merged: dict[str, Any] = {}
    for item in (a, *others):
        merged.update(object_of(item))
    return merged


def pick(o: Value, /, *keys: Value) -> dict[str, Any]:
    """Return the object with these fields only; those it lacks stay missing."""
    wanted = {text_of(key) for key in keys}
    return {key: item for key, item in object_of(o).items() if key in wanted}


def omit(o: Value, /, *keys: Value) -> dict[str, Any]:
    """Return the object without these fields."""
    unwanted = {text_of(key) for key in keys}
    return {key: item for key, item in object_of(o).items() if key not in unwanted}


def rename(o: Value, names: Value, /) -> dict[str, Any]:
    """Return the object with fields renamed, `{old: new}`; two of one name fail."""
    new_names = {old: text_of(new) for old, new in object_of(names).items()}
    renamed: dict[str, Any] = {}
    for key, item in object_of(o).items():
        name = new_names.get(key, key)
        if name in renamed:
            raise OperationFailed(
                f"two fields named {quote(name)}",
                f"omit one of them first: rename(omit(o, {quote(name)}), ...)",
            )
        renamed[name] = item
    return renamed


def entries(o: Value, /) -> list[dict[str, Any]]:
    """Return the fields as an array of {key, value}."""
    return [{"key": key, "value": item} for key, item in object_of(o).items()]


def from_entries(
    items: Value, /, key: Value = "key", value: Value = "value", on_dup: Value = "error"
) -> dict[str, Any]:
    """Return an object made of an array of {key, value}; a key that is no text is written as one.

    An item without key fails; an item without value writes nothing.
    """
    key_name, value_name = text_of(key), text_of(value)
    pairs = (
        (_key_of(item, key_name, index), object_of(item).get(value_name, MISSING))
        for index, item in enumerate(array_of(items))
    )
    return collect_pairs((pair for pair in pairs if pair[1] is not MISSING), on_dup)


def _key_of(item: Value, name: str, index: int) -> str:
    return key_text(field_of(item, name, index), f"as the key of item {index}")


def field_of(item: Value, key: str, index: int) -> Value:
    """Return the field `key` of an array's item; missing or null fails."""
    fields = object_of(item)
    found = fields.get(key)
    if found is None:
        state = "null as" if key in fields else "no"
        raise OperationFailed(
            f"item {index} has {state} field {quote(key)}",
            f"leave it out: [x for x in list if present(not_null(x[{key!r}]))]",
            culprits=(item,),
        )
    return found


def collect_pairs(pairs: Iterable[tuple[Any, Value]], on_dup: Value) -> dict[Any, Any]:
    """Return a dictionary of the pairs; `on_dup` says what becomes of a repeated key."""
    rule = choice_of(on_dup, ON_DUP, name="on_dup")
    found: dict[Any, Any] = {}
    for key, item in pairs:
        if rule == "collect":
            found.setdefault(key, []).append(item)
        elif key not in found or rule == "last":
            found[key] = item
        elif rule == "error":
            shown = key[1] if isinstance(key, tuple) else key
            raise OperationFailed(
                f"the key {quote(shown) if isinstance(shown, str) else describe(shown)} twice",
                "give on_dup='first' or 'last', or 'collect' for an array of all at each key",
                culprits=(shown,),
            )
    return found


OBJECT_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        at,
        group="objects",
        name="at",
        summary="What an object, array or table holds at a computed key, else otherwise=, "
        "else missing.",
        example="[at({'a': 1}, 'a'), at([5, 6], -1), at({'a': 1}, 'b', otherwise=0)]",
        result=[1, 6, 0],
        lazy=("otherwise",),
        gives_missing=True,
    ),
    make_function(
        merge,
        group="objects",
        name="merge",
        summary="All fields of the objects; of one name, the last wins. Shallow.",
        example="merge({'a': 1, 'b': 1}, {'b': 2})",
        result={"a": 1, "b": 2},
    ),
    make_function(
        pick,
        group="objects",
        name="pick",
        summary="The object with these fields only.",
        example="pick({'a': 1, 'b': 2, 'c': 3}, 'a', 'c', 'z')",
        result={"a": 1, "c": 3},
    ),
    make_function(
        omit,
        group="objects",
        name="omit",
        summary="The object without these fields.",
        example="omit({'a': 1, 'b': 2, 'c': 3}, 'a', 'z')",
        result={"b": 2, "c": 3},
    ),
    make_function(
        rename,
        group="objects",
        name="rename",
        summary="The object with fields renamed, {old: new}; two of one name fail.",
        example="rename({'a': 1, 'b': 2}, {'a': 'x', 'z': 'y'})",
        result={"x": 1, "b": 2},
    ),
    make_function(
        entries,
        group="objects",
        name="entries",
        summary="The fields as an array of {key, value}.",
        example="entries({'a': 1})",
        result=[{"key": "a", "value": 1}],
    ),
    make_function(
        from_entries,
        group="objects",
        name="from_entries",
        summary="An object from an array of {key, value}; on_dup= error, first, last or collect.",
        example="from_entries([{'id': 'a', 'n': 1}, {'id': 'a', 'n': 2}], key='id', value='n', "
        "on_dup='collect')",
        result={"a": [1, 2]},
    ),
)
