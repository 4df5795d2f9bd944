"""Payloads for schemas that hide them: plain values, what a schema mentions, decided members."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from agent.core.dialects import subschemas
from agent.core.inclusion import documents_of
from agent.core.schema import Schema
from agent.core.values import Json

PLAINEST: tuple[Json, ...] = (
    *(None, True, False, 0, 1, -1, 2, 1.0, 0.5, 1e308, "", "a", "0", " ", "🙂"),
    *([], [None], [0], [0, 1], ["a"], ["a", "b"], [[]], [{}]),
    *({}, {"a": 0}, {"a": "a"}, {"a": None, "b": []}),
)

MAX_MENTIONED = 500
"""Values that a schema mentions of which so many are tried."""


DECIDED = 12
"""Members that the decision procedure is asked for."""


def known_members(schema: Schema) -> Iterator[Json]:
    """Yield values that may be valid under `schema`, the cheapest first; the caller validates."""
    yield from PLAINEST
    yield from itertools.islice(_mentioned(schema.document), MAX_MENTIONED)
    yield from documents_of(schema, DECIDED).values


def _mentioned(document: Json) -> Iterator[Json]:
    """Yield the constants, defaults and examples anywhere in a document, and lists of them."""
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        single = [node[keyword] for keyword in ("const", "default") if keyword in node]
        for value in (*single, *node.get("enum", ()), *node.get("examples", ())):
            yield from (value, [value])
        waiting.extend(part for _, part in subschemas(node))
