"""JSON values: their type, their equality, their canonical text."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""null, bool, int, float, str, list or dict with str keys; `dict` only for payloads and schemas."""

RELATIVE_TOLERANCE = 1e-9


def same_value(left: Json, right: Json, *, tolerance: float = RELATIVE_TOLERANCE) -> bool:
    """Return whether two JSON values are equal, as DESIGN section 9 compares payloads.

    Key order is free and array order is not; booleans never equal numbers; two integers compare
    exactly and other numbers within `tolerance`, relative.
    """
    waiting = [(left, right)]
    while waiting:  # no recursion: payloads nest as deep as intake allows
        one, other = waiting.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return False
            waiting.extend((value, other[key]) for key, value in one.items())
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            waiting.extend(zip(one, other, strict=True))
        elif not _same_scalar(one, other, tolerance):
            return False
    return True


def _same_scalar(left: Json, right: Json, tolerance: float) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        if isinstance(left, int) and isinstance(right, int):
            return left == right
        try:
            return math.isclose(left, right, rel_tol=tolerance, abs_tol=0.0)
        except OverflowError:  # an integer beyond every float
            return False
    return type(left) is type(right) and left == right


def json_type(value: Json) -> str:
    """Return the JSON type name: null, boolean, integer, number, string, array or object."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            raise TypeError(f"not a JSON value: {type(value).__name__}")


def canonical_text(value: Json) -> str:
    """Return JSON text with sorted keys and no white space: equal values, equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(value: Json) -> str:
    """Return `sha256:` and the hex digest of the canonical text."""
    digest = hashlib.sha256(canonical_text(value).encode("utf-8", "surrogatepass"))
    return "sha256:" + digest.hexdigest()
