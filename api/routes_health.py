"""Whether the process is up, and whether it can take work."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.requests import Request

from api.bodies import CheckBody, HealthBody, ReadyBody
from api.problems import RETRY_AFTER_S, Kind, Problem, respond
from api.route_parts import TheService, problems

router = APIRouter(tags=["health"])


@router.get("/healthz", response_model=HealthBody)
def healthz() -> HealthBody:
    """Say that the process is up; it asks nothing of the ledger."""
    return HealthBody(status="ok")


@router.get("/readyz", response_model=ReadyBody, responses=problems())
def readyz(request: Request, service: TheService) -> Response | ReadyBody:
    """Say whether everything that the service needs is there."""
    checks = [
        CheckBody(name=one.name, is_ok=one.is_ok, detail=one.detail) for one in service.checks()
    ]
    failing = [check.name for check in checks if not check.is_ok]
    if not failing:
        return ReadyBody(status="ok", checks=checks)
    problem = Problem(
        Kind(503, "not-ready", "The service cannot take work"),
        f"failing: {', '.join(failing)}",
        {"checks": [check.model_dump() for check in checks]},
        {"Retry-After": str(RETRY_AFTER_S)},
    )
    return respond(problem, scope=request.scope)
