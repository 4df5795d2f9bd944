"""Wrong payloads: every constraint of a source schema, broken at every place where it stands.

The bytes path of a compiled adapter must refuse each of them that a rule could see: a proof relies
on what the source schema says of the fields that are read.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from agent.core import paths
from agent.core.contract import payload_validator
from agent.core.language.document import Adapter
from agent.core.language.reads import provenance
from agent.core.schema import make_schema
from agent.core.values import Json

_ODD: Final[dict[str, Json]] = {
    "null": None,
    "boolean": True,
    "integer": 7,
    "number": 7.5,
    "string": "7",
    "array": [7],
    "object": {"seven": 7},
}
BROKEN_TEXTS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "cut short": lambda body: body[:-1],
    "trailing text": lambda body: body + b"]",
    "NaN": lambda body: body.replace(b"true", b"NaN", 1).replace(b"false", b"NaN", 1),
    "not UTF-8": lambda body: body.replace(b'": "', b'": "\xff', 1).replace(b'":"', b'":"\xff', 1),
    "single quotes": lambda body: body.replace(b'"', b"'"),
    "nothing": lambda _: b"",
}
"""Bodies that are no JSON at all, made of one that is."""


@dataclass(frozen=True, slots=True)
class WrongPayload:
    """A payload that breaks one constraint; `is_read` says whether a rule reads the place."""

    constraint: str
    path: str
    payload: Json
    is_read: bool


def wrong_payloads(adapter: Adapter, payload: Json) -> Iterator[WrongPayload]:
    """Yield `payload` with one constraint of the source schema broken, for each of them.

    Only what the validator finds invalid is yielded; of arrays the last item is broken.
    """
    validator = payload_validator(make_schema(adapter.source_schema))
    read = _read_paths(adapter)
    dropped = frozenset(drop.path for drop in adapter.drops)
    for steps, node in _nodes(adapter.source_schema, payload, ()):
        path = _path_of(steps)
        for constraint, value in _breaches(node, _at(payload, steps)):
            broken = _with(payload, steps, value)
            if not validator.is_met(broken):
                is_read = path not in dropped and _is_read(path, read, constraint)
                yield WrongPayload(constraint, path, broken, is_read)


def _read_paths(adapter: Adapter) -> frozenset[str]:
    found: set[str] = set()
    for item in provenance(adapter):
        found |= item.reads | item.walks
    return frozenset(found)


def _is_read(path: str, read: frozenset[str], constraint: str) -> bool:
    """Return whether a rule reads a place, something in it, or all that it lies in.

    A closed object is checked wherever a rule reads any of its fields.
    """
    if constraint.startswith("required "):
        path = paths.child(path, constraint.removeprefix("required "))
    return any(
        other == path or other.startswith(path + "/") or path.startswith(other + "/")
        for other in read
    )


def _nodes(node: Json, value: Json, steps: tuple[Any, ...]) -> Iterator[tuple[Any, Json]]:
    """Yield the places of a payload that a schema describes, each with its subschema."""
    yield steps, node
    if isinstance(value, dict):
        for key, below in node.get("properties", {}).items():
            if key in value:
                yield from _nodes(below, value[key], (*steps, key))
        rest = node.get("additionalProperties")
        if isinstance(rest, dict):
            for key in list(value)[:1]:
                yield from _nodes(rest, value[key], (*steps, key))
    if isinstance(value, list) and value and "items" in node:
        yield from _nodes(node["items"], value[-1], (*steps, len(value) - 1))


def _breaches(node: Json, value: Json) -> Iterator[tuple[str, Json]]:
    """Yield values that break a subschema at one place, with the constraint that each breaks."""
    types = node.get("type", list(_ODD))
    for name, odd in _ODD.items():
        if name not in types:
            yield f"type, {name}", odd
    yield from _scalar_breaches(node, value)
    if isinstance(value, dict):
        yield from _object_breaches(node, value)
    if isinstance(value, list) and value:
        yield from _array_breaches(node, value)


def _scalar_breaches(node: Json, value: Json) -> Iterator[tuple[str, Json]]:
    if "enum" in node:
        yield "enum", "no such word"
    if "minimum" in node:
        yield "minimum", node["minimum"] - 1
    if "maximum" in node:
        yield "maximum", node["maximum"] + 1
    if "minLength" in node:
        yield "minLength", "x" * (node["minLength"] - 1)
    if "maxLength" in node:
        yield "maxLength", "x" * (node["maxLength"] + 1)
    if "pattern" in node:
        yield "pattern", "?"
        yield "pattern, a line end after it", f"{value}\n"


def _object_breaches(node: Json, value: Json) -> Iterator[tuple[str, Json]]:
    for key in node.get("required", ()):
        yield f"required {key}", {k: item for k, item in value.items() if k != key}
    if node.get("additionalProperties") is False:
        yield "additionalProperties", {**value, "not_declared": 1}


def _array_breaches(node: Json, value: list[Json]) -> Iterator[tuple[str, Json]]:
    if node.get("minItems", 0) > 0:
        yield "minItems", value[: node["minItems"] - 1]
    if "maxItems" in node:
        yield "maxItems", value[:1] * (node["maxItems"] + 1)


def _at(value: Json, steps: tuple[Any, ...]) -> Json:
    for step in steps:
        value = value[step]
    return value


def _with(payload: Json, steps: tuple[Any, ...], value: Json) -> Json:
    if not steps:
        return value
    changed = copy.deepcopy(payload)
    _at(changed, steps[:-1])[steps[-1]] = value
    return changed


def _path_of(steps: tuple[Any, ...]) -> str:
    path = ""
    for step in steps:
        path = paths.items(path) if isinstance(step, int) else paths.child(path, step)
    return path
