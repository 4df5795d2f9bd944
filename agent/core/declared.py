"""Fields that a payload has and a schema does not declare.

Declared means: named in `properties`, matched by a pattern, or a value of a declared map. An
object about whose keys nothing is said (`{"type": "object"}`, `{}`) is free: all of it is
declared. An open object with named properties declares those alone.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Iterable, Iterator

from agent.core.merging import Node, as_object, target_of
from agent.core.paths import child
from agent.core.patterns import translate
from agent.core.schema import Schema
from agent.core.values import Json

_BELOW = ("allOf", "anyOf", "oneOf")


def undeclared(schema: Schema, payload: Json) -> tuple[str, ...]:
    """Return the pointers of payload fields that the schema does not declare, in payload order.

    Arms of unions count together. Below an undeclared field nothing more is listed.
    """
    return tuple(Declarations(schema.document).missing_in(payload))


class Declarations:
    """What one canonical document declares, place by place."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def missing_in(self, payload: Json) -> Iterable[str]:
        """Yield the undeclared pointers of a payload."""
        stack: list[tuple[str, Json, list[Node]]] = [("", payload, [self._document])]
        while stack:
            at, value, nodes = stack.pop()
            together = self.closure(nodes)
            if isinstance(value, dict) and not is_free(together):
                below = [
                    (child(at, key), part, named(together, key)) for key, part in value.items()
                ]
                yield from (pointer for pointer, _, found in below if found is None)
                stack.extend((p, part, found) for p, part, found in reversed(below) if found)
            elif isinstance(value, list):
                stack.extend(
                    (child(at, index), part, found)
                    for index, part in reversed(list(enumerate(value)))
                    if (found := listed(together, index))
                )

    def closure(self, nodes: list[Node]) -> list[Node]:
        """Return the nodes together with all that look at the same value."""
        seen: dict[int, Node] = {}
        stack: list[Json] = list(reversed(nodes))
        while stack:
            node = as_object(stack.pop())
            if id(node) in seen:
                continue
            seen[id(node)] = node
            for key in _BELOW:
                stack.extend(node.get(key, ()))
            stack.extend(node[key] for key in ("then", "else") if key in node)
            stack.extend(node.get("dependentSchemas", {}).values())
            if "$ref" in node:
                stack.append(target_of(self._document, node["$ref"]))
        return list(seen.values())


def is_free(nodes: list[Node]) -> bool:
    """Return whether nothing is said about the keys of an object."""
    spoken = ("properties", "patternProperties", "additionalProperties", "unevaluatedProperties")
    return not any(node.get(key) not in (None, True, {}) for node in nodes for key in spoken)


def named(nodes: list[Node], key: str) -> list[Node] | None:
    """Return the subschemas that declare a key, or None when no one does."""
    found = [as_object(part) for node in nodes for part in _named_by(node, key)]
    return found or None


def _named_by(node: Node, key: str) -> list[Json]:
    """Return the subschemas by which one node declares a key."""
    found = [node["properties"][key]] if key in node.get("properties", {}) else []
    patterns = node.get("patternProperties", {})
    found.extend(patterns[pattern] for pattern in patterns if _matches(pattern, key))
    return found or list(_map_values(node))


def named_by_patterns(
    nodes: list[Node],
    *,
    matching: Collection[str] = (),
    others: Collection[str] = (),
) -> Iterator[list[Node] | None]:
    """Yield the subschemas of every kind of key that is not named: one for each set of patterns
    that it may match, None where no one declares it.

    The key is known to match the patterns `matching` and none of `others`.
    """
    patterns = sorted({one for node in nodes for one in node.get("patternProperties", {})})
    sure = tuple(one for one in patterns if one in matching)
    open_ones = [one for one in patterns if one not in matching and one not in others]
    for count in range(len(open_ones) + 1):
        for more in itertools.combinations(open_ones, count):
            found = [as_object(part) for node in nodes for part in _matched_by(node, sure + more)]
            yield found or None


def _matched_by(node: Node, matched: tuple[str, ...]) -> list[Json]:
    patterns = node.get("patternProperties", {})
    return [patterns[one] for one in matched if one in patterns] or list(_map_values(node))


def valued(nodes: list[Node]) -> list[Node]:
    """Return the subschemas of all fields: named ones, those of patterns, and map values."""
    found: list[Json] = []
    for node in nodes:
        found += node.get("properties", {}).values()
        found += node.get("patternProperties", {}).values()
        found += _map_values(node)
    return [as_object(part) for part in found]


def _map_values(node: Node) -> Iterable[Json]:
    """Yield the schema of map values, when the node declares a map."""
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        values = node.get(keyword)
        if values is None or values is False:
            continue
        if values not in (True, {}) or "properties" not in node:
            yield values


def listed(nodes: list[Node], index: int) -> list[Node]:
    """Return the subschemas of an array item; none when nothing is said about it."""
    found: list[Json] = []
    for node in nodes:
        first = node.get("prefixItems", ())
        if index < len(first):
            found.append(first[index])
        else:
            found.extend(node[key] for key in ("items", "unevaluatedItems") if key in node)
    return [as_object(node) for node in found]


@functools.lru_cache(maxsize=1024)
def _compiled(pattern: str) -> object:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator({"pattern": translate(pattern)})


def _matches(pattern: str, key: str) -> bool:
    try:
        return bool(_compiled(pattern).is_valid(key))  # type: ignore[attr-defined]
    except ValueError:
        return False
