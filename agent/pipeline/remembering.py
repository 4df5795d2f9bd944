"""Approved and rejected rules as prior mappings, and the memory that keeps them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from agent.core.language.document import Adapter
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import Scope, replace_reads
from agent.core.language.syntax import CopyRow, EachRow, Expression, Name, Row, ValueRow
from agent.core.language.walk import places
from agent.core.matching.names import field_text
from agent.core.proposing import EvidenceKind, PriorMapping
from agent.core.review import Proposal, State
from agent.core.schema import Schema
from agent.errors import MemoryUnavailable
from agent.pipeline.serving import adapter_of, schema_of
from agent.ports import Ledger, Memory


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: whether a part works, in words."""

    name: str
    is_ok: bool
    detail: str


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
    source: str = "",
) -> tuple[PriorMapping, ...]:
    """Return one prior mapping per rule that takes something from the source.

    A loop or a copy is a mapping of its array or object as it is.

    `skipped` are targets whose rules the decision was not about; `source` is the adapter's unless
    it is given.
    """
    found = []
    for place in places(adapter.rows, let=adapter.let):
        taken = taken_by(place.row)
        if taken is None or place.target in skipped:
            continue
        shape, reads = abstract_reads(taken, scope=place.scope)
        if not reads or len(reads) > len(READ_NAMES):
            continue
        found.append(
            PriorMapping(
                id=f"{proposal}:{place.target}",
                source=source or adapter.source,
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


def taken_by(row: Row) -> Expression | None:
    """Return what a row writes, loops over or copies, or None for a row that only holds others."""
    match row:
        case ValueRow(value=taken) | EachRow(each=taken) | CopyRow(copy=taken):
            return taken
        case _:
            return None


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


class Remembering:
    """Keeps decided rules in memory. The ledger has the truth: a failure here loses nothing."""

    def __init__(self, *, ledger: Ledger, memory: Memory | None) -> None:
        self._ledger = ledger
        self._memory = memory

    def remember(self, proposal: Proposal, *, is_approved: bool) -> None:
        """Keep the rules of a decided proposal, when there is a memory and it answers."""
        if self._memory is None:
            return
        with suppress(MemoryUnavailable):
            self._memory.remember(_mappings(proposal, is_approved=is_approved))

    def rebuild(self) -> int:
        """Return how many prior mappings the memory holds after it was made anew from the ledger.

        Raises:
            MemoryUnavailable: memory is off, or its store does not answer.
        """
        if self._memory is None:
            raise MemoryUnavailable(
                where="memory", found="it is off", help="set DRIFTMEND_MEMORY=on"
            )
        self._memory.clear()
        for state, is_approved in ((State.REJECTED, False), (State.APPROVED, True)):
            for proposal in self._decided(state):
                self._memory.remember(_mappings(proposal, is_approved=is_approved))
        return self._memory.count()

    def check(self) -> Check:
        """Return whether the memory answers."""
        if self._memory is None:
            return Check("memory", is_ok=True, detail="off")
        try:
            return Check("memory", is_ok=True, detail=f"{self._memory.count()} prior mappings")
        except MemoryUnavailable as error:
            return Check("memory", is_ok=False, detail=str(error))

    def _decided(self, state: State) -> tuple[Proposal, ...]:
        found: list[Proposal] = []
        while page := self._ledger.proposals(
            state=state, after=found[-1].id if found else "", limit=100
        ):
            found.extend(page)
        return tuple(found)


def _mappings(proposal: Proposal, *, is_approved: bool) -> tuple[PriorMapping, ...]:
    if proposal.adapter is None:
        return ()
    adapter = adapter_of(proposal.adapter)
    return mappings_of(
        adapter,
        after=schema_of(adapter.source_schema),
        contract=schema_of(adapter.contract),
        proposal=proposal.id,
        is_approved=is_approved,
        skipped=frozenset() if is_approved else _carried(proposal),
    )


def _carried(proposal: Proposal) -> frozenset[str]:
    """Return the targets of rules that were in force before: a rejection is not about those."""
    rules = (proposal.verification or {}).get("rules", ())
    in_force = EvidenceKind.IN_FORCE.value
    return frozenset(
        rule["target"]
        for rule in rules
        if any(evidence["kind"] == in_force for evidence in rule["evidence"])
    )
