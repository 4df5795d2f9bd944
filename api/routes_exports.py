"""The call that gives an adapter out as a program of another engine."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from starlette.requests import Request

from agent.core.exporting import CheckedExport
from api import examples
from api.bodies import ExportBody
from api.route_parts import Id, TheService, problems, reference

router = APIRouter(prefix="/v1", tags=["adapters"])

_JSON = "application/json"
_FILES = {"javascript": ("text/javascript", "mjs")}
"""Media type and ending of a program's file; other languages have no media type of their own."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80

_GIVEN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The program, or with `Accept: application/json` all that is known of it.",
        "headers": {
            "Content-Disposition": {
                "description": "A file name for it.",
                "schema": {"type": "string"},
            },
            "Driftmend-Checked": {
                "description": "`agrees` or `unchecked`: whether its engine gave on this machine "
                "what the reference gives.",
                "schema": {"enum": ["agrees", "unchecked"]},
            },
            "Driftmend-Marks": {
                "description": "How many differences the program announces; the JSON has them.",
                "schema": {"type": "integer"},
            },
        },
        "content": {
            "text/javascript": {"schema": {"type": "string"}, "example": examples.PROGRAM},
            "text/plain": {"schema": {"type": "string"}, "example": examples.EXPORT["program"]},
            _JSON: {"schema": reference(ExportBody)},
        },
    }
}


@router.get(
    "/adapters/{id}/export/{language}",
    response_class=Response,
    responses={**_GIVEN, **problems(404, 422)},
)
def export(
    id: Id,
    language: Annotated[
        str,
        Path(description="javascript, jq or jsonata.", examples=["jq"]),
    ],
    request: Request,
    service: TheService,
    check: Annotated[
        bool, Query(description="Whether to hold it against the reference in its engine.")
    ] = True,
) -> Response:
    """Return an adapter as a program of another engine, checked there where this machine has it.

    A rule that has no faithful form is a 422 that names every such rule, its target and why.
    """
    made = service.export(id, language, is_checked=check)
    if _wants_json(request):
        return Response(_body(made).model_dump_json(), media_type=_JSON, headers={"Vary": "Accept"})
    name = str(service.adapter(id).document.get("name", ""))
    return _program(made, name)


def _body(made: CheckedExport) -> ExportBody:
    return ExportBody(
        language=made.language,
        program=made.exported.text,
        checked=made.checked,
        detail=made.detail,
        marks=list(made.exported.unfaithful),
    )


def _program(made: CheckedExport, name: str) -> Response:
    media_type, ending = _FILES.get(made.language, ("text/plain", made.language))
    return Response(
        made.exported.text.encode("utf-8"),
        media_type=f"{media_type}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{_file_name(name)}.{ending}"',
            "Driftmend-Checked": made.checked,
            "Driftmend-Marks": str(len(made.exported.unfaithful)),
            "Vary": "Accept",
        },
    )


def _file_name(name: str) -> str:
    """Return a name of ASCII letters and digits, which no shell and no header reads otherwise."""
    return _UNSAFE.sub("-", name)[:_LONGEST_NAME].strip("-.") or "adapter"


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "").split(",")
    return any(one.partition(";")[0].strip().lower() == _JSON for one in accepted)
