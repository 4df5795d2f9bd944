"""What a contract says in words about a field for which there is nothing to say."""

from __future__ import annotations

import re
from typing import Final

from agent.core.fields import FieldInfo
from agent.core.language.absence import MISSING

_SAID: Final = re.compile(
    r"""(?<![\w'"])
    (?P<value> null | absent | omitted | left\ out | \[\] | \{\} | 0 | false
             | empty (?:\ (?:string|text|list|array|object|map))? | '[^']*' | "[^"]*")
    ,? \s+ (?P<clause> (?: when | if | where | for | without ) \b [^.;,]*)""",
    re.IGNORECASE | re.VERBOSE,
)
_ELSE_NULL: Final = re.compile(r"\b(?:else|otherwise|or) null\b", re.IGNORECASE)
_NOTHING: Final = re.compile(
    r"\b(?:no|not|none|nothing|neither|without|unknown|missing|absent|empty|unset)\b",
    re.IGNORECASE,
)
_ABSENT: Final = frozenset({"absent", "omitted", "left out"})


def said_for_nothing(field: FieldInfo) -> tuple[object, ...]:
    """Return the value that a description gives for nothing (`MISSING`: absence), or ().

    "null if there is none", "empty list when none", "absent without a body", "0 when unknown".
    What the type of the field does not allow is not taken.
    """
    for found in _SAID.finditer(field.description):
        if _NOTHING.search(found["clause"]):
            value = _value(found["value"], field)
            if _fits(value, field):
                return (value,)
    if _ELSE_NULL.search(field.description) and field.is_nullable:
        return (None,)
    return ()


def _value(said: str, field: FieldInfo) -> object:
    lowered = said.lower()
    if lowered in _ABSENT:
        return MISSING
    if lowered.startswith("empty") or lowered in ("[]", "{}"):
        return [] if "array" in field.types else {} if "object" in field.types else ""
    if said[0] in "'\"":
        return said[1:-1]
    return {"null": None, "0": 0, "false": False}[lowered]


def _fits(value: object, field: FieldInfo) -> bool:
    if value is MISSING:
        return not field.is_required
    if value is None:
        return field.is_nullable
    if isinstance(value, bool):
        return "boolean" in field.types
    if isinstance(value, int):
        return bool(field.types & {"integer", "number"})
    kind = "string" if isinstance(value, str) else "array" if value == [] else "object"
    return kind in field.types and (field.enum is None or value in field.enum)
