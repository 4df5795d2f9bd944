"""Intake limits, and the check that a loaded value keeps them (TRUST S7)."""

from __future__ import annotations

import math

from agent.core.values import Json
from agent.errors import InvalidDocument

SIZE_LIMIT = 16 * 1024 * 1024
"""Largest document in bytes that the command line reads."""
NODE_LIMIT = 1_000_000
"""Most values in one document, with every YAML alias counted as often as it stands."""
DIGITS_LIMIT = 1000
"""Longest integer that is read, in digits."""
DEPTH_LIMIT = 512
"""Deepest nesting of a payload."""
SCHEMA_DEPTH_LIMIT = 900
"""Deepest nesting of a schema document, whose own nesting says nothing about payloads."""


def refuse_size(*, where: str, size: int, limit: int) -> InvalidDocument:
    """Return the error for a document that is too large."""
    return InvalidDocument(
        where=where,
        found=f"{size:,} bytes, more than the limit of {limit:,}",
        help="split it, or leave out what is not needed",
    )


def refuse_nodes(where: str) -> InvalidDocument:
    """Return the error for a document of too many values."""
    return InvalidDocument(
        where=where,
        found=f"more than {NODE_LIMIT:,} values (aliases counted as often as they stand)",
        help="split it, or leave out what is not needed",
    )


def refuse_depth(where: str, limit: int) -> InvalidDocument:
    """Return the error for a document that is nested too deeply."""
    return InvalidDocument(
        where=where, found=f"values nested deeper than {limit} levels", help="flatten the document"
    )


def is_plain(value: Json, *, where: str, limit_depth: int) -> bool:
    """Return whether all numbers of a loaded value are finite, walking level by level.

    Raises:
        InvalidDocument: it is nested too deeply or holds too many values.
    """
    level, depth, count, is_finite = [value], 0, 0, True
    while level:
        count += len(level)
        if count > NODE_LIMIT:
            raise refuse_nodes(where)
        if depth > limit_depth:
            raise refuse_depth(where, limit_depth)
        below: list[Json] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, float) and not math.isfinite(item):
                is_finite = False
        level, depth = below, depth + 1
    return is_finite
