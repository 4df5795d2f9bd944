"""Shapes of JSON Schema: every payload that is valid under a schema is in its shape.

A keyword that a shape cannot express is left out, which makes the shape larger, never smaller.
Subschemas are read when they are needed, so recursion and size cost nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from agent.core import paths
from agent.core.merging import target_of
from agent.core.schema import Schema
from agent.core.shapes.containers import field_of
from agent.core.shapes.facts import Fact, does_match, make_fact
from agent.core.shapes.large import (
    high_as_held,
    is_large,
    low_as_held,
    written_as,
)
from agent.core.shapes.lattice import join, join_all, meet
from agent.core.shapes.parts import (
    Arrays,
    Field,
    Form,
    Numbers,
    Objects,
    Texts,
    make_arrays,
    make_numbers,
    make_objects,
    make_texts,
)
from agent.core.shapes.scalars import minus_number, minus_text
from agent.core.shapes.shape import (
    ANY,
    NOTHING,
    Parts,
    Shape,
    later,
    literal,
    of_parts,
    without,
)
from agent.core.values import Json

_SPOKEN: Final = frozenset(
    [
        *("type", "enum", "const", "$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern"),
        *("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
        *("contains", "minContains", "maxContains", "unevaluatedItems"),
        *("properties", "patternProperties", "additionalProperties", "required"),
        *("propertyNames", "minProperties", "maxProperties", "unevaluatedProperties"),
        *("dependentRequired", "dependentSchemas"),
    ]
)
"""The keywords that say something of a value; a node without any of them allows everything."""

_ALL_TYPES: Final = ("null", "boolean", "number", "string", "array", "object")


def from_schema(schema: Schema, path: str = "") -> Shape:
    """Return the shape of the values at a path (`*` for items and map values) of a schema."""
    return at_path(reader_of(schema).read(schema.document), path)


def at_path(shape: Shape, path: str) -> Shape:
    """Return what stands at a path in the values of a shape, nothing where nothing can."""
    for token in paths.parse(path):
        shape = join_all(_below(shape, token))
    return shape


def _below(shape: Shape, token: str) -> Iterable[Shape]:
    if shape.parts.arrays is not None and token == paths.ANY:
        yield from (*shape.parts.arrays.first, shape.parts.arrays.rest)
    for variant in shape.parts.objects:
        if token != paths.ANY:
            yield field_of(variant, paths.key_of(token), meet=meet).shape
            continue
        yield variant.others
        yield from (found for _, found in variant.patterned)
        yield from (field.shape for _, field in variant.fields)


@functools.lru_cache(maxsize=256)
def reader_of(schema: Schema) -> Reader:
    """Return what reads the nodes of a schema; the same schema gets the same one."""
    return Reader(schema.document)


class Reader:
    """Reads the nodes of one canonical document, each once."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._shapes: dict[int, Shape] = {}

    def read(self, node: Json) -> Shape:
        """Return the shape of a node of the document, to be read when it is needed."""
        if isinstance(node, bool) or not _SPOKEN & node.keys():
            return NOTHING if node is False else ANY
        shape = self._shapes.get(id(node))
        if shape is None:
            shape = later((self, id(node)), lambda: self._build(node))
            self._shapes[id(node)] = shape
        return shape

    def _build(self, node: dict[str, Any]) -> Shape:
        shape = _values_of(node) if "enum" in node or "const" in node else ANY
        typed = self._typed(node)
        shape = _forced(meet, shape, typed)
        if "$ref" in node:
            shape = _forced(meet, shape, self.read(target_of(self._document, node["$ref"])))
        for part in node.get("allOf", ()):
            shape = _forced(meet, shape, self.read(part))
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                arms = [_forced(meet, shape, self.read(arm)) for arm in node[keyword]]
                shape = functools.reduce(functools.partial(_forced, join), arms, NOTHING)
        shape = self._branches(node, shape)
        return _minus(shape, node["not"]) if "not" in node else shape

    def _branches(self, node: dict[str, Any], shape: Shape) -> Shape:
        """Apply `if`: what satisfies it and `then`, and what `else` allows."""
        if "if" not in node or not {"then", "else"} & node.keys():
            return shape
        held = _forced(meet, shape, self.read(node["if"]))
        held = _forced(meet, held, self.read(node.get("then", True)))
        other = _forced(meet, _minus(shape, node["if"]), self.read(node.get("else", True)))
        return _forced(join, held, other)

    def _typed(self, node: dict[str, Any]) -> Shape:
        types = node.get("type", _ALL_TYPES)
        types = (types,) if isinstance(types, str) else types
        is_number = "number" in types
        return of_parts(
            Parts(
                null="null" in types,
                booleans=frozenset({True, False}) if "boolean" in types else frozenset(),
                numbers=_numbers(node, is_whole=not is_number)
                if is_number or "integer" in types
                else None,
                texts=_texts(node) if "string" in types else None,
                arrays=self._arrays(node) if "array" in types else None,
                objects=self._objects(node) if "object" in types else (),
            )
        )

    def _arrays(self, node: dict[str, Any]) -> Arrays | None:
        fewest = node.get("minContains", 1) if "contains" in node else 0
        return make_arrays(
            Arrays(
                tuple(self.read(item) for item in node.get("prefixItems", ())),
                self.read(node.get("items", True)),
                max(node.get("minItems", 0), fewest),
                node.get("maxItems"),
                _facts(node, "uniqueItems") if node.get("uniqueItems") else frozenset(),
            )
        )

    def _objects(self, node: dict[str, Any]) -> tuple[Objects, ...]:
        named = node.get("properties", {})
        patterns = node.get("patternProperties", {})
        required = frozenset(node.get("required", ()))
        loose = Objects(
            (),
            self.read(node.get("additionalProperties", True)),
            tuple((pattern, self.read(part)) for pattern, part in patterns.items()),
            node.get("minProperties", 0),
            node.get("maxProperties"),
        )
        fields = {}
        for name in dict.fromkeys((*named, *sorted(required))):
            shape = field_of(loose, name, meet=meet).shape
            if name in named:
                patterned = [
                    self.read(p) for pattern, p in patterns.items() if does_match(pattern, name)
                ]
                shape = functools.reduce(meet, patterned, self.read(named[name]))
            fields[name] = Field(shape, name in required)
        made = make_objects(replace(loose, fields=tuple(fields.items())))
        return () if made is None else (made,)


def _forced(combine: Callable[[Shape, Shape], Shape], left: Shape, right: Shape) -> Shape:
    """Combine two shapes whose parts are read first, so that the first level is exact."""
    if left is not ANY:
        _ = left.parts
    if right is not ANY:
        _ = right.parts
    return combine(left, right)


def _values_of(node: dict[str, Any]) -> Shape:
    values = node.get("enum", (node.get("const"),))
    if "const" in node and "enum" in node:
        return meet(_values_of({"enum": node["enum"]}), _values_of({"const": node["const"]}))
    return join_all(literal(value, forms=Form.EITHER) for value in values)


def _facts(node: dict[str, Any], keyword: str) -> frozenset[Fact]:
    return frozenset({make_fact(keyword, node[keyword])} if keyword in node else ())


def _numbers(node: dict[str, Any], *, is_whole: bool) -> Numbers | None:
    lows = [
        low_as_held(written_as(node[key]), key != "minimum")
        for key in ("minimum", "exclusiveMinimum")
        if key in node
    ]
    highs = [
        high_as_held(written_as(node[key]), key != "maximum")
        for key in ("maximum", "exclusiveMaximum")
        if key in node
    ]
    low, is_above_low = max(lows, default=(None, False))
    high, is_closed = min(((bound, not is_open) for bound, is_open in highs), default=(None, True))
    multiple = Fraction(node.get("multipleOf", 1))
    is_whole_multiple = "multipleOf" in node and multiple.denominator == 1
    is_counted = is_whole_multiple and (multiple == 1 or not _may_be_large(low, high))
    step = int(multiple) if is_counted else 1
    return make_numbers(
        Numbers(
            low,
            high,
            is_above_low=is_above_low,
            is_below_high=not is_closed,
            step=step if is_whole or is_whole_multiple else None,
            facts=frozenset() if is_counted else _facts(node, "multipleOf"),
        )
    )


def _may_be_large(low: Fraction | None, high: Fraction | None) -> bool:
    """Return whether a multiple that is a float may not be one as it is written."""
    return low is None or high is None or is_large(low) or is_large(high)


def _texts(node: dict[str, Any]) -> Texts | None:
    return make_texts(
        Texts(node.get("minLength", 0), node.get("maxLength"), None, _facts(node, "pattern"))
    )


# What `not` takes away


def _minus(shape: Shape, node: Json) -> Shape:
    """Return a shape without the values that satisfy a node, as far as that can be said."""
    if isinstance(node, bool):
        return NOTHING if node else shape
    spoken = _SPOKEN & node.keys()
    if not spoken:
        return NOTHING
    if spoken == {"type"}:
        return _minus_types(shape, node["type"])
    if spoken in ({"const"}, {"enum"}):
        for value in node.get("enum", (node.get("const"),)):
            if not _is_large_number(value):
                shape = minus_value(shape, value)
        return shape
    if _is_one_field_test(node, spoken):
        return _minus_field(shape, node)
    return shape


def _is_large_number(value: Json) -> bool:
    """Return whether a float may equal a value and be written as another."""
    return isinstance(value, (int, float)) and is_large(Fraction(value))


def _minus_types(shape: Shape, types: Json) -> Shape:
    gone = frozenset((types,) if isinstance(types, str) else types)
    changes: dict[str, Any] = {
        "null": {"null": False},
        "boolean": {"booleans": frozenset()},
        "number": {"numbers": None},
        "string": {"texts": None},
        "array": {"arrays": None},
        "object": {"objects": ()},
    }
    for name in gone & changes.keys():
        shape = without(shape, **changes[name])
    return shape


def minus_value(shape: Shape, value: Json) -> Shape:
    """Return a shape without one scalar, however a number is written; else the shape itself."""
    parts = shape.parts
    match value:
        case None:
            return without(shape, null=False)
        case bool():
            return without(shape, booleans=parts.booleans - {value})
        case int() | float() if parts.numbers is not None:
            return without(shape, numbers=minus_number(parts.numbers, Fraction(value)))
        case str() if parts.texts is not None:
            return without(shape, texts=minus_text(parts.texts, value))
        case _:
            return shape


def _is_one_field_test(node: dict[str, Any], spoken: frozenset[str]) -> bool:
    """Return whether a node says of objects only what one of their fields is."""
    named = node.get("properties", {})
    required = node.get("required", [])
    return (
        spoken <= {"type", "properties", "required"}
        and node.get("type", "object") == "object"
        and len({*named, *required}) == 1
    )


def _minus_field(shape: Shape, node: dict[str, Any]) -> Shape:
    """Take away the objects whose field is as the node says.

    Without `type` the node is true of everything that is no object, so all of that goes.
    """
    (name,) = {*node.get("properties", {}), *node.get("required", [])}
    test = node.get("properties", {}).get(name, True)
    may_be_absent = name in node.get("required", ())
    kept = []
    for variant in shape.parts.objects:
        field = field_of(variant, name, meet=meet)
        left = Field(_minus(field.shape, test), field.is_required or not may_be_absent)
        fields = {**dict(variant.fields), name: left}
        made = make_objects(replace(variant, fields=tuple(fields.items())))
        kept += [] if made is None else [made]
    if "type" not in node:
        return of_parts(Parts(objects=tuple(kept)))
    return without(shape, objects=tuple(kept))
