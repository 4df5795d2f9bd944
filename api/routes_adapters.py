"""Calls about adapters: import, list, read, explain, and who can be served."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.requests import Request

from agent.core.values import Json
from agent.formats.documents import load_text
from api.bodies import (
    ID_PATTERN,
    NAME_PATTERN,
    POINTER_PATTERN,
    AdapterBody,
    AdapterList,
    CanAdaptBody,
    ExplainTarget,
    ExplanationBody,
    ImportAdapter,
    ProposalSummary,
)
from api.intake import RawBody, read_model, read_wrapped
from api.replay import IdempotencyKey, Told
from api.route_parts import Id, TheReplays, TheService, problems, takes
from api.tell import (
    adapter_body,
    adapter_summary,
    can_adapt_body,
    explanation_body,
    proposal_summary,
)

router = APIRouter(prefix="/v1", tags=["adapters"])

MAX_QUERY_CHARS = 16_000


@router.post(
    "/adapters",
    status_code=201,
    response_model=ProposalSummary,
    response_description="The proposal that it became, verified.",
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=dict(takes(ImportAdapter, bare="The adapter document itself")),
)
def import_adapter(
    raw: RawBody,
    request: Request,
    service: TheService,
    replays: TheReplays,
    idempotency_key: IdempotencyKey = None,
    version: Annotated[
        int | None, Query(ge=1, description="With a bare adapter: the version it is for.")
    ] = None,
    by: Annotated[str, Query(max_length=200)] = "operator",
) -> Response:
    """Import a hand-written adapter; it becomes a proposal, verified and decided like any other."""

    def do() -> Told:
        bare: Json = {"version": version, "by": by}
        body = read_wrapped(raw, ImportAdapter, key="adapter", bare=bare)
        proposal = service.import_adapter(body.adapter, version=body.version, by=body.by)
        told = proposal_summary(proposal).model_dump(mode="json")
        return Told(201, told, {"Location": f"/v1/proposals/{proposal.id}"})

    return replays.once(request, raw, key=idempotency_key, do=do)


@router.get("/adapters", response_model=AdapterList, responses=problems(404, 422))
def list_adapters(
    service: TheService,
    source: Annotated[
        str | None, Query(pattern=NAME_PATTERN, description="Only adapters of this source.")
    ] = None,
) -> AdapterList:
    """Return served and retired adapters, newest first."""
    return AdapterList(items=[adapter_summary(one) for one in service.adapters(source=source)])


@router.get("/adapters/{id}", response_model=AdapterBody, responses=problems(404, 422))
def get_adapter(id: Id, service: TheService) -> AdapterBody:
    """Return one adapter with its document."""
    return adapter_body(service.adapter(id))


@router.get(
    "/adapters/{id}/explain", response_model=ExplanationBody, responses=problems(400, 404, 422)
)
def explain(
    id: Id,
    service: TheService,
    payload: Annotated[
        str, Query(max_length=MAX_QUERY_CHARS, description="The payload, as JSON text.")
    ],
    target: Annotated[
        str,
        Query(
            max_length=4000,
            pattern=POINTER_PATTERN,
            description="A JSON Pointer into the output.",
        ),
    ] = "",
) -> ExplanationBody:
    """Return which reads and rules made `target`. For long or private payloads, use POST."""
    read = load_text(payload, where="query payload")
    return explanation_body(service.explain(id, read, target))


@router.post(
    "/adapters/{id}/explain",
    response_model=ExplanationBody,
    responses=problems(400, 404, 413, 422),
    openapi_extra=dict(takes(ExplainTarget)),
)
def explain_body(id: Id, raw: RawBody, service: TheService) -> ExplanationBody:
    """Return which reads and rules made `target`, with the payload in the body."""
    body = read_model(raw, ExplainTarget)
    return explanation_body(service.explain(id, body.payload, body.target))


@router.get("/can-adapt", response_model=CanAdaptBody, responses=problems(404, 422))
def can_adapt(
    service: TheService,
    source: Annotated[str, Query(pattern=NAME_PATTERN)],
    version: Annotated[str, Query(pattern=ID_PATTERN, description="A version number.")],
) -> CanAdaptBody:
    """Return for every consumer of a source whether payloads of this version reach it, and why."""
    return can_adapt_body(source, version, service.can_adapt(source, version))
