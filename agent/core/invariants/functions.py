"""The functions that an invariant may call, and how large what they give can be."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from agent.core.language.functions.patterns import matches
from agent.core.merging import value_key


class Gives(StrEnum):
    """What a call gives, seen from its first argument."""

    SCALAR = "scalar"
    LIST = "list"
    ITEM = "item"
    PARTS = "parts"
    FLAT = "flat"


_TIMES = (
    *("timestamp", "duration", "getFullYear", "getMonth", "getDate", "getDayOfMonth"),
    *("getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds"),
)
_NATIVE = (
    *("has", "size", "contains", "startsWith", "endsWith", "matches"),
    *("int", "uint", "double", "string", "bytes", "type", "dyn", *_TIMES),
)
_LENT = (
    *("sum", "min", "max", "lowerAscii", "upperAscii", "trim", "substring", "charAt"),
    *("indexOf", "split", "flatten", "sort", "math.abs", "math.ceil", "math.floor"),
    *("math.round", "math.greatest", "math.least"),
)
"""Functions of the library's own `stdlib`. Left out: what makes values out of nothing
(`lists.range`, `replace`, `join`), and what takes true for 1 (`sets.*`, its `distinct`)."""

FUNCTIONS: dict[str, Gives] = {
    **dict.fromkeys((*_NATIVE, *_LENT), Gives.SCALAR),
    "sort": Gives.LIST,
    "distinct": Gives.LIST,
    "split": Gives.PARTS,
    "flatten": Gives.FLAT,
    "min": Gives.ITEM,
    "max": Gives.ITEM,
    "math.greatest": Gives.ITEM,
    "math.least": Gives.ITEM,
}

NAMESPACES = frozenset(name.partition(".")[0] for name in FUNCTIONS if "." in name)

REPLACED = {"size": "sizeOfValue", "matches": "matchesPattern"}
"""What two native functions are called in the text that is run: they cannot be replaced by name.
The library's `size` counts the bytes of a text, where the specification of CEL, like `maxLength`,
counts characters; its `matches` compiles the pattern anew for every item."""


def functions_to_add() -> dict[str, Callable[..., Any]]:
    """Return what the library does not bring by itself, by name."""
    from cel.stdlib import STDLIB_FUNCTIONS

    # A function that fails makes its invariant fail: the library's log would only repeat it.
    logging.getLogger("cel").disabled = True
    lent: dict[str, Callable[..., Any]] = {name: STDLIB_FUNCTIONS[name] for name in _LENT}
    own: dict[str, Callable[..., Any]] = {
        REPLACED["size"]: _size,
        REPLACED["matches"]: _matches,
        "distinct": _distinct,
    }
    return {**lent, **own}


def _size(value: Any) -> int:
    if not isinstance(value, (str, list, dict, bytes)):
        raise TypeError(f"size takes a text, a list or a map, not {value!r:.40}")
    return len(value)


def _matches(text: Any, pattern: Any) -> bool:
    if not isinstance(text, str) or not isinstance(pattern, str):
        raise TypeError(f"matches takes texts, not {text!r:.40}")
    return matches(text, pattern)


def _distinct(values: list[Any]) -> list[Any]:
    """Return the values without repetitions; true is not 1, and 1.0 is."""
    return list({value_key(value): value for value in reversed(values)}.values())[::-1]
