"""What descriptions say in words: a value for when nothing is there, and names that changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from agent.core.schema import FieldInfo
from agent.core.values import Json

_VALUE = (
    r"(?P<value>\"[^\"<>]*\"|'[^'<>]*'|\[[^\]<>]*\]|\{\}|-?\d+(?:\.\d+)?|true|false|null"
    r"|(?:an )?empty(?: (?:string|text|list|array|object|map))?|{word})"
)
_WORD = r"[A-Z]\w*"
_NOTHING = (
    r"(?:without\b|(?:when|if|where)\s+(?:(?:there|it|the\s+\w+|the\s+\w+\s+\w+)\s+(?:is|are|has)\s+)?"
    r"(?:no(?!\s+longer)|none|not|unknown|absent|missing|unset)\b)"
)
_END = r"(?=\s*(?:$|[.,;:)]))"
_FALLBACKS = (
    re.compile(
        r"\bdefault(?:s|ed|ing)?(?:\s+it)?(?:\s+(?:to|is|of)|:|=)?\s+"
        + _VALUE.replace("{word}", _WORD)
        + _END,
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:^|[.,;:(]\s*)" + _VALUE.replace("{word}", "(?!)") + r"\s+" + _NOTHING, re.IGNORECASE
    ),
    re.compile(r"\b(?:else|otherwise)\s+" + _VALUE.replace("{word}", "(?!)") + _END, re.IGNORECASE),
)
_ALWAYS = re.compile(
    r"\balways\s+(?:the\s+(?:text|value|constant)\s+)?"
    + _VALUE.replace("{word}", r"[A-Za-z]\w*")
    + r"(?:\s+here)?"
    + _END,
    re.IGNORECASE,
)


def said_fallback(target: FieldInfo, source: FieldInfo | None) -> tuple[Json] | None:
    """Return the value that a description gives for when nothing is there, or None.

    What the contract says counts before what the source says of its own field.
    """
    found = _first(_FALLBACKS, target.description, target)
    if found is None and source is not None:
        found = _first(_FALLBACKS[:1], source.description, target)
    return found


def said_constant(target: FieldInfo) -> tuple[Json] | None:
    """Return the one value that a description says a field always has, or None."""
    return _first((_ALWAYS,), target.description, target)


def _first(
    patterns: Sequence[re.Pattern[str]], description: str, target: FieldInfo
) -> tuple[Json] | None:
    for pattern in patterns:
        for match in pattern.finditer(description):
            found = _read(match["value"], target)
            if found is not None:
                return found
    return None


def _read(text: str, target: FieldInfo) -> tuple[Json] | None:
    """Return a value as written in a description, where the target may hold it."""
    lower = text.lower()
    if "empty" in lower:
        kinds: dict[str, Json] = {"string": "", "array": [], "object": {}}
        fitting = [value for kind, value in kinds.items() if kind in target.types]
        return (fitting[0],) if len(fitting) == 1 else None
    value: Json
    try:
        value = json.loads(lower if lower in ("true", "false", "null") else text)
    except ValueError:
        value = text[1:-1] if text[:1] in "'\"" else text
    if value is None:
        return (None,) if target.is_nullable else None
    return (value,) if _holds(target, value) else None


def _holds(target: FieldInfo, value: Json) -> bool:
    if target.enum is not None and value not in target.enum:
        return False
    kinds = {
        bool: {"boolean"},
        int: {"integer", "number"},
        float: {"number"},
        str: {"string"},
        list: {"array"},
        dict: {"object"},
    }
    return bool(target.types & kinds[type(value)])


_FORMER = re.compile(
    r"'(?P<new>[^']+)'\s*\((?:the\s+)?(?:former|formerly|previously|once|old)\s+(?P<old>[^)]*)\)"
)
_QUOTED = re.compile(r"'([^']+)'")
_ARROW = re.compile(
    r"(?P<old>\"[^\"]+\"|'[^']+'|[\w./-]+)\s*(?:->|→|=>|⇒)\s*(?P<new>\"[^\"]+\"|'[^']+'|[\w./-]+)"
)


def said_values(target: FieldInfo) -> tuple[dict[str, str], bool]:
    """Return the old values with the new ones that a description puts in their place.

    Also return whether other values stay as they are: where it speaks of former names only.
    """
    return dict(_said_values(target.description)), bool(_FORMER.search(target.description))


def _said_values(description: str) -> Iterator[tuple[str, str]]:
    for match in _FORMER.finditer(description):
        for old in _QUOTED.findall(match["old"]):
            yield old, match["new"]
    arrows = [(_bare(match["old"]), _bare(match["new"])) for match in _ARROW.finditer(description)]
    if len(arrows) > 1:
        yield from arrows


def _bare(text: str) -> str:
    return text[1:-1] if text[:1] in "'\"" else text
