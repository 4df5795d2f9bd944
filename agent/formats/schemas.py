"""Schemas read from JSON Schema and OpenAPI documents."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from agent.core.dialects import (
    MANY_SCHEMAS,
    NAMED_SCHEMAS,
    ONE_SCHEMA,
)
from agent.core.keywords import DECIDING
from agent.core.openapi.versions import api_dialect
from agent.core.schema import Schema, make_schema
from agent.core.values import Json
from agent.errors import InvalidSchema
from agent.formats.documents import load_file
from agent.formats.limits import SCHEMA_DEPTH_LIMIT

_NAMES_SHOWN = 20
_HOLDERS = ONE_SCHEMA | MANY_SCHEMAS | NAMED_SCHEMAS
_STRUCTURE = frozenset(
    ("$schema", "$id", "$ref", "$defs", "definitions", "$dynamicRef", "$recursiveRef")
)


def load_schema(reference: str) -> Schema:
    """Return the schema that `FILE` or `FILE#/pointer` names.

    Raises:
        InvalidDocument: the file cannot be read.
        InvalidSchema: it holds no schema there.
    """
    path, mark, fragment = reference.rpartition("#")
    if not mark or Path(reference).exists():
        path, fragment = reference, ""
    document = load_file(path, limit_depth=SCHEMA_DEPTH_LIMIT)
    return read_schema(document, pointer=f"#{fragment}", where=reference)


def read_schema(document: Json, *, pointer: str = "", where: str = "") -> Schema:
    """Return the schema in a JSON Schema, or at `pointer` of a JSON Schema or OpenAPI document.

    A pointer that starts with `#` is a URI fragment and may be percent-encoded.

    Raises:
        InvalidSchema: there is no schema there, or one that cannot be used.
    """
    if pointer.startswith("#"):
        pointer = unquote(pointer[1:])
    dialect = api_dialect(document, where)
    if dialect is None:
        _require_keywords(document, where)
        return make_schema(document, pointer=pointer, origin=where)
    if not pointer:
        raise _no_component(document, where)
    return make_schema(document, pointer=pointer, dialect=dialect, origin=where)


def _no_component(document: dict[str, Json], where: str) -> InvalidSchema:
    """Return the error for an OpenAPI document without a pointer: it lists the components."""
    components = document.get("components", {})
    holder = "definitions" if "swagger" in document else "components/schemas"
    schemas = (
        document.get("definitions")
        if "swagger" in document
        else components.get("schemas")
        if isinstance(components, dict)
        else None
    )
    names = list(schemas) if isinstance(schemas, dict) else []
    if not names:
        return InvalidSchema(
            where=where,
            found=f"an OpenAPI document without /{holder}",
            help="point at a schema inside it with FILE#/pointer",
        )
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    listed = ", ".join(str(name)[:80] for name in names[:_NAMES_SHOWN])
    return InvalidSchema(
        where=where,
        found="an OpenAPI document, which holds many schemas",
        help=f"append #/{holder}/NAME; the names are {listed}{more}",
    )


def _require_keywords(document: Json, where: str) -> None:
    """Refuse an object without any keyword: it is a payload by mistake, and would accept all."""
    if not isinstance(document, dict) or not document:
        return
    if not any(key in DECIDING or key in _HOLDERS or key in _STRUCTURE for key in document):
        raise InvalidSchema(
            where=where,
            found=f"an object with none of JSON Schema's keywords, but {_some_keys(document)}",
            help="give a JSON Schema, or an OpenAPI document with a pointer; is this a payload?",
        )


def _some_keys(document: dict[str, Json]) -> str:
    return ", ".join(repr(key)[:40] for key in list(document)[:5])
