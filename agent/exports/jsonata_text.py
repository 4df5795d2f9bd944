"""How JSONata writes literals: texts, numbers, regular expressions."""

from __future__ import annotations

import json
import re
from typing import Final

from agent.core.language.syntax import Literal
from agent.exports.notes import Notes

LARGEST_SAFE: Final = 2**53 - 1
_LARGEST_UNIT: Final = 0xFFFF

_ESCAPED: Final = re.compile(r"\\([^\w\s])|([^\x20-\x7e])", re.DOTALL)


def quote(text: str) -> str:
    """Return a JSONata text literal, all in ASCII."""
    return json.dumps(text)


def boxed(items: list[str]) -> str:
    """Return the array of some values: missing ones vanish, arrays stay whole."""
    written = "[]"
    for item in items:
        written = f"$append({written}, $wrap({item}))"
    return written


def write_literal(literal: Literal, notes: Notes) -> str:
    """Return a scalar as JSONata writes it; an integer that it would round is refused."""
    value = literal.value
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if abs(value) > LARGEST_SAFE:
        return notes.refuse(f"the number {value!r}", "JSONata holds 2^53 - 1 at most")
    return f"({int(value) if value == int(value) else value!r})"


def write_pattern(source: str) -> str | None:
    r"""Return a translated pattern as a JSONata literal, or None for what UTF-16 parts in two.

    JSONata's reader counts brackets, and takes what follows a `\\` for escaped: punctuation is
    written by its code.
    """
    if any(ord(char) > _LARGEST_UNIT for char in source):
        return None
    return f"/{_ESCAPED.sub(_coded, source)}/" if source else "/(?:)/"


def _coded(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group(1) or match.group(2)):04x}"
