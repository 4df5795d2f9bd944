"""Keywords that hold no subschema: what their values must look like."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

from agent.core.patterns import is_usable
from agent.core.values import Json, json_type

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
DESCRIPTIVE = frozenset(["title", "description", "$comment", "examples", "deprecated"])
ANNOTATIONS = DESCRIPTIVE | frozenset(["default", "readOnly", "writeOnly"])
VALUE_DEPTH_LIMIT = 100
"""Deepest JSON value inside `enum`, `const`, `default` and `examples`."""

Fault = Callable[[str, str], None]
_COUNTS = frozenset(
    [
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "minContains",
        "maxContains",
    ]
)
_TEXTS = frozenset(["title", "description", "$comment", "contentEncoding", "contentMediaType"])
_FLAGS = frozenset(["deprecated", "readOnly", "writeOnly"])


def read_plain(node: dict[str, Json], out: dict[str, Json], fault: Fault) -> None:
    """Copy the plain keywords of `node` to `out`; wrong values go to `fault(keyword, text)`.

    Descriptive annotations of a wrong type are dropped rather than refused: they decide nothing.
    """
    for key, value in node.items():
        if key in _TEXTS or key == "format":
            if isinstance(value, str):
                out[key] = value
        elif key in _FLAGS:
            if isinstance(value, bool):
                out[key] = value
        elif key.startswith("x-") and isinstance(value, (str, bool)):
            out[key] = value
        elif key in _READERS:
            _READERS[key](key, value, out, fault)
        elif key in _COUNTS:
            _read_count(key, value, out, fault)
    _read_bounds(node, out, fault)


def _read_count(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        fault(key, f"is {short(value)}, not a number")
    elif value < 0 or value != value // 1:
        fault(key, f"is {short(value)}, not a whole number of zero or more")
    else:
        out[key] = int(value)


def _read_type(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    names = value if isinstance(value, list) else [value]
    wrong = [name for name in names if not isinstance(name, str) or name not in TYPES]
    if wrong or not names:
        fault(key, f"is {short(wrong[0] if wrong else value)}, not one of {', '.join(TYPES)}")
        return
    unique = list(dict.fromkeys(names))
    out[key] = unique[0] if len(unique) == 1 else unique


def _read_names(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        fault(key, f"is {short(value)}, not a list of property names")
    elif value:
        out[key] = list(dict.fromkeys(value))


def read_dependent(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    """Add to `out[key]` the lists of names that `value` holds."""
    if not isinstance(value, dict):
        fault(key, f"is {short(value)}, not an object of lists")
        return
    for name, names in value.items():
        read: dict[str, Json] = {}
        _read_names(name, names, read, lambda _, text: fault(key, text))
        out.setdefault(key, {})[name] = read.get(name, [])


def _read_enum(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    if not isinstance(value, list):
        fault(key, f"is {short(value)}, not a list of values")
        return
    _read_value(key, value, out, fault)


def _read_value(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    problem = odd_value(value)
    if problem:
        fault(key, problem)
    else:
        out[key] = value if key == "default" else written_out(value)


def _read_examples(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    del key, fault
    if isinstance(value, list) and not odd_value(value):
        out["examples"] = [*out.get("examples", []), *value]


def _read_example(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    _read_examples(key, [value], out, fault)


def _read_pattern(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    if not isinstance(value, str):
        fault(key, f"is {short(value)}, not a regular expression")
    elif not is_usable(value):
        fault(key, f"is {short(value)}, not a regular expression that can be run safely")
    else:
        out[key] = value


def _read_flag(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    if not isinstance(value, bool):
        fault(key, f"is {short(value)}, not true or false")
    elif value:
        out[key] = value


def _read_multiple(key: str, value: Json, out: dict[str, Json], fault: Fault) -> None:
    if not is_number(value) or value <= 0:
        fault(key, f"is {short(value)}, not a number above zero")
    else:
        out[key] = written_out(value)


def _read_bounds(node: dict[str, Json], out: dict[str, Json], fault: Fault) -> None:
    """Copy the four bounds; a boolean exclusive bound (draft 4, OpenAPI 3.0) moves its partner."""
    for inclusive, exclusive in (
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ):
        for key in (inclusive, exclusive):
            value = node.get(key)
            if key in node and is_number(value):
                out[key] = written_out(value)
            elif key in node and not (key == exclusive and isinstance(value, bool)):
                fault(key, f"is {short(value)}, not a number")
        if node.get(exclusive) is True and inclusive in out:
            out[exclusive] = out.pop(inclusive)


def written_out(value: Json) -> Json:
    """Return a value whose large whole floats are integers, digit for digit as they are written.

    Validators read `1.152921504606847e18` as 1152921504606847000 and Python as the nearest
    binary number: two schemas would be equal here that accept different payloads.
    """
    match value:
        case float() if 2**53 < abs(value) < 2**63:
            return int(Decimal(repr(value)))
        case list():
            return [written_out(item) for item in value]
        case dict():
            return {key: written_out(item) for key, item in value.items()}
        case _:
            return value


def is_number(value: Json) -> bool:
    """Return whether a value is a finite JSON number; booleans are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return isinstance(value, int) or math.isfinite(value)


def odd_value(value: Json) -> str:
    """Return what makes a value unfit for JSON text ("" for nothing): depth, NaN, surrogates."""
    stack = [(value, 0)]
    while stack:
        item, depth = stack.pop()
        if depth > VALUE_DEPTH_LIMIT:
            return f"holds a value nested deeper than {VALUE_DEPTH_LIMIT} levels"
        if isinstance(item, dict):
            stack.extend((part, depth + 1) for part in item.values())
            stack.extend((key, depth + 1) for key in item)
        elif isinstance(item, list):
            stack.extend((part, depth + 1) for part in item)
        elif isinstance(item, float) and not math.isfinite(item):
            return f"holds {item}, which is not a JSON number"
        elif isinstance(item, str) and not item.isascii() and has_surrogate(item):
            return "holds a lone surrogate, which is not text"
    return ""


def has_surrogate(text: str) -> bool:
    """Return whether a text holds a lone surrogate, which UTF-8 cannot carry."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def short(value: Json) -> str:
    """Return a value in a few characters, for a message."""
    if isinstance(value, (dict, list)) and value:
        return f"an {json_type(value)}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


_READERS: dict[str, Callable[[str, Json, dict[str, Json], Fault], None]] = {
    "type": _read_type,
    "required": _read_names,
    "dependentRequired": read_dependent,
    "enum": _read_enum,
    "const": _read_value,
    "default": _read_value,
    "examples": _read_examples,
    "example": _read_example,
    "pattern": _read_pattern,
    "uniqueItems": _read_flag,
    "multipleOf": _read_multiple,
}

DECIDING = (_READERS.keys() | _COUNTS) - {"default", "examples", "example"} | {
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "dependencies",
    "additionalItems",
}
"""Keywords that hold no subschema and decide something: what a schema has and a payload has not."""
