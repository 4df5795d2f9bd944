"""The HTTP application: middleware, routes, pages, and the worker beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from agent.errors import DriftmendError
from agent.pipeline.service import Service
from api import (
    pages,
    routes_adapters,
    routes_exports,
    routes_health,
    routes_proposals,
    routes_sources,
)
from api.adapt import MAX_PAYLOAD_BYTES, Adapt
from api.forms import Forms
from api.guard import LOOPBACK_HOSTS, Guard
from api.intake import MAX_BODY_BYTES
from api.openapi import describe
from api.problems import handle
from api.replay import Replays
from api.worker import Worker

STATIC = Path(__file__).parent / "static"


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    service: Service,
    *,
    run_worker: bool = True,
    hosts: Collection[str] = LOOPBACK_HOSTS,
    max_body_bytes: int = MAX_BODY_BYTES,
    max_payload_bytes: int = MAX_PAYLOAD_BYTES,
    clock: Callable[[], datetime] = _now,
) -> FastAPI:
    """Return the ASGI application over a service.

    `hosts` are the Host names it answers to. `max_body_bytes` caps every body but live payloads,
    which `max_payload_bytes` caps. With `run_worker`, proposals are drafted in a thread that
    lives as long as the application.
    """
    worker = Worker(service.work_once)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if run_worker:
            worker.start()
        yield
        worker.stop()

    app = FastAPI(
        title="Driftmend",
        version="1",
        summary="A self-healing layer between systems whose APIs and events change shape.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        separate_input_output_schemas=False,
    )
    app.state.service = service
    app.state.worker = worker
    app.state.replays = Replays(service.ledger)
    app.state.forms = Forms()
    app.state.clock = clock
    app.state.max_body_bytes = max_body_bytes
    _add_routes(app)
    app.add_middleware(Adapt, service=service, limit_bytes=max_payload_bytes)
    app.add_middleware(Guard, hosts=hosts)
    return app


async def _answer(request: Request, error: Exception) -> Response:
    """Answer an error: as a page where a person reads it, else as a problem document."""
    if pages.is_for_people(request):
        return pages.error_page(request, error)
    return await handle(request, error)


class _Assets(StaticFiles):
    """Our style sheet and script; a browser asks each time whether they are still the same."""

    def file_response(self, *args: Any, **named: Any) -> Response:
        response = super().file_response(*args, **named)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _add_routes(app: FastAPI) -> None:
    """Add every route, and the answers to every error."""
    for error in (DriftmendError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, _answer)
    for module in (
        routes_sources,
        routes_proposals,
        routes_adapters,
        routes_exports,
        routes_health,
    ):
        app.include_router(module.router)
    app.include_router(pages.router)
    app.mount("/static", _Assets(directory=STATIC), name="static")
    describe(app)
