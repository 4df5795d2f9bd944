"""Texts that a rule is likely about, told from a literal in it: a date pattern, a separator."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.core.values import Json
from agent.core.verify.patterns import texts_matching

_MOMENT = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)
_PATTERN_SIGNS = frozenset("^$\\[(")

LONGEST_SEPARATOR = 3
TEXTS_PER_PATTERN = 3


def meant_by(literal: Json) -> tuple[str, ...]:
    """Return texts of the form that a literal asks for; none for a plain word or a number."""
    if not isinstance(literal, str):
        return ()
    if "%" in literal and len(literal) > 1:
        return _dated(literal)
    if any(sign in literal for sign in _PATTERN_SIGNS) and len(literal) > 1:
        return texts_matching(literal)[:TEXTS_PER_PATTERN]
    if 0 < len(literal) <= LONGEST_SEPARATOR and not any(map(str.isalnum, literal)):
        return (f"12{literal}50", f"a{literal}b{literal}c")
    return ()


def _dated(pattern: str) -> tuple[str, ...]:
    try:
        return (_MOMENT.strftime(pattern),)
    except ValueError:
        return ()
