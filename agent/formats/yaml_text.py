"""YAML read as JSON data: YAML 1.2 core types, no tags that build objects, aliases counted.

`no`, `12:30` and `2020-01-01` stay text, unlike in YAML 1.1. Keys are text, as written. The
reader builds from parser events with a stack of its own, so that depth, size and repeated keys
are seen while reading and not afterwards.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from agent.core.values import Json
from agent.errors import InvalidDocument
from agent.formats.limits import DIGITS_LIMIT, NODE_LIMIT, refuse_depth, refuse_nodes

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ODD_FLOAT = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_TAG = "tag:yaml.org,2002:"
_TAGS = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq"))
_MERGE = "<<"


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that is being read. `size` counts values, aliases in full."""

    value: Any
    mark: Any
    anchor: str | None
    key: str | None = None
    merges: list[dict[str, Json]] = field(default_factory=list)
    size: int = 1


@dataclass(slots=True)
class _Reading:
    where: str
    limit_depth: int
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Json, int]] = field(default_factory=dict)
    unfinished: set[str] = field(default_factory=set)
    result: list[Json] = field(default_factory=list)
    total: int = 0


def read_yaml(text: str, *, where: str, limit_depth: int) -> Json:
    """Return the JSON value that one YAML document holds.

    Raises:
        InvalidDocument: it is not YAML, or holds what JSON cannot: an object tag, a repeated or
            composite key, a cyclic alias, NaN; or it breaks an intake limit.
    """
    import yaml

    reading = _Reading(where, limit_depth)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            _take(reading, event, yaml)
    except yaml.YAMLError as error:
        raise _syntax_error(error, where) from error
    if not reading.result:
        raise InvalidDocument(where=where, found="no document", help="the file holds no value")
    return reading.result[0]


def _take(reading: _Reading, event: Any, yaml: Any) -> None:
    match event:
        case yaml.ScalarEvent():
            _check_tag(reading, event)
            _put_scalar(reading, event)
        case yaml.AliasEvent():
            _put_alias(reading, event)
        case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
            _check_tag(reading, event)
            _start(reading, event, {} if isinstance(event, yaml.MappingStartEvent) else [])
        case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
            _end(reading)
        case yaml.DocumentStartEvent() if reading.result:
            raise _refuse(
                reading,
                event,
                "a second document",
                "a file holds one; for many payloads use NDJSON",
            )


def _refuse(reading: _Reading, event: Any, found: str, help: str) -> InvalidDocument:
    mark = event.start_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}"
    where = f"{reading.where}, {place}" if reading.where else place
    return InvalidDocument(where=where, found=found, help=help)


def _syntax_error(error: Any, where: str) -> InvalidDocument:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return InvalidDocument(
        where=", ".join(part for part in (where, place) if part),
        found=f"neither JSON nor YAML: {problem}",
        help="check the syntax at this place",
    )


def _check_tag(reading: _Reading, event: Any) -> None:
    if event.tag is not None and event.tag not in _TAGS and event.tag != "!":
        raise _refuse(
            reading, event, f"the tag {event.tag[:80]!r}", "only plain JSON values can be read"
        )


def _start(reading: _Reading, event: Any, value: Any) -> None:
    if reading.open and isinstance(reading.open[-1].value, dict) and reading.open[-1].key is None:
        raise _refuse(reading, event, "a key that is not text", "keys of objects are text")
    if len(reading.open) >= reading.limit_depth:
        raise refuse_depth(reading.where, reading.limit_depth)
    if event.anchor:
        reading.unfinished.add(event.anchor)
    reading.open.append(_Open(value, event, event.anchor))


def _end(reading: _Reading) -> None:
    done = reading.open.pop()
    if isinstance(done.value, dict):
        for merged in done.merges:
            for key, value in merged.items():
                done.value.setdefault(key, value)
    if done.anchor:
        reading.unfinished.discard(done.anchor)
        reading.anchors[done.anchor] = (done.value, done.size)
    _put(reading, done.mark, done.value, size=done.size)


def _put_alias(reading: _Reading, event: Any) -> None:
    if event.anchor in reading.unfinished:
        raise _refuse(
            reading, event, f"the alias *{event.anchor}, which holds itself", "write the value out"
        )
    known = reading.anchors.get(event.anchor)
    if known is None:
        raise _refuse(
            reading, event, f"the alias *{event.anchor} of no anchor", "write the value out"
        )
    _put(reading, event, known[0], size=known[1])


def _put_scalar(reading: _Reading, event: Any) -> None:
    top = reading.open[-1] if reading.open else None
    if top is not None and isinstance(top.value, dict) and top.key is None:
        if event.value in top.value:
            raise _refuse(
                reading, event, f"the key {event.value[:80]!r} stands twice", "keep one of the two"
            )
        top.key = event.value
        return
    value = _scalar(reading, event)
    if event.anchor:
        reading.anchors[event.anchor] = (value, 1)
    _put(reading, event, value, size=1)


def _put(reading: _Reading, event: Any, value: Json, *, size: int) -> None:
    """Put a finished value into the container that is open, or make it the result."""
    if not reading.open:
        reading.result.append(value)
        return
    top = reading.open[-1]
    top.size += size
    if top.size > NODE_LIMIT:
        raise refuse_nodes(reading.where)
    if isinstance(top.value, list):
        top.value.append(value)
    elif top.key is None:
        raise _refuse(reading, event, "an alias as a key", "write the key out")
    elif top.key == _MERGE and isinstance(value, (dict, list)):
        parts = value if isinstance(value, list) else [value]
        top.merges.extend(part for part in parts if isinstance(part, dict))
        top.key = None
    else:
        top.value[top.key] = value
        top.key = None


def _scalar(reading: _Reading, event: Any) -> Json:
    """Return a scalar's value by the core schema of YAML 1.2; quoted ones are text."""
    text: str = event.value
    if event.tag == _TAG + "str" or (event.tag is None and not event.implicit[0]):
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return _number(reading, event, text)


def _number(reading: _Reading, event: Any, text: str) -> Json:
    if _INTEGER.fullmatch(text):
        if len(text) > DIGITS_LIMIT:
            found = f"an integer of {len(text)} digits"
            raise _refuse(reading, event, found, f"use at most {DIGITS_LIMIT} digits, or quote it")
        return int(text)
    if len(text) > DIGITS_LIMIT:
        return text
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    if _ODD_FLOAT.fullmatch(text):
        raise _refuse(reading, event, f"{text}, which is not JSON", "use null or a number")
    if _FLOAT.fullmatch(text):
        value = float(text)
        if not math.isfinite(value):
            found = f"{text[:40]}, which is beyond a 64-bit float"
            raise _refuse(reading, event, found, "use a smaller number, or quote it")
        return value
    return text
