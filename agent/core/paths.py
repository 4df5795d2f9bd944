"""JSON Pointers (RFC 6901) as strings, with `*` for every item of an array or map.

A key that is literally `*` is written `~2`, so that a pointer has one reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from agent.core.values import Json

ANY = "*"

_LITERAL_STAR = "\ud800*"
"""The parsed token of a key that is literally `*`: no key holds a lone surrogate."""


@lru_cache(maxsize=65_536)
def parse(pointer: str) -> tuple[str, ...]:
    """Return the tokens of a pointer, unescaped; take them apart with `key_of`.

    `""` has no tokens. A literal star comes back as a token of its own that `key_of` knows.

    Raises:
        ValueError: the pointer is neither empty nor starts with `/`.
    """
    if pointer == "":
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"a JSON Pointer is empty or starts with '/', found {pointer!r}")
    return tuple(map(_unescape, pointer[1:].split("/")))


def _unescape(token: str) -> str:
    return _LITERAL_STAR if token == "~2" else token.replace("~1", "/").replace("~0", "~")


def key_of(token: str) -> str:
    """Return the object key that a parsed token names."""
    return ANY if token == _LITERAL_STAR else token


def child(pointer: str, key: str | int) -> str:
    """Return the pointer of one literal key or index below `pointer`."""
    text = str(key)
    escaped = "~2" if text == ANY else text.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{escaped}"


def items(pointer: str) -> str:
    """Return the pointer of every item below `pointer`."""
    return f"{pointer}/{ANY}"


def join(tokens: tuple[str, ...]) -> str:
    """Return the pointer of parsed tokens (the inverse of `parse`)."""
    return "".join(f"/{ANY}" if token == ANY else child("", key_of(token)) for token in tokens)


def parent(pointer: str) -> str:
    """Return the pointer one step up; the parent of `""` is `""`."""
    return pointer.rpartition("/")[0]


def last(pointer: str) -> str:
    """Return the last key of a pointer, or `""`."""
    tokens = parse(pointer)
    return key_of(tokens[-1]) if tokens else ""


def is_within(pointer: str, ancestor: str) -> bool:
    """Return whether `pointer` is `ancestor` or lies below it."""
    return pointer == ancestor or pointer.startswith(ancestor + "/")


def find(payload: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    """Yield every concrete place that `pointer` names in `payload`, with its value."""
    yield from _find(payload, parse(pointer), "")


def _find(value: Json, tokens: tuple[str, ...], at: str) -> Iterator[tuple[str, Json]]:
    if not tokens:
        yield at, value
        return
    token, rest = tokens[0], tokens[1:]
    if isinstance(value, dict):
        keys = list(value) if token == ANY else [key_of(token)] if key_of(token) in value else []
        for key in keys:
            yield from _find(value[key], rest, child(at, key))
    elif isinstance(value, list):
        if token == ANY:
            indexes = range(len(value))
        elif token.isdecimal() and int(token) < len(value):
            indexes = range(int(token), int(token) + 1)
        else:
            return
        for index in indexes:
            yield from _find(value[index], rest, child(at, index))
