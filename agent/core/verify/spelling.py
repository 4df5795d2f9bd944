"""ECMA-262 patterns in the spelling of Python's parser, and the judgement of texts by them."""

from __future__ import annotations

import functools
import re
from typing import Any

from agent.core.patterns import translate

_CODE_POINT = re.compile(r"\{([0-9A-Fa-f]{1,6})\}")

SAMPLES = (
    "abcxyzABCXYZ0189 _-.:,;/\\'\"!?()[]{}<>@#$%&*+=|~^`\t\n\r\x00\x1f\x7f\u00a0\u00adßéİıſµ²½"
    "ΩωжЯאب漢あア가ไक٣५Ⅷ€£°©\u0301\u200b\u200d\u2028\ue000\ufeff𝒳🙂"
)
"""One character or more of every kind that property escapes (`\\p{Lu}`) tell apart."""


@functools.lru_cache(maxsize=4096)
def is_found(pattern: str, text: str) -> bool:
    """Return whether the validation engine finds `pattern` in `text`."""
    judge = _judge(pattern)
    try:
        return judge is not None and bool(judge.is_valid(text))
    except ValueError:
        return False


@functools.lru_cache(maxsize=2048)
def _judge(pattern: str) -> Any:
    import jsonschema_rs

    try:
        return jsonschema_rs.Draft202012Validator({"pattern": translate(pattern)})
    except ValueError:
        return None


def python_spelling(pattern: str) -> str:
    """Return `pattern` as Python's parser reads it; what it cannot say stays as it is.

    Control escapes, property escapes, named groups and the classes `[]` and `[^]` differ.
    A property becomes the characters of `SAMPLES` that have it.
    """
    out: list[str] = []
    at, is_in_class = 0, False
    while at < len(pattern):
        piece, at = _take(pattern, at, is_in_class=is_in_class)
        is_in_class = _is_class_open(piece, is_in_class)
        out.append(piece)
    return "".join(out)


def _is_class_open(piece: str, is_in_class: bool) -> bool:
    if piece in ("[", "[^"):
        return True
    return is_in_class and piece != "]"


def _take(pattern: str, at: int, *, is_in_class: bool) -> tuple[str, int]:
    """Return the next piece in Python's spelling, and where the rest begins."""
    if pattern[at] == "\\":
        return _take_escape(pattern, at, is_in_class=is_in_class)
    if not is_in_class:
        for theirs, ours in (("[^]", r"[\s\S]"), ("[^", "[^"), ("(?<", "(?P<")):
            is_lookbehind = theirs == "(?<" and pattern[at + 3 : at + 4] in ("=", "!")
            if pattern.startswith(theirs, at) and not is_lookbehind:
                return ours, at + len(theirs)
    return pattern[at], at + 1


def _take_escape(pattern: str, at: int, *, is_in_class: bool) -> tuple[str, int]:
    kind, rest = pattern[at + 1 : at + 2], pattern[at + 2 :]
    if kind == "c" and rest[:1].isascii() and rest[:1].isalpha():
        return f"\\x{ord(rest[0]) % 32:02x}", at + 3
    point = _CODE_POINT.match(rest) if kind == "u" else None
    if point is not None:
        return f"\\U{point[1]:0>8}", at + 2 + point.end()
    if kind in ("p", "P") and rest.startswith("{") and "}" in rest:
        end = rest.index("}") + 1
        characters = _having(f"\\{kind}{rest[:end]}")
        return (characters if is_in_class else f"[{characters}]"), at + 2 + end
    if kind == "k" and rest.startswith("<") and ">" in rest:
        end = rest.index(">")
        return f"(?P={rest[1:end]})", at + 3 + end
    return pattern[at : at + 2], at + 2


@functools.lru_cache(maxsize=512)
def _having(escape: str) -> str:
    """Return the samples that an escape finds, each escaped so that a class can hold it."""
    return "".join(f"\\U{ord(one):08x}" for one in SAMPLES if is_found(escape, one))
