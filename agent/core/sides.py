"""A schema as one side of the wire sees it: without what that side is never sent.

Source: OpenAPI 3, "readOnly" and "writeOnly": a request leaves a `readOnly` property out and a
response a `writeOnly` one, and a name in `required` counts only on the side that has it.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.core.changes import Direction
from agent.core.dialects import MANY_SCHEMAS, NAMED_SCHEMAS, ONE_SCHEMA
from agent.core.likeness import schema_fingerprint
from agent.core.merging import parts_of
from agent.core.schema import Schema
from agent.core.scopes import scope_parts
from agent.core.values import Json


def seen_from(schema: Schema, direction: Direction) -> Schema:
    """Return the schema of the payloads that flow that way (`none`: with everything)."""
    flag = {Direction.REQUEST: "readOnly", Direction.NONE: ""}.get(direction, "writeOnly")
    if not flag or not _mentions(schema.document, flag):
        return schema
    document = _Side(schema.document, flag).copy(schema.document)
    return Schema(document=document, fingerprint=schema_fingerprint(document))


def _mentions(document: Json, flag: str) -> bool:
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get(flag) is True:
                return True
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return False


class _Side:
    """A copy of one document without the properties that carry a flag."""

    def __init__(self, document: Json, flag: str) -> None:
        self._document, self._flag = document, flag

    def copy(self, node: Json) -> Json:
        if not isinstance(node, dict):
            return node
        hidden = self._hidden(node)
        copied = {key: _below(key, value, self.copy) for key, value in node.items()}
        if hidden & set(copied.get("properties", ())):
            kept = {n: v for n, v in copied["properties"].items() if n not in hidden}
            copied["properties"] = kept
        if "required" in copied:
            copied["required"] = [name for name in copied["required"] if name not in hidden]
        return copied

    def _hidden(self, node: dict[str, Json]) -> set[str]:
        """Return the names that any part of the scope marks."""
        if "properties" not in node and "required" not in node:
            return set()
        return {
            name
            for part in scope_parts(self._document, node)
            for name, schema in part.get("properties", {}).items()
            if self._is_marked(schema)
        }

    def _is_marked(self, schema: Json) -> bool:
        waiting, seen = [schema], set[int]()
        while waiting:
            part = waiting.pop()
            if not isinstance(part, dict) or id(part) in seen:
                continue
            if part.get(self._flag) is True:
                return True
            seen.add(id(part))
            waiting.extend(parts_of(self._document, part))
        return False


def _below(key: str, value: Json, copy: Callable[[Json], Json]) -> Json:
    if key in ONE_SCHEMA:
        return copy(value)
    if key in MANY_SCHEMAS:
        return [copy(part) for part in value]
    if key in NAMED_SCHEMAS or key == "$defs":
        return {name: copy(part) for name, part in value.items()}
    return value
