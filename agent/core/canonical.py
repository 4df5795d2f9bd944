"""Schemas of any draft turned into one canonical JSON Schema 2020-12 document.

The canonical document holds only references of the forms `#` and `#/$defs/NAME`, no identifiers,
and no keyword that 2020-12 does not know. Only what the root reaches is read, so one component of
a large OpenAPI document costs what that component costs. Dynamic references are resolved here, by
keeping one definition per dynamic scope.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from agent.core.dialects import (
    DRAFT_2020,
    DRAFT_2020_12,
    MANY_SCHEMAS,
    NAMED_SCHEMAS,
    ONE_SCHEMA,
    SUPPORTED,
    Dialect,
    find_dialect,
)
from agent.core.invariants.declaring import KEYWORD, read_declared
from agent.core.keywords import ANNOTATIONS, DESCRIPTIVE, read_dependent, read_plain, short
from agent.core.paths import child as below
from agent.core.patterns import is_usable
from agent.core.references import Place, References
from agent.core.values import Json
from agent.errors import InvalidSchema

NODE_LIMIT = 1_000_000
"""Most subschemas that one schema may reach (TRUST S7)."""
NESTING_LIMIT = 40
"""Deepest nesting of subschemas in the canonical text; what lies deeper becomes a definition."""
_FAULTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Task:
    """A subschema that waits to be filled in. `depth` counts from the nearest definition."""

    node: dict[str, Json]
    place: Place
    out: dict[str, Json]
    depth: int


@dataclass(slots=True)
class _Conversion:
    """The state of one conversion: what waits, what is defined, what is wrong."""

    references: References
    tasks: list[_Task] = field(default_factory=list)
    names: dict[tuple[int, Place], str] = field(default_factory=dict)
    definitions: dict[str, Json] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    promising: list[_Task] = field(default_factory=list)
    count: int = 0


def canonicalise(
    document: Json, *, pointer: str = "", dialect: Dialect | None = None, origin: str = ""
) -> dict[str, Json]:
    """Return the canonical form of the schema at `pointer` of `document`.

    Without `dialect` the draft is the one that `$schema` names, else 2020-12; idioms of older
    drafts that 2020-12 gives no meaning (array `items`, boolean `exclusiveMinimum`,
    `dependencies`) are understood in every dialect.

    Raises:
        InvalidSchema: it is no schema, refers outside itself or in a circle, or is too large;
            `found` lists the first ten faults with their pointers.
    """
    references = References(document, dialect=dialect or _dialect_of(document, origin))
    state = _Conversion(references)
    root: dict[str, Json] = {}
    place, node = _enter_root(state, pointer, origin)
    if isinstance(node, dict):
        state.names[_key(node, place)] = "#"
        state.tasks.append(_Task(node, place, root, 0))
    elif node is False:
        root["not"] = {}
    _work(state, origin)
    _lift_invariants(state, root)
    _raise_faults(state, origin)
    result = {"$schema": DRAFT_2020_12, **root}
    if state.definitions:
        result["$defs"] = state.definitions
    return result


def _dialect_of(document: Json, origin: str) -> Dialect:
    uri = document.get("$schema") if isinstance(document, dict) else None
    if uri is None:
        return DRAFT_2020
    return find_dialect(uri) or _unknown_dialect(uri, origin)


def _unknown_dialect(uri: Json, origin: str) -> Dialect:
    raise InvalidSchema(
        where=origin,
        found=f"/$schema names {str(uri)[:200]!r}, which is not a supported draft",
        help=f"use one of {SUPPORTED}, or leave $schema out",
    )


def _enter_root(state: _Conversion, pointer: str, origin: str) -> tuple[Place, Json]:
    try:
        place, node = state.references.root(pointer)
    except LookupError as error:
        raise InvalidSchema(
            where=origin, found=f"the pointer {error}", help="check the pointer"
        ) from error
    if not isinstance(node, (dict, bool)):
        raise InvalidSchema(
            where=origin,
            found=f"{pointer or 'the document'} holds {_kind(node)}, not a schema",
            help="a schema is an object, true or false",
        )
    return place, node


def _kind(value: Json) -> str:
    return {list: "an array", str: "text", type(None): "null"}.get(type(value), "a number")


def _key(node: Json, place: Place) -> tuple[int, Place]:
    return id(node), Place(place.base, "", place.dynamic)


def _work(state: _Conversion, origin: str) -> None:
    while state.tasks:
        state.count += 1
        if state.count > NODE_LIMIT:
            raise InvalidSchema(
                where=origin,
                found=f"the schema reaches more than {NODE_LIMIT:,} subschemas",
                help="read one component of it, or split it",
            )
        _fill(state, state.tasks.pop())


def _raise_faults(state: _Conversion, origin: str) -> None:
    if not state.faults:
        return
    shown = sorted(state.faults)[:_FAULTS_SHOWN]
    more = len(state.faults) - len(shown)
    text = "; ".join(shown) + (f"; and {more} more" if more else "")
    raise InvalidSchema(where=origin, found=text, help="mend the schema, then read it again")


def _fill(state: _Conversion, task: _Task) -> None:
    """Fill `task.out` with the canonical form of `task.node`."""
    dialect = state.references.dialect(task.place)
    node, out = task.node, task.out
    if KEYWORD in node:
        _fill_invariants(state, task)
    if dialect.drops_ref_siblings and isinstance(node.get("$ref"), str):
        read_plain({key: node[key] for key in node if key in DESCRIPTIVE}, out, lambda *_: None)
        out["$ref"] = _reference(state, task, "$ref")
        return
    fault = _fault_at(state, task.place)
    known = {key: value for key, value in node.items() if key not in dialect.ignored}
    read_plain(known, out, fault)
    _fill_children(state, task, known)
    _fill_items(state, task, known)
    _fill_dependencies(state, task, known)
    _fill_references(state, task, known)
    if dialect.has_nullable and (node.get("nullable") is True or node.get("x-nullable") is True):
        _allow_null(out)


def _fill_invariants(state: _Conversion, task: _Task) -> None:
    task.out[KEYWORD], faults = read_declared(task.node[KEYWORD])
    state.promising.append(task)
    for fault in faults:
        _fault_at(state, task.place)(KEYWORD, f"{fault.at or 'it'} {fault.text}")


def _lift_invariants(state: _Conversion, root: dict[str, Json]) -> None:
    """Gather at the root what judges the whole payload: the root's own, through `$ref`, `allOf`."""
    if not state.promising:
        return
    lifted: list[Json] = []
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            lifted.extend(node.pop(KEYWORD, ()))
            name = node.get("$ref", "#").removeprefix("#/$defs/")
            waiting += [state.definitions.get(name, root), *node.get("allOf", ())]
    for task in state.promising:
        if KEYWORD in task.out:
            _fault_at(state, task.place)(
                KEYWORD, "stands below the root, and an invariant judges the whole; move it there"
            )
    if lifted:
        root[KEYWORD] = lifted


def _fault_at(state: _Conversion, place: Place) -> Callable[[str, str], None]:
    def add(keyword: str, text: str) -> None:
        state.faults.append(f"{below(place.pointer, keyword) if keyword else place.pointer} {text}")

    return add


def _fill_children(state: _Conversion, task: _Task, known: dict[str, Json]) -> None:
    fault = _fault_at(state, task.place)
    for key, value in known.items():
        if key in ONE_SCHEMA and key != "items":
            task.out[key] = _child(state, task, (key,), value)
        elif key in MANY_SCHEMAS:
            if not isinstance(value, list) or not value:
                fault(key, f"is {short(value)}, not a list of schemas")
            else:
                task.out[key] = [
                    _child(state, task, (key, str(index)), item) for index, item in enumerate(value)
                ]
        elif key in NAMED_SCHEMAS:
            if not isinstance(value, dict):
                fault(key, f"is {short(value)}, not an object of schemas")
            else:
                task.out[key] = {
                    name: _child(state, task, (key, name), item) for name, item in value.items()
                }
    _check_pattern_names(task.out, fault)


def _check_pattern_names(out: dict[str, Json], fault: Callable[[str, str], None]) -> None:
    for pattern in out.get("patternProperties", ()):
        if not is_usable(pattern):
            fault("patternProperties", f"has a key that is not a usable pattern: {pattern[:80]!r}")


def _fill_items(state: _Conversion, task: _Task, known: dict[str, Json]) -> None:
    """Write `items`; the array form of older drafts becomes `prefixItems`."""
    if "items" not in known:
        return
    value = known["items"]
    if not isinstance(value, list):
        task.out["items"] = _child(state, task, ("items",), value)
        return
    if value:
        task.out["prefixItems"] = [
            _child(state, task, ("items", str(index)), item) for index, item in enumerate(value)
        ]
    if "additionalItems" in known:
        rest = known["additionalItems"]
        task.out["items"] = _child(state, task, ("additionalItems",), rest)


def _fill_dependencies(state: _Conversion, task: _Task, known: dict[str, Json]) -> None:
    value = known.get("dependencies", {})
    if not isinstance(value, dict):
        _fault_at(state, task.place)("dependencies", f"is {short(value)}, not an object")
        return
    fault = _fault_at(state, task.place)
    for name, dependency in value.items():
        if isinstance(dependency, list):
            read_dependent("dependentRequired", {name: dependency}, task.out, fault)
        else:
            schema = _child(state, task, ("dependencies", name), dependency)
            task.out.setdefault("dependentSchemas", {})[name] = schema


def _fill_references(state: _Conversion, task: _Task, known: dict[str, Json]) -> None:
    keywords = [key for key in ("$ref", "$dynamicRef", "$recursiveRef") if key in known]
    for keyword in keywords:
        reference = _reference(state, task, keyword)
        if "$ref" in task.out:
            task.out.setdefault("allOf", []).append({"$ref": reference})
        else:
            task.out["$ref"] = reference


def _reference(state: _Conversion, task: _Task, keyword: str) -> str:
    """Return the canonical reference for `keyword` of the task's node, defining its target."""
    try:
        place, node = state.references.follow(task.node[keyword], task.place, keyword=keyword)
    except LookupError as error:
        _fault_at(state, task.place)(keyword, str(error))
        return "#"
    return _define(state, node, place)


def _define(state: _Conversion, node: Json, place: Place) -> str:
    key = _key(node, place)
    name = state.names.get(key)
    if name is None:
        name = state.names[key] = _free_name(state, place)
        if isinstance(node, bool):
            state.definitions[name] = node
        else:
            state.definitions[name] = {}
            state.tasks.append(_Task(node, place, state.definitions[name], 0))
    return "#" if name == "#" else f"#/$defs/{name}"


def _free_name(state: _Conversion, place: Place) -> str:
    """Return an unused name made of the last word of the place, without any odd character."""
    last = place.pointer.rpartition("/")[2] or place.base.rpartition("/")[2]
    word = re.sub(r"[^A-Za-z0-9_.-]+", "_", unquote(last))[:80] or "schema"
    name, number = word, 1
    while name in state.definitions or name == "#":
        number += 1
        name = f"{word}-{number}"
    return name


def _child(state: _Conversion, task: _Task, tokens: tuple[str, ...], node: Json) -> Json:
    """Return the canonical form of a subschema, to be filled in later."""
    if isinstance(node, bool):
        return node
    place = task.place.below(tokens)
    if not isinstance(node, dict):
        _fault_at(state, place)("", f"is {short(node)}, not a schema")
        return True
    try:
        place = state.references.enter(node, place)
    except LookupError as error:
        _fault_at(state, place)("", str(error))
    if task.depth >= NESTING_LIMIT:
        return {"$ref": _define(state, node, place)}
    out: dict[str, Json] = {}
    state.tasks.append(_Task(node, place, out, task.depth + 1))
    return out


def _allow_null(out: dict[str, Json]) -> None:
    """Apply OpenAPI's `nullable: true`.

    With `type`, null joins the types (and `enum`). Without `type` the specification gives it no
    meaning, but authors who write it beside `anyOf` or `allOf` say that the value may be null.
    """
    if "type" in out:
        types = [out["type"]] if isinstance(out["type"], str) else out["type"]
        if "null" not in types:
            out["type"] = [*types, "null"]
        if "enum" in out and None not in out["enum"]:
            out["enum"] = [*out["enum"], None]
        return
    rules = {key: out.pop(key) for key in list(out) if key not in ANNOTATIONS}
    if rules:
        out["anyOf"] = [rules, {"type": "null"}]
