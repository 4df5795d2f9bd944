"""What each keyword of a canonical node says, as a formula."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from agent.core.inclusion.evaluated import unevaluated
from agent.core.inclusion.formulas import (
    And,
    Atom,
    Body,
    Contains,
    Fields,
    Format,
    Formula,
    High,
    Items,
    Keys,
    Low,
    Multiple,
    Names,
    OneOfValues,
    Opaque,
    Or,
    Pattern,
    Size,
    Type,
    Types,
    Unique,
    negated,
)
from agent.core.inclusion.graph import FALSE, TRUE, Graph, Literal, Spot
from agent.core.merging import target_of, value_key
from agent.core.values import Json

MAX_ARMS: Final = 100
"""Most arms of a `oneOf` that are told apart pairwise; `oneOf` with more is opaque."""


_FIRST_UNION: Final = 1 << 40
"""Literals from here on are no classes of the graph."""


def exact(number: float) -> Fraction:
    """Return a JSON number as the fraction that its decimal text says."""
    return Fraction(number) if isinstance(number, int) else Fraction(repr(number))


class Expander:
    """Writes the classes of a graph as formulas, each once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._formulas: dict[Literal, Formula] = {TRUE: And(()), FALSE: Or(())}
        self._unions: dict[frozenset[Literal], Literal] = {}

    def formula(self, literal: Literal) -> Formula:
        """Return what a literal says, one step down."""
        known = self._formulas.get(literal)
        if known is None:
            known = negated(self.formula(-literal)) if literal < 0 else self._expand(literal)
            self._formulas[literal] = known
        return known

    def any_of(self, literals: frozenset[Literal]) -> Literal:
        """Return a literal that says that some of these holds."""
        if len(literals) == 1:
            return next(iter(literals))
        known = self._unions.get(literals)
        if known is None:
            known = self._unions[literals] = _FIRST_UNION + len(self._unions)
            self._formulas[known] = Or(tuple(sorted(literals)))
        return known

    def _expand(self, literal: Literal) -> Formula:
        spot = self._graph.spot(literal)
        node = _Node(self._graph, spot, literal)
        parts = [*node.formulas()]
        for keyword in ("unevaluatedProperties", "unevaluatedItems"):
            if keyword in spot.node:
                found = unevaluated(self._graph, spot, keyword, any_of=self.any_of)
                parts.append(found or Opaque(keyword, node.pointer, literal))
        return parts[0] if len(parts) == 1 else And(tuple(parts))


class _Node:
    """The keywords of one node."""

    def __init__(self, graph: Graph, spot: Spot, literal: Literal) -> None:
        self._graph = graph
        self._spot = spot
        self._literal = literal
        self._node: dict[str, Any] = spot.root.asserted(spot.node)
        self.pointer = graph.pointer(spot)

    def formulas(self) -> Iterator[Formula]:
        """Yield what every keyword says but the `unevaluated` ones."""
        yield from self._values()
        yield from self._combined()
        yield from self._numbers()
        yield from self._texts()
        yield from self._arrays()
        yield from self._objects()

    def _read(self, node: Json) -> Literal:
        return self._graph.literal(node, self._spot.root)

    def _atom(self, type_: Type, body: Body, keyword: str, *, holds: bool = True) -> Atom:
        return Atom(type_, body, holds, True, keyword, self.pointer)

    def _values(self) -> Iterator[Formula]:
        if "type" in self._node:
            yield from self._types(self._node["type"])
        for keyword in ("const", "enum"):
            if keyword in self._node:
                values = self._node["enum"] if keyword == "enum" else [self._node["const"]]
                yield OneOfValues(tuple(values), frozenset(map(value_key, values)))

    def _types(self, value: Json) -> Iterator[Formula]:
        names = {value} if isinstance(value, str) else set(value)
        types = {Type(name) for name in names if name != "integer"}
        if "integer" not in names or "number" in names:
            yield Types(frozenset(types))
            return
        yield Types(frozenset(types | {Type.NUMBER}))
        yield self._atom(Type.NUMBER, Multiple(Fraction(1)), "type")

    def _combined(self) -> Iterator[Formula]:
        node = self._node
        if "$ref" in node:
            yield self._read(target_of(self._spot.root.document, node["$ref"]))
        yield from map(self._read, node.get("allOf", ()))
        if "anyOf" in node:
            yield Or(tuple(map(self._read, node["anyOf"])), "anyOf", self.pointer)
        if "oneOf" in node:
            yield self._one_of(tuple(map(self._read, node["oneOf"])))
        if "not" in node:
            yield -self._read(node["not"])
        if "if" in node:
            test = self._read(node["if"])
            then, other = self._read(node.get("then", True)), self._read(node.get("else", True))
            yield Or((-test, then), "if", self.pointer)
            yield Or((test, other), "if", self.pointer)

    def _one_of(self, arms: tuple[Literal, ...]) -> Formula:
        if len(arms) == 1:
            return arms[0]
        if len(arms) > MAX_ARMS:
            return Opaque("oneOf", self.pointer, self._literal)
        return Or(
            tuple(
                And((arm, *(-other for place, other in enumerate(arms) if place != index)))
                for index, arm in enumerate(arms)
            ),
            "oneOf",
            self.pointer,
        )

    def _numbers(self) -> Iterator[Formula]:
        node = self._node
        for keyword in ("minimum", "exclusiveMinimum"):
            if keyword in node:
                low = Low(exact(node[keyword]), keyword != "minimum")
                yield self._atom(Type.NUMBER, low, keyword)
        for keyword in ("maximum", "exclusiveMaximum"):
            if keyword in node:
                high = High(exact(node[keyword]), keyword != "maximum")
                yield self._atom(Type.NUMBER, high, keyword)
        if "multipleOf" in node:
            yield self._atom(Type.NUMBER, Multiple(exact(node["multipleOf"])), "multipleOf")

    def _bounds(self, type_: Type, least: str, most: str) -> Iterator[Formula]:
        """Yield both bounds of a size; "at most n" is "not n + 1"."""
        if self._node.get(least, 0) > 0:
            yield self._atom(type_, Size(self._node[least]), least)
        if most in self._node:
            yield self._atom(type_, Size(self._node[most] + 1), most, holds=False)

    def _texts(self) -> Iterator[Formula]:
        yield from self._bounds(Type.STRING, "minLength", "maxLength")
        if "pattern" in self._node:
            yield self._atom(Type.STRING, Pattern(self._node["pattern"]), "pattern")
        if "format" in self._node:
            yield self._atom(Type.STRING, Format(self._node["format"]), "format")

    def _arrays(self) -> Iterator[Formula]:
        node, kind = self._node, Type.ARRAY
        yield from self._bounds(kind, "minItems", "maxItems")
        first = node.get("prefixItems", ())
        for index, item in enumerate(first):
            yield self._atom(kind, Items(index, index + 1, self._read(item)), "prefixItems")
        if "items" in node:
            yield self._atom(kind, Items(len(first), None, self._read(node["items"])), "items")
        if "uniqueItems" in node:
            yield self._atom(kind, Unique(), "uniqueItems")
        if "contains" in node:
            yield from self._contained(self._read(node["contains"]))

    def _contained(self, literal: Literal) -> Iterator[Formula]:
        fewest = self._node.get("minContains", 1)
        if fewest > 0:
            yield self._atom(Type.ARRAY, Contains(literal, fewest), "contains")
        if "maxContains" in self._node:
            too_many = Contains(literal, self._node["maxContains"] + 1)
            yield self._atom(Type.ARRAY, too_many, "maxContains", holds=False)

    def _objects(self) -> Iterator[Formula]:
        node = self._node
        yield from self._bounds(Type.OBJECT, "minProperties", "maxProperties")
        yield from map(self._present, node.get("required", ()))
        named, patterns = node.get("properties", {}), node.get("patternProperties", {})
        for name, part in named.items():
            yield self._fields(Keys(name=name), part, "properties")
        for pattern, part in patterns.items():
            yield self._fields(Keys(pattern=pattern), part, "patternProperties")
        if "additionalProperties" in node:
            others = Keys(names=frozenset(named), patterns=tuple(sorted(patterns)))
            yield self._fields(others, node["additionalProperties"], "additionalProperties")
        if "propertyNames" in node:
            names = Names(self._read(node["propertyNames"]))
            yield self._atom(Type.OBJECT, names, "propertyNames")
        yield from self._dependents()

    def _fields(self, keys: Keys, part: Json, keyword: str) -> Atom:
        return self._atom(Type.OBJECT, Fields(keys, self._read(part)), keyword)

    def _absent(self, name: str, keyword: str) -> Atom:
        return self._atom(Type.OBJECT, Fields(Keys(name=name), FALSE), keyword)

    def _present(self, name: str, keyword: str = "required") -> Atom:
        return self._atom(Type.OBJECT, Fields(Keys(name=name), FALSE), keyword, holds=False)

    def _dependents(self) -> Iterator[Formula]:
        for name, names in self._node.get("dependentRequired", {}).items():
            for other in names:
                absent = self._absent(name, "dependentRequired")
                yield Or((absent, self._present(other, "dependentRequired")))
        for name, part in self._node.get("dependentSchemas", {}).items():
            absent = self._absent(name, "dependentSchemas")
            yield Or((absent, self._read(part)), "dependentSchemas", self.pointer)
