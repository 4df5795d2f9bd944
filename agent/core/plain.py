"""Plain schemas: those that are canonical as they are written, which most are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from agent.core.values import Json

SILENT_KEYWORDS: Final = frozenset(
    (
        *("$schema", "$defs", "definitions", "$comment", "title", "description", "examples"),
        *("default", "deprecated", "readOnly", "writeOnly"),
        *("format", "contentMediaType", "contentEncoding"),
    )
)
"""Keywords that say nothing about which payloads are valid."""

PLAIN_KEYWORDS: Final = frozenset(
    (
        *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "pattern", "properties", "required", "additionalProperties"),
        *("items", "minItems", "maxItems", "$ref", "anyOf"),
    )
)
"""The only other keywords of a plain schema."""

_DIALECTS: Final = (None, "https://json-schema.org/draft/2020-12/schema")
_TYPES: Final = frozenset(
    ["null", "boolean", "integer", "number", "string", "array", "object"],
)


def is_plain(schema: Json) -> bool:
    """Return whether a schema means the same before and after it is made canonical.

    It is sparing: no references, no keyword of an older draft, nothing that is not well formed.
    """
    if not isinstance(schema, dict) or schema.get("$schema") not in _DIALECTS:
        return False
    stack: list[Json] = [schema]
    while stack:
        node = stack.pop()
        if not _is_plain_node(node):
            return False
        stack += node.get("properties", {}).values()
        stack += node.get("anyOf", ())
        for keyword in ("items", "additionalProperties"):
            if not isinstance(node.get(keyword, True), bool):
                stack.append(node[keyword])
    return True


def _is_plain_node(node: Json) -> bool:
    if not isinstance(node, dict):
        return False
    for keyword, value in node.items():
        check = _CHECKS.get(keyword)
        if check is None or not check(value):
            return False
    return True


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _is_count(value: Any) -> bool:
    return type(value) is int


def _is_list(value: Any) -> bool:
    return type(value) is list


def _are_types(value: Any) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(isinstance(name, str) and name in _TYPES for name in names)


def _are_names(value: Any) -> bool:
    return type(value) is list and all(isinstance(name, str) for name in value)


_CHECKS: Final[dict[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(SILENT_KEYWORDS - {"$defs", "definitions"}, lambda _: True),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _is_count),
    **dict.fromkeys(("enum", "anyOf"), _is_list),
    **dict.fromkeys(("const", "items", "additionalProperties"), lambda _: True),
    "type": _are_types,
    "required": _are_names,
    "pattern": lambda value: type(value) is str,
    "properties": lambda value: type(value) is dict,
}
"""What each keyword of a plain schema has to hold; others make a schema one that is not plain."""
