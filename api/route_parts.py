"""What several routes share: their dependencies and their words in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Path
from pydantic import BaseModel
from starlette.requests import Request

from agent.pipeline.service import Service
from api.bodies import ID_PATTERN, NAME_PATTERN, ProblemBody
from api.problems import MEDIA_TYPE
from api.replay import Replays
from api.worker import Worker


def service_of(request: Request) -> Service:
    """Return the service behind this application."""
    service: Service = request.app.state.service
    return service


def worker_of(request: Request) -> Worker:
    """Return the worker of this application; it may not be running."""
    worker: Worker = request.app.state.worker
    return worker


def replays_of(request: Request) -> Replays:
    """Return the keeper of idempotency keys."""
    replays: Replays = request.app.state.replays
    return replays


TheService = Annotated[Service, Depends(service_of)]
TheWorker = Annotated[Worker, Depends(worker_of)]
TheReplays = Annotated[Replays, Depends(replays_of)]
Name = Annotated[str, Path(pattern=NAME_PATTERN, examples=["orders"])]
Id = Annotated[str, Path(pattern=ID_PATTERN)]

_WORDS = {
    400: "The body is not readable, or a header is not usable.",
    404: "It does not exist.",
    409: "The move is not legal now, or what was read is stale.",
    413: "The body is over the cap.",
    422: "The body or a parameter is not what this call takes.",
    500: "The output breaks its contract, or something unexpected went wrong.",
    503: "The ledger is not available; try again after `Retry-After`.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for problems; every call can meet 503."""
    return {
        status: {
            "description": _WORDS[status],
            "content": {MEDIA_TYPE: {"schema": reference(ProblemBody)}},
        }
        for status in (*statuses, 503)
    }


def reference(model: type[BaseModel]) -> dict[str, str]:
    """Return the OpenAPI reference to one of our bodies."""
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def takes(model: type[BaseModel], *, bare: str = "") -> Mapping[str, Any]:
    """Return the OpenAPI request body: JSON or YAML, wrapped as `model` or, if named, bare."""
    wrapped: dict[str, Any] = reference(model)
    schema = {"anyOf": [wrapped, {"type": "object", "title": bare}]} if bare else wrapped
    content = {"schema": schema}
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": content, "application/yaml": content},
        }
    }
