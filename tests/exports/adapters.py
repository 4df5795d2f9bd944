"""Adapters that the tests of exports share, and the engines of this machine."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.document import Adapter, read_adapter
from agent.exports.check import Engine
from agent.exports.engines import find_engine

HEAD = {
    "driftmend_adapter": 1,
    "name": "example",
    "source": "source",
    "source_fingerprints": [],
    "source_schema": {},
    "consumer": "consumer",
    "contract_fingerprint": "",
    "contract": {},
    "drops": [],
}

ORDERS = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "state": {"enum": ["paid", "void", "odd"]},
        "price": {"type": ["number", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "buyer": {
            "type": ["object", "null"],
            "properties": {"first": {"type": "string"}, "last": {"type": ["string", "null"]}},
        },
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "sku": {"type": "string"},
                    "qty": {"type": "integer", "minimum": -2, "maximum": 9},
                    "price": {"type": "number", "minimum": 0, "maximum": 10_000},
                },
            },
        },
        "meta": {"type": "object"},
    },
    "required": ["id"],
}

ORDER_RULES = [
    {"target": "/id", "value": "src.id"},
    {"target": "/status", "value": "lookup(src.state, {'paid': 'PAID', 'void': 'CANCELLED'})"},
    {"target": "/a/is_paid", "value": "src.state == 'paid' and present(src.buyer)"},
    {"target": "/a/tag", "value": "src.tags[0]"},
    {
        "target": "/buyer",
        "with": "src.buyer",
        "as": "b",
        "rules": [
            {"target": "/first", "value": "b.first"},
            {"target": "/last", "value": "default(b.last, 'none')"},
            {"target": "/both", "value": "[b.first, b.last]"},
        ],
    },
    {
        "target": "/lines",
        "each": "src.lines",
        "as": "item",
        "where": "item.qty > 0",
        "rules": [
            {"target": "/sku", "value": "item.sku"},
            {"target": "/big", "value": "True", "when": "item.qty > 5"},
        ],
    },
    {"target": "/meta", "value": "src.meta"},
    {"target": "/meta/kept", "value": "src.none"},
]
"""Rules that every language can carry."""


def make_adapter(
    rules: list[dict[str, Any]], *, schema: Any = None, contract: Any = None, **head: Any
) -> Adapter:
    """Return an adapter of some rules."""
    schemas = {"source_schema": schema or {}, "contract": contract or {}}
    return read_adapter({**HEAD, **schemas, **head, "rules": rules})


def engine_of(language: str) -> Engine:
    """Return the engine of a language, or skip the test."""
    engine = find_engine(language)
    if engine is None:
        pytest.skip(f"no engine for {language} on this machine")
    return engine
