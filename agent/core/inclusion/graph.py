"""The schemas of a question as one graph, in which subschemas that say the same are one node.

Subschemas are states of an automaton, as in `core/likeness`; a reference is no step of its own.
Two states that no walk tells apart are one class, whichever schema they come from, so recursion
and shared definitions cost nothing and what did not change is recognised at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from agent.core.dialects import MANY_SCHEMAS, NAMED_SCHEMAS, ONE_SCHEMA, subschemas
from agent.core.keywords import ANNOTATIONS
from agent.core.likeness import refine
from agent.core.merging import target_of, value_key
from agent.core.paths import child
from agent.core.values import Json, canonical_text

Literal: TypeAlias = int
"""A class of the graph, or its complement as the negative number."""

TRUE: Final[Literal] = 1
FALSE: Final[Literal] = -1

_SILENT: Final = ANNOTATIONS | frozenset(
    ["$defs", "$schema", "format", "contentEncoding", "contentMediaType", "contentSchema"]
)


@dataclass(frozen=True, slots=True)
class Root:
    """One schema of the question: `name` is how pointers into it begin.

    `format` is an annotation unless `asserts_formats`.
    """

    name: str
    document: dict[str, Json]
    asserts_formats: bool = False

    def asserted(self, node: dict[str, Json]) -> dict[str, Json]:
        """Return the keywords of a canonical node that decide about a value."""
        return {
            key: node[key]
            for key in node
            if (key not in _SILENT or (key == "format" and self.asserts_formats))
            and not key.startswith("x-")
        }


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a class of the graph is written down."""

    root: Root
    node: dict[str, Any]


class Graph:
    """The classes of all subschemas of some canonical documents."""

    def __init__(self, roots: Sequence[Root]) -> None:
        self._numbers: dict[int, int] = {}
        self._spots: list[Spot] = []
        for root in roots:
            self._enter(Spot(root, root.document))
        letters, steps = self._automaton()
        self._classes = refine(letters, steps)
        self._members: dict[int, Spot] = {}
        for class_, spot in zip(self._classes, self._spots, strict=True):
            self._members.setdefault(class_, spot)
        self._pointers: dict[str, dict[int, str]] = {}

    def literal(self, node: Json, root: Root) -> Literal:
        """Return the class of a subschema of a document."""
        if isinstance(node, bool):
            return TRUE if node else FALSE
        node = _followed(root, node)
        if isinstance(node, bool):
            return TRUE if node else FALSE
        if not root.asserted(node):
            return TRUE
        return self._classes[self._numbers[id(node)]] + 2

    def spot(self, literal: Literal) -> Spot:
        """Return where a class is written; any of its places does."""
        return self._members[abs(literal) - 2]

    def pointer(self, spot: Spot) -> str:
        """Return `name#/pointer` of a place."""
        known = self._pointers.get(spot.root.name)
        if known is None:
            known = self._pointers[spot.root.name] = _pointers(spot.root.document)
        return f"{spot.root.name}#{known.get(id(spot.node), '')}"

    def _enter(self, spot: Spot) -> int:
        number = self._numbers.setdefault(id(spot.node), len(self._numbers))
        if number == len(self._spots):
            self._spots.append(spot)
        return number

    def _automaton(self) -> tuple[list[str], list[list[int]]]:
        letters, steps = [], []
        for spot in self._spots:  # grows as it is walked
            letter, parts = _letter(spot)
            row = []
            for part in parts:
                node = _followed(spot.root, part)
                if isinstance(node, bool):
                    node = _ALWAYS if node else _NEVER
                row.append(self._enter(Spot(spot.root, node)))
            letters.append(letter)
            steps.append(row)
        return letters, steps


_ALWAYS: dict[str, Json] = {}
_NEVER: dict[str, Json] = {"not": _ALWAYS}


def _followed(root: Root, node: Json) -> Json:
    """Return what a node that only refers refers to; circles were refused when it was read."""
    while isinstance(node, dict):
        said = root.asserted(node)
        if said.keys() == {"$ref"}:
            node = target_of(root.document, node["$ref"])
        elif said.keys() == {"allOf"} and len(node["allOf"]) == 1:
            node = node["allOf"][0]
        else:
            break
    return node


def _letter(spot: Spot) -> tuple[str, list[Json]]:
    """Return what a node says itself, as text, and its subschemas in a fixed order."""
    own: dict[str, Json] = {}
    parts: list[Json] = []
    said = spot.root.asserted(spot.node)
    for key in sorted(said):
        value = said[key]
        if key == "$ref":
            own[key] = ""
            parts.append(target_of(spot.root.document, value))
        elif key in NAMED_SCHEMAS:
            own[key] = sorted(value)
            parts.extend(value[name] for name in own[key])
        elif key in MANY_SCHEMAS:
            own[key] = len(value)
            parts.extend(value)
        elif key in ONE_SCHEMA:
            own[key] = ""
            parts.append(value)
        else:
            own[key] = _plain(key, value)
    return canonical_text(own), parts


def _plain(key: str, value: Json) -> Json:
    """Return a plain keyword's value without the order that says nothing."""
    if key in ("type", "required") and isinstance(value, list):
        return sorted(value)
    if key == "enum":
        return sorted({value_key(item) for item in value})
    if key == "dependentRequired":
        return {name: sorted(names) for name, names in value.items()}
    return value_key(value)


def _pointers(document: dict[str, Json]) -> dict[int, str]:
    """Return the JSON Pointer of every node of a document."""
    found: dict[int, str] = {}
    stack: list[tuple[Json, str]] = [(document, "")]
    while stack:
        node, pointer = stack.pop()
        if not isinstance(node, dict) or id(node) in found:
            continue
        found[id(node)] = pointer
        for tokens, part in subschemas(node):
            below = pointer
            for token in tokens:
                below = child(below, token)
            stack.append((part, below))
    return found
