"""The steps that a worker does: draft a proposal, verify it, file it."""

from __future__ import annotations

from dataclasses import asdict, replace

from agent.core.contract import Contract
from agent.core.diff import diff_from_json
from agent.core.language.document import Adapter, read_adapter, write_adapter
from agent.core.proposing import Sample, Task, Unfed
from agent.core.review import ContractVersion, Proposal, State, Version, evidence_hash
from agent.core.values import Json
from agent.core.verify.record import (
    Verdict,
    Verification,
    verification_from_json,
    verification_to_json,
)
from agent.core.verify.verify import verify
from agent.errors import Conflict, DriftmendError, NotFound
from agent.pipeline.proposing import Proposing
from agent.pipeline.serving import schema_of
from agent.pipeline.tasks import implied_adapter
from agent.ports import Ledger

MAX_ATTEMPTS = 5
"""Attempts at one step; after that the proposal is blocked with the reason."""

OUTCOMES = {
    Verdict.PROVED: State.PENDING,
    Verdict.TESTED: State.PENDING,
    Verdict.REFUTED: State.BLOCKED,
    Verdict.INFEASIBLE: State.INFEASIBLE,
}


class Drafting:
    """Moves proposals from drafting to verifying, and from there to where the verdict says."""

    def __init__(self, *, ledger: Ledger, proposing: Proposing, seed: int, tries: int) -> None:
        self._ledger = ledger
        self._proposing = proposing
        self._seed = seed
        self._tries = tries

    def step(self, proposal: Proposal) -> Proposal:
        """Return the proposal one state further; a step that fails for good blocks it."""
        if proposal.attempts > MAX_ATTEMPTS:
            return self._block(proposal, f"gave up after {MAX_ATTEMPTS} attempts")
        try:
            move = self._draft if proposal.state is State.DRAFTING else self.verify
            return move(proposal)
        except Conflict:
            return self._moved(proposal)
        except DriftmendError as error:
            if not error.is_final:
                raise
            return self._block(proposal, str(error))

    def _draft(self, proposal: Proposal) -> Proposal:
        task = self.task(proposal)
        proposed = self._proposing.propose(task)
        provenance = {
            **proposal.provenance,
            "recalled": list(proposed.recalled),
            "seed": self._seed,
            "unfed": [asdict(unfed) for unfed in proposed.answer.unfed],
            "model": asdict(proposed.answer.usage) if proposed.answer.usage else None,
        }
        return self._ledger.file(
            proposal,
            state=State.VERIFYING,
            adapter=write_adapter(proposed.adapter),
            verification=verification_to_json(proposed.verification),
            evidence_hash="",
            provenance=provenance,
        )

    def verify_at_once(self, proposal: Proposal) -> Proposal:
        """Return the proposal verified afresh, by this call or by a worker that was faster."""
        try:
            return self.verify(proposal)
        except Conflict:
            return self._moved(proposal)

    def _moved(self, proposal: Proposal) -> Proposal:
        """Return the proposal as somebody else has moved it on meanwhile."""
        return self._ledger.proposal(proposal.id)

    def verify(self, proposal: Proposal) -> Proposal:
        """Return the proposal verified afresh and filed where its verdict belongs."""
        version = self._ledger.version(proposal.source, proposal.version)
        contract = contract_of(self._ledger, proposal.source, proposal.consumer)
        adapter = bound_to(read_adapter(proposal.adapter), version, contract)
        verification = self._verification(proposal, adapter, version, contract)
        document, written = verification_to_json(verification), write_adapter(adapter)
        return self._ledger.file(
            proposal,
            state=OUTCOMES[verification.verdict],
            adapter=written,
            verification=document,
            evidence_hash=hash_evidence(written, version, contract, document),
            provenance=proposal.provenance,
        )

    def _verification(
        self, proposal: Proposal, adapter: Adapter, version: Version, contract: ContractVersion
    ) -> Verification:
        known = proposal.verification and verification_from_json(proposal.verification)
        unfed = tuple(Unfed(**item) for item in proposal.provenance.get("unfed", ()))
        return verify(
            adapter,
            after=schema_of(version.document),
            contract=Contract(contract.consumer, schema_of(contract.document), contract.examples),
            samples=samples_of(version),
            notes=known.notes if known else (),
            unfed=unfed,
            seed=self._seed,
            tries=self._tries,
        )

    def _block(self, proposal: Proposal, failure: str) -> Proposal:
        return self._ledger.file(
            proposal,
            state=State.BLOCKED,
            adapter=proposal.adapter,
            verification=proposal.verification,
            evidence_hash="",
            provenance=proposal.provenance,
            failure=failure,
        )

    def task(self, proposal: Proposal) -> Task:
        """Return what the proposers are asked for a drafting proposal."""
        version = self._ledger.version(proposal.source, proposal.version)
        contract = contract_of(self._ledger, proposal.source, proposal.consumer)
        change = self._ledger.change(proposal.change) if proposal.change else None
        before = None
        if change is not None and change.before is not None:
            before = self._ledger.version(proposal.source, change.before)
        after_schema = schema_of(version.document)
        return Task(
            source=proposal.source,
            consumer=proposal.consumer,
            after=after_schema,
            contract=Contract(contract.consumer, schema_of(contract.document), contract.examples),
            before=schema_of(before.document) if before else None,
            diff=diff_from_json(change.diff) if change else None,
            in_force=self._in_force(proposal, before, contract),
            samples=samples_of(version),
            before_samples=before.samples if before else (),
        )

    def _in_force(
        self, proposal: Proposal, before: Version | None, contract: ContractVersion
    ) -> Adapter | None:
        if before is None:
            return None
        served = self._ledger.active_adapter(
            source=proposal.source, version=before.number, consumer=proposal.consumer
        )
        if served is not None:
            return read_adapter(served.document)
        return implied_adapter(
            source=proposal.source,
            contract=Contract(contract.consumer, schema_of(contract.document)),
            before=schema_of(before.document),
        )


def contract_of(ledger: Ledger, source: str, consumer: str) -> ContractVersion:
    """Return the newest contract of one consumer.

    Raises:
        NotFound: the consumer has none for this source.
    """
    for contract in ledger.contracts(source):
        if contract.consumer == consumer:
            return contract
    raise NotFound(
        where=f"consumer {consumer}",
        found=f"has no contract for source {source}",
        help="register one first",
    )


def bound_to(adapter: Adapter, version: Version, contract: ContractVersion) -> Adapter:
    """Return the adapter with the registered schema and contract in place of its own.

    Serving checks both ends against what is embedded, so nothing else may be embedded.
    """
    return replace(
        adapter,
        source_schema=version.document,
        source_fingerprints=(version.fingerprint,),
        contract=contract.document,
        contract_fingerprint=contract.fingerprint,
    )


def samples_of(version: Version) -> tuple[Sample, ...]:
    """Return the samples of a stored version; stored ones have no pairs."""
    return tuple(Sample(payload) for payload in version.samples)


def hash_evidence(
    adapter: Json, version: Version, contract: ContractVersion, verification: Json
) -> str:
    """Return the hash that an approval of this evidence is bound to."""
    return evidence_hash(
        adapter=adapter,
        source_fingerprint=version.fingerprint,
        contract_fingerprint=contract.fingerprint,
        samples=list(version.samples),
        verdict=verification,
    )
