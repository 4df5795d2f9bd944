"""The schema dialects that Driftmend reads, and the keywords that each of them knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.values import Json
from agent.errors import InvalidSchema

DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema"

ONE_SCHEMA = frozenset(
    [
        "items",
        "additionalProperties",
        "contains",
        "not",
        "if",
        "then",
        "else",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "contentSchema",
    ]
)
MANY_SCHEMAS = frozenset(["allOf", "anyOf", "oneOf", "prefixItems"])
NAMED_SCHEMAS = frozenset(["properties", "patternProperties", "dependentSchemas"])
IN_PLACE_ONE = ("not", "if", "then", "else")
IN_PLACE_MANY = ("allOf", "anyOf", "oneOf")

_OPENAPI_31_BASE = "https://spec.openapis.org/oas/3.1/dialect/base"
_SINCE_6 = frozenset(["const", "contains", "propertyNames"])
_SINCE_7 = frozenset(["if", "then", "else"])
_SINCE_2019 = frozenset(
    [
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedItems",
        "unevaluatedProperties",
        "minContains",
        "maxContains",
        "$anchor",
        "$recursiveRef",
        "contentSchema",
    ]
)
_SINCE_2020 = frozenset(["prefixItems", "$dynamicRef", "$dynamicAnchor"])


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one draft or OpenAPI version reads a schema.

    `ignored` are keywords of later drafts, which this one does not know.
    """

    name: str
    ignored: frozenset[str] = frozenset()
    id_keyword: str = "$id"
    has_plain_name_ids: bool = False
    drops_ref_siblings: bool = False
    has_nullable: bool = False
    reads_ids: bool = True


DRAFT_4 = Dialect(
    "draft-4",
    ignored=_SINCE_6 | _SINCE_7 | _SINCE_2019 | _SINCE_2020,
    id_keyword="id",
    has_plain_name_ids=True,
    drops_ref_siblings=True,
)
DRAFT_6 = Dialect(
    "draft-6",
    ignored=_SINCE_7 | _SINCE_2019 | _SINCE_2020,
    has_plain_name_ids=True,
    drops_ref_siblings=True,
)
DRAFT_7 = Dialect(
    "draft-7",
    ignored=_SINCE_2019 | _SINCE_2020,
    has_plain_name_ids=True,
    drops_ref_siblings=True,
)
DRAFT_2019 = Dialect("2019-09", ignored=_SINCE_2020)
DRAFT_2020 = Dialect("2020-12", ignored=frozenset({"$recursiveRef"}))
OPENAPI_30 = Dialect("OpenAPI 3.0", drops_ref_siblings=True, has_nullable=True, reads_ids=False)
OPENAPI_31 = Dialect("OpenAPI 3.1", ignored=frozenset({"$recursiveRef"}))

_BY_URI = {
    "json-schema.org/draft-04/schema": DRAFT_4,
    "json-schema.org/draft-05/schema": DRAFT_4,
    "json-schema.org/draft-06/schema": DRAFT_6,
    "json-schema.org/draft-07/schema": DRAFT_7,
    "json-schema.org/draft/2019-09/schema": DRAFT_2019,
    "json-schema.org/draft/2020-12/schema": DRAFT_2020,
    "json-schema.org/schema": DRAFT_2020,
    _OPENAPI_31_BASE.removeprefix("https://"): OPENAPI_31,
}
_BY_NAME = {
    "draft4": DRAFT_4,
    "draft6": DRAFT_6,
    "draft7": DRAFT_7,
    "draft201909": DRAFT_2019,
    "draft202012": DRAFT_2020,
}
SUPPORTED = "draft-04, draft-06, draft-07, 2019-09 and 2020-12"


def find_dialect(uri: Json) -> Dialect | None:
    """Return the dialect that a `$schema` value names, or None when it is not supported."""
    if not isinstance(uri, str):
        return None
    bare = uri.removesuffix("#").rstrip("/")
    return _BY_URI.get(bare.removeprefix("https://").removeprefix("http://"))


def by_name(name: Json) -> Dialect:
    """Return the dialect of a draft: `draft-07`, `draft7`, `2020-12`, or a `$schema` URI.

    Raises:
        InvalidSchema: there is no such draft here.
    """
    found = find_dialect(name)
    if found is None and isinstance(name, str):
        bare = re.sub(r"[^a-z0-9]", "", name.lower()).removeprefix("draft").lstrip("0")
        found = _BY_NAME.get(f"draft{bare}")
    if found is None:
        raise InvalidSchema(
            where="draft",
            found=f"{str(name)[:80]!r}, no draft that is read",
            help=f"use one of {SUPPORTED}",
        )
    return found


def subschemas(node: dict[str, Json]) -> Iterable[tuple[tuple[str, ...], Json]]:
    """Yield the direct subschemas of a raw schema of any draft, with the tokens that lead there."""
    for key, value in node.items():
        if key in ONE_SCHEMA or key == "additionalItems":
            if isinstance(value, list):
                yield from (((key, str(index)), item) for index, item in enumerate(value))
            else:
                yield (key,), value
        elif key in MANY_SCHEMAS and isinstance(value, list):
            yield from (((key, str(index)), item) for index, item in enumerate(value))
        elif isinstance(value, dict) and (
            key in NAMED_SCHEMAS or key in ("$defs", "definitions", "dependencies")
        ):
            yield from (((key, name), item) for name, item in value.items())
