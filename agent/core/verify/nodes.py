"""Schema nodes made ready for writing values: `$ref` followed, `allOf` and chosen arms merged.

A merged node may admit too much (a `oneOf` forgets that only one arm may match); whoever writes
values validates them afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.core import paths
from agent.core.values import Json, same_value

TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")

Pick = Callable[[str, int], int]
"""Chooses one of so many arms; the first argument says at which keyword."""

MAX_PARTS = 500
"""Subschemas that may apply to one value; an `allOf` that doubles must not run for ever."""

_LEAST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_GREATEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_COMBINATORS = ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else")


class NoValueError(Exception):
    """No value can be written for a node: `false`, a contradiction, or endless recursion."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A node without combinators, and the `$ref`s that were followed to reach it."""

    node: Json
    references: frozenset[str]


def settle(document: Json, node: Json, pick: Pick) -> Settled:
    """Return `node` with every `$ref`, `allOf`, `if` and arm resolved, arms by `pick`.

    Raises:
        NoValueError: nothing satisfies the node.
    """
    merged: Json = {}
    references: set[str] = set()
    pending = [node]
    for _ in range(MAX_PARTS):
        if not pending:
            return Settled(node=merged, references=frozenset(references))
        part = pending.pop()
        if part is False:
            raise NoValueError
        if isinstance(part, dict):
            plain = {key: value for key, value in part.items() if key not in _COMBINATORS}
            merged = _merge(merged, plain)
            pending.extend(_further(document, part, pick, references))
    raise NoValueError


def _further(document: Json, part: Json, pick: Pick, references: set[str]) -> Iterator[Json]:
    """Yield the other nodes that a value of `part` must satisfy."""
    for keyword in ("$ref", "$dynamicRef"):
        if keyword in part and part[keyword] not in references:
            references.add(part[keyword])
            yield _target(document, part[keyword])
    yield from part.get("allOf", ())
    for keyword in ("anyOf", "oneOf"):
        if keyword in part:
            yield part[keyword][pick(keyword, len(part[keyword]))]
    if "if" in part:
        yield from _branch(part, pick)
    for name, dependent in part.get("dependentSchemas", {}).items():
        if pick(f"dependentSchemas/{name}", 2) == 0:
            yield {"allOf": [dependent], "required": [name]}
        else:
            yield {"properties": {name: False}}


def _target(document: Json, reference: str) -> Json:
    if not reference.startswith("#"):
        raise NoValueError
    node = document
    for token in paths.parse(reference[1:]):
        node = node.get(token) if isinstance(node, dict) else None
    if node is None:
        raise NoValueError
    return node


def _branch(part: Json, pick: Pick) -> Iterator[Json]:
    if pick("if", 2) == 0:
        yield part["if"]
        yield part.get("then", True)
    else:
        yield part.get("else", True)


def _merge(left: Json, right: Json) -> Json:
    """Return one plain node that asks for what both ask for, as far as it can be said."""
    if not left or not right:
        return left or right
    merged = {**left, **right}
    for keyword in left.keys() & right.keys():
        merged[keyword] = _merge_keyword(keyword, left[keyword], right[keyword])
    return _close(merged, left, right)


def _merge_keyword(keyword: str, left: Json, right: Json) -> Json:
    if keyword in _LEAST:
        return min(left, right)
    if keyword in _GREATEST:
        return max(left, right)
    match keyword:
        case "properties" | "patternProperties":
            return _merge_maps(left, right)
        case "required":
            return list(dict.fromkeys([*left, *right]))
        case "type":
            return _common_types(left, right)
        case "enum":
            return [one for one in left if any(same_value(one, other) for other in right)]
        case "items" | "additionalProperties" | "propertyNames" | "contains":
            return {"allOf": [left, right]}
        case "prefixItems":
            return _merge_prefixes(left, right)
        case "dependentRequired":
            return {**left, **right}
        case _:
            return right


def _merge_maps(left: Json, right: Json) -> Json:
    both = left.keys() & right.keys()
    return {**left, **right, **{key: {"allOf": [left[key], right[key]]} for key in both}}


def _merge_prefixes(left: Json, right: Json) -> Json:
    shorter = min(len(left), len(right))
    both = [{"allOf": [left[index], right[index]]} for index in range(shorter)]
    return [*both, *left[shorter:], *right[shorter:]]


def _close(merged: Json, left: Json, right: Json) -> Json:
    """Return `merged` with the properties shut that a closed side does not know."""
    for closed, other in ((left, right), (right, left)):
        if closed.get("additionalProperties") is False and not closed.get("patternProperties"):
            known = closed.get("properties", {})
            shut = {key: False for key in other.get("properties", {}) if key not in known}
            merged = {**merged, "properties": {**merged.get("properties", {}), **shut}}
    return merged


def types_of(node: Json) -> tuple[str, ...]:
    """Return the JSON types that a settled node admits, `null` last."""
    declared = node.get("type")
    if declared is None:
        return TYPES
    names = [declared] if isinstance(declared, str) else list(declared)
    return tuple(sorted(dict.fromkeys(names), key=lambda name: name == "null"))


def _common_types(left: Json, right: Json) -> list[str]:
    ours, theirs = types_of({"type": left}), types_of({"type": right})
    common = [name for name in ours if name in theirs]
    is_number = {"number"} & set(ours), {"number"} & set(theirs)
    is_integer = {"integer"} & set(ours), {"integer"} & set(theirs)
    if (is_number[0] and is_integer[1]) or (is_integer[0] and is_number[1]):
        common.append("integer")
    return list(dict.fromkeys(common))
