"""Proposals on their way to a decision, each move guarded by state and revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from agent.core.review import Proposal, State, require_move
from agent.core.values import Json
from agent.errors import Conflict, NotFound
from agent.stores.registry import MAX_INTEGER, read_version
from agent.stores.tables import proposals
from agent.stores.writing import Writing

OPEN = (State.DRAFTING, State.VERIFYING, State.PENDING, State.BLOCKED, State.INFEASIBLE)
"""States that a newer schema version makes superseded."""

WORK = (State.DRAFTING, State.VERIFYING)
"""States in which a worker has something to do."""

UNLEASED = "driftmend"
"""Who files a step that no worker leased: the service itself, right after an amendment."""

_COLUMNS = [proposals.c[item.name] for item in fields(Proposal)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step of the walk made of a proposal."""

    state: State
    adapter: Json
    verification: Json
    evidence_hash: str
    provenance: Json
    failure: str


def add_proposal(
    writing: Writing,
    *,
    source: str,
    version: int,
    consumer: str,
    state: State,
    author: str,
    change: str | None = None,
    adapter: Json = None,
) -> Proposal:
    """Store a new proposal at revision 1."""
    id = writing.ids()
    writing.connection.execute(
        insert(proposals).values(
            id=id,
            number=writing.next_number(proposals.c.number),
            source=source,
            version=version,
            consumer=consumer,
            state=state,
            revision=1,
            author=author,
            change=change,
            adapter=adapter,
            verification=None,
            evidence_hash="",
            provenance={},
            attempts=0,
            failure="",
            created_at=writing.now,
            updated_at=writing.now,
        )
    )
    return read_proposal(writing.connection, id)


def draft(
    writing: Writing, *, source: str, version: int, consumer: str, adapter: Json, by: str
) -> Proposal:
    """Store a proposal that already has its adapter, in state verifying."""
    read_version(writing.connection, source, version)
    proposal = add_proposal(
        writing,
        source=source,
        version=version,
        consumer=consumer,
        state=State.VERIFYING,
        author=by,
        adapter=adapter,
    )
    writing.record(
        by=by,
        action="draft",
        subject=f"proposal {proposal.id}",
        details={"source": source, "version": version, "consumer": consumer},
    )
    return proposal


def read_proposal(connection: Connection, id: str) -> Proposal:
    """Return one proposal.

    Raises:
        NotFound: no proposal has this id.
    """
    row = connection.execute(select(*_COLUMNS).where(proposals.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(where=f"proposal {id!r}", found="is not known")
    return _proposal(row._mapping)


def read_proposals(
    connection: Connection, *, wanted: Mapping[str, str | None], after: str, limit: int
) -> tuple[Proposal, ...]:
    """Return a page of proposals, newest first, behind the one with the id `after`.

    `wanted` are column values that they must have; None asks for nothing.

    Raises:
        NotFound: `after` names no proposal.
    """
    query = select(*_COLUMNS).order_by(proposals.c.number.desc())
    for column, value in wanted.items():
        if value is not None:
            query = query.where(proposals.c[column] == value)
    if after:
        read_proposal(connection, after)
        last = select(proposals.c.number).where(proposals.c.id == after).scalar_subquery()
        query = query.where(proposals.c.number < last)
    rows = connection.execute(query.limit(min(max(limit, 0), MAX_INTEGER)))
    return tuple(_proposal(row._mapping) for row in rows)


def has_work(connection: Connection, *, now: datetime) -> bool:
    """Return whether a proposal waits that no live lease holds."""
    return (
        connection.execute(select(proposals.c.id).where(_waits(now)).limit(1)).first() is not None
    )


def claim(writing: Writing, *, worker: str, lease_s: float) -> Proposal | None:
    """Lease the oldest waiting proposal, or return None."""
    oldest = select(proposals.c.id).where(_waits(writing.now)).order_by(proposals.c.number)
    id = writing.connection.execute(oldest.limit(1)).scalar()
    if id is None:
        return None
    until = writing.now + timedelta(seconds=lease_s)
    writing.connection.execute(
        update(proposals)
        .where(proposals.c.id == id)
        .values(attempts=proposals.c.attempts + 1, leased_by=worker, leased_until=until)
    )
    proposal = read_proposal(writing.connection, id)
    writing.record(
        by=worker,
        action="claim",
        subject=f"proposal {id}",
        details={"attempt": proposal.attempts, "until": until.isoformat()},
    )
    return proposal


def file(writing: Writing, proposal: Proposal, outcome: Outcome) -> Proposal:
    """Store what a step made of a proposal and move it on.

    Raises:
        Conflict: the proposal has moved since, or the move is not legal.
    """
    now = read_proposal(writing.connection, proposal.id)
    require_seen(now, revision=proposal.revision)
    worker = writing.connection.execute(
        select(proposals.c.leased_by).where(proposals.c.id == proposal.id)
    ).scalar()
    moved = move(
        writing,
        now,
        outcome.state,
        changed={
            "adapter": outcome.adapter,
            "verification": outcome.verification,
            "evidence_hash": outcome.evidence_hash,
            "provenance": outcome.provenance,
            "failure": outcome.failure,
        },
    )
    writing.record(
        by=worker or UNLEASED,
        action="file",
        subject=f"proposal {moved.id}",
        details={
            "before": now.state,
            "after": moved.state,
            "revision": moved.revision,
            "evidence_hash": moved.evidence_hash,
            "failure": moved.failure,
        },
    )
    return moved


def supersede(writing: Writing, *, source: str, by_version: int) -> tuple[str, ...]:
    """Move the open proposals of older versions to superseded and return their ids."""
    rows = writing.connection.execute(
        select(*_COLUMNS)
        .where(
            proposals.c.source == source,
            proposals.c.version < by_version,
            proposals.c.state.in_(OPEN),
        )
        .order_by(proposals.c.number)
    ).all()
    for row in rows:
        move(writing, _proposal(row._mapping), State.SUPERSEDED, changed={})
    return tuple(row.id for row in rows)


def require_seen(proposal: Proposal, *, revision: int) -> None:
    """Return quietly when `revision` is the proposal's present one.

    Raises:
        Conflict: the proposal has moved since that revision.
    """
    if proposal.revision != revision:
        raise Conflict(
            where=f"proposal {proposal.id}",
            found=f"is {proposal.state} at revision {proposal.revision}, not {revision}",
            help="it moved in the meantime: read it again and decide on what it shows now",
        )


def move(
    writing: Writing, proposal: Proposal, state: State, *, changed: Mapping[str, Json]
) -> Proposal:
    """Move a proposal to `state`; its lease ends and its attempts start anew.

    Raises:
        Conflict: the move is not legal, or the row is not at the revision that was read.
    """
    require_move(proposal.id, before=proposal.state, after=state)
    done = writing.connection.execute(
        update(proposals)
        .where(
            proposals.c.id == proposal.id,
            proposals.c.state == proposal.state,
            proposals.c.revision == proposal.revision,
        )
        .values(
            state=state,
            revision=proposal.revision + 1,
            attempts=0,
            leased_by=None,
            leased_until=None,
            updated_at=writing.now,
            **changed,
        )
    )
    moved = read_proposal(writing.connection, proposal.id)
    if done.rowcount != 1:
        require_seen(moved, revision=proposal.revision)
    return moved


def _waits(now: datetime) -> ColumnElement[bool]:
    is_free = or_(proposals.c.leased_until.is_(None), proposals.c.leased_until <= now)
    return proposals.c.state.in_(WORK) & is_free


def _proposal(values: Mapping[Any, Any]) -> Proposal:
    return Proposal(**dict(values) | {"state": State(values["state"])})
