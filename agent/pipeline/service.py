"""What the faces call: one method per move of the walk, over the ports."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from agent.core.contract import Contract, Violation, refuse_misfit, with_invariants
from agent.core.diff import compare, diff_to_json
from agent.core.exporting import CheckedExport
from agent.core.language.document import read_adapter, write_adapter
from agent.core.language.explain import Explanation, explain
from agent.core.language.interpreter import run
from agent.core.review import (
    Change,
    ContractVersion,
    Decision,
    DecisionKind,
    Proposal,
    ServedAdapter,
    Source,
    State,
    Version,
    require_move,
)
from agent.core.schema import Schema
from agent.core.values import Json
from agent.errors import (
    Conflict,
    InvalidAdapter,
    InvalidDocument,
    PayloadRefused,
)
from agent.pipeline.drafting import Drafting, contract_of, hash_evidence
from agent.pipeline.intake import registered, require_name, require_text
from agent.pipeline.proposing import Proposing
from agent.pipeline.remembering import Check, Remembering
from agent.pipeline.serving import MISFIT_HELP, CanAdapt, Serving, adapter_of, schema_of
from agent.ports import Clock, Exports, Ledger, Memory, SchemaReader

LEASE_S = 120.0
"""A worker that has not filed by then is taken for dead, and another one starts the step again."""

OVERTAKEN_LIMIT = 4
"""Times that a report starts anew because another version of its source came in between."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What came of a reported schema version; nothing new when `is_new` is False."""

    version: Version
    change: Change | None
    proposals: tuple[Proposal, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What a proposed adapter makes of one payload: an output and its violations, or a refusal."""

    output: Json
    violations: tuple[Violation, ...]
    refused: str | None


class Service:
    """The walk from a reported change to served payloads."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        memory: Memory | None,
        proposing: Proposing,
        read_schema: SchemaReader,
        exports: Exports,
        clock: Clock,
        worker: str,
        seed: int = 0,
        tries: int = 300,
        watch: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ledger = ledger
        self._remembering = Remembering(ledger=ledger, memory=memory)
        self._read_schema = read_schema
        self._exports = exports
        self._clock = clock
        self._worker = worker
        self._drafting = Drafting(ledger=ledger, proposing=proposing, seed=seed, tries=tries)
        self._serving = Serving(ledger, watch=watch)

    # registering and reporting

    def put_source(self, name: str, *, description: str = "", by: str = "operator") -> Source:
        """Return the source, registered or renewed."""
        return self.ledger.put_source(require_name(name), description=description, by=by)

    def put_contract(
        self,
        consumer: str,
        source: str,
        document: Json,
        *,
        pointer: str = "",
        invariants: Sequence[Json] = (),
        examples: Sequence[Json] = (),
        by: str = "operator",
    ) -> ContractVersion:
        """Return the contract of a consumer on a source, registered in its canonical form.

        `invariants` are added to those that the document declares, and stored with them.

        Raises:
            NotFound: the source is not registered.
            InvalidSchema: the contract is no schema, or an invariant is no CEL.
            InvalidDocument: an example does not meet the contract.
        """
        self.ledger.source(source)
        where = f"contract of {consumer}"
        schema = self._read_schema(document, pointer=pointer, where=where)
        schema = with_invariants(schema, invariants, origin=where)
        contract = Contract(require_name(consumer), schema)
        for number, example in enumerate(examples):
            for violation in contract.violations(example, limit=1):
                raise InvalidDocument(
                    where=f"example {number} at {violation.path or '/'}",
                    found=f"it breaks the contract: {violation.message}",
                    help="mend the example or the contract",
                )
        return self.ledger.put_contract(
            consumer=consumer,
            source=source,
            fingerprint=schema.fingerprint,
            document=schema.document,
            examples=tuple(examples),
            by=by,
        )

    def report_version(
        self,
        source: str,
        document: Json,
        *,
        pointer: str = "",
        samples: Sequence[Json] = (),
        by: str = "operator",
    ) -> Reported:
        """Return what came of a schema version: nothing new, or a change and its proposals.

        Raises:
            NotFound: the source is not registered.
            InvalidSchema: the document is no schema.
            PayloadRefused: a sample does not fit the schema.
        """
        self.ledger.source(source)
        schema = self._read_schema(document, pointer=pointer, where=f"schema of {source}")
        for number, sample in enumerate(samples):
            refuse_misfit(schema, sample, operation=f"sample {number} does not fit {source}")
        for _ in range(OVERTAKEN_LIMIT):
            with suppress(Conflict):  # another version was reported meanwhile: compare with that
                return self._report(source, schema, samples=samples, by=by)
        return self._report(source, schema, samples=samples, by=by)

    def _report(self, source: str, schema: Schema, *, samples: Sequence[Json], by: str) -> Reported:
        known = self.ledger.versions(source)
        before = schema_of(known[-1].document) if known else None
        diff = diff_to_json(compare(before, schema)) if before else None
        version, change, proposals = self.ledger.report_version(
            source=source,
            fingerprint=schema.fingerprint,
            document=schema.document,
            samples=tuple(samples),
            diff=diff,
            consumers=tuple(contract.consumer for contract in self.ledger.contracts(source)),
            by=by,
            follows=known[-1].number if known else 0,
        )
        is_new = not known or known[-1].number != version.number
        return Reported(version, change, proposals, is_new)

    # reading

    def change(self, id: str) -> Change:
        """Return one change."""
        return self.ledger.change(id)

    def proposal(self, id: str) -> Proposal:
        """Return one proposal."""
        return self.ledger.proposal(id)

    def proposals(
        self, *, state: State | None = None, after: str = "", limit: int = 100
    ) -> tuple[Proposal, ...]:
        """Return proposals, newest first, behind the id `after`."""
        return self.ledger.proposals(state=state, after=after, limit=limit)

    def adapters(self, *, source: str | None = None) -> tuple[ServedAdapter, ...]:
        """Return active and retired adapters, newest first."""
        return self.ledger.adapters(source=source)

    def adapter(self, id: str) -> ServedAdapter:
        """Return one adapter by its id."""
        return self.ledger.adapter(id)

    # the worker's step

    def work_once(self) -> bool:
        """Move the oldest open proposal one state further; return whether there was one."""
        proposal = self.ledger.claim(worker=self._worker, lease_s=LEASE_S)
        if proposal is None:
            return False
        self._drafting.step(proposal)
        return True

    # reviewing

    def try_payload(self, id: str, payload: Json) -> Tried:
        """Return what a proposal's adapter makes of one payload.

        Raises:
            Conflict: the proposal has no adapter yet.
            PayloadRefused: the payload does not fit the source schema.
        """
        proposal = self._with_adapter(id)
        adapter = adapter_of(proposal.adapter)
        refuse_misfit(
            schema_of(adapter.source_schema),
            payload,
            operation=f"payload does not fit {proposal.source}",
            help=MISFIT_HELP,
        )
        try:
            output = run(adapter, payload)
        except PayloadRefused as refusal:
            return Tried(None, (), str(refusal))
        contract = Contract(proposal.consumer, schema_of(adapter.contract))
        return Tried(output, contract.violations(output), None)

    def amend(
        self, id: str, *, rules: Json, by: str, reason: str, revision: int | None = None
    ) -> Proposal:
        """Return the proposal with another rule table, verified at once.

        Raises:
            InvalidAdapter: a rule is outside the adapter language; nothing is changed.
            Conflict: the proposal has moved since `revision`, or can no longer be amended.
        """
        proposal = self._with_adapter(id)
        if not isinstance(rules, list):
            raise InvalidAdapter(where="/rules", found="not a list", help="send the whole table")
        amended = write_adapter(read_adapter({**proposal.adapter, "rules": rules}))
        decision = self._decision(proposal, DecisionKind.AMEND, by=by, reason=reason)
        moved, _ = self.ledger.decide(
            id, decision=decision, revision=_seen(proposal, revision), adapter=amended
        )
        return self._drafting.verify_at_once(moved)

    def approve(
        self,
        id: str,
        *,
        by: str,
        reason: str,
        revision: int | None = None,
        evidence_hash: str | None = None,
    ) -> tuple[Proposal, ServedAdapter]:
        """Return the approved proposal and the adapter that now serves.

        Raises:
            Conflict: the proposal is not pending, has moved since `revision`, or its evidence is
                no longer what was approved.
        """
        proposal = self.ledger.proposal(id)
        require_move(id, before=proposal.state, after=State.APPROVED)
        present = self._present_hash(proposal)
        if {proposal.evidence_hash, evidence_hash or present} != {present}:
            raise Conflict(
                where=f"proposal {id}",
                found="the evidence has changed since it was verified",
                help="request changes, so that it is verified afresh, and look again",
            )
        decision = self._decision(proposal, DecisionKind.APPROVE, by=by, reason=reason)
        moved, served = self.ledger.decide(
            id, decision=decision, revision=_seen(proposal, revision)
        )
        if served is None:
            raise Conflict(where=f"proposal {id}", found="the approval made no adapter")
        self._remembering.remember(moved, is_approved=True)
        return moved, served

    def reject(self, id: str, *, by: str, reason: str, revision: int | None = None) -> Proposal:
        """Return the rejected proposal; its rules are remembered as negatives."""
        proposal = self.ledger.proposal(id)
        decision = self._decision(proposal, DecisionKind.REJECT, by=by, reason=reason)
        moved, _ = self.ledger.decide(id, decision=decision, revision=_seen(proposal, revision))
        self._remembering.remember(moved, is_approved=False)
        return moved

    def request_changes(
        self, id: str, *, by: str, reason: str, revision: int | None = None
    ) -> Proposal:
        """Return the proposal, back in drafting."""
        proposal = self.ledger.proposal(id)
        decision = self._decision(proposal, DecisionKind.REQUEST_CHANGES, by=by, reason=reason)
        moved, _ = self.ledger.decide(id, decision=decision, revision=_seen(proposal, revision))
        return moved

    def import_adapter(
        self, document: Json, *, version: int | None = None, by: str = "operator"
    ) -> Proposal:
        """Return the proposal of a hand-written adapter, verified like any other.

        Raises:
            NotFound: its source, version or consumer's contract is not registered.
            InvalidAdapter: the document breaks the adapter language.
        """
        adapter = read_adapter(document)
        number, adapter = registered(self.ledger, adapter, version)
        proposal = self.ledger.draft(
            source=adapter.source,
            version=number,
            consumer=adapter.consumer,
            adapter=write_adapter(adapter),
            by=by,
        )
        return self._drafting.verify_at_once(proposal)

    # serving

    def adapt(
        self, source: str, version: str, consumer: str, payload: Json, *, is_brief: bool = False
    ) -> Json:
        """Return what the contract accepts for one payload; see `Serving.adapt`."""
        return self._serving.adapt(source, version, consumer, payload, is_brief=is_brief)

    def adapt_bytes(self, source: str, version: str, consumer: str, body: bytes) -> bytes | None:
        """Return the output for a good payload as JSON text; see `Serving.adapt_bytes`."""
        return self._serving.adapt_bytes(source, version, consumer, body)

    def can_adapt(self, source: str, version: str) -> tuple[CanAdapt, ...]:
        """Return for every consumer whether payloads of this version reach it."""
        return self._serving.can_adapt(source, version)

    def explain(self, id: str, payload: Json, target: str) -> Explanation:
        """Return which reads and rules of an adapter made one target."""
        return explain(adapter_of(self.adapter(id).document), payload, target)

    def export(self, id: str, language: str, *, is_checked: bool = True) -> CheckedExport:
        """Return an adapter as a program of another engine.

        Raises:
            NotFound: there is no such adapter, or no such language.
            CannotExport: a rule has no faithful form there, or the check found a difference.
        """
        adapter = adapter_of(self.adapter(id).document)
        return self._exports.export(adapter, language, is_checked=is_checked)

    # keeping

    def rebuild_memory(self) -> int:
        """Return how many prior mappings the memory holds after it was made anew from the ledger.

        Raises:
            MemoryUnavailable: memory is off, or its store does not answer.
        """
        return self._remembering.rebuild()

    def checks(self) -> tuple[Check, ...]:
        """Return whether each part works."""
        count = len(self.ledger.sources())
        ledger = Check("ledger", is_ok=True, detail=f"{count} sources")
        return (ledger, self._remembering.check())

    def _with_adapter(self, id: str) -> Proposal:
        proposal = self.ledger.proposal(id)
        if proposal.adapter is None:
            raise Conflict(
                where=f"proposal {id}",
                found=f"has no adapter yet (state {proposal.state})",
                help="wait until it is drafted",
            )
        return proposal

    def _present_hash(self, proposal: Proposal) -> str:
        return hash_evidence(
            proposal.adapter,
            self.ledger.version(proposal.source, proposal.version),
            contract_of(self.ledger, proposal.source, proposal.consumer),
            proposal.verification,
        )

    def _decision(
        self, proposal: Proposal, kind: DecisionKind, *, by: str, reason: str
    ) -> Decision:
        return Decision(
            proposal=proposal.id,
            kind=kind,
            by=require_name(by),
            reason=require_text(reason, where="reason"),
            evidence_hash=proposal.evidence_hash,
            at=self._clock(),
        )


def _seen(proposal: Proposal, revision: int | None) -> int:
    return proposal.revision if revision is None else revision
