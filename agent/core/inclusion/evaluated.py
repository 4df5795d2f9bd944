"""`unevaluatedProperties` and `unevaluatedItems`: which fields and items other keywords look at.

What a subschema has looked at counts when the subschema holds. Looking at more only allows more,
so the keyword is a choice over sets of arms that are taken to hold, each with what they look at;
arms that hold beside them need not be excluded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, TypeAlias

from agent.core.inclusion.formulas import And, Atom, Fields, Formula, Items, Keys, Or, Type
from agent.core.inclusion.graph import FALSE, Graph, Literal, Spot
from agent.core.merging import target_of
from agent.core.values import Json

MAX_ALTERNATIVES: Final = 64
"""Most sets of arms that are told apart."""

AnyOf: TypeAlias = Callable[[frozenset[Literal]], Literal]


@dataclass(frozen=True, slots=True)
class _Looked:
    """What has been looked at: fields by name and pattern, items by index and by `contains`."""

    names: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    first: int = 0
    contained: frozenset[Literal] = frozenset()
    is_all: bool = False

    def __or__(self, other: _Looked) -> _Looked:
        return _Looked(
            self.names | other.names,
            self.patterns | other.patterns,
            max(self.first, other.first),
            self.contained | other.contained,
            self.is_all or other.is_all,
        )


_Alternative: TypeAlias = tuple[tuple[Formula, ...], _Looked]
_NOTHING: Final = _Looked()


class _TooMany(Exception):
    """There are more sets of arms than are told apart."""


def unevaluated(graph: Graph, spot: Spot, keyword: str, *, any_of: AnyOf) -> Formula | None:
    """Return what `keyword` says at a node, or None when there are too many sets of arms."""
    reader = _Reader(graph, spot, keyword)
    try:
        found = reader.alternatives(spot.node, is_top=True)
    except _TooMany:
        return None
    rest = graph.literal(spot.node[keyword], spot.root)
    pointer = graph.pointer(spot)
    parts = []
    for formulas, looked in found:
        if looked.is_all:
            parts.append(And(formulas))
            continue
        atom: Fields | Items
        if keyword == "unevaluatedProperties":
            keys = Keys(names=looked.names, patterns=tuple(sorted(looked.patterns)))
            atom = Fields(keys, rest)
        else:
            atom = Items(looked.first, None, any_of(looked.contained | {rest}))
        kind = Type.OBJECT if keyword == "unevaluatedProperties" else Type.ARRAY
        parts.append(And((*formulas, Atom(kind, atom, True, True, keyword, pointer))))
    return Or(tuple(parts), keyword, pointer)


class _Reader:
    def __init__(self, graph: Graph, spot: Spot, keyword: str) -> None:
        self._graph = graph
        self._root = spot.root
        self._keyword = keyword

    def alternatives(self, node: Json, *, is_top: bool = False) -> list[_Alternative]:
        """Return sets of arms below a node that may hold, with what the node then looks at."""
        if not isinstance(node, dict):
            return [((), _NOTHING)]
        found: list[_Alternative] = [((), self._own(node, is_top=is_top))]
        for choice in self._choices(node):
            found = _without_repeats(
                ((*one[0], *other[0]), one[1] | other[1]) for one, other in product(found, choice)
            )
            if len(found) > MAX_ALTERNATIVES:
                raise _TooMany
        return found

    def _own(self, node: dict[str, Any], *, is_top: bool) -> _Looked:
        if not is_top and self._keyword in node:
            return _Looked(is_all=True)
        if self._keyword == "unevaluatedProperties":
            return _Looked(
                names=frozenset(node.get("properties", ())),
                patterns=frozenset(node.get("patternProperties", ())),
                is_all="additionalProperties" in node,
            )
        contained = [self._read(node["contains"])] if "contains" in node else []
        return _Looked(
            first=len(node.get("prefixItems", ())),
            contained=frozenset(contained),
            is_all="items" in node,
        )

    def _read(self, node: Json) -> Literal:
        return self._graph.literal(node, self._root)

    def _choices(self, node: dict[str, Any]) -> Iterable[list[_Alternative]]:
        """Yield for each subschema in place the alternatives that it brings."""
        if "$ref" in node:
            yield self.alternatives(target_of(self._root.document, node["$ref"]))
        for part in node.get("allOf", ()):
            yield self.alternatives(part)
        for part in node.get("anyOf", ()):
            yield self._perhaps([part])
        if "oneOf" in node:
            choices = [self._perhaps([part]) for part in node["oneOf"]]
            yield _without_repeats(one for choice in choices for one in choice)
        if "if" in node:
            test = self._read(node["if"])
            held = self._perhaps([node["if"], node.get("then", True)])
            other = [
                ((-test, *formulas), looked)
                for formulas, looked in self.alternatives(node.get("else", True))
                if looked != _NOTHING
            ]
            yield _without_repeats([*held, *other])
        for name, part in node.get("dependentSchemas", {}).items():
            there = Atom(Type.OBJECT, Fields(Keys(name=name), FALSE), False, False)
            yield [
                ((), _NOTHING),
                *(
                    ((there, *formulas), looked)
                    for formulas, looked in self.alternatives(part)
                    if looked != _NOTHING
                ),
            ]

    def _perhaps(self, parts: Sequence[Json]) -> list[_Alternative]:
        """Return what some parts look at when all of them hold, and that they need not."""
        held = tuple(self._read(part) for part in parts)
        found: list[_Alternative] = [(held, _NOTHING)]
        for part in parts:
            found = [
                ((*one[0], *other[0]), one[1] | other[1])
                for one, other in product(found, self.alternatives(part))
            ]
        return [((), _NOTHING), *(one for one in found if one[1] != _NOTHING)]


def _without_repeats(found: Iterable[_Alternative]) -> list[_Alternative]:
    return list(dict.fromkeys(found))
