"""What a source schema says of each place, as far as generated code can make use of it.

A node never claims too much: kinds, bounds and fields hold for every valid payload, and
`is_checkable` is true only where the typed decoder can check all that the schema says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Final

from agent.core.contract import Validator, payload_validator
from agent.core.language.compiler import kinds
from agent.core.language.compiler.patterns import fixed_length
from agent.core.language.functions.operands import LARGEST_INTEGER, SMALLEST_INTEGER
from agent.core.plain import PLAIN_KEYWORDS, SILENT_KEYWORDS, is_plain
from agent.core.schema import make_schema
from agent.core.values import Json

_MOST_REFERENCES: Final = 8
_DEEPEST: Final = 64


class Node:
    """One place of a source schema.

    `kinds` are those of the values that may stand here, `values` those values where they are
    listed, `required` the fields that an object here always has. `is_whole` and `reads` are what
    the code generator tells of how the rules use the place: as one value, or field by field.
    """

    def __init__(self, schema: Json, root: Json, *, depth: int = 0) -> None:
        self._root = root
        self._depth = depth
        self.may_be_null = False
        self._is_plain = True
        self._written = schema
        self.schema = self._follow(schema)
        self.values = _values_of(self.schema)
        self.kinds = _kinds_of(self.schema, self.values)
        if self.may_be_null:
            self.kinds |= kinds.NULL
        self.required = frozenset(self.schema.get("required", ()))
        self._is_checkable: bool | None = None
        self._below: dict[str, Node] = {}
        self.is_whole = False
        self.reads: dict[str, Node] = {}

    def _follow(self, schema: Json) -> dict[str, Any]:
        """Return the schema behind references, and behind a union with nothing but null."""
        for _ in range(_MOST_REFERENCES):
            if schema is True:
                return {}
            if not isinstance(schema, dict):
                break
            spoken = schema.keys() - SILENT_KEYWORDS
            if spoken == {"$ref"}:
                schema = _target(self._root, schema["$ref"])
            elif spoken == {"anyOf"} and (arm := _arm_beside_null(schema["anyOf"])) is not None:
                self.may_be_null = True
                schema = arm
            else:
                return schema
        self._is_plain = False
        return {}

    @property
    def is_checkable(self) -> bool:
        """Whether the typed decoder can check all that is said of this place itself."""
        if self._is_checkable is None:
            self._is_checkable = self._find_checkable()
        return self._is_checkable

    def _find_checkable(self) -> bool:
        spoken = self.schema.keys() - SILENT_KEYWORDS
        if not self._is_plain or not spoken <= PLAIN_KEYWORDS or spoken & {"$ref", "anyOf"}:
            return False
        if self._depth > _DEEPEST:
            return False
        if self.values is not None:
            return _are_listable(self.values) and spoken <= {"type", "enum", "const"}
        if "type" not in spoken and spoken:
            return False
        bounds = [self.schema[key] for key in _BOUNDS if key in self.schema]
        if not all(_is_number(bound) and abs(bound) < LARGEST_INTEGER for bound in bounds):
            return False
        named = self.schema.get("properties", {}).keys()
        names = named | self.required
        if self.is_closed and names != named:
            return False
        return self.schema.get("items", True) is not False and not any(map(is_odd, names))

    @property
    def is_plain(self) -> bool:
        """Whether the typed decoder gives this as plain JSON."""
        return self.is_whole or not self.is_checkable or self.is_free

    @property
    def is_free(self) -> bool:
        """Whether nothing is said of this place."""
        return self._is_plain and not self.schema.keys() - SILENT_KEYWORDS and not self.may_be_null

    @property
    def is_simple(self) -> bool:
        """Whether the typed decoder checks all of this and gives it as plain JSON."""
        if not self.is_checkable or "pattern" in self.schema:
            return False
        kind = 0 if self.is_free else self.kinds
        if kind & kinds.OBJECT and not (self.is_map_of_values and self.others.is_simple):
            return False
        return not kind & kinds.ARRAY or self.item.is_simple

    def is_valid(self, value: Json) -> bool:
        """Return whether a value is valid at this place."""
        return self._validator.is_met(value)

    @cached_property
    def _validator(self) -> Validator:
        """The validator of this place alone, made when a payload comes: most adapters need none."""
        written = self._written
        if isinstance(written, dict):
            written = {**written, "$defs": self._root.get("$defs", {})}
        return payload_validator(make_schema(written))

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """The integers between which a number lies, both included; None where it may be any."""
        low, high = self.schema.get("minimum"), self.schema.get("maximum")
        above, below = self.schema.get("exclusiveMinimum"), self.schema.get("exclusiveMaximum")
        return (
            _whole(low if low is not None else above, math.floor),
            _whole(high if high is not None else below, math.ceil),
        )

    @property
    def longest(self) -> int | None:
        """The most characters of a text here."""
        if self.values is not None:
            return max((len(value) for value in self.values if isinstance(value, str)), default=0)
        longest, pattern = self.schema.get("maxLength"), self.schema.get("pattern")
        if not isinstance(longest, int) and isinstance(pattern, str):
            longest = fixed_length(pattern)
        return longest if isinstance(longest, int) else None

    @property
    def is_closed(self) -> bool:
        """Whether an object here has none but the named fields."""
        return self.schema.get("additionalProperties") is False

    @property
    def is_map(self) -> bool:
        """Whether an object here has no named fields."""
        return not self.schema.get("properties") and not self.required and not self.is_closed

    @property
    def is_map_of_values(self) -> bool:
        """Whether the typed decoder gives this as a dictionary of values of one type."""
        return self.is_map and isinstance(self.schema.get("additionalProperties"), dict)

    def field(self, key: str) -> Node:
        """Return the node of a field."""
        named = self.schema.get("properties", {})
        if not isinstance(named, dict) or "patternProperties" in self.schema:
            return self._child(f"field {key}", {})
        if key in named:
            return self._child(f"field {key}", named[key])
        return self.others

    @property
    def others(self) -> Node:
        """The node of fields that are not named."""
        rest = self.schema.get("additionalProperties", True)
        is_said = isinstance(rest, dict) and "patternProperties" not in self.schema
        return self._child("others", rest if is_said else True)

    @property
    def item(self) -> Node:
        """The node of the items of an array."""
        rest = self.schema.get("items", True)
        is_said = isinstance(rest, dict) and "prefixItems" not in self.schema
        return self._child("item", rest if is_said else True)

    def _child(self, name: str, schema: Json) -> Node:
        node = self._below.get(name)
        if node is None:
            node = self._below[name] = Node(schema, self._root, depth=self._depth + 1)
        return node

    def nodes(self) -> Iterator[Node]:
        """Yield this node and all that were asked for below it."""
        yield self
        for node in self._below.values():
            yield from node.nodes()


_BOUNDS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def source_of(schema: Json) -> Node:
    """Return the root node of a source schema.

    Raises:
        InvalidSchema: it is no schema.
    """
    root = schema if is_plain(schema) else make_schema(schema).document
    return Node(root, root)


def _values_of(schema: dict[str, Any]) -> list[Json] | None:
    """Return the values that a schema lists, or None."""
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return values if isinstance(values, list) else None


def _kinds_of(schema: dict[str, Any], values: list[Json] | None) -> int:
    """Return which kinds of value a schema lets through."""
    types = schema.get("type")
    if types is None:
        found = kinds.JSON
    else:
        found = 0
        for name in [types] if isinstance(types, str) else types:
            found |= kinds.OF_TYPES.get(name, 0)
    if values is None:
        return found
    listed = 0
    for value in values:
        kind = kinds.kind_of(value)
        listed |= kinds.NUMBER if kind & kinds.NUMBER else kind
    return found & listed


def _target(root: Json, reference: Json) -> Json:
    if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
        return None
    name = reference.removeprefix("#/$defs/").replace("~1", "/").replace("~0", "~")
    return root.get("$defs", {}).get(name)


def _arm_beside_null(arms: Json) -> Json:
    """Return the one arm that is not null, or None when the union is another."""
    if not isinstance(arms, list) or len(arms) != 2 or {"type": "null"} not in arms:
        return None
    return next((arm for arm in arms if arm != {"type": "null"}), None)


def _are_listable(values: list[Json]) -> bool:
    """Return whether msgspec has a literal type for some values; 1 and 1.0 are one in JSON."""
    return all(value is None or isinstance(value, str) for value in values) and bool(values)


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _whole(bound: Json, to_integer: Callable[[float], int]) -> int | None:
    """Return a bound as an integer of 64 bits that leaves out nothing."""
    if not _is_number(bound) or not SMALLEST_INTEGER < bound < LARGEST_INTEGER:
        return None
    return to_integer(bound)


def is_odd(name: str) -> bool:
    """Return whether msgspec refuses a name of a field."""
    return any(letter in '\\"' or letter < " " or "\ud800" <= letter <= "\udfff" for letter in name)
