"""Schemas that cannot be evaluated: circles without a step into the value, and explosions."""

from __future__ import annotations

from agent.core.dialects import IN_PLACE_MANY, IN_PLACE_ONE, subschemas
from agent.core.merging import Node, target_of
from agent.core.values import Json

STEP_LIMIT = 1_000_000
"""Most subschemas that one value may meet at one place; 20 doubling levels of `allOf` pass it."""

CHAIN_LIMIT = 1_000
"""Longest chain of references and combinations that judge one value."""

_IN_PLACE = frozenset((*IN_PLACE_ONE, *IN_PLACE_MANY, "$ref", "dependentSchemas"))


def find_trouble(document: Node) -> tuple[str, str] | None:
    """Return what makes a canonical schema impossible to evaluate and what would help, or None."""
    costs: dict[int, tuple[int, int]] = {}
    open_nodes: set[int] = set()
    for start, name in _starts(document):
        stack: list[tuple[Node, bool]] = [(start, False)]
        while stack:
            node, is_leaving = stack.pop()
            parts = _parts_in_place(document, node)
            if is_leaving:
                open_nodes.discard(id(node))
                steps = 1 + sum(costs[id(part)][0] for part in parts)
                depth = 1 + max((costs[id(part)][1] for part in parts), default=0)
                if steps > STEP_LIMIT or depth > CHAIN_LIMIT:
                    return _explosion(name)
                costs[id(node)] = (steps, depth)
            elif id(node) in open_nodes:
                continue
            elif id(node) not in costs:
                open_nodes.add(id(node))
                stack.append((node, True))
                for part in parts:
                    if id(part) in open_nodes:
                        return _circle(name)
                    stack.append((part, False))
    return None


def _starts(document: Node) -> list[tuple[Node, str]]:
    """Return every node that has parts in place, each with the definition that it lies in."""
    named = [
        (document, "#"),
        *((document["$defs"][name], name) for name in document.get("$defs", {})),
    ]
    nodes: list[tuple[Node, str]] = []
    for root, name in named:
        stack: list[Json] = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                if _IN_PLACE & node.keys():
                    nodes.append((node, name))
                stack.extend(part for keys, part in subschemas(node) if keys[0] != "$defs")
    return nodes


def _parts_in_place(document: Node, node: Node) -> list[Node]:
    """Return the subschemas that judge the same value as `node` and have such parts themselves."""
    parts: list[Json] = []
    if "$ref" in node:
        parts.append(target_of(document, node["$ref"]))
    for key in IN_PLACE_MANY:
        parts.extend(node.get(key, ()))
    parts.extend(node[key] for key in IN_PLACE_ONE if key in node)
    parts.extend(node.get("dependentSchemas", {}).values())
    return [part for part in parts if isinstance(part, dict) and _IN_PLACE & part.keys()]


def _circle(name: str) -> tuple[str, str]:
    place = "the root" if name == "#" else f"definition {name!r}"
    return (
        f"{place} refers to itself without a step into the value, so it says nothing",
        "let the reference stand below properties, items or another step into the value",
    )


def _explosion(name: str) -> tuple[str, str]:
    place = "the root" if name == "#" else f"definition {name!r}"
    return (
        f"{place} needs more than {STEP_LIMIT:,} steps, or a chain of more than {CHAIN_LIMIT:,} "
        "references, for one place of a value",
        "let allOf, anyOf and oneOf refer to each definition once, and shorten the chain",
    )
