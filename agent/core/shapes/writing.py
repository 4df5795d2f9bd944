"""Shapes as JSON Schema: every value of a shape is valid under the schema that it is written as.

What a schema cannot say makes it larger, never smaller: that `1` is not written `1.0`, and what
lies beyond `MAX_NODES`.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from agent.core.shapes.facts import Fact, does_match, holds
from agent.core.shapes.large import high_as_written, is_large, low_as_written
from agent.core.shapes.parts import Arrays, Form, Numbers, Objects, Texts, is_float
from agent.core.shapes.scalars import plain_number
from agent.core.shapes.shape import ANY, Parts, Shape
from agent.core.values import Json

MAX_NODES: Final = 20_000
"""Shapes that are written one by one; beyond, everything is allowed."""

MACHINE_INTEGERS: Final = (Fraction(-(2**63)), Fraction(2**63 - 1))
"""What is written as an integer is within 64 bits (DESIGN, section 4)."""

_Node = dict[str, Any]


def to_document(shape: Shape) -> Json:
    """Return a JSON Schema 2020-12 document under which every JSON value of a shape is valid.

    Dates and tables, which no JSON value is, are left out. Of shapes without numbers and without
    more than `MAX_NODES` parts nothing else is valid.
    """
    return _Writing().write(shape)


@dataclass(slots=True)
class _Writing:
    """One writing: the shapes that are written as definitions, nearest to the root first."""

    names: dict[Shape, str] = field(default_factory=dict)
    definitions: dict[str, Json] = field(default_factory=dict)
    waiting: deque[Shape] = field(default_factory=deque)

    def write(self, shape: Shape) -> Json:
        root = self._node(shape)
        while self.waiting:
            later = self.waiting.popleft()
            self.definitions[self.names[later]] = self._node(later)
        return {"allOf": [root], "$defs": self.definitions} if self.definitions else root

    def _refer(self, shape: Shape) -> Json:
        """Return a reference to a shape, or what it is where that is short."""
        if shape is ANY or len(self.names) > MAX_NODES:
            return True
        if not shape.parts.arrays and not shape.parts.objects:
            return self._node(shape)
        if shape not in self.names:
            self.names[shape] = str(len(self.names))
            self.waiting.append(shape)
        return {"$ref": f"#/$defs/{self.names[shape]}"}

    def _node(self, shape: Shape) -> Json:
        if shape is ANY or shape.parts == ANY.parts:
            return True
        arms = _merged([arm for arm in self._arms(shape.parts) if arm.get("enum") != []])
        if not arms:
            return False
        return arms[0] if len(arms) == 1 else {"anyOf": arms}

    def _arms(self, parts: Parts) -> Iterator[_Node]:
        if parts.null:
            yield {"type": "null"}
        if len(parts.booleans) == 2:
            yield {"type": "boolean"}
        elif parts.booleans:
            yield {"enum": sorted(parts.booleans)}
        if parts.numbers is not None:
            yield _numbers(parts.numbers)
        if parts.texts is not None:
            yield _texts(parts.texts)
        if parts.arrays is not None:
            yield self._arrays(parts.arrays)
        for variant in parts.objects:
            yield self._object(variant)

    def _arrays(self, part: Arrays) -> _Node:
        node: _Node = {"type": "array"}
        if part.first:
            node["prefixItems"] = [self._refer(item) for item in part.first]
        if part.may_reach(len(part.first)) and part.rest is not ANY:
            node["items"] = self._refer(part.rest)
        return node | _count("Items", part.shortest, part.longest) | _facts(part.facts)

    def _object(self, part: Objects) -> _Node:
        node: _Node = {"type": "object"}
        if part.fields:
            node["properties"] = {name: self._refer(field.shape) for name, field in part.fields}
        required = [name for name, field in part.fields if field.is_required]
        if required:
            node["required"] = required
        if part.patterned:
            node["patternProperties"] = self._patterned(part)
        if part.others is not ANY:
            node["additionalProperties"] = self._refer(part.others)
        fewest = part.fewest if part.fewest > len(required) else 0
        is_closed = part.others.is_surely_nothing and not part.patterned
        most = None if is_closed and part.most == len(part.fields) else part.most
        return node | _count("Properties", fewest, most)

    def _patterned(self, part: Objects) -> _Node:
        """Return the patterns, each of which also allows what the named keys that it matches hold:
        a shape's patterns are about other keys alone, a schema's about every key."""
        found: _Node = {}
        for pattern, shape in part.patterned:
            held = [
                field.shape
                for name, field in part.fields
                if field.shape != shape and does_match(pattern, name)
            ]
            arms = [self._refer(one) for one in dict.fromkeys((shape, *held))]
            found[pattern] = arms[0] if len(arms) == 1 else {"anyOf": arms}
        return found


def _merged(arms: list[_Node]) -> list[_Node]:
    """Return arms of different types as one node where their keywords leave each other alone."""
    kinds = Counter(arm.get("type", "enum") for arm in arms)
    kinds["enum"] += 1
    alone = [arm for arm in arms if kinds[arm.get("type", "enum")] == 1]
    if len(alone) < 2 or sum("not" in arm or "allOf" in arm for arm in alone) > 1:
        return arms
    merged: _Node = {}
    for arm in alone:
        merged |= arm
    merged["type"] = [arm["type"] for arm in alone]
    return [merged, *(arm for arm in arms if kinds[arm.get("type", "enum")] > 1)]


def _count(unit: str, fewest: int, most: int | None) -> _Node:
    found: _Node = {f"min{unit}": fewest} if fewest else {}
    return found if most is None else found | {f"max{unit}": most}


def _facts(facts: frozenset[Fact]) -> _Node:
    """Return the keywords that are facts; what one node cannot hold at once stands in `allOf`."""
    nodes = [{fact.keyword: fact.read()} for fact in sorted(facts)]
    if not nodes:
        return {}
    return nodes[0] if len(nodes) == 1 else {"allOf": nodes}


def _texts(part: Texts) -> _Node:
    if part.values is not None:
        kept = [text for text in sorted(part.values) if _has_all(part.facts, text)]
        return {"enum": kept}
    return {"type": "string", **_count("Length", part.shortest, part.longest), **_facts(part.facts)}


def _has_all(facts: frozenset[Fact], value: Json) -> bool:
    return all(holds(fact, value) for fact in facts)


def _numbers(part: Numbers) -> _Node:
    is_exact = part.forms is Form.INTEGER or not _may_be_large(part)
    if part.values is not None and is_exact and all(map(_is_plain, part.values)):
        return {
            "enum": [plain_number(value) for value in sorted(part.values)],
            **_facts(part.facts),
        }
    step = part.step or 1
    node: _Node = {"type": "number" if part.step is None else "integer"}
    node |= {"multipleOf": step} if step > 1 and is_exact else {}
    node |= _range(part)
    holes = [plain_number(hole) for hole in sorted(part.holes) if _is_plain(hole)]
    node |= {"not": {"enum": holes}} if holes else {}
    facts = _facts(part.facts)
    return {**node, "allOf": [facts]} if facts.keys() & node.keys() else node | facts


def _may_be_large(part: Numbers) -> bool:
    """Return whether some number may be a float that is written as another one."""
    return part.low is None or part.high is None or is_large(part.low) or is_large(part.high)


def _is_plain(value: Fraction) -> bool:
    """Return whether JSON can write a number exactly here: as an integer or as a float."""
    return value.denominator == 1 or is_float(value)


def _range(part: Numbers) -> _Node:
    low, high = part.low, part.high
    found: _Node = {}
    if part.forms is Form.INTEGER:
        least, most = MACHINE_INTEGERS
        low = least if low is None else max(low, least)
        high = most if high is None else min(high, most)
    elif low is not None and high is not None and _is_beyond(low, high):
        # A validator would count what lies between: it might take few floats for multiples.
        low, high = (low, None) if low > 0 else (None, high)
    is_whole = part.forms is Form.INTEGER
    if low is not None:
        end = (low, part.is_above_low)
        found |= _bound("inimum", *(end if is_whole else low_as_written(*end)), towards=-math.inf)
    if high is not None:
        end = (high, part.is_below_high)
        found |= _bound("aximum", *(end if is_whole else high_as_written(*end)), towards=math.inf)
    return found


def _is_beyond(low: Fraction, high: Fraction) -> bool:
    """Return whether all between two bounds is large."""
    return is_large(low) and is_large(high) and low * high > 0


def _bound(name: str, value: Fraction, is_open: bool, *, towards: float) -> _Node:
    """Return a bound; where no float holds it, the next one outside, which it leaves out."""
    if is_large(value) and value.denominator != 1:
        value = Fraction(math.floor(value) if towards < 0 else math.ceil(value))
    if _is_plain(value):
        return {f"exclusiveM{name}" if is_open else f"m{name}": plain_number(value)}
    near = float(value)
    is_outside = Fraction(near) < value if towards < 0 else Fraction(near) > value
    return {f"exclusiveM{name}": near if is_outside else math.nextafter(near, towards)}
