"""Random schemas and documents over one small alphabet, so that many of them are related."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any, Final

from agent.core.values import Json

NAMES: Final = ("a", "b", "ab", "1")
PATTERNS: Final = ("^a", "b$", "^.$", "^[ab]+$")
SCALARS: Final[tuple[Json, ...]] = (
    *(None, True, False, 0, 1, 1.0, 2, 3, -1, 0.5, 1.5, 0.1),
    *("", "a", "b", "ab", "ba", "1", "é"),
)
COMPOUND: Final[tuple[Json, ...]] = (
    *([], [0], [1], [1.0], [0, 1], [1, 1], ["a"], [None, True], [[]]),
    *({}, {"a": 0}, {"a": 1}, {"a": 1.0}, {"a": "a"}, {"b": None}, {"a": 0, "b": 1}, {"ab": []}),
)
TEXT_PATTERNS: Final = (
    *("^a*$", "^[^a]$", "a|b", "^(a|b){1,2}$", "\\d", "\\w", "^\\S*$", "^(?!a)", "é", "^$"),
    *("[a-b]", "^a.b$", "\\u0061", "^\\p{L}$", "(ab)+", "\\bab", "^[\\s\\S]$", "a?$", "b^|a"),
)
_ARRAY_KEYS: Final = (
    *("items", "prefixItems", "contains", "minContains", "maxContains", "minItems"),
    *("maxItems", "maxItems", "uniqueItems", "type"),
)
_OBJECT_KEYS: Final = (
    *("properties", "properties", "required", "patternProperties", "propertyNames"),
    *("additionalProperties", "additionalProperties", "minProperties", "type"),
    *("maxProperties", "dependentRequired", "dependentSchemas"),
)
_SIZES: Final = (
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("minContains", "maxContains"),
)
TYPES: Final = ("null", "boolean", "string", "number", "integer", "object", "array")
DEFINITIONS: Final = ("one", "two", "three")


class Maker:
    """Writes schemas and documents by chance.

    `focus` says which family of keywords is written most: `values`, `numbers`, `texts`, `arrays`,
    `objects`, `looked` (the `unevaluated` keywords), `combined`, `demands` (what must be
    somewhere), `recursive` (definitions that refer to each other), or `any`.
    """

    def __init__(self, rng: random.Random, focus: str = "any") -> None:
        self.rng = rng
        self.focus = focus
        self._families: dict[str, Callable[..., None]] = {
            "values": self._values,
            "numbers": self._numbers,
            "texts": self._texts,
            "arrays": self._arrays,
            "objects": self._objects,
            "looked": self._looked,
            "combined": self._combined,
            "demands": self._demands,
        }

    def schema(self, depth: int = 3) -> Json:
        """Return a schema with at most so many levels of subschemas."""
        rng = self.rng
        if self.focus == "recursive" and rng.random() < 0.6:
            return {"$ref": "#/$defs/" + rng.choice(DEFINITIONS)}
        if depth <= 0 or rng.random() < 0.12:
            return self._leaf()
        node: dict[str, Any] = {}
        for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
            is_focused = self.focus in self._families and rng.random() < 0.6
            family = self.focus if is_focused else rng.choice(tuple(self._families))
            self._families[family](node, depth - 1)
        if rng.random() < 0.04:
            node["$ref"] = "#/$defs/" + rng.choice(DEFINITIONS)
        return node

    def definitions(self) -> dict[str, Json]:
        """Return definitions that may refer to each other, below a step into the value."""
        if self.focus == "recursive":
            return {name: self._recursive() for name in DEFINITIONS}
        found = {}
        for name in DEFINITIONS:
            body = self.schema(2)
            if isinstance(body, dict) and self.rng.random() < 0.5:
                place = {"$ref": "#/$defs/" + self.rng.choice(DEFINITIONS)}
                self._place(body, place)
            found[name] = body
        return found

    def _recursive(self) -> Json:
        """Return a definition whose parts mostly refer, so that many have no finite value."""
        rng = self.rng

        def part() -> Json:
            refer = {"$ref": "#/$defs/" + rng.choice(DEFINITIONS)}
            way = rng.random()
            if way < 0.6:
                return refer
            return {"not": refer} if way < 0.75 else {"type": rng.choice(("null", "array"))}

        arms: list[Json] = []
        for _ in range(rng.choice((1, 1, 2, 3))):
            arm: dict[str, Any] = {"type": "array", "minItems": rng.choice((0, 1, 1, 1, 2))}
            arm[rng.choice(("items", "contains", "items"))] = part()
            if rng.random() < 0.4:
                arm = {"type": "object", "properties": {"a": part(), "b": part()}}
                arm["required"] = sorted(rng.sample(("a", "b"), rng.choice((1, 2))))
            if rng.random() < 0.2:
                arm.update({"uniqueItems": True, "maxItems": 2, "additionalProperties": part()})
            arms.append(arm)
        if rng.random() < 0.25:
            arms.append({"const": rng.choice((None, [], {}))})
        return arms[0] if len(arms) == 1 else {rng.choice(("anyOf", "oneOf", "allOf")): arms}

    def _place(self, node: dict[str, Any], part: Json) -> None:
        rng = self.rng
        way = rng.randrange(6)
        if way == 0:
            node["items"] = part
        elif way == 1:
            node["additionalProperties"] = part
        elif way == 2:
            node["contains"] = part
        elif way == 3:
            node.update({"properties": {"a": part}, "required": ["a"], "type": "object"})
        elif way == 4:
            node["properties"] = {"a": {"not": part}}
        else:
            node.update({"properties": {"a": {"anyOf": [part, self._leaf()]}}, "required": ["a"]})

    # Families of keywords

    def _leaf(self) -> Json:
        rng = self.rng
        way = rng.randrange(10)
        if way < 2:
            return rng.random() < 0.6
        if way < 5:
            return {"type": rng.choice(TYPES)}
        if way < 7:
            return {"const": self.value()}
        if way < 8:
            return {"enum": [self.value() for _ in range(rng.randrange(4))]}
        node: dict[str, Any] = {}
        write = self._numbers if way == 8 else self._texts
        write(node)
        return node

    def _values(self, node: dict[str, Any], _: int = 0) -> None:
        rng = self.rng
        way = rng.randrange(4)
        if way == 0:
            node["type"] = rng.choice(TYPES)
        elif way == 1:
            node["type"] = sorted(rng.sample(TYPES, 2))
        elif way == 2:
            node["const"] = self.value()
        else:
            node["enum"] = [self.value() for _ in range(rng.randrange(1, 5))]

    def _numbers(self, node: dict[str, Any], _: int = 0) -> None:
        rng = self.rng
        for _ in range(rng.choice((1, 2, 2, 3))):
            key = rng.choice(
                ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "type")
            )
            if key == "multipleOf":
                node[key] = rng.choice((1, 2, 3, 0.5, 1.5, 0.1, 0.3, 1.0))
            elif key == "type":
                node[key] = rng.choice(("integer", "number"))
            else:
                node[key] = rng.choice((-1, 0, 0.5, 1, 1.0, 1.5, 2, 3))

    def _texts(self, node: dict[str, Any], _: int = 0) -> None:
        rng = self.rng
        for _ in range(rng.choice((1, 1, 2))):
            key = rng.choice(("minLength", "maxLength", "maxLength", "pattern"))
            node[key] = self._pattern() if key == "pattern" else rng.randrange(3)
        if rng.random() < 0.3:
            node["type"] = "string"

    def _pattern(self) -> str:
        return self.rng.choice(PATTERNS if self.rng.random() < 0.4 else TEXT_PATTERNS)

    def _arrays(self, node: dict[str, Any], depth: int) -> None:
        rng = self.rng
        for _ in range(rng.choice((1, 2, 2, 3, 4))):
            key = rng.choice(_ARRAY_KEYS)
            if key in ("items", "contains"):
                node[key] = self.schema(depth)
            elif key == "prefixItems":
                node[key] = [self.schema(depth - 1) for _ in range(rng.randrange(1, 4))]
            elif key == "uniqueItems":
                node[key] = True
            elif key == "type":
                node[key] = "array"
            else:
                node[key] = rng.randrange(4)
            if key in ("minContains", "maxContains"):
                node.setdefault("contains", self.schema(depth - 1))

    def _objects(self, node: dict[str, Any], depth: int) -> None:
        rng = self.rng
        for _ in range(rng.choice((1, 2, 2, 3, 4))):
            key = rng.choice(_OBJECT_KEYS)
            if key in ("additionalProperties", "propertyNames"):
                node[key] = self.schema(depth - (key == "propertyNames"))
                if key == "propertyNames" and rng.random() < 0.5:
                    node[key] = {"enum": sorted(rng.sample((*NAMES, "c"), rng.randrange(1, 4)))}
            elif key in ("properties", "dependentSchemas"):
                names = rng.sample(NAMES, rng.choice((1, 1, 2)))
                node.setdefault(key, {}).update({name: self.schema(depth) for name in names})
            elif key == "patternProperties":
                patterns = rng.sample(PATTERNS, rng.choice((1, 1, 2)))
                node[key] = {pattern: self.schema(depth) for pattern in patterns}
            elif key == "required":
                node[key] = sorted(rng.sample(NAMES, rng.choice((1, 1, 2))))
            elif key == "dependentRequired":
                node[key] = {rng.choice(NAMES): [rng.choice(NAMES)]}
            elif key == "type":
                node[key] = "object"
            else:
                node[key] = rng.randrange(4)

    def _looked(self, node: dict[str, Any], depth: int) -> None:
        rng = self.rng
        is_object = rng.random() < 0.5
        key = "unevaluatedProperties" if is_object else "unevaluatedItems"
        node[key] = False if rng.random() < 0.6 else self.schema(depth)
        write = self._objects if is_object else self._arrays
        for way in rng.sample(("anyOf", "allOf", "oneOf", "if", "dependentSchemas", "own"), 2):
            parts: list[dict[str, Any]] = [{} for _ in range(rng.randrange(1, 3))]
            for part in parts:
                write(part, depth - 1)
            if way == "if":
                names = rng.sample(("then", "else"), rng.randrange(3))
                node["if"] = parts[0]
                node.update({name: self.schema(depth - 1) for name in names})
                node.update(dict.fromkeys(names[:1], parts[-1]))
            elif way == "dependentSchemas":
                node[way] = {rng.choice(NAMES): parts[0]}
            elif way == "own":
                write(node, depth)
            else:
                node[way] = parts

    def _combined(self, node: dict[str, Any], depth: int) -> None:
        rng = self.rng
        key = rng.choice(("allOf", "anyOf", "anyOf", "oneOf", "oneOf", "not", "if"))
        if key == "not":
            node[key] = self.schema(depth)
        elif key == "if":
            node[key] = self.schema(depth)
            for branch in rng.sample(("then", "else"), rng.randrange(1, 3)):
                node[branch] = self.schema(depth)
        else:
            node[key] = [self.schema(depth) for _ in range(rng.randrange(1, 4))]

    def _demands(self, node: dict[str, Any], depth: int) -> None:
        """Ask for several things that must be somewhere, in little room."""
        rng = self.rng
        parts: list[Json] = []
        is_object = rng.random() < 0.6
        for _ in range(rng.choice((2, 2, 3))):
            if is_object:
                part = rng.choice(
                    (
                        {"additionalProperties": self._leaf()},
                        {"additionalProperties": self._leaf(), "properties": {"a": True}},
                        {"patternProperties": {rng.choice(PATTERNS): self._leaf()}},
                        {"propertyNames": {"enum": sorted(rng.sample((*NAMES, "c"), 3))}},
                        {"propertyNames": {"pattern": rng.choice(PATTERNS)}},
                    )
                )
            else:
                part = rng.choice(({"items": self._leaf()}, {"not": {"contains": self._leaf()}}))
            parts.append({"not": part} if rng.random() < 0.8 else part)
        node["allOf"] = parts
        node["type"] = "object" if is_object else "array"
        node["maxProperties" if is_object else "maxItems"] = rng.randrange(1, 4)
        if rng.random() < 0.5:
            (self._objects if is_object else self._arrays)(node, depth)

    # Changes of a schema

    def changed(self, schema: Json) -> Json:
        """Return a schema with one place of it written otherwise."""
        fresh = copy.deepcopy(schema)
        if not isinstance(fresh, dict) or not fresh:
            return self.schema(2)
        places = [*_places(fresh)]
        holder, key = self.rng.choice(places)
        self._change(holder, key)
        return fresh

    def _change(self, holder: Any, key: Any) -> None:
        rng, old = self.rng, holder[key]
        if key == "uniqueItems" or (isinstance(holder, dict) and rng.random() < 0.3):
            del holder[key]
        elif key in _SIZES and isinstance(old, int):
            holder[key] = max(0, old + rng.choice((-1, 1)))
        elif key == "const":
            holder[key] = self.value()
        elif isinstance(old, dict | bool):
            either = [old, self._leaf()]
            ways = ({"anyOf": either}, {"allOf": either}, {"oneOf": either}, {"not": old})
            holder[key] = rng.choice((*ways, self._leaf()))
        elif isinstance(old, int | float):
            holder[key] = abs(old) + 0.5 if key == "multipleOf" else old + rng.choice((-1, 0.5, 1))
        elif isinstance(old, list):
            rest = [one for one in old if rng.random() < 0.7]
            holder[key] = rest if rest or key != "type" else old

    # Documents

    def value(self) -> Json:
        """Return a constant of the alphabet."""
        return self.rng.choice(SCALARS if self.rng.random() < 0.7 else COMPOUND)

    def document(self, depth: int = 2) -> Json:
        """Return a document over the alphabet."""
        rng = self.rng
        way = rng.random()
        if depth <= 0 or way < 0.3:
            return rng.choice(SCALARS)
        if way < 0.6:
            return [self.document(depth - 1) for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4)))]
        names = rng.sample((*NAMES, "c", "bb", ""), rng.choice((0, 1, 1, 2, 2, 3, 4)))
        return {name: self.document(depth - 1) for name in names}

    def changed_document(self, document: Json) -> Json:
        """Return a document with one place of it written otherwise."""
        fresh = copy.deepcopy(document)
        if not isinstance(fresh, dict | list) or not fresh or self.rng.random() < 0.2:
            return self.document()
        if isinstance(fresh, list):
            at = self.rng.randrange(len(fresh))
            if self.rng.random() < 0.3:
                fresh.insert(at, self.rng.choice((fresh[at], self.document(1))))
            elif self.rng.random() < 0.3:
                del fresh[at]
            else:
                fresh[at] = self.changed_document(fresh[at])
            return fresh
        name = self.rng.choice(list(fresh))
        if self.rng.random() < 0.3:
            fresh[self.rng.choice((*NAMES, "c"))] = self.document(1)
        elif self.rng.random() < 0.3:
            del fresh[name]
        else:
            fresh[name] = self.changed_document(fresh[name])
        return fresh


_NAMED: Final = ("properties", "patternProperties", "dependentSchemas")
_MANY: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_PLAIN: Final = ("$ref", "dependentRequired", "pattern")


def _places(schema: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return every place of a schema that can be written otherwise, as a holder and a key."""
    found: list[tuple[Any, Any]] = []
    stack: list[dict[str, Any]] = [schema]
    while stack:
        node = stack.pop()
        for key, value in node.items():
            if key in _NAMED:
                holders: list[tuple[Any, Any]] = [(value, name) for name in value]
            elif key in _MANY:
                holders = [(value, index) for index in range(len(value))]
            elif key in _PLAIN:
                continue
            else:
                holders = [(node, key)]
            found += holders
            if key in ("const", "enum", "required", "type"):
                continue
            stack += [holder[at] for holder, at in holders if isinstance(holder[at], dict)]
    return found or [(schema, next(iter(schema)))]
