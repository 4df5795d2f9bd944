"""The ledger: every call is one transaction over the tables, with its line in the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, insert, select

from agent.core.review import (
    AGENT,
    AuditRow,
    Change,
    ContractVersion,
    Decision,
    KeptAnswer,
    Proposal,
    ServedAdapter,
    Source,
    State,
    Version,
)
from agent.core.values import Json
from agent.ports import Clock, Ids
from agent.stores import audit, decisions, registry, reviews
from agent.stores.database import Database
from agent.stores.tables import kept_answers
from agent.stores.writing import Writing


def open_ledger(url: str, *, clock: Clock, ids: Ids) -> SqlLedger:
    """Return the ledger at a database address, its tables brought up to date.

    `url` is `sqlite:///PATH` (made when missing, readable for its owner alone) or
    `postgresql+psycopg://USER@HOST/DATABASE`.

    Raises:
        InvalidSettings: the address names no database that can keep a ledger.
        StoreUnavailable: the database cannot be opened (locked, read-only, no server, no ledger).
    """
    database = Database(url)
    try:
        database.migrate()
    except BaseException:
        database.close()
        raise
    return SqlLedger(database, clock=clock, ids=ids)


class SqlLedger:
    """The `Ledger` port over SQLite or PostgreSQL. Safe to share between threads."""

    def __init__(self, database: Database, *, clock: Clock, ids: Ids) -> None:
        self.database = database
        self._clock = clock
        self._ids = ids

    def close(self) -> None:
        """Close all connections; nothing is lost, and the ledger can be opened again."""
        self.database.close()

    @contextmanager
    def _writing(self) -> Iterator[Writing]:
        with self.database.writing() as connection:
            yield Writing(connection=connection, now=self._clock(), ids=self._ids)

    def put_source(self, name: str, *, description: str, by: str) -> Source:
        """Register a source, or return the known one with its description renewed."""
        with self._writing() as writing:
            return registry.put_source(writing, name, description=description, by=by)

    def source(self, name: str) -> Source:
        """Return one source."""
        with self.database.reading() as connection:
            return registry.read_source(connection, name)

    def sources(self) -> tuple[Source, ...]:
        """Return all sources by name."""
        with self.database.reading() as connection:
            return registry.read_sources(connection)

    def put_contract(
        self,
        *,
        consumer: str,
        source: str,
        fingerprint: str,
        document: Json,
        examples: tuple[Json, ...],
        by: str,
    ) -> ContractVersion:
        """Register a contract; the same document and examples again return the known one."""
        with self._writing() as writing:
            contract = ContractVersion(
                consumer=consumer,
                source=source,
                number=0,
                fingerprint=fingerprint,
                document=document,
                examples=examples,
                created_at=writing.now,
            )
            return registry.put_contract(writing, contract, by=by)

    def contracts(self, source: str) -> tuple[ContractVersion, ...]:
        """Return the newest contract of every consumer of a source, by consumer."""
        with self.database.reading() as connection:
            return registry.read_contracts(connection, source)

    def report_version(
        self,
        *,
        source: str,
        fingerprint: str,
        document: Json,
        samples: tuple[Json, ...],
        diff: Json,
        consumers: tuple[str, ...],
        by: str,
        follows: int | None = None,
    ) -> tuple[Version, Change | None, tuple[Proposal, ...]]:
        """Record a schema version, its change and one drafting proposal per consumer.

        When the newest version has this fingerprint it is returned as it is. An older version's
        fingerprint is a change like any other: the source went back. The first version makes no
        change and no proposals. Open proposals of older versions become superseded. `follows` is
        the number of the version that `diff` starts from, 0 for none.

        Raises:
            Conflict: another version than `follows` is the newest by now.
        """
        with self._writing() as writing:
            registry.read_source(writing.connection, source)
            newest = registry.newest_version(writing.connection, source)
            if newest is not None and newest.fingerprint == fingerprint:
                return newest, None, ()
            registry.require_newest(newest, source=source, number=follows)
            version = Version(
                source=source,
                number=1 if newest is None else newest.number + 1,
                fingerprint=fingerprint,
                document=document,
                samples=samples,
                created_at=writing.now,
            )
            return _add_version(writing, version, diff=diff, consumers=consumers, by=by)

    def version(self, source: str, number: int) -> Version:
        """Return one schema version."""
        with self.database.reading() as connection:
            return registry.read_version(connection, source, number)

    def versions(self, source: str) -> tuple[Version, ...]:
        """Return all versions of a source, oldest first."""
        with self.database.reading() as connection:
            return registry.read_versions(connection, source)

    def change(self, id: str) -> Change:
        """Return one change."""
        with self.database.reading() as connection:
            return registry.read_change(connection, id)

    def draft(
        self, *, source: str, version: int, consumer: str, adapter: Json, by: str
    ) -> Proposal:
        """Open a proposal with a hand-written adapter, in state verifying."""
        with self._writing() as writing:
            return reviews.draft(
                writing, source=source, version=version, consumer=consumer, adapter=adapter, by=by
            )

    def proposal(self, id: str) -> Proposal:
        """Return one proposal."""
        with self.database.reading() as connection:
            return reviews.read_proposal(connection, id)

    def proposals(
        self,
        *,
        state: State | None = None,
        source: str | None = None,
        consumer: str | None = None,
        after: str = "",
        limit: int = 100,
    ) -> tuple[Proposal, ...]:
        """Return proposals, newest first, starting behind the id `after`."""
        wanted = {"state": state, "source": source, "consumer": consumer}
        with self.database.reading() as connection:
            return reviews.read_proposals(connection, wanted=wanted, after=after, limit=limit)

    def claim(self, *, worker: str, lease_s: float) -> Proposal | None:
        """Lease the oldest drafting or verifying proposal that no live lease holds, or None.

        Its `attempts` grows by one, and starts anew with every move.
        """
        with self.database.reading() as connection:
            # An idle worker that only looks never takes the write lock from others.
            if not reviews.has_work(connection, now=self._clock()):
                return None
        with self._writing() as writing:
            return reviews.claim(writing, worker=worker, lease_s=lease_s)

    def file(
        self,
        proposal: Proposal,
        *,
        state: State,
        adapter: Json,
        verification: Json,
        evidence_hash: str,
        provenance: Json,
        failure: str = "",
    ) -> Proposal:
        """Store the outcome of a step and move on, guarded by the proposal's revision.

        Raises:
            Conflict: the proposal has moved since, or the move is not legal.
        """
        outcome = reviews.Outcome(
            state=state,
            adapter=adapter,
            verification=verification,
            evidence_hash=evidence_hash,
            provenance=provenance,
            failure=failure,
        )
        with self._writing() as writing:
            return reviews.file(writing, proposal, outcome)

    def decide(
        self, id: str, *, decision: Decision, revision: int, adapter: Json = None
    ) -> tuple[Proposal, ServedAdapter | None]:
        """Apply a decision made on `revision`; approval makes the adapter active in one step.

        An approval must name the proposal's present evidence hash.

        Raises:
            Conflict: the proposal has moved since, or the decision is not legal in its state.
        """
        with self._writing() as writing:
            return decisions.decide(
                writing, id, decision=decision, revision=revision, adapter=adapter
            )

    def decisions(self, proposal: str | None = None) -> tuple[Decision, ...]:
        """Return the decisions about one proposal, or all, oldest first."""
        with self.database.reading() as connection:
            return decisions.read_decisions(connection, proposal)

    def active_adapter(self, *, source: str, version: int, consumer: str) -> ServedAdapter | None:
        """Return the adapter that serves, or None."""
        with self.database.reading() as connection:
            return decisions.find_active(
                connection, source=source, version=version, consumer=consumer
            )

    def adapter(self, id: str) -> ServedAdapter:
        """Return one served or retired adapter."""
        with self.database.reading() as connection:
            return decisions.read_adapter(connection, id)

    def adapters(self, *, source: str | None = None) -> tuple[ServedAdapter, ...]:
        """Return served and retired adapters, newest first."""
        with self.database.reading() as connection:
            return decisions.read_adapters(connection, source=source)

    def audit(self) -> tuple[AuditRow, ...]:
        """Return the audit log, oldest first."""
        with self.database.reading() as connection:
            return audit.read(connection)

    def verify_audit(self) -> tuple[str, ...]:
        """Return the breaks in the audit chain in words; none when it is whole."""
        with self.database.reading() as connection:
            return tuple(audit.breaks(connection))

    def kept_answer(self, key: str) -> KeptAnswer | None:
        """Return the answer that was given to a request with this idempotency key, or None."""
        query = select(kept_answers).where(kept_answers.c.key == key)
        with self.database.reading() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else _answer(row)

    def keep_answer(self, answer: KeptAnswer) -> KeptAnswer:
        """Keep an answer; when the key is already taken, return the one that was kept first."""
        query = select(kept_answers).where(kept_answers.c.key == answer.key)
        with self._writing() as writing:
            row = writing.connection.execute(query).one_or_none()
            if row is not None:
                return _answer(row)
            values = {
                "key": answer.key,
                "request_fingerprint": answer.request_fingerprint,
                "status": answer.status,
                "body": answer.body,
            }
            writing.connection.execute(
                insert(kept_answers).values(created_at=writing.now, **values)
            )
            writing.record(
                by="http",
                action="keep-answer",
                subject="idempotency key",
                details={"key": answer.key, "request_fingerprint": answer.request_fingerprint},
            )
            return _answer(writing.connection.execute(query).one())


def _add_version(
    writing: Writing, version: Version, *, diff: Json, consumers: tuple[str, ...], by: str
) -> tuple[Version, Change | None, tuple[Proposal, ...]]:
    stored = registry.add_version(writing, version)
    if version.number == 1:
        _record_version(writing, stored, change=None, proposals=(), superseded=(), by=by)
        return stored, None, ()
    superseded = reviews.supersede(writing, source=version.source, by_version=version.number)
    change = registry.add_change(
        writing,
        source=version.source,
        before=version.number - 1,
        after=version.number,
        diff=diff,
    )
    proposals = tuple(
        reviews.add_proposal(
            writing,
            source=version.source,
            version=version.number,
            consumer=consumer,
            state=State.DRAFTING,
            author=AGENT,
            change=change.id,
        )
        for consumer in consumers
    )
    _record_version(
        writing, stored, change=change, proposals=proposals, superseded=superseded, by=by
    )
    return stored, change, proposals


def _record_version(
    writing: Writing,
    version: Version,
    *,
    change: Change | None,
    proposals: tuple[Proposal, ...],
    superseded: tuple[str, ...],
    by: str,
) -> None:
    writing.record(
        by=by,
        action="report-version",
        subject=f"version {version.number} of {version.source}",
        details={
            "fingerprint": version.fingerprint,
            "change": None if change is None else change.id,
            "proposals": [proposal.id for proposal in proposals],
            "superseded": list(superseded),
        },
    )


def _answer(row: Row[Any]) -> KeptAnswer:
    values = {key: value for key, value in row._mapping.items() if key != "created_at"}
    return KeptAnswer(**values)
