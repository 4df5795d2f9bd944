"""Exports on generated payloads, in their real engines."""

from __future__ import annotations

import pytest

from agent.core.schema import make_schema
from agent.core.verify.generate import payloads
from agent.exports.check import Outcome, compare
from agent.exports.languages import EXPORTERS
from tests.exports.adapters import ORDER_RULES, ORDERS, engine_of, make_adapter

RICHER_RULES = [
    *ORDER_RULES,
    {"target": "/cents", "value": "scale(src.price, 2)"},
    {"target": "/rounded", "value": "round(src.price, 1, mode='half_up')"},
    {"target": "/half", "value": "src.id / 2"},
    {"target": "/parts", "value": "[src.id // 3, src.id % 3, -src.id]"},
    {"target": "/name", "value": "join(' ', src.buyer.first, src.buyer.last)"},
    {"target": "/padded", "value": "pad(src.buyer.first, 4, '.')"},
    {"target": "/cut", "value": "slice(src.buyer.first, 1, -1)"},
    {"target": "/skus", "value": "sort_by([x.sku for x in src.lines if present(x.sku)])"},
    {"target": "/count", "value": "{x.sku: x.qty for x in src.lines if present(x.sku)}"},
    {"target": "/groups", "value": "group_by([x for x in src.lines if present(x.sku)], 'sku')"},
    {"target": "/most", "value": "max([x.qty for x in src.lines])"},
    {"target": "/tags", "value": "distinct(concat(default(src.tags, []), ['x']))"},
    {"target": "/in", "value": "'a' in src.tags or src.id in [1, 2]"},
]


@pytest.mark.parametrize("language", EXPORTERS)
def test_export__on_generated_payloads__gives_what_the_reference_gives(language: str) -> None:
    """On payloads of the source schema, boundaries first, an export never differs silently."""
    adapter = make_adapter(RICHER_RULES, schema=ORDERS)
    exported = EXPORTERS[language].export(adapter)
    asked = list(payloads(make_schema(ORDERS), seed=3, limit=400))
    compared = compare(adapter, exported, engine_of(language), asked)
    assert [item for item in compared if item.outcome is Outcome.DIFFERED] == []
    assert sum(item.outcome is Outcome.AGREED for item in compared) > len(asked) / 2
