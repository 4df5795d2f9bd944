"""The parts of a schema that judge one value together, through references and combinations."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.merging import target_of
from agent.core.values import Json

IN_PLACE_MANY = ("allOf", "anyOf", "oneOf")
IN_PLACE_POSITIVE = ("then", "else")
"""In-place keywords whose subschema the value may have to meet; `not` and `if` are no such."""


def scope_parts(document: Json, node: Json) -> Iterator[dict[str, Json]]:
    """Yield a node and every subschema that may describe the same value as it, each once.

    Alternatives count; what stands under `not` or `if` describes what the value is not, and does
    not.
    """
    waiting = [node]
    seen: set[int] = set()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, dict) or id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        waiting.extend(reversed(list(_parts_in_place(document, part))))


def _parts_in_place(document: Json, part: dict[str, Json]) -> Iterator[Json]:
    if "$ref" in part:
        yield target_of(document, part["$ref"])
    for key in IN_PLACE_MANY:
        yield from part.get(key, ())
    for key in IN_PLACE_POSITIVE:
        if key in part:
            yield part[key]
    yield from part.get("dependentSchemas", {}).values()
