"""Reading request bodies: a size cap, JSON or YAML, and the shape that a call takes."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import Depends
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from agent.core.values import Json
from agent.errors import InvalidDocument
from agent.formats.documents import load_text
from api.problems import InvalidBody, TooLarge, invalid_body

MAX_BODY_BYTES = 1_048_576
"""Cap of every body but live payloads (TRUST, S7); `create_app` can set another."""

ADAPTER_MARK = "driftmend_adapter"
Asked = TypeVar("Asked", bound=BaseModel)


async def read_body(request: Request) -> bytes:
    """Return the body of a request.

    Raises:
        TooLarge: it is over the cap of this application.
    """
    limit: int = request.app.state.max_body_bytes
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


RawBody = Annotated[bytes, Depends(read_body)]


def too_large(limit: int) -> TooLarge:
    """Return the error for a body over `limit` bytes."""
    return TooLarge(
        where="body", found=f"more than {limit:,} bytes", help="send a smaller one, or in parts"
    )


def read_json(raw: bytes) -> Json:
    """Return the JSON or YAML document of a body.

    Raises:
        InvalidDocument: it is neither.
    """
    if not raw.strip():
        raise InvalidDocument(where="body", found="nothing", help="send a JSON or YAML document")
    return load_text(raw, where="body")


def read_model(raw: bytes, model: type[Asked]) -> Asked:
    """Return a body as one of our request bodies.

    Raises:
        InvalidDocument: it is neither JSON nor YAML.
        InvalidBody: it has another shape.
    """
    return check_model(read_json(raw), model)


def check_model(document: Json, model: type[Asked]) -> Asked:
    """Return a document as one of our request bodies.

    Raises:
        InvalidBody: it has another shape.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise invalid_body(error) from None


def read_wrapped(raw: bytes, model: type[Asked], *, key: str, bare: Json) -> Asked:
    """Return a body that comes either wrapped (`{"schema": …, "by": …}`) or bare.

    It is wrapped when it is an object with `key`; a bare one is put under `key`, with the fields
    of `bare` beside it. `bare` comes from the query, where a raw schema has room for the rest.

    Raises:
        InvalidDocument: it is neither JSON nor YAML.
        InvalidBody: it is no object, or wrapped with fields that nobody knows.
    """
    document = read_json(raw)
    if not isinstance(document, dict | bool):
        raise InvalidBody(fields=(("", "should be an object"),))
    if isinstance(document, dict) and key in document and not is_bare(document):
        return check_model(document, model)
    return check_model({key: document, **bare}, model)


def is_bare(document: Json) -> bool:
    """Return whether an object is a schema or adapter itself, whatever else it holds."""
    return any(
        mark in document for mark in ("$schema", "type", "properties", "openapi", ADAPTER_MARK)
    )
