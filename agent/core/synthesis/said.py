"""The values that descriptions give: where nothing is there, by default, or always."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from agent.core.language.absence import MISSING
from agent.core.schema import FieldInfo
from agent.core.values import Json

_EMPTY: Final = r"(?:an\ )?empty(?:\ (?:string|text|list|array|object|map))?"
_WRITTEN: Final = rf""" "[^"<>]*" | '[^'<>]*' | \[[^\]<>]*\] | \{{\}} | null | {_EMPTY} """
_NUMBER: Final = r"-?\d+(?:\.\d+)?"
_MEMBER: Final = r"(?P<member> [A-Z][\w-]* )"
_CLAUSE: Final = r",? \s+ (?P<clause> (?: when | if | where | for | without ) \b [^.;,]*)"
_END: Final = r"(?= \s* (?: $ | [.,;:)] ))"
_FLAGS: Final = re.IGNORECASE | re.VERBOSE

_IN_CLAUSES: Final = (
    re.compile(
        rf"""(?<![\w'".-])
        (?: (?P<value> {_WRITTEN} | absent | omitted | left\ out | 0 | false ) | {_MEMBER} )
        {_CLAUSE}""",
        _FLAGS,
    ),
    re.compile(rf"(?: ^ | [,;:(] \s* | \. \s+ ) (?P<value> {_NUMBER} ) {_CLAUSE}", _FLAGS),
)
_ELSE: Final = (
    re.compile(
        rf"""\b(?: else | otherwise ) \s+
        (?: (?P<value> {_WRITTEN} | {_NUMBER} | true | false ) | {_MEMBER} ) {_END}""",
        _FLAGS,
    ),
    re.compile(r"\b(?: else | otherwise | or )\ (?P<value> null ) \b", _FLAGS),
)
_DEFAULTS: Final = (
    re.compile(
        rf"""\b default(?: s | ed | ing )? (?: \s+ it )? (?: \s+ (?: to | is | of ) | : | = )? \s+
        (?P<value> {_WRITTEN} | {_NUMBER} | true | false | [A-Z]\w* ) {_END}""",
        _FLAGS,
    ),
)
_ALWAYS: Final = (
    re.compile(
        rf"""\b always \s+ (?: the \s+ (?: text | value | constant ) \s+ )?
        (?P<value> {_WRITTEN} | {_NUMBER} | true | false | [A-Z]\w* ) (?: \s+ here )? {_END}""",
        _FLAGS,
    ),
)
_NOTHING: Final = re.compile(
    r"""\b(?: no (?! \s+ longer ) | not | none | nothing | neither | without | unknown | missing
            | absent | empty | unset )\b""",
    _FLAGS,
)
_OTHERS: Final = re.compile(r"\b(?: anything\ else | others? )\b", _FLAGS)
_ABSENT: Final = frozenset({"absent", "omitted", "left out"})
_EMPTY_VALUES: Final[dict[str, Json]] = {"string": "", "array": [], "object": {}}
_EMPTY_WORDS: Final = {"text": "string", "list": "array", "map": "object"}
_KINDS: Final = {
    bool: {"boolean"},
    int: {"integer", "number"},
    float: {"number"},
    str: {"string"},
    list: {"array"},
    dict: {"object"},
}


def said_for_nothing(field: FieldInfo) -> tuple[object] | None:
    """Return the value that a description gives for nothing (`MISSING`: absence), or None.

    "null if there is none", "empty list when none", "absent without a body", "else 1".
    What the type of the field does not allow is not taken.
    """
    return _in_clause(field, _NOTHING) or _first(_ELSE, field.description, field)


def said_default(target: FieldInfo, source: FieldInfo | None = None) -> tuple[object] | None:
    """Return the value that descriptions give to a field that must be there, or None.

    What the contract says counts before what the source says of its own field.
    """
    found = _first(_DEFAULTS, target.description, target) or said_for_nothing(target)
    if found is not None and found[0] is not MISSING:
        return found
    return None if source is None else _first(_DEFAULTS, source.description, target)


def said_otherwise(target: FieldInfo) -> tuple[object] | None:
    """Return the value that a description gives for all that has no other one, or None."""
    found = _in_clause(target, _OTHERS)
    return found if found is not None and found[0] is not MISSING else said_default(target)


def said_constant(target: FieldInfo) -> tuple[object] | None:
    """Return the one value that a description says a field always has, or None."""
    return _first(_ALWAYS, target.description, target)


def _in_clause(target: FieldInfo, speaks_of: re.Pattern[str]) -> tuple[object] | None:
    return _first(_IN_CLAUSES, target.description, target, speaks_of)


def _first(
    patterns: Sequence[re.Pattern[str]],
    description: str,
    target: FieldInfo,
    speaks_of: re.Pattern[str] | None = None,
) -> tuple[object] | None:
    """Return the first value told that the target may hold, in a clause that speaks of something.

    A bare word counts where it is a value of the target's enum.
    """
    for pattern in patterns:
        for match in pattern.finditer(description):
            told = match.groupdict()
            if speaks_of is not None and not speaks_of.search(told["clause"]):
                continue
            member = told.get("member")
            found = _read(told["value"], target) if member is None else (member,)
            is_known = member is None or member in (target.enum or ())
            if found is not None and is_known and _may_hold(target, found[0]):
                return found
    return None


def _read(text: str, target: FieldInfo) -> tuple[object] | None:
    """Return a value as written in a description."""
    lower = text.lower()
    if lower in _ABSENT:
        return (MISSING,)
    if "empty" in lower and text[0] not in "'\"[":
        return _empty(lower.split()[-1], target)
    try:
        return (json.loads(lower if lower in ("true", "false", "null") else text),)
    except ValueError:
        return (text[1:-1] if text[0] in "'\"" else text,)


def _empty(word: str, target: FieldInfo) -> tuple[object] | None:
    """Return the empty value of the kind that a word names, or of the only kind that there is."""
    kind = _EMPTY_WORDS.get(word, word)
    fitting = [one for one in _EMPTY_VALUES if one in target.types and kind in (one, "empty")]
    return (_EMPTY_VALUES[fitting[0]],) if len(fitting) == 1 else None


def _may_hold(target: FieldInfo, value: object) -> bool:
    if value is MISSING:
        return not target.is_required
    if value is None:
        return target.is_nullable
    if target.enum is not None and value not in target.enum:
        return False
    return bool(target.types & _KINDS[type(value)])
