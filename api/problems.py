"""Errors as RFC 9457 problem documents; the one table from error to HTTP status."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from agent.core.paths import child
from agent.core.values import Json
from agent.errors import (
    CannotExport,
    Conflict,
    ContractBroken,
    DriftmendError,
    InvalidAdapter,
    InvalidDocument,
    InvalidExpression,
    InvalidSchema,
    MemoryUnavailable,
    ModelUnavailable,
    NotFound,
    PayloadRefused,
    StoreUnavailable,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
MAX_FIELD_PROBLEMS = 20
MAX_TEXT = 4000
"""Characters of one text in a problem: an error may quote what a caller sent."""

log = logging.getLogger("driftmend.api")


class TooLarge(DriftmendError):
    """A body is over the cap."""


class InvalidBody(DriftmendError):
    """A body is readable, but not what this call takes. `fields` are (JSON Pointer, what)."""

    def __init__(self, *, fields: tuple[tuple[str, str], ...]) -> None:
        where, found = fields[0] if fields else ("", "not what this call takes")
        super().__init__(where=f"body {where or '/'}", found=found, help="see /openapi.json")
        self.fields = fields


class InvalidKey(DriftmendError):
    """An Idempotency-Key header is not usable."""


class KeyReused(DriftmendError):
    """An Idempotency-Key was sent before with another request."""


class Forbidden(DriftmendError):
    """A browser sent this from somewhere else, or with an expired form."""


class WrongHost(DriftmendError):
    """The Host header names another host, as in DNS rebinding."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, its short name, its title."""

    status: int
    name: str
    title: str


TABLE: Mapping[type[DriftmendError], Kind] = {
    NotFound: Kind(404, "not-found", "It does not exist"),
    Conflict: Kind(409, "conflict", "The move is not legal now"),
    PayloadRefused: Kind(422, "payload-refused", "The payload was refused"),
    InvalidDocument: Kind(400, "unreadable", "The body is not readable JSON or YAML"),
    InvalidSchema: Kind(422, "invalid-schema", "The document is not a usable schema"),
    InvalidAdapter: Kind(422, "invalid-adapter", "The document is not a valid adapter"),
    CannotExport: Kind(422, "cannot-export", "The adapter has no faithful form there"),
    InvalidExpression: Kind(422, "invalid-expression", "An expression is outside the language"),
    InvalidBody: Kind(422, "invalid-body", "The body is not what this call takes"),
    TooLarge: Kind(413, "too-large", "The body is too large"),
    InvalidKey: Kind(400, "invalid-idempotency-key", "The Idempotency-Key is not usable"),
    KeyReused: Kind(422, "idempotency-key-reused", "The Idempotency-Key had another request"),
    Forbidden: Kind(403, "forbidden", "The request is refused"),
    WrongHost: Kind(421, "wrong-host", "The Host header names another host"),
    StoreUnavailable: Kind(503, "store-unavailable", "The ledger is not available"),
    MemoryUnavailable: Kind(503, "memory-unavailable", "The memory is not available"),
    ModelUnavailable: Kind(503, "model-unavailable", "The language model is not available"),
    ContractBroken: Kind(500, "contract-broken", "The output breaks its contract"),
}
"""The only place where an error meets an HTTP status."""

UNEXPECTED = Kind(500, "unexpected", "Something unexpected went wrong")


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document before it is sent. `more` holds the fields of the error."""

    kind: Kind
    detail: str
    more: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, *, instance: str, request_id: str) -> dict[str, Json]:
        """Return the JSON document."""
        return {
            "type": f"urn:driftmend:problem:{self.kind.name}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": _sound(self.detail),
            "instance": instance[:MAX_TEXT],
            "request_id": request_id,
            **{name: _sound(value) for name, value in self.more.items()},
        }


def _sound(value: Json) -> Json:
    """Return the value with texts capped; a lone surrogate cannot be sent as UTF-8."""
    if not isinstance(value, str):
        return value
    text = value.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def kind_of(error: DriftmendError) -> Kind:
    """Return the kind of the nearest class of the error that the table knows."""
    for known in type(error).__mro__:
        if known in TABLE:
            return TABLE[known]
    return UNEXPECTED


def problem_of(error: Exception) -> Problem:
    """Return the problem that tells of an error; an unexpected one says nothing of its inside."""
    match error:
        case DriftmendError():
            return _told(error)
        case RequestValidationError():
            return _invalid_request(error.errors())
        case HTTPException():
            return _plain(error)
        case _:
            return Problem(UNEXPECTED, "the log has more under the request id")


def _told(error: DriftmendError) -> Problem:
    kind = kind_of(error)
    if kind is UNEXPECTED:
        return Problem(kind, "the log has more under the request id")
    more: dict[str, Json] = {"where": error.where, "found": error.found, "help": error.help}
    match error:
        case PayloadRefused():
            more |= {
                "target": error.target,
                "source": error.source,
                "operation": error.operation,
                "reason": error.reason,
            }
        case CannotExport():
            more["obstacles"] = [asdict(obstacle) for obstacle in error.obstacles]
        case InvalidExpression():
            more["position"] = error.position
        case InvalidBody():
            more["errors"] = [{"where": at, "found": what} for at, what in error.fields]
        case _:
            pass
    headers = (
        {"Retry-After": str(RETRY_AFTER_S)} if kind.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    )
    return Problem(kind, str(error), more, headers)


def _invalid_request(errors: Sequence[Mapping[str, Json]]) -> Problem:
    found = [
        {"where": ".".join(str(part) for part in one["loc"]), "found": str(one["msg"])}
        for one in errors[:MAX_FIELD_PROBLEMS]
    ]
    detail = "; ".join(f"{one['where']}: {one['found']}" for one in found)
    return Problem(
        Kind(422, "invalid-request", "The request is not what this call takes"),
        detail,
        {"errors": found},
    )


def _plain(error: HTTPException) -> Problem:
    phrase = HTTPStatus(error.status_code).phrase
    name = phrase.lower().replace(" ", "-")
    return Problem(
        Kind(error.status_code, name, phrase), str(error.detail), headers=error.headers or {}
    )


def invalid_body(error: ValidationError) -> InvalidBody:
    """Return what Pydantic found, as JSON Pointers; the values themselves are not repeated."""
    return InvalidBody(
        fields=tuple(
            (_pointer(one["loc"]), one["msg"])
            for one in error.errors(include_url=False, include_input=False, include_context=False)[
                :MAX_FIELD_PROBLEMS
            ]
        )
    )


def _pointer(location: tuple[int | str, ...]) -> str:
    pointer = ""
    for part in location:
        pointer = child(pointer, part)
    return pointer


def request_id_of(scope: Mapping[str, object]) -> str:
    """Return the correlation id that the guard gave to this request."""
    state = scope.get("state")
    return str(state.get("request_id", "")) if isinstance(state, dict) else ""


def respond(problem: Problem, *, scope: Mapping[str, object]) -> Response:
    """Return the response that carries a problem."""
    document = problem.document(
        instance=str(scope.get("path", "")), request_id=request_id_of(scope)
    )
    return Response(
        json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"),
        status_code=problem.kind.status,
        media_type=MEDIA_TYPE,
        headers=dict(problem.headers),
    )


async def handle(request: Request, error: Exception) -> Response:
    """Answer any error with its problem; what nobody foresaw is logged with its traceback."""
    problem = problem_of(error)
    if problem.kind.name in {UNEXPECTED.name, "contract-broken"}:
        log.error("request %s failed", request_id_of(request.scope), exc_info=error)
    return respond(problem, scope=request.scope)
