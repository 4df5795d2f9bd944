"""Strict JSON (RFC 8259): what Python's own reader lets through is refused, with its place.

The fast path is Python's C reader with hooks. Only when something is wrong does a tokenizer walk
the text again to name the line, the column and the pointer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from agent.core.paths import child
from agent.core.values import Json
from agent.errors import InvalidDocument
from agent.formats.limits import DIGITS_LIMIT, is_plain, refuse_depth

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONG_INTEGER = re.compile(r"-?\d{1000,}")


class _OddValueError(ValueError):
    """Something that JSON forbids; its place is not known yet."""


def read_json(text: str, *, where: str, limit_depth: int, is_brief: bool = False) -> Json:
    """Return the JSON value in `text`. With `is_brief`, a fault may be told without its place.

    Raises:
        InvalidDocument: it is not strict JSON: a syntax error, a second value, a repeated key,
            NaN or Infinity, a number beyond a double, a lone surrogate, or too deep a nesting.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant
        )
    except RecursionError:
        return _read_deep(text, where=where, limit_depth=limit_depth)
    except json.JSONDecodeError as error:
        raise _syntax_error(error, text, where) from error
    except ValueError as error:
        raise _brief_error(str(error), where) if is_brief else _odd_error(text, where) from error
    is_finite = is_plain(value, where=where, limit_depth=limit_depth)
    has_half = _has_lone_surrogate(text)
    if is_brief and (has_half or not is_finite):
        raise _brief_error("a lone surrogate, or a number beyond a 64-bit float", where)
    if not is_finite or has_half or _LONG_INTEGER.search(text):
        fault = _first_fault(text)
        if fault:
            raise _error_of(fault, text, where)
    return value


def _has_lone_surrogate(text: str) -> bool:
    """Return whether an escape may stand for half a character; pairs are told apart quickly."""
    if not _SURROGATE.search(text):
        return False
    import orjson

    try:
        orjson.loads(text)
    except ValueError:
        return True
    return False


def _without_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _OddValueError("a repeated key")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise _OddValueError(name)


def _read_deep(text: str, *, where: str, limit_depth: int) -> Json:
    """Read text that is deeper than Python's reader can go here, within the same limits."""
    import orjson

    depth = 0
    for match in _TOKEN.finditer(text):
        depth += (match.group() in "{[") - (match.group() in "}]")
        if depth > limit_depth:
            raise refuse_depth(where, limit_depth)
    fault = _first_fault(text)
    if fault:
        raise _error_of(fault, text, where)
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise InvalidDocument(where=where, found=f"text that is not JSON: {error}") from error


def _syntax_error(error: json.JSONDecodeError, text: str, where: str) -> InvalidDocument:
    found = (error.msg[0].lower() + error.msg[1:]).removesuffix(" at")
    rest = text[error.pos : error.pos + 20].split("\n")[0]
    found = f"{found} at {rest!r}" if rest else f"{found} at the end of the text"
    return InvalidDocument(
        where=_at(where, error.lineno, error.colno), found=found, help=_hint(error, text)
    )


def _hint(error: json.JSONDecodeError, text: str) -> str:
    rest = text[error.pos :]
    if error.msg.startswith("Extra data"):
        return "a document is one JSON value; for many, use one line each (NDJSON)"
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments; remove them"
    if rest.startswith("'"):
        return "JSON texts stand in double quotes"
    if not rest.strip():
        return "the text is cut off; is the file complete?"
    if rest.startswith(("}", "]")) and text[: error.pos].rstrip().endswith(","):
        return "remove the comma before it"
    return "the document must be JSON (RFC 8259)"


def _odd_error(text: str, where: str) -> InvalidDocument:
    fault = _first_fault(text)
    if fault is None:
        return InvalidDocument(where=where, found="text that is not JSON", help="check the file")
    return _error_of(fault, text, where)


def _brief_error(found: str, where: str) -> InvalidDocument:
    return InvalidDocument(where=where, found=found, help="the document must be JSON (RFC 8259)")


def _error_of(fault: _Fault, text: str, where: str) -> InvalidDocument:
    line = text.count("\n", 0, fault.position) + 1
    column = fault.position - text.rfind("\n", 0, fault.position)
    return InvalidDocument(where=_at(where, line, column), found=fault.found, help=fault.help)


def _at(where: str, line: int, column: int) -> str:
    place = f"line {line}, column {column}"
    return f"{where}, {place}" if where else place


@dataclass(frozen=True, slots=True)
class _Fault:
    position: int
    found: str
    help: str


@dataclass(slots=True)
class _Frame:
    """An object or array that the tokenizer is inside of."""

    is_object: bool
    keys: set[str] = field(default_factory=set)
    key: str = ""
    count: int = 0
    wants_key: bool = True


def _first_fault(text: str) -> _Fault | None:
    """Return the first thing in well-formed text that strict JSON forbids, with its place."""
    return next(_faults(text), None)


def _faults(text: str) -> Iterator[_Fault]:
    frames: list[_Frame] = []
    for match in _TOKEN.finditer(text):
        token, top = match.group(), frames[-1] if frames else None
        if token in "{[":
            frames.append(_Frame(token == "{"))
        elif token in "}]":
            del frames[-1:]
        elif token == ",":
            if top:
                top.count, top.wants_key = top.count + 1, True
        elif token == ":":
            if top:
                top.wants_key = False
        elif token[0] == '"':
            yield from _text_faults(token, match.start(), frames)
        else:
            yield from _number_faults(token, match.start(), frames)


def _text_faults(token: str, position: int, frames: list[_Frame]) -> Iterator[_Fault]:
    try:
        value = json.loads(token)
    except ValueError:
        return
    if any("\ud800" <= character <= "\udfff" for character in value):
        found = f"{_pointer(frames)} holds a lone surrogate, which is not text"
        yield _Fault(position, found, r"write the character itself, or a pair of \u escapes")
    top = frames[-1] if frames else None
    if top and top.is_object and top.wants_key:
        if value in top.keys:
            pointer = child(_pointer(frames[:-1]), value)
            yield _Fault(position, f"the key {pointer} stands twice", "keep one of the two")
        top.keys.add(value)
        top.key = value


def _number_faults(token: str, position: int, frames: list[_Frame]) -> Iterator[_Fault]:
    pointer = _pointer(frames) or "the document"
    if token in ("NaN", "Infinity", "-Infinity"):
        yield _Fault(position, f"{pointer} is {token}, which is not JSON", "use null or a number")
    elif token.lstrip("-").isdecimal():
        if len(token) > DIGITS_LIMIT:
            found = f"{pointer} is an integer of {len(token)} digits"
            yield _Fault(position, found, f"use at most {DIGITS_LIMIT} digits, or text")
    elif token not in ("true", "false", "null"):
        try:
            is_finite = abs(float(token)) != float("inf")
        except ValueError:
            return
        if not is_finite:
            found = f"{pointer} is {token[:40]}, which is beyond a 64-bit float"
            yield _Fault(position, found, "use a smaller number, or text")


def _pointer(frames: list[_Frame]) -> str:
    """Return the pointer of the value that comes next."""
    pointer = ""
    for frame in frames:
        pointer = child(pointer, frame.key if frame.is_object else frame.count)
    return pointer
