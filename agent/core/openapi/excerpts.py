"""One holder of a document as a schema by itself: alone, or with all that it refers to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.core.openapi.document import ApiDocument, is_local, pointer_of
from agent.core.openapi.holders import references
from agent.core.schema import Schema, make_schema
from agent.core.values import Json

INLINE_DEPTH = 4
"""References of one version only that are followed below one another."""

Key = tuple[str, bool]
"""A pointer, and whether it leads into the old version of a document."""
Keys = Callable[[str, bool], Key]
"""What a reference to a pointer leads to, from the old version or from the new one."""


def alone(document: ApiDocument, node: Json, *, shared: frozenset[str]) -> Schema:
    """Return a schema in which references to `shared` holders stand for themselves.

    A shared holder is one that both versions refer to: its changes are told at that holder. What
    only one version refers to is looked into, so that taking a part out into a component, or
    renaming one, is no change.

    Raises:
        InvalidSchema: it is no schema, or refers to what is not there.
    """
    found: dict[Key, Json] = {}
    waiting = [(pointer, 1) for pointer in references(node)]
    while waiting:
        pointer, depth = waiting.pop()
        if (pointer, False) in found:
            continue
        target = document.at(pointer).node
        if pointer in shared or depth > INLINE_DEPTH:
            found[pointer, False] = _stand_in(document, pointer)
        elif isinstance(target, (dict, bool)):
            found[pointer, False] = target
            waiting.extend((below, depth + 1) for below in references(target))
    return _bundle(document, (node, False), found, lambda pointer, _: (pointer, False))


@dataclass(frozen=True, slots=True)
class Mixture:
    """Both versions of a document, mixed so that one schema can be judged by itself.

    What both versions of that schema refer to (`shared`) stays as it was, with all below it: it is
    judged at its own place. What only the new one refers to is new.
    """

    old: ApiDocument
    new: ApiDocument
    shared: frozenset[str]

    def key(self, pointer: str, is_old: bool) -> Key:
        """Return where a reference leads, from the old version or from the new one."""
        return pointer, is_old or pointer in self.shared

    def node(self, key: Key) -> Json:
        """Return what stands there."""
        return (self.old if key[1] else self.new).at(key[0]).node

    def complete(self, node: Json, *, is_old: bool) -> Schema:
        """Return a schema with all that it refers to.

        Raises:
            InvalidSchema: it is no schema, or refers to what is not there.
        """
        found: dict[Key, Json] = {}
        waiting = [self.key(pointer, is_old) for pointer in references(node)]
        while waiting:
            key = waiting.pop()
            target = self.node(key)
            if key not in found and isinstance(target, (dict, bool)):
                found[key] = target
                waiting.extend(self.key(pointer, key[1]) for pointer in references(target))
        document = self.old if is_old else self.new
        return _bundle(document, (node, is_old), found, self.key)


def _bundle(
    document: ApiDocument, root: tuple[Json, bool], found: Mapping[Key, Json], keys: Keys
) -> Schema:
    """Return a schema of its own: every reference leads to a definition that is named like it."""
    node, is_old = root
    if not isinstance(node, dict):
        return make_schema(node, dialect=document.dialect, origin=document.origin)
    names = {key: _name(key[0], number) for number, key in enumerate(sorted(found))}

    def named(part: Json, is_from_old: bool) -> Json:
        return _renamed(part, lambda pointer: names.get(keys(pointer, is_from_old)))

    definitions = {name: named(found[key], key[1]) for key, name in names.items()}
    own = named(node, is_old)
    bundled = {"components": {"schemas": {"": own}}, "definitions": definitions}
    pointer = "/components/schemas/"
    return make_schema(bundled, pointer=pointer, dialect=document.dialect, origin=document.origin)


def _name(pointer: str, number: int) -> str:
    return f"{number}-{re.sub(r'[^A-Za-z0-9_.-]+', '_', pointer.rpartition('/')[2])}"


def _renamed(node: Json, name_of: Callable[[str], str | None]) -> Json:
    if isinstance(node, list):
        return [_renamed(part, name_of) for part in node]
    if not isinstance(node, dict):
        return node
    copied = {key: _renamed(value, name_of) for key, value in node.items()}
    reference = node.get("$ref", "")
    name = name_of(pointer_of(reference)) if is_local(reference) else None
    if name is not None:
        copied["$ref"] = f"#/definitions/{name}"
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
