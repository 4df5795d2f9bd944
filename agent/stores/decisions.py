"""Decisions about proposals, and the adapters that approvals make active."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from agent.core.review import (
    AdapterState,
    Decision,
    DecisionKind,
    Proposal,
    ServedAdapter,
    State,
)
from agent.core.values import Json, fingerprint
from agent.errors import Conflict, NotFound
from agent.stores.registry import MAX_INTEGER
from agent.stores.reviews import move, read_proposal, require_seen
from agent.stores.tables import adapters, decisions
from agent.stores.writing import Writing

AFTER: dict[DecisionKind, State] = {
    DecisionKind.APPROVE: State.APPROVED,
    DecisionKind.REJECT: State.REJECTED,
    DecisionKind.AMEND: State.VERIFYING,
    DecisionKind.REQUEST_CHANGES: State.DRAFTING,
}
"""Where each decision leads."""

DECIDABLE = frozenset({State.PENDING, State.BLOCKED, State.INFEASIBLE})
"""States that show a reviewer a finished verification; in others there is nothing to decide."""

_ADAPTER = [column for column in adapters.c if column.name != "number"]
_DECISION = [column for column in decisions.c if column.name != "number"]


def decide(
    writing: Writing, id: str, *, decision: Decision, revision: int, adapter: Json
) -> tuple[Proposal, ServedAdapter | None]:
    """Store a decision and apply it.

    Raises:
        Conflict: the proposal has moved since `revision`, the decision is not legal in its state,
            was made on other evidence, or lacks the adapter that it needs.
    """
    proposal = read_proposal(writing.connection, id)
    _require_decidable(proposal, decision, revision=revision, adapter=adapter)
    moved = move(writing, proposal, AFTER[decision.kind], changed=_changes(decision, adapter))
    writing.connection.execute(
        insert(decisions).values(
            number=writing.next_number(decisions.c.number),
            proposal=id,
            kind=decision.kind,
            by=decision.by,
            reason=decision.reason,
            evidence_hash=decision.evidence_hash,
            at=decision.at,
        )
    )
    served = _activate(writing, moved) if decision.kind is DecisionKind.APPROVE else None
    details = {
        "revision": revision,
        "before": proposal.state,
        "after": moved.state,
        "reason": decision.reason,
        "evidence_hash": decision.evidence_hash,
        "adapter": None if served is None else served.id,
        "fingerprint": None if served is None else served.fingerprint,
    }
    writing.record(by=decision.by, action=decision.kind, subject=f"proposal {id}", details=details)
    return moved, served


def read_decisions(connection: Connection, proposal: str | None) -> tuple[Decision, ...]:
    """Return the decisions about one proposal, or all, oldest first."""
    query = select(*_DECISION).order_by(decisions.c.number)
    if proposal is not None:
        query = query.where(decisions.c.proposal == proposal)
    return tuple(_decision(row) for row in connection.execute(query))


def find_active(
    connection: Connection, *, source: str, version: int, consumer: str
) -> ServedAdapter | None:
    """Return the adapter that serves, or None."""
    if not 0 < version <= MAX_INTEGER:
        return None
    row = connection.execute(
        select(*_ADAPTER).where(
            adapters.c.source == source,
            adapters.c.version == version,
            adapters.c.consumer == consumer,
            adapters.c.state == AdapterState.ACTIVE,
        )
    ).one_or_none()
    return None if row is None else _adapter(row)


def read_adapter(connection: Connection, id: str) -> ServedAdapter:
    """Return one adapter.

    Raises:
        NotFound: there is none with this id.
    """
    row = connection.execute(select(*_ADAPTER).where(adapters.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(where=f"adapter {id[:200]!r}", found="is not known", help="list adapters")
    return _adapter(row)


def read_adapters(connection: Connection, *, source: str | None) -> tuple[ServedAdapter, ...]:
    """Return active and retired adapters, newest first."""
    query = select(*_ADAPTER).order_by(adapters.c.number.desc())
    if source is not None:
        query = query.where(adapters.c.source == source)
    return tuple(_adapter(row) for row in connection.execute(query))


def _require_decidable(
    proposal: Proposal, decision: Decision, *, revision: int, adapter: Json
) -> None:
    require_seen(proposal, revision=revision)
    where = f"proposal {proposal.id}"
    if proposal.state not in DECIDABLE:
        legal = ", ".join(sorted(DECIDABLE))
        raise Conflict(
            where=where,
            found=f"is {proposal.state}, so nobody can {decision.kind} it",
            help=f"it can be decided while it is one of: {legal}",
        )
    if decision.kind is DecisionKind.AMEND and adapter is None:
        raise Conflict(where=where, found="was amended without an adapter")
    if decision.kind is DecisionKind.APPROVE:
        _require_approvable(proposal, decision)


def _require_approvable(proposal: Proposal, decision: Decision) -> None:
    where = f"proposal {proposal.id}"
    if proposal.state is State.PENDING and proposal.adapter is None:
        raise Conflict(where=where, found="has no adapter to approve")
    if decision.evidence_hash != proposal.evidence_hash:
        raise Conflict(
            where=where,
            found="shows other evidence than the approval names",
            help="read it again and decide on what it shows now",
        )


def _changes(decision: Decision, adapter: Json) -> Mapping[str, Json]:
    """Return what a decision changes beside the state: what goes back loses its evidence."""
    match decision.kind:
        case DecisionKind.AMEND:
            return {"adapter": adapter, "verification": None, "evidence_hash": "", "failure": ""}
        case DecisionKind.REQUEST_CHANGES:
            return {"evidence_hash": "", "failure": ""}
        case _:
            return {}


def _activate(writing: Writing, proposal: Proposal) -> ServedAdapter:
    """Make the adapter of an approved proposal the active one; the one before it retires."""
    writing.connection.execute(
        update(adapters)
        .where(
            adapters.c.source == proposal.source,
            adapters.c.version == proposal.version,
            adapters.c.consumer == proposal.consumer,
            adapters.c.state == AdapterState.ACTIVE,
        )
        .values(state=AdapterState.RETIRED)
    )
    writing.connection.execute(
        insert(adapters).values(
            id=writing.ids(),
            number=writing.next_number(adapters.c.number),
            source=proposal.source,
            version=proposal.version,
            consumer=proposal.consumer,
            fingerprint=fingerprint(proposal.adapter),
            document=proposal.adapter,
            state=AdapterState.ACTIVE,
            proposal=proposal.id,
            created_at=writing.now,
        )
    )
    served = find_active(
        writing.connection,
        source=proposal.source,
        version=proposal.version,
        consumer=proposal.consumer,
    )
    assert served is not None
    return served


def _decision(row: Row[Any]) -> Decision:
    values = dict(row._mapping)
    return Decision(**values | {"kind": DecisionKind(values["kind"])})


def _adapter(row: Row[Any]) -> ServedAdapter:
    values = dict(row._mapping)
    return ServedAdapter(**values | {"state": AdapterState(values["state"])})
