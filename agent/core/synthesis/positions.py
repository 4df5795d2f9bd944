"""Numbers that are said to be positions in an array."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agent.core import paths
from agent.core.matching.names import own_name, stem, words
from agent.core.schema import FieldInfo

_POSITIONS: Final = frozenset({"index", "indexe", "indice", "indices", "position", "ordinal"})
"""Roots of the words for a place in an array."""


def said_positions(fields: Iterable[FieldInfo]) -> frozenset[str]:
    """Return the paths of the whole numbers that are called or said to be positions.

    What is said of a list is said of each of its items.
    """
    said = {field.path for field in fields if _says_position(field)}
    return frozenset(said | {paths.items(path) for path in said})


def _says_position(field: FieldInfo) -> bool:
    if not field.types <= {"integer", "array", "null"}:
        return False
    last = words(own_name(field.path))[-1:]
    said = (*last, *re.findall(r"[a-z]+", field.description.lower()))
    return not _POSITIONS.isdisjoint(map(stem, said))
