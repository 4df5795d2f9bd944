"""Approved and rejected rules as prior mappings."""

from __future__ import annotations

from agent.core.language.document import Adapter
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import Scope, replace_reads
from agent.core.language.syntax import Expression, Name, ValueRow
from agent.core.language.walk import places
from agent.core.matching.names import field_text
from agent.core.proposing import PriorMapping
from agent.core.schema import Schema

READ_NAMES = "abcdefghijklmnopqrstuvwxyz"
"""Names that stand for the reads of a remembered expression, in order."""


def mappings_of(
    adapter: Adapter,
    *,
    after: Schema,
    contract: Schema,
    proposal: str,
    is_approved: bool,
    skipped: frozenset[str] = frozenset(),
) -> tuple[PriorMapping, ...]:
    """Return one prior mapping per rule that computes a value from at least one read.

    `skipped` are targets whose rules the decision was not about.
    """
    found = []
    for place in places(adapter.rows, let=adapter.let):
        if not isinstance(place.row, ValueRow) or place.target in skipped:
            continue
        shape, reads = abstract_reads(place.row.value, scope=place.scope)
        if not reads or len(reads) > len(READ_NAMES):
            continue
        found.append(
            PriorMapping(
                id=f"{proposal}:{place.target}",
                source=adapter.source,
                consumer=adapter.consumer,
                target=place.target,
                target_text=_text_of(contract, place.target),
                reads=reads,
                reads_text="; ".join(_text_of(after, path) for path in reads),
                expression=print_expression(shape),
                is_approved=is_approved,
            )
        )
    return tuple(found)


def abstract_reads(expression: Expression, *, scope: Scope) -> tuple[Expression, tuple[str, ...]]:
    """Return the expression with its reads named `a`, `b`, …, and the paths they stand for."""
    reads: dict[str, Expression] = {}

    def name(_: Expression, path: str) -> Expression:
        return reads.setdefault(path, Name(READ_NAMES[len(reads) % len(READ_NAMES)]))

    shape = replace_reads(expression, name, scope=scope, is_deep=False)
    return shape, tuple(reads)


def _text_of(schema: Schema, path: str) -> str:
    field = schema.field(path)
    return field_text(field) if field else path
