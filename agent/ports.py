"""What the pipeline needs from the outside, as Protocols. Each has a suite in `tests/ports`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from agent.core.exporting import CheckedExport, Exported
from agent.core.language.document import Adapter
from agent.core.proposing import Answer, PriorMapping, Task
from agent.core.review import (
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
from agent.core.schema import Schema
from agent.core.values import Json


class Clock(Protocol):
    """Where the time comes from."""

    def __call__(self) -> datetime:
        """Return the present time, aware and in UTC."""
        ...


class Ids(Protocol):
    """Where new ids come from."""

    def __call__(self) -> str:
        """Return an id that was never returned before."""
        ...


class SchemaReader(Protocol):
    """Reads a schema document of any known format."""

    def __call__(self, document: Json, *, pointer: str = "", where: str = "") -> Schema:
        """Return the schema; `pointer` picks a component of a larger document.

        Raises:
            InvalidSchema: the document is no schema that can be read.
        """
        ...


class Embedder(Protocol):
    """Turns texts into vectors of one fixed length."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text, in order."""
        ...


class Proposer(Protocol):
    """Feeds what the answer so far leaves open."""

    name: str
    is_free: bool
    """Whether asking again costs nothing but time."""

    def propose(self, task: Task, so_far: Answer) -> Answer:
        """Return a fuller answer; rules already in `so_far` stay unless they are refuted."""
        ...


class Exporter(Protocol):
    """Writes an adapter as a program of another engine."""

    def export(self, adapter: Adapter) -> Exported:
        """Return the program. It gives what the reference gives, or fails, or is marked.

        Raises:
            CannotExport: a rule has no faithful form there; all such rules are named.
        """
        ...


class Exports(Protocol):
    """Gives out adapters as programs of other engines."""

    def export(self, adapter: Adapter, language: str, *, is_checked: bool = True) -> CheckedExport:
        """Return the program, and whether it was held against the reference on this machine.

        Raises:
            NotFound: there is no such language.
            CannotExport: a rule has no faithful form there, or the check found a difference.
        """
        ...


class Memory(Protocol):
    """Prior mappings, found by the nearness of the fields that they joined."""

    def remember(self, mappings: Sequence[PriorMapping]) -> None:
        """Keep mappings; one with a known id replaces the old one."""
        ...

    def recall(self, texts: Sequence[str], *, limit: int) -> tuple[PriorMapping, ...]:
        """Return the prior mappings nearest to any of `texts`, nearest first, at most `limit`.

        Raises:
            MemoryUnavailable: the vector store did not answer.
        """
        ...

    def count(self) -> int:
        """Return how many mappings are kept."""
        ...

    def clear(self) -> None:
        """Forget everything, so that the store can be rebuilt from the ledger."""
        ...


class Ledger(Protocol):
    """The truth: sources, versions, contracts, changes, proposals, decisions, adapters, audit.

    Every writing call is one transaction that also appends its audit row. All of them may raise
    StoreUnavailable; calls that name something may raise NotFound.
    """

    def put_source(self, name: str, *, description: str, by: str) -> Source:
        """Register a source, or return the known one with its description renewed."""
        ...

    def source(self, name: str) -> Source:
        """Return one source."""
        ...

    def sources(self) -> tuple[Source, ...]:
        """Return all sources by name."""
        ...

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
        ...

    def contracts(self, source: str) -> tuple[ContractVersion, ...]:
        """Return the newest contract of every consumer of a source, by consumer."""
        ...

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

        The newest version with the same fingerprint is returned as it is, with no change. The
        first version of a source makes no change and no proposals. Open proposals of older
        versions become superseded. `follows` is the number of the version that `diff` starts
        from, 0 for none.

        Raises:
            Conflict: another version than `follows` is the newest by now.
        """
        ...

    def version(self, source: str, number: int) -> Version:
        """Return one schema version."""
        ...

    def versions(self, source: str) -> tuple[Version, ...]:
        """Return all versions of a source, oldest first."""
        ...

    def change(self, id: str) -> Change:
        """Return one change."""
        ...

    def draft(
        self, *, source: str, version: int, consumer: str, adapter: Json, by: str
    ) -> Proposal:
        """Open a proposal with a hand-written adapter, in state verifying."""
        ...

    def proposal(self, id: str) -> Proposal:
        """Return one proposal."""
        ...

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
        ...

    def claim(self, *, worker: str, lease_s: float) -> Proposal | None:
        """Lease the oldest drafting or verifying proposal that no live lease holds, or None.

        Its `attempts` grows by one.
        """
        ...

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
        ...

    def decide(
        self, id: str, *, decision: Decision, revision: int, adapter: Json = None
    ) -> tuple[Proposal, ServedAdapter | None]:
        """Apply a decision made on `revision`; approval makes the adapter active in one step.

        `amend` stores `adapter` and goes back to verifying; `request-changes` goes back to
        drafting. One approval per proposal is kept by a unique key in the database.

        Raises:
            Conflict: the proposal has moved since, or the decision is not legal in its state.
        """
        ...

    def decisions(self, proposal: str | None = None) -> tuple[Decision, ...]:
        """Return the decisions about one proposal, or all, oldest first."""
        ...

    def active_adapter(self, *, source: str, version: int, consumer: str) -> ServedAdapter | None:
        """Return the adapter that serves, or None."""
        ...

    def adapter(self, id: str) -> ServedAdapter:
        """Return one served or retired adapter."""
        ...

    def adapters(self, *, source: str | None = None) -> tuple[ServedAdapter, ...]:
        """Return served and retired adapters, newest first."""
        ...

    def audit(self) -> tuple[AuditRow, ...]:
        """Return the audit log, oldest first."""
        ...

    def verify_audit(self) -> tuple[str, ...]:
        """Return the breaks in the hash chain of the audit log, in words; empty when it holds."""
        ...

    def kept_answer(self, key: str) -> KeptAnswer | None:
        """Return the answer that was given to a request with this idempotency key, or None."""
        ...

    def keep_answer(self, answer: KeptAnswer) -> KeptAnswer:
        """Keep an answer; when the key is already taken, return the one that was kept first."""
        ...
