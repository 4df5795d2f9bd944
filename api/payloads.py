"""Payloads as bytes: strict JSON in, compact JSON out."""

from __future__ import annotations

import json

import orjson

from agent.core.values import Json
from agent.errors import InvalidDocument
from agent.formats.json_text import read_json
from agent.formats.limits import DEPTH_LIMIT


def read_payload(body: bytes) -> Json:
    """Return the payload of a body.

    Raises:
        InvalidDocument: it is not strict JSON in UTF-8: YAML has no place on the live path.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDocument(
            where=f"payload, byte {error.start}", found="not UTF-8", help="send JSON in UTF-8"
        ) from error
    if not text.strip():
        raise InvalidDocument(where="payload", found="nothing", help="send one JSON value")
    return read_json(text, where="payload", limit_depth=DEPTH_LIMIT)


def write_payload(payload: Json) -> bytes:
    """Return a payload as JSON on one line; integers of any size, nesting as deep as we read."""
    try:
        return orjson.dumps(payload)
    except orjson.JSONEncodeError:
        return json.dumps(payload, separators=(",", ":")).encode("ascii")
