"""Patterns on which the validation engine may give up, so that a text that matches is not valid.

It runs look-arounds and back-references by backtracking and stops after a fixed number of steps.
Look-aheads at the start alone, before a pattern without any, need only a few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agent.core.dialects import subschemas
from agent.core.values import Json

_FANCY: Final = re.compile(r"\(\?(?:[=!>]|<[=!])|\\(?:[1-9]|k)")
_PIECE: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def risky_patterns(document: Json) -> tuple[str, ...]:
    """Return the patterns of a canonical schema on which validation may give up, in order."""
    return tuple(dict.fromkeys(one for one in _patterns(document) if _may_give_up(one)))


def _patterns(document: Json) -> Iterator[str]:
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield from [node["pattern"]] if "pattern" in node else []
            yield from node.get("patternProperties", ())
            stack.extend(part for _, part in subschemas(node))


def _may_give_up(pattern: str) -> bool:
    if not _FANCY.search(pattern):
        return False
    if not pattern.startswith("^"):
        return True
    rest = pattern[1:]
    while rest.startswith(("(?=", "(?!")):
        inner = _group(rest)
        if _FANCY.search(inner[3:]):
            return True
        rest = rest[len(inner) :]
    return bool(_FANCY.search(rest)) or rest.startswith(("*", "+", "?", "{"))


def _group(text: str) -> str:
    """Return the group that a text begins with, or all of it where it never closes."""
    depth, end = 0, 0
    for piece in _PIECE.finditer(text):
        depth += {"(": 1, ")": -1}.get(piece.group(), 0)
        end = piece.end()
        if depth == 0:
            break
    return text[:end]
