"""Tasks for proposing from schemas at hand: one per consumer, with what is in force for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.core.contract import Contract, without_invariants
from agent.core.diff import compare
from agent.core.language.document import Adapter
from agent.core.language.syntax import CopyRow, Name
from agent.core.proposing import Sample, Task
from agent.core.schema import Schema


def tasks_for(
    *,
    source: str,
    before: Schema | None,
    after: Schema,
    contracts: Sequence[Contract],
    samples: Sequence[Sample] = (),
    in_force: Mapping[str, Adapter] | None = None,
) -> tuple[Task, ...]:
    """Return one task per contract.

    A contract without an adapter in `in_force` has the identity one when it equals `before`.
    """
    diff = compare(before, after) if before is not None else None
    known = in_force or {}
    return tuple(
        Task(
            source=source,
            consumer=contract.consumer,
            after=after,
            contract=contract,
            before=before,
            diff=diff,
            in_force=known.get(contract.consumer)
            or implied_adapter(source=source, contract=contract, before=before),
            samples=tuple(samples),
        )
        for contract in contracts
    )


def implied_adapter(*, source: str, contract: Contract, before: Schema | None) -> Adapter | None:
    """Return the identity adapter for a contract that equals the old schema, else None.

    Invariants are set aside: they say more about the same shape.
    """
    shape = without_invariants(contract.schema)
    if before is None or without_invariants(before).fingerprint != shape.fingerprint:
        return None
    return Adapter(
        name=f"{source}-to-{contract.consumer}",
        source=source,
        source_fingerprints=(before.fingerprint,),
        source_schema=before.document,
        consumer=contract.consumer,
        contract_fingerprint=contract.schema.fingerprint,
        contract=contract.schema.document,
        let=(),
        rows=(CopyRow(target="", copy=Name("src")),),
        drops=(),
    )
