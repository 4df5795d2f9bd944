"""Order among values: numbers, texts (by code point), dates and booleans, never mixed."""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.language.absence import Instant, OperationFailed, Table, Value, scalar_key
from agent.core.language.functions.operands import describe


def order_kind(value: Value) -> str:
    """Return the kind of a value that has an order: boolean, number, text, date (or null)."""
    if isinstance(value, Instant):
        return "date"
    if isinstance(value, (list, dict, Table)):
        raise OperationFailed(f"{describe(value)}, which has no order", "order by a scalar")
    return scalar_key(value)[0]


def refuse_mixed(values: Iterable[Value]) -> None:
    """Fail when the values are of different kinds: no engine orders those as another does."""
    kinds = sorted({order_kind(value) for value in values})
    if len(kinds) > 1:
        raise OperationFailed(
            f"values of different types ({', '.join(kinds)})", "make them one type first"
        )
