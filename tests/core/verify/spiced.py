"""Odd schemas, contracts that nearly fit, and odd payloads: where a proof might go wrong."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from agent.core.contract import payload_validator
from agent.core.schema import Schema
from tests.core.language.types.making import is_within_limits, make_document

PATTERNS = ("^a", "[a-c]$", r"^\d+$", "^[^\\n]*$", "^(?=a)", "^.$", "b|^$", "^[1-9]\\d*$", "😀")
NUMBERS = (
    *(0, 1, -1, 2, 3, 5, 0.5, 0.1, 0.3, 1.5, 1e-7, 40, 2**31, 2**53, 2**53 + 1, 2**63 - 1),
    *(-(2**63), 1e16, 1.152921504606847e18, 1e300, -1e300, 9007199254740993),
)
MULTIPLES = (1, 2, 3, 5, 0.5, 0.25, 0.01, 0.1, 1.5, 2.0)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, -0.0, 0.5, 2.0, 1e300, 2**53 + 1, 2**63 - 1, -(2**63)),
    *(9223372036854774784.0, 0.1, 0.30000000000000004, 100, 5e-324, 1e16),
    *("", "a", "b", "card", "iban", "12", "١٢", "a\n", "\n", "😀", "é", "e\u0301", "\u0000"),
    *("ab" * 40, "__proto__", "1.50", "2024-05-01T12:00:00Z", "ß", "kind"),
    *([], [1, 1.0], [[]], [None], ["a", "a"], {}, {"a": 1}, {"kind": "card"}, {"": 0}),
)


def make_source(rng: random.Random) -> Any:
    """Return a random schema with keywords that are easily got wrong; some hold themselves."""
    document = make_document(rng)
    nodes = [node for node in _nodes(document) if isinstance(node, dict)]
    for node in rng.sample(nodes, min(len(nodes), rng.choice([0, 1, 2, 3]))):
        _spice(node, rng)
    if rng.random() < 0.2:
        holders = [node for node in nodes if node.get("type") == "object"]
        holder = rng.choice(holders) if holders else document
        holder.setdefault("properties", {})[rng.choice(["next", "a"])] = {"$ref": "#"}
    return document


def _nodes(document: Any) -> Iterator[Any]:
    """Yield a schema and all within it."""
    yield document
    if not isinstance(document, dict):
        return
    for keyword in ("properties", "patternProperties", "$defs"):
        for part in document.get(keyword, {}).values():
            yield from _nodes(part)
    for keyword in ("items", "additionalProperties", "not", "if", "then", "else"):
        if keyword in document:
            yield from _nodes(document[keyword])
    for keyword in ("prefixItems", "anyOf", "oneOf", "allOf"):
        for part in document.get(keyword, ()):
            yield from _nodes(part)


def _spice(node: dict[str, Any], rng: random.Random) -> None:
    """Give a node one more keyword, mostly one of its type."""
    match node.get("type"):
        case "string":
            found: list[Any] = [("pattern", rng.choice(PATTERNS)), ("maxLength", rng.randint(0, 3))]
        case "integer" | "number":
            found = [
                ("multipleOf", rng.choice(MULTIPLES)),
                (rng.choice(["minimum", "exclusiveMinimum"]), rng.choice(NUMBERS)),
                (rng.choice(["maximum", "exclusiveMaximum"]), rng.choice(NUMBERS)),
            ]
        case "array":
            found = [("uniqueItems", True), ("minItems", rng.randint(0, 2)), ("contains", {})]
        case "object":
            found = [
                (rng.choice(["minProperties", "maxProperties"]), rng.randint(0, 3)),
                ("propertyNames", {"maxLength": rng.randint(0, 4)}),
                ("patternProperties", {rng.choice(PATTERNS): make_document(rng, depth=0)}),
                ("additionalProperties", make_document(rng, depth=1)),
                ("dependentRequired", {"a": ["b"]}),
            ]
        case _:
            found = []
    found += [
        ("not", make_document(rng, depth=0)),
        ("anyOf", [make_document(rng, depth=1), make_document(rng, depth=0)]),
        ("const", rng.choice(ODD)),
        ("enum", rng.sample(ODD, 3)),
    ]
    keyword, value = rng.choice(found[:3] if len(found) > 4 and rng.random() < 0.6 else found)
    node[keyword] = value
    if rng.random() < 0.1:
        node["if"] = {"required": ["a"]}
        node["then"] = {"properties": {"b": make_document(rng, depth=0)}}


# Contracts


def open_up(document: Any, rng: random.Random) -> Any:
    """Return a contract that declares as a map what the other leaves open, at some places."""
    made = copy.deepcopy(document)
    for node in _nodes(made):
        is_open = isinstance(node, dict) and "additionalProperties" not in node
        if is_open and "properties" in node and rng.random() < 0.7:
            node["additionalProperties"] = {"not": {"const": "never sent"}}
    return made


def nearly(document: Any, rng: random.Random) -> Any:
    """Return a contract that differs in one place, mostly a little."""
    made = copy.deepcopy(document)
    nodes = [node for node in _nodes(made) if isinstance(node, dict) and node]
    if not nodes:
        return made
    node = rng.choice(nodes)
    keyword = rng.choice(sorted(node))
    change = _CHANGES.get(keyword)
    if change is None or rng.random() < 0.15:
        _spice(node, rng)
    else:
        change(node, keyword, rng)
    return made


def _change_number(node: dict[str, Any], keyword: str, rng: random.Random) -> None:
    node[keyword] = rng.choice([node[keyword] + 1, node[keyword] - 1, rng.choice(NUMBERS)])


def _change_count(node: dict[str, Any], keyword: str, rng: random.Random) -> None:
    node[keyword] = max(0, node[keyword] + rng.choice([-1, 1]))


def _change_multiple(node: dict[str, Any], keyword: str, rng: random.Random) -> None:
    node[keyword] = rng.choice([*MULTIPLES, node[keyword] * 2, node[keyword] / 2])


def _change_type(node: dict[str, Any], keyword: str, rng: random.Random) -> None:
    types = node[keyword] if isinstance(node[keyword], list) else [node[keyword]]
    more = rng.choice(["null", "integer", "number", "string", "array", "object", "boolean"])
    node[keyword] = rng.choice([[*types, more], types[1:] or [more], types[:1]])


def _change_list(node: dict[str, Any], keyword: str, rng: random.Random) -> None:
    items = list(node[keyword])
    rng.shuffle(items)
    node[keyword] = rng.choice([items[1:], [*items, rng.choice(["a", "b", "kind"])]])
    if not node[keyword]:
        del node[keyword]


def _change_properties(node: dict[str, Any], keyword: str, rng: random.Random) -> None:
    if node[keyword]:
        del node[keyword][rng.choice(sorted(node[keyword]))]


def _drop(node: dict[str, Any], keyword: str, _: random.Random) -> None:
    del node[keyword]


_Change = Callable[[dict[str, Any], str, random.Random], None]
_CHANGES: dict[str, _Change] = {
    "minimum": _change_number,
    "maximum": _change_number,
    "exclusiveMinimum": _change_number,
    "exclusiveMaximum": _change_number,
    "multipleOf": _change_multiple,
    "minLength": _change_count,
    "maxLength": _change_count,
    "minItems": _change_count,
    "maxItems": _change_count,
    "minProperties": _change_count,
    "maxProperties": _change_count,
    "type": _change_type,
    "enum": _change_list,
    "required": _change_list,
    "anyOf": _drop,
    "properties": _change_properties,
    "patternProperties": _change_properties,
    "additionalProperties": _drop,
    "pattern": _drop,
    "uniqueItems": _drop,
    "not": _drop,
    "items": _drop,
}


# Payloads


def twisted(payload: Any, schema: Schema, rng: random.Random, *, tries: int) -> Iterator[Any]:
    """Yield odd variants of a payload that are still valid and within the language's limits."""
    validator = payload_validator(schema)
    for _ in range(tries):
        made = copy.deepcopy(payload)
        for _ in range(rng.choice([1, 1, 2, 3])):
            made = _twist(made, rng)
        if validator.is_met(made) and is_within_limits(made):
            yield made


def _twist(value: Any, rng: random.Random) -> Any:
    if isinstance(value, (dict, list)) and value and rng.random() < 0.75:
        return _twist_within(value, rng)
    match value:
        case dict():
            key = rng.choice(
                ["a", "b", "kind", "items", "extra", "", "x-y", "__proto__", "ab", "é"]
            )
            return {**value, key: rng.choice(ODD)}
        case list():
            return [*value, *rng.choice([value[:1], [rng.choice(ODD)]])]
        case bool() | None:
            return rng.choice(ODD)
        case int():
            return rng.choice([float(value), value + 1, -value, rng.choice(ODD)])
        case float():
            whole = int(value) if value.is_integer() else 0
            return rng.choice([whole, value * 3, value + 0.1, rng.choice(ODD)])
        case _:
            return rng.choice([value + "\n", value[:-1], value * 2, rng.choice(ODD)])


def _twist_within(value: Any, rng: random.Random) -> Any:
    if isinstance(value, list):
        index = rng.randrange(len(value))
        below = [] if rng.random() < 0.2 else [_twist(value[index], rng)]
        return [*value[:index], *below, *value[index + 1 :]]
    key = rng.choice(sorted(value))
    if rng.random() < 0.2:
        return {name: part for name, part in value.items() if name != key}
    return {**value, key: _twist(value[key], rng)}
