"""The OpenAPI document: what FastAPI writes, and what it cannot see."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api import bodies
from api.adapt import PREFIX
from api.examples import TRIED, TRY_PAYLOAD
from api.route_parts import problems

REQUESTS: tuple[type[BaseModel], ...] = (
    bodies.PutSource,
    bodies.ReportVersion,
    bodies.PutContract,
    bodies.AmendRules,
    bodies.TryPayload,
    bodies.Decide,
    bodies.ImportAdapter,
    bodies.ExplainTarget,
    bodies.ExportBody,
    bodies.ProblemBody,
)
"""Bodies that we read or write ourselves, so that FastAPI does not know them."""

NDJSON = "application/x-ndjson"


def describe(app: FastAPI) -> None:
    """Make the application give out the whole document."""

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        routes=app.routes,
        separate_input_output_schemas=False,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    _, ours = models_json_schema(
        [(model, "validation") for model in REQUESTS],
        ref_template="#/components/schemas/{model}",
    )
    schemas |= ours["$defs"]
    address = PREFIX + "{source}/{version}/{consumer}"
    document["paths"][address] = {"post": _adapt()}
    document["paths"][f"{address}/batch"] = {"post": _adapt_batch()}
    return document


def _parameters() -> list[dict[str, Any]]:
    words = {
        "source": "The source that emits the payload.",
        "version": "A version number, or `auto`: matched by shape, and refused when ambiguous.",
        "consumer": "Whose contract the output meets.",
    }
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": text,
            "schema": {"type": "string"},
        }
        for name, text in words.items()
    ]


def _adapt() -> dict[str, Any]:
    return {
        "tags": ["adapt"],
        "operationId": "adapt",
        "summary": "Adapt one payload",
        "description": "No model runs here. An output that breaks its contract is never served.",
        "parameters": _parameters(),
        "requestBody": _content("application/json", TRY_PAYLOAD["payload"]),
        "responses": {
            "200": {"description": "The payload as the consumer's contract has it."}
            | _content("application/json", TRIED["output"]),
            **_problems(400, 404, 409, 413, 422, 500),
        },
    }


def _adapt_batch() -> dict[str, Any]:
    example = '{"order_id":"A-1","total":12.5}\n{"order_id":"A-2","total":3}\n'
    answer = '{"id":"A-1","cents":1250}\n{"error":{"line":2,"status":422,"title":"…"}}\n'
    return {
        "tags": ["adapt"],
        "operationId": "adapt_batch",
        "summary": "Adapt a stream of payloads, one per line",
        "description": (
            "Answers are streamed in order, one line per line that is not blank. A line that "
            'fails is answered with `{"error": {"line": …}}`, a problem document with its '
            "number; the rest goes on."
        ),
        "parameters": _parameters(),
        "requestBody": _content(NDJSON, example),
        "responses": {
            "200": {"description": "One line per payload."} | _content(NDJSON, answer),
            **_problems(404),
        },
    }


def _content(media_type: str, example: Any) -> dict[str, Any]:
    return {"content": {media_type: {"schema": {}, "example": example}}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {str(status): text for status, text in problems(*statuses).items()}
