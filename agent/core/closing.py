"""A schema as its author meant it: properties that it does not declare do not occur.

JSON Schema's objects are open, so an old payload may carry any undeclared property in any form,
and strictly every new property of a contract breaks. The policy `declared` takes undeclared
properties not to occur where the other side declares them. SUB of an inclusion is rewritten to
say so; SUPER stays as it is. So a `yes` holds for every payload of SUB without such properties,
and a `no` still shows a payload of SUB.
"""

from __future__ import annotations

import re

from agent.core.dialects import MANY_SCHEMAS, NAMED_SCHEMAS, ONE_SCHEMA
from agent.core.facing import facing_names
from agent.core.keywords import ANNOTATIONS
from agent.core.likeness import followed, schema_fingerprint
from agent.core.merging import target_of
from agent.core.patterns import translate
from agent.core.schema import Schema
from agent.core.scopes import IN_PLACE_MANY, IN_PLACE_POSITIVE, scope_parts
from agent.core.values import Json

_AS_IT_IS = frozenset({"not", "if", "contains", "propertyNames", "contentSchema"})
"""Below these a smaller schema would mean a larger one outside, or is no payload's."""
_IN_PLACE = frozenset((*IN_PLACE_MANY, *IN_PLACE_POSITIVE, "dependentSchemas"))
_REST = ("additionalProperties", "unevaluatedProperties")
_OBJECT_WORDS = frozenset(
    (*_REST, "properties", "patternProperties", "required", "dependentRequired", "propertyNames")
)
_NAMING = frozenset({"properties", "required", "dependentRequired"})
"""Keywords that name properties, be it none; without them an object is free-form."""
_KEPT, _WITHIN, _TOP = "kept", "within", "declared"
"""How a node is copied: untouched; as a part of a scope that is closed further up; closed."""


def close_undeclared(sub: Schema, super: Schema) -> Schema:
    """Return SUB without payloads that carry a property which only SUPER declares.

    Declared is what any part of an object's scope names (`allOf` members and alternatives
    included), what a pattern matches, and every value of a map or a free-form object (one whose
    properties are not spoken of). Where both sides say the same, nothing is rewritten: whatever
    occurs there, it is the same.
    """
    document = _Closing(sub.document, super.document).run()
    return Schema(document=document, fingerprint=schema_fingerprint(document))


class _Closing:
    """One rewriting: which names SUPER declares where, and what waits to be copied."""

    def __init__(self, document: Json, other: Json) -> None:
        self._document = document
        self._facing = facing_names(document, other)
        self._defined: dict[tuple[str, str], str] = {}
        self._waiting: list[tuple[str, str, str]] = []

    def run(self) -> dict[str, Json]:
        own = {key: v for key, v in self._document.items() if key != "$defs"}
        at = followed(self._document, self._document)
        root = self._closed(own, at=at)
        own.pop("$schema", None)
        definitions: dict[str, Json] = {}
        while self._waiting:
            reference, mode, name = self._waiting.pop()
            if reference != "#":
                definitions[name] = self._copy(target_of(self._document, reference), mode)
            elif mode == _TOP:
                definitions[name] = self._closed(own, at=at)
            else:
                definitions[name] = self._copy(own, mode)
        return root | ({"$defs": definitions} if definitions else {})

    def _copy(self, node: Json, mode: str) -> Json:
        if not isinstance(node, dict):
            return node
        if mode == _TOP:
            return self._top(node)
        return {key: self._keyword(key, value, mode) for key, value in node.items()}

    def _top(self, node: dict[str, Json]) -> Json:
        if id(followed(self._document, node)) not in self._facing:
            return self._copy(node, _KEPT)
        if "$ref" in node and all(key == "$ref" or key in ANNOTATIONS for key in node):
            return {**node, "$ref": self._reference(node["$ref"], _TOP)}
        return self._closed(node, at=followed(self._document, node))

    def _closed(self, node: dict[str, Json], *, at: Json) -> dict[str, Json]:
        closed: dict[str, Json] = self._copy(node, _WITHIN)
        parts = list(scope_parts(self._document, node))
        if _takes_objects(node, parts) and not any(map(_says_the_rest, parts)):
            self._close(closed, parts, self._facing.get(id(at), set()))
        return closed

    def _close(
        self, closed: dict[str, Json], parts: list[dict[str, Json]], facing: set[str]
    ) -> None:
        """Refuse the names that SUPER declares here and nothing of this scope does."""
        names = {name for part in parts for name in _names(part)}
        patterns = sorted({key for part in parts for key in part.get("patternProperties", ())})
        if patterns or any(_NAMING & part.keys() for part in parts):
            matches = [re.compile(translate(pattern)).search for pattern in patterns]
            foreign = [
                name
                for name in sorted(facing)
                if name not in names and not any(match(name) for match in matches)
            ]
            closed["properties"] = closed.get("properties", {}) | dict.fromkeys(foreign, False)

    def _keyword(self, key: str, value: Json, mode: str) -> Json:
        if key == "$ref":
            return self._reference(value, mode)
        inner = mode
        if key in _AS_IT_IS:
            inner = _KEPT
        elif mode == _WITHIN and key not in _IN_PLACE:
            inner = _TOP
        if key in ONE_SCHEMA:
            return self._copy(value, inner)
        if key in MANY_SCHEMAS:
            return [self._copy(part, inner) for part in value]
        if key in NAMED_SCHEMAS:
            return {name: self._copy(part, inner) for name, part in value.items()}
        return value

    def _reference(self, reference: str, mode: str) -> str:
        key = (reference, mode)
        if key not in self._defined:
            name = f"{reference.removeprefix('#/$defs/').removeprefix('#') or 'root'}:{mode}"
            self._defined[key] = name
            self._waiting.append((reference, mode, name))
        return f"#/$defs/{self._defined[key]}"


def _takes_objects(node: dict[str, Json], parts: list[dict[str, Json]]) -> bool:
    """Whether the scope is about objects at all: `{}` and a text are not."""
    types = node.get("type")
    if types is not None and "object" not in ([types] if isinstance(types, str) else types):
        return False
    return any(
        "object" in _listed(part.get("type")) or _OBJECT_WORDS & part.keys() for part in parts
    )


def _listed(types: Json) -> list[Json]:
    return types if isinstance(types, list) else [types]


def _says_the_rest(part: dict[str, Json]) -> bool:
    """Whether it declares what further properties hold (a map), or refuses them already."""
    return any(part.get(key, True) is not True and part.get(key) != {} for key in _REST)


def _names(part: dict[str, Json]) -> set[str]:
    dependent = part.get("dependentRequired", {})
    return {
        *part.get("properties", ()),
        *part.get("required", ()),
        *dependent,
        *(name for names in dependent.values() for name in names),
    }
