"""Adapting live payloads: bytes in, bytes out, as raw ASGI beneath FastAPI.

A response that is streamed by FastAPI while the request is still being read loses chunks of it
under uvicorn (TRUST.md); here one task reads and adapts while another one sends.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.errors import DriftmendError, NotFound
from agent.pipeline.service import Service
from agent.pipeline.serving import AUTO, version_number
from api.intake import too_large
from api.lines import Line, Splitter
from api.outbox import Outbox
from api.payloads import read_payload, write_payload
from api.problems import UNEXPECTED, problem_of, request_id_of, respond

PREFIX = "/v1/adapt/"
BATCH = "batch"
MAX_PAYLOAD_BYTES = 16 * 1024 * 1024
"""Cap of one payload, and of one line of a batch."""

GROUP = 200
"""Lines adapted in one go, so that a batch of small ones does not pay a thread switch each."""

DIAGNOSES = 1000
"""Lines of one batch whose fault is looked for in the payload; of more, only the rule is named."""

log = logging.getLogger("driftmend.api")


@dataclass(frozen=True, slots=True)
class Route:
    """Which adapter a call asks for."""

    source: str
    version: str
    consumer: str
    is_batch: bool


class CallerLeft(Exception):
    """The caller closed the connection before the request was whole."""


class Adapt:
    """ASGI middleware that answers `/v1/adapt/…` itself and passes everything else on."""

    def __init__(
        self, app: ASGIApp, *, service: Service, limit_bytes: int = MAX_PAYLOAD_BYTES
    ) -> None:
        self._app = app
        self._service = service
        self._limit = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        try:
            route = read_route(scope["path"], scope["method"])
            answer = self._batch if route.is_batch else self._one
            await answer(route, scope, receive, send)
        except CallerLeft:
            return
        except (DriftmendError, HTTPException) as error:
            problem = problem_of(error)
            if problem.kind.status >= 500:
                log.error("request %s failed", request_id_of(scope), exc_info=error)
            await respond(problem, scope=scope)(scope, receive, send)

    async def _one(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        body = await self._whole(receive)
        adapted = await anyio.to_thread.run_sync(self._adapt, route, body)
        await Response(adapted, media_type="application/json")(scope, receive, send)

    def _adapt(self, route: Route, body: bytes) -> bytes:
        return adapt_bytes(self._service, route, body)

    async def _whole(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive_body(receive)
            body += message.get("body", b"")
            if len(body) > self._limit:
                raise too_large(self._limit)
            if not message.get("more_body", False):
                return bytes(body)

    async def _batch(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        """Read and send at the same time, once it is known that there is an adapter at all."""
        await anyio.to_thread.run_sync(require_adapter, self._service, route)
        batch = _Batch(
            route, self._service, limit_bytes=self._limit, request_id=request_id_of(scope)
        )
        await send(_START)
        sending = asyncio.create_task(batch.send_all(send))
        try:
            while await batch.read_some(receive):
                pass
            batch.outbox.close()
            await sending
        finally:
            sending.cancel()


_START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/x-ndjson")],
}


class _Batch:
    """One batch on its way: lines come in, answers queue up in the outbox."""

    def __init__(
        self, route: Route, service: Service, *, limit_bytes: int, request_id: str
    ) -> None:
        self.outbox = Outbox()
        self._route = route
        self._service = service
        self._limit = limit_bytes
        self._request_id = request_id
        self._splitter = Splitter(limit_bytes=limit_bytes)
        self._failed = 0

    async def read_some(self, receive: Receive) -> bool:
        """Adapt the lines of the next chunk and return whether more will come."""
        message = await receive_body(receive)
        lines = list(self._splitter.feed(message.get("body", b"")))
        is_more = bool(message.get("more_body", False))
        if not is_more:
            lines.extend(self._splitter.end())
        for start in range(0, len(lines), GROUP):
            group = lines[start : start + GROUP]
            self.outbox.put(await anyio.to_thread.run_sync(self._answers, group))
        return is_more

    async def send_all(self, send: Send) -> None:
        """Send what the outbox holds until it is closed."""
        while data := await self.outbox.take():
            await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _answers(self, lines: Iterable[Line]) -> bytes:
        return b"".join(self._answer(line) + b"\n" for line in lines)

    def _answer(self, line: Line) -> bytes:
        try:
            if line.is_cut:
                raise too_large(self._limit)
            is_brief = self._failed >= DIAGNOSES
            return adapt_bytes(self._service, self._route, line.text, is_brief=is_brief)
        except Exception as error:  # noqa: BLE001 -- a bad line is an error line, the rest goes on
            self._failed += 1
            return self._error_line(line, error)

    def _error_line(self, line: Line, error: Exception) -> bytes:
        problem = problem_of(error)
        if problem.kind is UNEXPECTED:
            log.error("request %s, line %d failed", self._request_id, line.number, exc_info=error)
        document = problem.document(instance=path_of(self._route), request_id=self._request_id)
        told = {"error": {"line": line.number, **document}}
        return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")


def adapt_bytes(service: Service, route: Route, body: bytes, *, is_brief: bool = False) -> bytes:
    """Return one adapted payload; see `Serving.adapt` for `is_brief`."""
    adapted = service.adapt_bytes(route.source, route.version, route.consumer, body)
    if adapted is not None:
        return adapted
    payload = read_payload(body)
    adapted_payload = service.adapt(
        route.source, route.version, route.consumer, payload, is_brief=is_brief
    )
    return write_payload(adapted_payload)


def require_adapter(service: Service, route: Route) -> None:
    """Return quietly when lines can be adapted; for `auto` each payload decides that by itself.

    Raises:
        NotFound: no such source or version, or no adapter is active.
    """
    if route.version == AUTO:
        service.ledger.source(route.source)
        return
    number = version_number(route.version)
    active = service.ledger.active_adapter(
        source=route.source, version=number, consumer=route.consumer
    )
    if active is None:
        raise NotFound(
            where=f"{route.source} version {number} to {route.consumer}",
            found="no adapter is active",
            help="approve a proposal for it; nothing passes through by itself",
        )


def read_route(path: str, method: str) -> Route:
    """Return which adapter a path asks for.

    Raises:
        HTTPException: 404 for a path of another form, 405 for another method than POST.
    """
    parts = path.removeprefix(PREFIX).split("/")
    is_batch = len(parts) == 4 and parts[3] == BATCH
    if not (is_batch or len(parts) == 3) or not all(map(is_name, parts)):
        raise HTTPException(404, "the address is /v1/adapt/{source}/{version}/{consumer}[/batch]")
    if method != "POST":
        raise HTTPException(405, "payloads are adapted with POST", headers={"Allow": "POST"})
    return Route(parts[0], parts[1], parts[2], is_batch)


def is_name(part: str) -> bool:
    """Return whether a part of a path could name anything; a store never sees the rest."""
    return 0 < len(part) <= 200 and all(" " <= letter != "\x7f" for letter in part)


def path_of(route: Route) -> str:
    """Return the path that asks for this adapter."""
    parts = "/".join(quote(part) for part in (route.source, route.version, route.consumer))
    return f"{PREFIX}{parts}" + (f"/{BATCH}" if route.is_batch else "")


async def receive_body(receive: Receive) -> Message:
    """Return the next part of the request.

    Raises:
        CallerLeft: there is nobody to answer to any more.
    """
    message = await receive()
    if message["type"] == "http.disconnect":
        raise CallerLeft
    return message
