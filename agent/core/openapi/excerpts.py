"""One holder of a document as a schema by itself: alone, or with all that it refers to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from agent.core.openapi.document import ApiDocument, is_local, pointer_of
from agent.core.openapi.holders import references
from agent.core.schema import Schema, make_schema
from agent.core.values import Json

INLINE_DEPTH = 4
"""References of one version only that are followed below one another."""

Nodes = Mapping[str, Json]
"""Subschemas by their pointers."""


def alone(document: ApiDocument, node: Json, *, shared: frozenset[str]) -> Schema:
    """Return a schema in which references to `shared` holders stand for themselves.

    A shared holder is one that both versions refer to: its changes are told at that holder. What
    only one version refers to is looked into, so that taking a part out into a component, or
    renaming one, is no change.

    Raises:
        InvalidSchema: it is no schema, or refers to what is not there.
    """
    found: dict[str, Json] = {}
    waiting = [(pointer, 1) for pointer in references(node)]
    while waiting:
        pointer, depth = waiting.pop()
        if pointer in found:
            continue
        target = document.at(pointer).node
        if pointer in shared or depth > INLINE_DEPTH:
            found[pointer] = _stand_in(document, pointer)
        elif isinstance(target, (dict, bool)):
            found[pointer] = target
            waiting.extend((below, depth + 1) for below in references(target))
    return _bundle(document, node, found)


def complete(
    document: ApiDocument, node: Json, *, pointer: str, rest: Callable[[str], Json]
) -> Schema:
    """Return the schema of a holder whose node is `node`, with whatever `rest` gives for others.

    Raises:
        InvalidSchema: it is no schema, or refers to what is not there.
    """
    found: dict[str, Json] = {}
    waiting = list(references(node))
    while waiting:
        place = waiting.pop()
        if place in found:
            continue
        target = node if place == pointer else rest(place)
        if isinstance(target, (dict, bool)):
            found[place] = target
            waiting.extend(references(target))
    return _bundle(document, node, found)


def _bundle(document: ApiDocument, node: Json, found: Nodes) -> Schema:
    """Return a schema of its own: every reference leads to a definition that is named like it."""
    if not isinstance(node, dict):
        return make_schema(node, dialect=document.dialect, origin=document.origin)
    names = {pointer: _name(pointer, number) for number, pointer in enumerate(sorted(found))}
    definitions = {names[pointer]: _renamed(found[pointer], names) for pointer in sorted(found)}
    bundled = {"components": {"schemas": {"": _renamed(node, names)}}, "definitions": definitions}
    pointer = "/components/schemas/"
    return make_schema(bundled, pointer=pointer, dialect=document.dialect, origin=document.origin)


def _name(pointer: str, number: int) -> str:
    return f"{number}-{re.sub(r'[^A-Za-z0-9_.-]+', '_', pointer.rpartition('/')[2])}"


def _renamed(node: Json, names: Mapping[str, str]) -> Json:
    if isinstance(node, list):
        return [_renamed(part, names) for part in node]
    if not isinstance(node, dict):
        return node
    copied = {key: _renamed(value, names) for key, value in node.items()}
    reference = node.get("$ref", "")
    if is_local(reference) and pointer_of(reference) in names:
        copied["$ref"] = f"#/definitions/{names[pointer_of(reference)]}"
    return copied


def _stand_in(document: ApiDocument, pointer: str) -> Json:
    """Return a schema that only the same reference equals."""
    target = document.at(pointer).entries
    kind = target.get("type")
    if isinstance(kind, str) and kind not in ("object", "array"):
        return {"type": kind, "title": _last(pointer), "format": f"as {pointer}"}
    said = {"properties": {"$ref": {"const": pointer}}, "required": ["$ref"]}
    return {"type": "object", "title": _last(pointer), **said}


def _last(pointer: str) -> str:
    return pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
