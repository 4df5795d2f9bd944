r"""Patterns in RE2 syntax, on RE2: no backtracking, so no pattern can hang.

RE2 has no look-around and no back-references in patterns; its Perl classes (`\d`, `\w`, `\s`) and
`\b` are ASCII. Write `\p{L}` for any letter.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Final

from agent.core.language.absence import MISSING, OperationFailed, Value
from agent.core.language.functions.operands import (
    describe,
    integer_of,
    refuse_long_text,
    text_of,
    utf8_of,
)
from agent.core.language.functions.table import Function, make_function

REPLACING_WORK: Final = 2**28
"""Matches times characters that one `replace_pattern` may cost: one search is linear in the text,
but a pattern that always looks to the end makes all of them together quadratic."""

_LONGEST_PATTERN: Final = 10_000
_TEMPLATE: Final = re.compile(r"\\(\\|[0-9]|)")


def replace_pattern(s: Value, pattern: Value, b: Value, /) -> str:
    r"""Return `s` with every match replaced by `b`, where `\1` is group 1 and `\0` the whole."""
    text, compiled = _searchable(s), _compile(text_of(pattern))
    template = _read_template(text_of(b), compiled.groups)
    pieces, end, length = [], 0, 0
    for matches, match in enumerate(compiled.finditer(text)):
        piece = text[end : match.start()] + _expand(template, match)
        length += len(piece)
        refuse_long_text(length)
        if matches * len(text) > REPLACING_WORK:
            raise OperationFailed(
                f"too many matches in a text of {len(text)} characters", "replace in smaller parts"
            )
        pieces.append(piece)
        end = match.end()
    refuse_long_text(length + len(text) - end)
    return "".join([*pieces, text[end:]])


def extract(s: Value, pattern: Value, /, group: Value = None) -> Value:
    """Return the first match anywhere; no match gives missing.

    It is `group` (a number or a name); without one, group 1 if the pattern has groups, else the
    whole match. A group that took no part gives missing.
    """
    compiled = _compile(text_of(pattern))
    chosen = min(compiled.groups, 1) if group is None else _group_number(compiled, group)
    match = compiled.search(_searchable(s))
    found = None if match is None else match.group(chosen)
    return MISSING if found is None else found


def matches(s: Value, pattern: Value, /) -> bool:
    """Return whether the pattern matches anywhere; anchor it with ^ and $ for the whole text."""
    return _compile(text_of(pattern)).search(_searchable(s)) is not None


def _searchable(s: Value) -> str:
    utf8_of(s)
    return text_of(s)


@functools.lru_cache(maxsize=256)
def _compile(pattern: str) -> Any:
    import re2

    if len(pattern) > _LONGEST_PATTERN:
        raise OperationFailed(f"a pattern of {len(pattern)} characters", "make it shorter")
    utf8_of(pattern)
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        shown = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise OperationFailed(
            f"{describe(pattern)}, which is no RE2 pattern ({shown})",
            "RE2 has no look-around and no back-references",
        ) from error


def _group_number(compiled: Any, group: Value) -> int:
    number = compiled.groupindex.get(group, -1) if isinstance(group, str) else integer_of(group)
    if not 0 <= number <= compiled.groups:
        raise OperationFailed(
            f"group is {describe(group)}", f"the pattern has {compiled.groups} groups"
        )
    return int(number)


@functools.lru_cache(maxsize=256)
def _read_template(template: str, groups: int) -> tuple[str | int, ...]:
    """Return the literal pieces and group numbers of a replacement."""
    pieces: list[str | int] = []
    start = 0
    for match in _TEMPLATE.finditer(template):
        pieces.append(template[start : match.start()])
        start = match.end()
        after = match.group(1)
        if after == "\\":
            pieces.append("\\")
        elif after.isdigit() and int(after) <= groups:
            pieces.append(int(after))
        else:
            raise OperationFailed(
                f"{match.group()} in {describe(template)}",
                f"the pattern has {groups} groups; write \\\\ for a backslash",
            )
    return (*pieces, template[start:])


def _expand(template: tuple[str | int, ...], match: Any) -> str:
    pieces = [piece if isinstance(piece, str) else match.group(piece) or "" for piece in template]
    refuse_long_text(sum(map(len, pieces)))
    return "".join(pieces)


PATTERN_FUNCTIONS: Final[tuple[Function, ...]] = (
    make_function(
        replace_pattern,
        group="text",
        name="replace_pattern",
        summary=r"The text with every match of an RE2 pattern replaced; groups as \1.",
        example=r"replace_pattern('2024-05', '(\\d+)-(\\d+)', '\\2/\\1')",
        result="05/2024",
    ),
    make_function(
        extract,
        group="text",
        name="extract",
        summary="The first match of an RE2 pattern anywhere: its group 1 if it has one; else "
        "missing.",
        example=r"[extract('order-17b', '\\d+'), extract('a=1', 'a=(\\d)'), extract('a', '\\d')]",
        result=["17", "1"],
        gives_missing=True,
    ),
    make_function(
        matches,
        group="text",
        name="matches",
        summary="Whether an RE2 pattern matches anywhere.",
        example=r"[matches('order-17', '\\d+'), matches('order-17', '^\\d+$')]",
        result=[True, False],
    ),
)
