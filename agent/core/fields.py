"""The inventory of a schema: every field that it declares, with what is said about it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.merging import Merger, Node, as_object
from agent.core.paths import child, items
from agent.core.values import Json, json_type
from agent.core.views import View, Views, unique

FIELD_LIMIT = 10_000
DEPTH_LIMIT = 32
ALL_TYPES = frozenset(("boolean", "number", "string", "array", "object"))
"""What a field without any word about its type may hold (and null)."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One place of a payload that a schema declares.

    `types` are JSON types without null, `integer` and `number` kept apart; a field without any
    word about its type has `ALL_TYPES`. `is_required` is said within the parent. `enum` leaves
    out null, which `is_nullable` tells. `in_map` says that the last `*` stands for keys of a map
    and not for items of an array. `node` is the subschema with references followed and `allOf`
    merged as far as possible; for a union of several declarations it holds `anyOf`.
    """

    path: str
    types: frozenset[str]
    is_required: bool
    is_nullable: bool
    enum: tuple[Json, ...] | None = None
    has_const: bool = False
    const: Json = None
    format: str = ""
    title: str = ""
    description: str = ""
    examples: tuple[Json, ...] = ()
    default: Json = None
    has_default: bool = False
    pattern: str = ""
    in_map: bool = False
    is_deprecated: bool = False
    node: Json = None


@dataclass(frozen=True, slots=True)
class _Visit:
    """A field to be listed. `order` sorts the inventory as a reader would write it."""

    path: str
    node: Node
    is_required: bool
    in_map: bool
    passed: frozenset[str]
    order: tuple[int, ...]


def take_inventory(document: Json) -> tuple[tuple[FieldInfo, ...], bool]:
    """Return the fields of a canonical document in reading order, and whether some were left out.

    Recursion stops where a reference is met a second time on one path: the field is listed, what
    lies below it is not. At most `FIELD_LIMIT` fields, shallow ones first, and `DEPTH_LIMIT` deep.
    """
    views = Views(document)
    queue = deque([_Visit("", document, True, False, frozenset(("#",)), ())])
    found: list[tuple[tuple[int, ...], FieldInfo]] = []
    is_truncated = False
    while queue:
        if len(found) >= FIELD_LIMIT:
            is_truncated = True
            break
        visit = queue.popleft()
        view = views.view(visit.node)
        found.append((visit.order, _describe(visit, view, views.merger)))
        if visit.order and view.passed & visit.passed:
            continue
        if len(visit.order) < DEPTH_LIMIT:
            queue.extend(_visits_below(visit, view))
        else:
            is_truncated = is_truncated or bool(view.children or view.items or view.values)
    return tuple(info for _, info in sorted(found, key=lambda pair: pair[0])), is_truncated


def _visits_below(visit: _Visit, view: View) -> Iterable[_Visit]:
    passed = visit.passed | view.passed
    types = view.types
    if types is None or "object" in types:
        for number, (name, node) in enumerate(view.children):
            if node is not False:
                path = child(visit.path, name)
                is_required = name in view.required
                order = (*visit.order, number)
                yield _Visit(path, as_object(node), is_required, False, passed, order)
    listed = view.items if types is None or "array" in types else ()
    mapped = view.values if types is None or "object" in types else ()
    if listed or mapped:
        nodes = unique((*listed, *mapped))
        node = as_object(nodes[0]) if len(nodes) == 1 else {"anyOf": list(nodes)}
        order = (*visit.order, len(view.children))
        yield _Visit(items(visit.path), node, False, not listed, passed, order)


def _describe(visit: _Visit, view: View, merger: Merger) -> FieldInfo:
    words = dict(view.words)
    types, is_nullable = _types_of(view)
    enum = None if view.enum is None else tuple(_of_types(view.enum, view.types))
    values = None if enum is None else tuple(value for value in enum if value is not None)
    has_const = enum is not None and len(enum) == 1
    return FieldInfo(
        path=visit.path,
        types=types,
        is_required=visit.is_required,
        is_nullable=is_nullable,
        enum=values,
        has_const=has_const,
        const=enum[0] if enum and has_const else None,
        format=words.get("format", ""),
        title=words.get("title", ""),
        description=words.get("description", ""),
        examples=tuple(words.get("examples", ())),
        default=words.get("default"),
        has_default="default" in words,
        pattern=words.get("pattern", ""),
        in_map=visit.in_map,
        is_deprecated=words.get("deprecated", False),
        node=merger.merged(visit.node),
    )


def _types_of(view: View) -> tuple[frozenset[str], bool]:
    """Return the types without null, and whether null is allowed."""
    types = view.types
    if view.enum is not None:
        listed = frozenset(json_type(value) for value in view.enum)
        types = listed if types is None else frozenset(_fitting(listed, types))
    if types is None:
        return ALL_TYPES, True
    return types - {"null"}, "null" in types


def _of_types(values: Iterable[Json], types: frozenset[str] | None) -> Iterable[Json]:
    """Yield the values that have one of the types; a whole float is an integer."""
    for value in values:
        kinds = {json_type(value)}
        if "integer" in kinds or (isinstance(value, float) and value.is_integer()):
            kinds |= {"integer", "number"}
        if types is None or kinds & types:
            yield value


def _fitting(listed: frozenset[str], types: frozenset[str]) -> Iterable[str]:
    """Yield the declared types that some listed value has."""
    for name in types:
        same = {"integer", "number"} if name in ("integer", "number") else {name}
        if listed & same:
            yield name
