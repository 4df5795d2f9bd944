"""Text that somebody else wrote, made safe and visible for a person to read.

Schema names, descriptions and payload values may carry terminal escapes, text that runs
backwards, or characters that show as nothing (TRUST.md S2, S13). Nothing is dropped: what could
act or hide is written as `[U+202E]`.
"""

from __future__ import annotations

import json
import re
import unicodedata

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters of visible categories that show as nothing."""
_MAX_MARKS = 3
"""Combining marks in a row that real scripts need; more are a stack that covers its neighbours."""
_MARKDOWN_SAFE = frozenset(" ,/'\"=?%;-.()")
_ELLIPSIS = "…"


def visible(text: str, *, limit: int = 200) -> str:
    """Return `text` on one line, with control, bidi and invisible characters written out.

    At most `limit` characters; a longer text ends in `…`.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    parts: list[str] = []
    size = marks = 0
    for character in text[: limit + 1]:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        part = _written_out(character) if _is_hidden(character, marks) else character
        size += len(part)
        if size > limit:
            return _cut(parts, limit)
        parts.append(part)
    return "".join(parts)


def visible_json(text: str) -> str:
    """Return JSON text that says the same, with what could act or hide in it as `\\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escaped(character) if _is_hidden(character, 0) else character for character in text
    )


def _escaped(character: str) -> str:
    """Return a character as JSON's escape; Python leaves U+007F as it is."""
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def _cut(parts: list[str], limit: int) -> str:
    while parts and sum(map(len, parts)) + len(_ELLIPSIS) > limit:
        parts.pop()
    return "".join(parts) + _ELLIPSIS


def _is_hidden(character: str, marks: int) -> bool:
    if character in _BLANK or marks > _MAX_MARKS or _is_selector(character):
        return True
    category = unicodedata.category(character)
    return category in _HIDDEN_CATEGORIES or (category == "Zs" and character != " ")


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _written_out(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def markdown(text: str, *, limit: int = 200) -> str:
    """Return `visible` text that Markdown and HTML show as it is, also in a table cell.

    What could start markup or a link becomes a numeric character reference; `@` and `#` stand in
    code as well, because forges look for mentions and issues after references are resolved.
    """
    shown = "".join(_inert(character) for character in visible(text, limit=limit))
    return re.sub(r"(?i)(www)\.", r"\1&#46;", shown)


def _inert(character: str) -> str:
    if character.isalnum() or ord(character) > 127 or character in _MARKDOWN_SAFE:
        return character
    reference = f"&#{ord(character)};"
    return f"<code>{reference}</code>" if character in "@#" else reference
