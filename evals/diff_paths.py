"""Whether a diff names the places that a row of `sentry_json` expects.

Their paths go through the schema: `.name` is a property, `.?` every item, `.0` one item,
`.<additionalProperties>` further properties, `.<anyOf:1>` an alternative, which is no step into
the payload. A property that came or went stands at the object that holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.core.paths import child, items, parent
from agent.core.values import Json

_STEP = re.compile(r"\.(<[^>]*>|[^.<]+)")
_ANY = {"?", "<additionalProperties>", "<additionalItems>"}
_HOLDER_CHECKS = frozenset({"PropertyAdd", "PropertyRemove", "RequiredAdd", "RequiredRemove"})


def agreeing_paths(row: Json, changes: list[Json]) -> bool | None:
    """Return whether every expected place is named, and no other; None where none is known."""
    expected = row.get("expected_paths")
    if not expected or not all(isinstance(path, str) for path in expected):
        return None
    kinds = [change.get("change", "") for change in row.get("changes", [])]
    wanted = {payload_path(path) for path in expected}
    holders = {
        payload_path(path)
        for path, kind in zip(expected, kinds, strict=False)
        if kind in _HOLDER_CHECKS
    }
    named = {place for change in changes for place in _places(change)}
    found = {_nearest(path, wanted, holders) for path in named}
    return found == wanted


def payload_path(path: str) -> str:
    """Return our JSON Pointer for one of their paths."""
    pointer = ""
    for step in _STEP.findall(path):
        if step in _ANY or step.isdecimal():
            pointer = items(pointer)
        elif not step.startswith("<"):
            pointer = child(pointer, step)
    return pointer


def _places(change: Json) -> Iterator[str]:
    """Yield where a change stands; what is said of undeclared properties stands at their values."""
    is_rest = change["check"].startswith("additional-properties-")
    yield items(change["path"]) if is_rest else change["path"]


def _nearest(path: str, wanted: set[str], holders: set[str]) -> str:
    """Return the path as they would write it: the holder, for what came into it or went."""
    return path if path in wanted or parent(path) not in holders else parent(path)
