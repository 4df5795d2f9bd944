"""Calls about proposals: the queue, one proposal, amending, trying, deciding."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from agent.core.review import Proposal, State
from agent.errors import Conflict
from agent.pipeline.service import Service
from api.bodies import (
    ID_PATTERN,
    AmendRules,
    ApprovedBody,
    Decide,
    ProposalBody,
    ProposalPage,
    ProposalSummary,
    TriedBody,
    TryPayload,
)
from api.intake import RawBody, read_model
from api.route_parts import Id, TheService, TheWorker, problems, takes
from api.tell import adapter_summary, proposal_body, proposal_summary, tried_body

router = APIRouter(prefix="/v1", tags=["proposals"])

MAX_PAGE = 500


@router.get("/proposals", response_model=ProposalPage, responses=problems(404, 422))
def list_proposals(
    service: TheService,
    state: Annotated[State | None, Query(description="Only proposals in this state.")] = None,
    cursor: Annotated[
        str | None, Query(pattern=ID_PATTERN, description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
) -> ProposalPage:
    """Return one page of the review queue, newest first."""
    found = service.proposals(state=state, after=cursor or "", limit=limit + 1)
    page = found[:limit]
    return ProposalPage(
        items=[proposal_summary(proposal) for proposal in page],
        next_cursor=page[-1].id if len(found) > limit else None,
    )


@router.get("/proposals/{id}", response_model=ProposalBody, responses=problems(404, 422))
def get_proposal(id: Id, service: TheService) -> ProposalBody:
    """Return a proposal with its diff, rules, evidence, verification and decisions."""
    return _whole(service, service.proposal(id))


def _whole(service: Service, proposal: Proposal) -> ProposalBody:
    change = service.change(proposal.change) if proposal.change else None
    return proposal_body(
        proposal,
        diff=change.diff if change else None,
        decisions=service.ledger.decisions(proposal.id),
    )


@router.patch(
    "/proposals/{id}/rules",
    response_model=ProposalBody,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=dict(takes(AmendRules)),
)
def amend_rules(id: Id, raw: RawBody, service: TheService) -> ProposalBody:
    """Replace the rules of a proposal and verify it at once."""
    body = read_model(raw, AmendRules)
    amended = service.amend(
        id, rules=body.rules, by=body.by, reason=body.reason, revision=body.revision
    )
    return _whole(service, amended)


@router.post(
    "/proposals/{id}/try",
    response_model=TriedBody,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=dict(takes(TryPayload)),
)
def try_payload(id: Id, raw: RawBody, service: TheService) -> TriedBody:
    """Put one payload through the proposed adapter; nothing is stored and nothing is served."""
    return tried_body(service.try_payload(id, read_model(raw, TryPayload).payload))


@router.post(
    "/proposals/{id}/approve",
    response_model=ApprovedBody,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=dict(takes(Decide)),
)
def approve(id: Id, raw: RawBody, service: TheService) -> ApprovedBody:
    """Approve a pending proposal; its adapter serves from now on."""
    body = read_model(raw, Decide)
    proposal, adapter = service.approve(
        id,
        by=body.by,
        reason=body.reason,
        revision=body.revision,
        evidence_hash=body.evidence_hash,
    )
    return ApprovedBody(proposal=proposal_summary(proposal), adapter=adapter_summary(adapter))


@router.post(
    "/proposals/{id}/reject",
    response_model=ProposalSummary,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=dict(takes(Decide)),
)
def reject(id: Id, raw: RawBody, service: TheService) -> ProposalSummary:
    """Reject a proposal; its rules are remembered as wrong ones."""
    body = read_model(raw, Decide)
    seen = seen_revision(service, id, body)
    return proposal_summary(service.reject(id, by=body.by, reason=body.reason, revision=seen))


@router.post(
    "/proposals/{id}/request-changes",
    response_model=ProposalSummary,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=dict(takes(Decide)),
)
def request_changes(
    id: Id, raw: RawBody, service: TheService, worker: TheWorker
) -> ProposalSummary:
    """Send a proposal back; it is drafted anew."""
    body = read_model(raw, Decide)
    seen = seen_revision(service, id, body)
    sent_back = service.request_changes(id, by=body.by, reason=body.reason, revision=seen)
    worker.wake()
    return proposal_summary(sent_back)


def seen_revision(service: Service, id: str, body: Decide) -> int:
    """Return the revision that a decision is about; the ledger refuses it when that has passed.

    Raises:
        Conflict: the evidence that the reviewer names is not the evidence on record.
    """
    proposal = service.proposal(id)
    if body.evidence_hash not in {None, proposal.evidence_hash}:
        raise Conflict(
            where=f"proposal {id}",
            found="the evidence is not what was read",
            help="read the proposal again",
        )
    return proposal.revision if body.revision is None else body.revision
