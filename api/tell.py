"""Records turned into response bodies."""

from __future__ import annotations

from dataclasses import asdict

from agent.core.language.explain import Explanation
from agent.core.review import (
    Change,
    ContractVersion,
    Decision,
    Proposal,
    ServedAdapter,
    Source,
    Version,
)
from agent.core.values import Json
from agent.pipeline.service import Reported, Tried
from agent.pipeline.serving import CanAdapt
from api import bodies


def source_body(source: Source) -> bodies.SourceBody:
    """Return a source as it goes over HTTP."""
    return bodies.SourceBody(**asdict(source))


def version_body(version: Version) -> bodies.VersionBody:
    """Return a schema version, without its schema."""
    return bodies.VersionBody(
        source=version.source,
        number=version.number,
        fingerprint=version.fingerprint,
        created_at=version.created_at,
    )


def contract_body(contract: ContractVersion) -> bodies.ContractBody:
    """Return a contract, without its schema."""
    return bodies.ContractBody(
        consumer=contract.consumer,
        source=contract.source,
        number=contract.number,
        fingerprint=contract.fingerprint,
        created_at=contract.created_at,
    )


def change_body(change: Change) -> bodies.ChangeBody:
    """Return a change with its diff."""
    return bodies.ChangeBody(
        id=change.id,
        source=change.source,
        before=change.before,
        after=change.after,
        diff=change.diff,
        created_at=change.created_at,
    )


def reported_body(reported: Reported) -> bodies.ReportedBody:
    """Return what a report led to."""
    return bodies.ReportedBody(
        version=version_body(reported.version),
        is_new=reported.is_new,
        change=change_body(reported.change) if reported.change else None,
        proposals=[proposal_summary(proposal) for proposal in reported.proposals],
    )


def _summary(proposal: Proposal) -> dict[str, Json]:
    verification = proposal.verification or {}
    return {
        "id": proposal.id,
        "source": proposal.source,
        "version": proposal.version,
        "consumer": proposal.consumer,
        "state": proposal.state.value,
        "revision": proposal.revision,
        "verdict": verification.get("verdict"),
        "confidence": verification.get("confidence"),
        "decision_needed": verification.get("decision_needed"),
        "author": proposal.author,
        "change": proposal.change,
        "evidence_hash": proposal.evidence_hash,
        "failure": proposal.failure,
        "created_at": proposal.created_at,
        "updated_at": proposal.updated_at,
    }


def proposal_summary(proposal: Proposal) -> bodies.ProposalSummary:
    """Return a proposal as the queue shows it."""
    return bodies.ProposalSummary(**_summary(proposal))


def decision_body(decision: Decision) -> bodies.DecisionBody:
    """Return a decision."""
    return bodies.DecisionBody(
        kind=decision.kind.value,
        by=decision.by,
        reason=decision.reason,
        evidence_hash=decision.evidence_hash,
        at=decision.at,
    )


def proposal_body(
    proposal: Proposal, *, diff: Json, decisions: tuple[Decision, ...]
) -> bodies.ProposalBody:
    """Return a proposal with everything that a reviewer reads."""
    return bodies.ProposalBody(
        **_summary(proposal),
        adapter=proposal.adapter,
        verification=proposal.verification,
        provenance=proposal.provenance,
        diff=diff,
        decisions=[decision_body(decision) for decision in decisions],
    )


def tried_body(tried: Tried) -> bodies.TriedBody:
    """Return what came out of a trial."""
    return bodies.TriedBody(
        output=tried.output,
        violations=[
            bodies.ViolationBody(path=one.path, clause=one.clause, message=one.message)
            for one in tried.violations
        ],
        refused=tried.refused,
    )


def _adapter(adapter: ServedAdapter) -> dict[str, Json]:
    return {
        "id": adapter.id,
        "source": adapter.source,
        "version": adapter.version,
        "consumer": adapter.consumer,
        "fingerprint": adapter.fingerprint,
        "state": adapter.state.value,
        "proposal": adapter.proposal,
        "created_at": adapter.created_at,
    }


def adapter_summary(adapter: ServedAdapter) -> bodies.AdapterSummary:
    """Return an approved adapter, without its document."""
    return bodies.AdapterSummary(**_adapter(adapter))


def adapter_body(adapter: ServedAdapter) -> bodies.AdapterBody:
    """Return an approved adapter with its document."""
    return bodies.AdapterBody(**_adapter(adapter), document=adapter.document)


def explanation_body(explanation: Explanation) -> bodies.ExplanationBody:
    """Return how a target came about; a missing value is null and not present."""
    return bodies.ExplanationBody(
        target=explanation.target,
        is_present=explanation.is_present,
        value=explanation.value if explanation.is_present else None,
        steps=[
            bodies.StepBody(
                rule=step.rule,
                text=step.text,
                reads=[bodies.ReadBody(path=path, value=value) for path, value in step.reads],
            )
            for step in explanation.steps
        ],
    )


def can_adapt_body(source: str, version: str, found: tuple[CanAdapt, ...]) -> bodies.CanAdaptBody:
    """Return the answer for every consumer."""
    return bodies.CanAdaptBody(
        source=source,
        version=version,
        consumers=[
            bodies.CanAdaptItem(consumer=one.consumer, status=one.status, reason=one.reason)
            for one in found
        ],
    )
