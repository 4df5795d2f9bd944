"""Calls about sources, their schema versions, contracts and changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.requests import Request

from agent.core.values import Json
from agent.errors import NotFound
from agent.pipeline.service import Service
from api.bodies import (
    ChangeBody,
    ContractBody,
    PutContract,
    PutSource,
    ReportedBody,
    ReportVersion,
    SourceBody,
)
from api.intake import RawBody, read_model, read_wrapped
from api.replay import IdempotencyKey, Told
from api.route_parts import Id, Name, TheReplays, TheService, TheWorker, problems, takes
from api.tell import change_body, contract_body, reported_body, source_body

router = APIRouter(prefix="/v1", tags=["sources"])

Pointer = Annotated[
    str, Query(max_length=4000, description="With a bare schema: a JSON Pointer into it.")
]
By = Annotated[str, Query(max_length=200, description="With a bare schema: who sends it.")]


@router.put(
    "/sources/{source}",
    response_model=SourceBody,
    responses={201: {"model": SourceBody, "description": "Registered."}, **problems(400, 413, 422)},
    openapi_extra={**takes(PutSource), "x-idempotent": True},
)
def put_source(source: Name, raw: RawBody, service: TheService, response: Response) -> SourceBody:
    """Register a source, or renew its description: 201 when it is new, else 200."""
    body = read_model(raw, PutSource) if raw.strip() else PutSource()
    if not _is_known(service, source):
        response.status_code = 201
    return source_body(service.put_source(source, description=body.description, by=body.by))


def _is_known(service: Service, source: str) -> bool:
    try:
        service.ledger.source(source)
    except NotFound:
        return False
    return True


@router.post(
    "/sources/{source}/versions",
    status_code=201,
    response_model=ReportedBody,
    response_description="On record, and no change: nothing to do.",
    responses={
        202: {"model": ReportedBody, "description": "A change; its proposals are being drafted."},
        **problems(400, 404, 409, 413, 422),
    },
    openapi_extra=dict(takes(ReportVersion, bare="The schema itself")),
)
def report_version(
    source: Name,
    raw: RawBody,
    request: Request,
    service: TheService,
    worker: TheWorker,
    replays: TheReplays,
    idempotency_key: IdempotencyKey = None,
    pointer: Pointer = "",
    by: By = "operator",
) -> Response:
    """Report a schema version: 201 when nothing changed, 202 with the change and its proposals.

    The body is the schema itself, as JSON or YAML, or wrapped together with samples.
    """

    def do() -> Told:
        bare: Json = {"pointer": pointer, "by": by}
        body = read_wrapped(raw, ReportVersion, key="schema", bare=bare)
        reported = service.report_version(
            source, body.document, pointer=body.pointer, samples=body.samples, by=body.by
        )
        told = reported_body(reported).model_dump(mode="json")
        if reported.change is None:
            return Told(201, told)
        worker.wake()
        return Told(202, told, {"Location": f"/v1/changes/{reported.change.id}"})

    return replays.once(request, raw, key=idempotency_key, do=do)


@router.put(
    "/consumers/{consumer}/contracts/{source}",
    response_model=ContractBody,
    responses=problems(400, 404, 413, 422),
    openapi_extra=dict(takes(PutContract, bare="The schema itself")),
)
def put_contract(
    consumer: Name,
    source: Name,
    raw: RawBody,
    service: TheService,
    pointer: Pointer = "",
    by: By = "operator",
) -> ContractBody:
    """Register what a consumer accepts from a source; the same contract again changes nothing."""
    bare: Json = {"pointer": pointer, "by": by}
    body = read_wrapped(raw, PutContract, key="schema", bare=bare)
    contract = service.put_contract(
        consumer,
        source,
        body.document,
        pointer=body.pointer,
        invariants=[one.model_dump() for one in body.invariants],
        examples=body.examples,
        by=body.by,
    )
    return contract_body(contract)


@router.get("/changes/{id}", response_model=ChangeBody, responses=problems(404, 422))
def get_change(id: Id, service: TheService) -> ChangeBody:
    """Return a change with its diff."""
    return change_body(service.change(id))
