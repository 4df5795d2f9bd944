"""Conversions of a text that the description of a contract field says in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agent.core.language.syntax import Call, Expression, Literal
from agent.core.synthesis.build import V, call

_CHARACTERS: Final = {
    "slash": "/",
    "dot": ".",
    "period": ".",
    "colon": ":",
    "comma": ",",
    "dash": "-",
    "hyphen": "-",
    "underscore": "_",
    "space": " ",
    "at sign": "@",
    "hash": "#",
}
_SIDE: Final = re.compile(
    r"(before|after) the (first|last|only)?\s*(" + "|".join(_CHARACTERS) + r")\b", re.IGNORECASE
)
_LOCAL_PART: Final = re.compile(r"\blocal[- ]part\b", re.IGNORECASE)
_CASE: Final = re.compile(r"\b(lower|upper)[- ]?case\b", re.IGNORECASE)


def spoken(description: str) -> Iterator[tuple[Expression, str]]:
    """Yield the conversions of `v` that a description names, with its words."""
    for found in _SIDE.finditer(description):
        side, which, name = (part and part.lower() for part in found.groups())
        separator = _CHARACTERS[name]
        yield beside(separator, is_before=side == "before", is_last=which == "last"), found[0]
    if _LOCAL_PART.search(description):
        yield Call("part", (V, Literal("@"), Literal(0))), "local part"
    for found in _CASE.finditer(description):
        yield call(found[1].lower(), V), found[0]


def beside(separator: str, *, is_before: bool, is_last: bool) -> Expression:
    """Return what stands before or after the first or last separator in `v`, if there is one."""
    if is_before is not is_last:
        index = 0 if is_before else -1
        return Call("part", (V, Literal(separator), Literal(index)))
    mark = re.escape(separator)
    pattern = f"^(.*){mark}" if is_before else f"^[^{mark}]*{mark}(.*)$"
    return call("extract", V, Literal(pattern))
