"""Documents to try when no witness could be constructed: simple ones, and what schemas name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final

from agent.core.dialects import subschemas
from agent.core.merging import value_key
from agent.core.values import Json

MAX_DOCUMENTS: Final = 400
"""Most documents that are tried."""

_SIMPLE: Final[tuple[Json, ...]] = (
    *(None, True, False, 0, 1, -1, 2, 0.5, -0.5, 10, 100, 1_000_000),
    *("", "a", "ab", "A", "0", "12", "-", "a b", "abc123", "2020-01-01", "é", "😀", "\n"),
    *([], [None], [0], [0, 0], [0, 1], ["a"], [[]], [{}], [1, "a", None]),
    *({}, {"a": 0}, {"a": "a"}, {"a": None}, {"a": 0, "b": 0}),
)


def documents(*schemas: dict[str, Json]) -> Iterator[Json]:
    """Yield different documents: simple ones, constants, and objects and arrays of these."""
    constants, names = _mentioned(schemas)
    values = [*constants, *_SIMPLE]
    composed: list[Iterator[Json]] = [
        ([value] for value in values),
        ({name: value} for name, value in itertools.product(names[:8], values[:24])),
        (dict.fromkeys(names, value) for value in values),
        ([one, other] for one, other in itertools.product(values[:8], repeat=2)),
    ]
    seen: set[str] = set()
    for document in itertools.chain(values, *composed):
        key = value_key(document)
        if key not in seen:
            seen.add(key)
            yield document
        if len(seen) >= MAX_DOCUMENTS:
            return


def _mentioned(schemas: tuple[dict[str, Json], ...]) -> tuple[list[Json], list[str]]:
    """Return the constants and examples that schemas hold, and their property names."""
    constants: list[Json] = []
    names: dict[str, None] = {}
    stack: list[Any] = list(schemas)
    while stack:
        node = stack.pop()
        if not isinstance(node, dict):
            continue
        constants += [*node.get("enum", ()), *node.get("examples", ())]
        constants += [node[key] for key in ("const", "default") if key in node]
        constants += [
            node[key] + offset
            for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
            if key in node
            for offset in (0, -1, 1)
        ]
        names.update(dict.fromkeys((*node.get("properties", ()), *node.get("required", ()))))
        stack.extend(part for _, part in subschemas(node))
    return constants[:60], list(names)[:40]
