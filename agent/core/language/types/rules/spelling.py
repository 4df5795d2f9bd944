"""Texts that are put together of pieces: the pattern that they match."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.core.patterns import is_usable
from agent.core.shapes.facts import Fact, make_fact
from agent.core.shapes.parts import Texts

MAX_LISTED: Final = 20
MAX_LENGTH: Final = 1000
"""Most values that a pattern lists for one piece, and its greatest length."""

_ANY_TEXT: Final = r"[\s\S]*"
_SYNTAX: Final = re.compile(r"[\\^$.*+?()\[\]{}|/]")
_WHOLE: Final = re.compile(r"\^(?![*+?{])((?:[^\\^$|()]|\\[dDwWsS.\-/])*)\$")
"""A pattern of a whole text that can stand within another: no group, alternative or anchor."""


def spelled(pieces: Sequence[str | Texts], *, is_whole: bool = True) -> frozenset[Fact]:
    """Return what is known of texts that consist of pieces, or begin with them.

    Nothing is said where the pieces say nothing themselves.
    """
    parts = [_escaped(one) if isinstance(one, str) else _pattern(one) for one in pieces]
    if all(part in ("", _ANY_TEXT) for part in parts):
        return frozenset()
    pattern = "^" + "".join(parts) + ("$" if is_whole else "")
    if len(pattern) > MAX_LENGTH or not is_usable(pattern):
        return frozenset()
    return frozenset({make_fact("pattern", pattern)})


def _escaped(text: str) -> str:
    return _SYNTAX.sub(r"\\\g<0>", text)


def _pattern(part: Texts) -> str:
    if part.values is not None and len(part.values) <= MAX_LISTED:
        return "(?:" + "|".join(map(_escaped, sorted(part.values))) + ")"
    for fact in sorted(part.facts):
        whole = _WHOLE.fullmatch(str(fact.read())) if fact.keyword == "pattern" else None
        if whole is not None:
            return f"(?:{whole.group(1)})"
    return _ANY_TEXT
