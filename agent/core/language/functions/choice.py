"""Choosing by value: tables, cases, allowed sets and tests of type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from agent.core.language.absence import MISSING, Instant, OperationFailed, Table, Value
from agent.core.language.equality import equality_key
from agent.core.language.functions.operands import array_of, describe
from agent.core.language.functions.table import Absence, Function, make_function


def lookup(x: Value, table: Value, /, otherwise: Callable[[], Value] | None = None) -> Value:
    """Return the value of `table` at `x`; an unknown key fails unless `otherwise` is given."""
    if isinstance(x, (list, dict, Instant, Table)):
        raise OperationFailed(f"{describe(x)}, which is no key", "look up a scalar")
    if _has(table, x):
        return _get(table, x)
    if otherwise is not None:
        return otherwise()
    raise OperationFailed(f"{describe(x)}, which the table does not know", _known(table))


def switch(x: Value, cases: Value, /, otherwise: Callable[[], Value] | None = None) -> Value:
    """Return the case of `x`, else `otherwise`, else missing; `None:` is also the missing case."""
    key = None if x is MISSING else x
    if cases is MISSING or cases is None:
        return cases
    if not isinstance(key, (list, dict, Instant, Table)) and _has(cases, key):
        return _get(cases, key)
    return MISSING if otherwise is None else otherwise()


def one_of(x: Value, allowed: Value, /) -> Value:
    """Return `x`; fail when it equals no item of `allowed`."""
    key = equality_key(x)
    if any(equality_key(item) == key for item in array_of(allowed)):
        return x
    shown = ", ".join(describe(item) for item in array_of(allowed)[:10])
    raise OperationFailed(f"{describe(x)}, which is not allowed", f"allowed: {shown}")


def is_text(x: Value, /) -> bool:
    """Return whether `x` is a text."""
    return isinstance(x, str)


def is_number(x: Value, /) -> bool:
    """Return whether `x` is a number; a boolean is none."""
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def is_boolean(x: Value, /) -> bool:
    """Return whether `x` is a boolean."""
    return isinstance(x, bool)


def is_object(x: Value, /) -> bool:
    """Return whether `x` is an object."""
    return isinstance(x, dict)


def is_array(x: Value, /) -> bool:
    """Return whether `x` is an array."""
    return isinstance(x, list)


def is_null(x: Value, /) -> bool:
    """Return whether `x` is null; missing is not null."""
    return x is None


def _has(table: Value, key: Value) -> bool:
    if isinstance(table, Table):
        return key in table
    mapping = _mapping(table)
    return isinstance(key, str) and key in mapping


def _get(table: Value, key: Value) -> Value:
    return table.find(key) if isinstance(table, Table) else _mapping(table)[key]


def _mapping(table: Value) -> Mapping[str, Value]:
    if isinstance(table, dict):
        return table
    raise OperationFailed(f"{describe(table)}, not a table", "write {key: value, ...}")


def _known(table: Value) -> str:
    keys = list(table.keys())
    shown = ", ".join(describe(key) for key in keys[:10])
    more = ", …" if len(keys) > 10 else ""
    return f"add it to the table or give otherwise=; known: {shown}{more}"


CHOICE_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        lookup,
        group="choice",
        name="lookup",
        summary="The value of the table at x; an unknown key fails unless otherwise= is given.",
        example="lookup('paid', {'paid': 'PAID', 'void': 'CANCELLED'})",
        result="PAID",
        lazy=("otherwise",),
        table=("table",),
    ),
    make_function(
        switch,
        group="choice",
        name="switch",
        summary="The case of x, else otherwise=, else missing; None: also matches missing.",
        example="[switch(1, {True: 'yes', 1: 'one'}), switch(absent(), {None: 'none'})]",
        result=["one", "none"],
        absence=Absence.OWN,
        lazy=("otherwise",),
        table=("cases",),
        gives_missing=True,
    ),
    make_function(
        one_of,
        group="choice",
        name="one_of",
        summary="x; fails when it is none of the allowed values.",
        example="one_of('EUR', ['EUR', 'USD'])",
        result="EUR",
    ),
    make_function(
        is_text,
        group="choice",
        name="is_text",
        summary="Whether x is a text.",
        example="[is_text('1'), is_text(1)]",
        result=[True, False],
    ),
    make_function(
        is_number,
        group="choice",
        name="is_number",
        summary="Whether x is a number; a boolean is none.",
        example="[is_number(1.5), is_number(True)]",
        result=[True, False],
    ),
    make_function(
        is_boolean,
        group="choice",
        name="is_boolean",
        summary="Whether x is a boolean.",
        example="[is_boolean(False), is_boolean(0)]",
        result=[True, False],
    ),
    make_function(
        is_object,
        group="choice",
        name="is_object",
        summary="Whether x is an object.",
        example="[is_object({}), is_object([])]",
        result=[True, False],
    ),
    make_function(
        is_array,
        group="choice",
        name="is_array",
        summary="Whether x is an array.",
        example="[is_array([]), is_array('ab')]",
        result=[True, False],
    ),
    make_function(
        is_null,
        group="choice",
        name="is_null",
        summary="Whether x is null; missing is not null.",
        example="[is_null(None), is_null(absent()), is_null(0)]",
        result=[True, False, False],
        absence=Absence.OWN,
    ),
)
