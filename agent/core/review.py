"""Proposals, decisions and the legal moves between their states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agent.core.values import Json, fingerprint
from agent.errors import Conflict


class State(StrEnum):
    """Where a proposal stands. A human review is the stop at `pending`."""

    DRAFTING = "drafting"
    VERIFYING = "verifying"
    PENDING = "pending"
    BLOCKED = "blocked"
    INFEASIBLE = "infeasible"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


AGENT = "driftmend"
"""The author of proposals that no person wrote."""

MOVES: dict[State, frozenset[State]] = {
    State.DRAFTING: frozenset({State.VERIFYING, State.BLOCKED, State.SUPERSEDED}),
    State.VERIFYING: frozenset({State.PENDING, State.BLOCKED, State.INFEASIBLE, State.SUPERSEDED}),
    State.PENDING: frozenset(
        {State.APPROVED, State.REJECTED, State.VERIFYING, State.DRAFTING, State.SUPERSEDED}
    ),
    State.BLOCKED: frozenset({State.VERIFYING, State.DRAFTING, State.REJECTED, State.SUPERSEDED}),
    State.INFEASIBLE: frozenset(
        {State.VERIFYING, State.DRAFTING, State.REJECTED, State.SUPERSEDED}
    ),
    State.APPROVED: frozenset({State.SUPERSEDED}),
    State.REJECTED: frozenset(),
    State.SUPERSEDED: frozenset(),
}


class DecisionKind(StrEnum):
    """What a named reviewer or policy decided."""

    APPROVE = "approve"
    REJECT = "reject"
    AMEND = "amend"
    REQUEST_CHANGES = "request-changes"


class AdapterState(StrEnum):
    """Whether an adapter serves."""

    ACTIVE = "active"
    RETIRED = "retired"


def require_move(subject: str, *, before: State, after: State) -> None:
    """Return quietly when the move is legal.

    Raises:
        Conflict: a proposal in state `before` cannot become `after`.
    """
    if after not in MOVES[before]:
        legal = ", ".join(sorted(MOVES[before])) or "nothing: it is final"
        raise Conflict(
            where=f"proposal {subject}",
            found=f"is {before}, so it cannot become {after}",
            help=f"from {before} it can become {legal}",
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A system that emits payloads."""

    name: str
    description: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One schema version of a source. `document` is canonical JSON Schema 2020-12."""

    source: str
    number: int
    fingerprint: str
    document: Json
    created_at: datetime
    samples: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractVersion:
    """What one consumer accepts from one source, as registered for the `number`-th time."""

    consumer: str
    source: str
    number: int
    fingerprint: str
    document: Json
    examples: tuple[Json, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A detected change: `after` is a version number, `before` the one it followed."""

    id: str
    source: str
    before: int | None
    after: int
    diff: Json
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """An adapter awaiting a decision.

    `revision` grows with every move, and a decision names the revision that it saw.
    `adapter` and `verification` are JSON documents, None until they are filed.
    `evidence_hash` is what an approval is bound to.
    """

    id: str
    source: str
    version: int
    consumer: str
    state: State
    revision: int
    author: str
    created_at: datetime
    updated_at: datetime
    change: str | None = None
    adapter: Json = None
    verification: Json = None
    evidence_hash: str = ""
    provenance: Json = field(default_factory=dict)
    attempts: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a proposal, by whom, why, and on which evidence."""

    proposal: str
    kind: DecisionKind
    by: str
    reason: str
    evidence_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ServedAdapter:
    """An approved adapter. At most one is active for a (source, version, consumer)."""

    id: str
    source: str
    version: int
    consumer: str
    fingerprint: str
    document: Json
    state: AdapterState
    proposal: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer given to a request with an idempotency key.

    The same key with another `request_fingerprint` is a conflict.
    """

    key: str
    request_fingerprint: str
    status: int
    body: Json


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the append-only, hash-chained audit log."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Json
    previous_hash: str
    hash: str


def evidence_hash(
    *,
    adapter: Json,
    source_fingerprint: str,
    contract_fingerprint: str,
    samples: Json,
    verdict: Json,
) -> str:
    """Return the hash that an approval is bound to; any change in an argument changes it."""
    return fingerprint(
        {
            "adapter": adapter,
            "source": source_fingerprint,
            "contract": contract_fingerprint,
            "samples": samples,
            "verification": verdict,
        }
    )


def audit_hash(*, previous_hash: str, body: Json) -> str:
    """Return the hash of an audit row over its body and the hash of the row before it."""
    return fingerprint({"previous": previous_hash, "body": body})
