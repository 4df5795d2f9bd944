"""Which version of OpenAPI a document is written in, and how its schemas are read."""

from __future__ import annotations

import re

from agent.core.dialects import OPENAPI_30, OPENAPI_31, Dialect, find_dialect
from agent.core.openapi.document import ApiDocument
from agent.core.values import Json
from agent.errors import InvalidSchema

_VERSIONS = "2.0, 3.0 and 3.1"


def api_dialect(document: Json, where: str) -> Dialect | None:
    """Return the dialect of an OpenAPI document's schemas, or None for another document.

    Raises:
        InvalidSchema: it is an OpenAPI document of a version that cannot be read.
    """
    if not isinstance(document, dict):
        return None
    version = document.get("openapi", document.get("swagger"))
    if not isinstance(version, (str, float, int)) or isinstance(version, bool):
        return None
    match re.match(r"(\d+)\.(\d+)", str(version)):
        case re.Match() as found if found.groups() in (("2", "0"), ("3", "0")):
            return OPENAPI_30
        case re.Match() as found if found.groups() == ("3", "1"):
            return _dialect_31(document, where)
        case _:
            raise InvalidSchema(
                where=where,
                found=f"OpenAPI version {str(version)[:40]!r}",
                help=f"the versions {_VERSIONS} can be read",
            )


def _dialect_31(document: dict[str, Json], where: str) -> Dialect:
    named = document.get("jsonSchemaDialect")
    dialect = OPENAPI_31 if named is None else find_dialect(named)
    if dialect is None:
        raise InvalidSchema(
            where=where,
            found=f"/jsonSchemaDialect names {str(named)[:200]!r}, which is not supported",
            help="leave it out for the dialect of OpenAPI 3.1",
        )
    return dialect


def read_api(document: Json, *, where: str = "") -> ApiDocument:
    """Return a whole OpenAPI 3 document, ready to compare.

    Raises:
        InvalidSchema: it is no OpenAPI document, or one of version 2.
    """
    dialect = api_dialect(document, where)
    if dialect is None:
        raise InvalidSchema(
            where=where,
            found="a document without /openapi",
            help="give two OpenAPI 3 documents, or two schemas",
        )
    if "swagger" in document:
        raise InvalidSchema(
            where=where,
            found="a Swagger 2 document, which is not compared as a whole",
            help="convert it to OpenAPI 3, or compare schemas of it with FILE#/definitions/NAME",
        )
    return ApiDocument(document, dialect, where)
