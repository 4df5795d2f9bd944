"""A schema document inferred from sample payloads.

Every payload that went in is valid under what comes out. Objects stay open; nothing is closed
that the samples cannot show to be closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from agent.core.dialects import DRAFT_2020_12
from agent.core.keywords import TYPES
from agent.core.values import Json, json_type

ENUM_SIZE_LIMIT = 12
ENUM_REPEATS = 4
"""A text is an enum when each of its values was seen this often on average, and 8 times in all."""
_ENUM_SEEN = 8
_MAP_KEYS = 5
_MAP_SHARE = 0.4
"""Keys that the average object holds less than this share of are data, not names."""

_ENUM_WORD = re.compile(r"[A-Za-z][\w .:/+-]{0,39}")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_FORMATS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("date-time", re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")),
    ("date", _DATE),
    ("uuid", re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")),
    ("email", re.compile(r"[A-Za-z0-9_.+%'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")),
    ("uri", re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"{}|\\^`]+")),
)
_DATA_KEY = re.compile(
    r"-?\d+|\d{4}-\d\d(-\d\d.*)?|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,}|[^\s@/]+@[^\s@/]+\.[a-z]+|[a-z]+://\S+|/\S*"
    r"|[A-Za-z]{1,12}[-_:#]?\d{3,}"
)


@dataclass(frozen=True, slots=True)
class _Task:
    values: Sequence[Json]
    out: dict[str, Json]


def infer_schema(payloads: Sequence[Json]) -> Json:
    """Return a JSON Schema 2020-12 document that every payload fits.

    A key is required when all objects at its place have it. Texts get a `format` when all of them
    show it, and an `enum` when few values repeat often. An object whose keys are data (ids,
    dates, or names that hardly any two objects share) becomes a map.
    """
    root: dict[str, Json] = {"$schema": DRAFT_2020_12}
    tasks = [_Task(list(payloads), root)]
    while tasks:
        tasks.extend(_infer(tasks.pop()))
    return root


def _infer(task: _Task) -> Iterable[_Task]:
    """Write what the values of one place share, and return the places below."""
    kinds = {json_type(value) for value in task.values}
    if not kinds:
        return
    kinds -= {"integer"} if "number" in kinds else set()
    types = [name for name in TYPES if name in kinds and name != "null"]
    types += ["null"] if "null" in kinds else []
    task.out["type"] = types[0] if len(types) == 1 else types
    if "string" in kinds:
        _infer_texts([value for value in task.values if isinstance(value, str)], kinds, task.out)
    if "object" in kinds:
        yield from _infer_objects([one for one in task.values if isinstance(one, dict)], task.out)
    if "array" in kinds:
        items = [item for value in task.values if isinstance(value, list) for item in value]
        if items:
            task.out["items"] = {}
            yield _Task(items, task.out["items"])


def _infer_texts(texts: Sequence[str], kinds: set[str], out: dict[str, Json]) -> None:
    found = _shared_format(texts)
    if found:
        out["format"] = found
        return
    values = sorted(set(texts))
    is_enum = (
        kinds <= {"string", "null"}
        and 2 <= len(values) <= ENUM_SIZE_LIMIT
        and len(texts) >= max(_ENUM_SEEN, ENUM_REPEATS * len(values))
        and all(_ENUM_WORD.fullmatch(value) for value in values)
    )
    if is_enum:
        out["enum"] = [*values, None] if "null" in kinds else values


def _shared_format(texts: Sequence[str]) -> str:
    """Return the first format that every text shows, or ""."""
    for name, pattern in _FORMATS:
        if all(pattern.fullmatch(text) and _is_day(text, name) for text in texts):
            return name
    return ""


def _is_day(text: str, format_name: str) -> bool:
    """Return whether a date text names a day that exists; other texts pass."""
    if not format_name.startswith("date"):
        return True
    year, month, day = (int(part) for part in text[:10].split("-"))
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _infer_objects(objects: Sequence[dict[str, Json]], out: dict[str, Json]) -> Iterable[_Task]:
    by_key: dict[str, list[Json]] = {}
    for one in objects:
        for key, value in one.items():
            by_key.setdefault(key, []).append(value)
    if _is_map(objects, by_key):
        out["additionalProperties"] = {}
        values = [value for found in by_key.values() for value in found]
        yield _Task(values, out["additionalProperties"])
        return
    if by_key:
        out["properties"] = {key: {} for key in by_key}
    required = [key for key, found in by_key.items() if len(found) == len(objects)]
    if required:
        out["required"] = required
    for key, found in by_key.items():
        yield _Task(found, out["properties"][key])


def _is_map(objects: Sequence[dict[str, Json]], by_key: dict[str, list[Json]]) -> bool:
    """Return whether the keys are data: they look like ids, or hardly any two objects share them.

    The values must look alike, or else they are fields of different meaning.
    """
    if not by_key or not _are_alike([value for found in by_key.values() for value in found]):
        return False
    if all(_DATA_KEY.fullmatch(key) for key in by_key):
        return True
    filled = [one for one in objects if one]
    share = sum(len(one) for one in filled) / (len(filled) * len(by_key))
    return len(by_key) >= _MAP_KEYS and len(filled) >= 3 and share < _MAP_SHARE


def _are_alike(values: Sequence[Json]) -> bool:
    """Return whether values have one type (null aside), and objects share most of their keys."""
    kinds = {json_type(value) for value in values} - {"null"}
    if kinds == {"integer", "number"}:
        return True
    if len(kinds) != 1:
        return False
    if kinds != {"object"}:
        return True
    keys = [frozenset(value) for value in values if value is not None]
    together = frozenset[str]().union(*keys)
    held = sum(len(found) for found in keys)
    return not together or held >= len(keys) * len(together) * 0.5
