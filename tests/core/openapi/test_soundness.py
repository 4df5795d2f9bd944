"""The law behind a comparison: what is called harmless by proof is harmless at every payload."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.changes import Direction, Policy
from agent.core.flow import Versions, ask
from agent.core.openapi.operations import read_operations
from agent.core.openapi.versions import read_api
from agent.core.schema import Schema, make_schema
from agent.errors import InvalidSchema
from tests.core.openapi.documents import diff, schema, shop

KEYWORDS = st.sampled_from(
    [
        ("type", "string"),
        ("type", "integer"),
        ("type", "object"),
        ("enum", ["open"]),
        ("enum", ["open", "paid", "void"]),
        ("minLength", 2),
        ("maximum", 9),
        ("nullable", True),
        ("required", ["name"]),
        ("required", ["mail", "id"]),
        ("additionalProperties", False),
        ("additionalProperties", {"type": "string"}),
        ("anyOf", [{"$ref": "#/components/schemas/Buyer"}, {"type": "string"}]),
        ("oneOf", [{"type": "string", "minLength": 1}, {"$ref": "#/components/schemas/Buyer"}]),
        ("allOf", [{"$ref": "#/components/schemas/Extra"}]),
        ("properties", {"name": {"type": "string"}, "note": {"type": "integer"}}),
    ]
)
PLACES = st.sampled_from(["Order", "Buyer", "Extra", "Order/buyer", "Order/state", "Buyer/mail"])
EDITS = st.lists(st.tuples(PLACES, KEYWORDS), min_size=0, max_size=3)


def changed(edits: list[Any]) -> dict[str, Any]:
    """Return the shop after some keywords were set, and references broken up."""
    document = shop()
    document["components"]["schemas"]["Extra"] = {"type": "object", "properties": {"id": {}}}
    for place, (keyword, value) in edits:
        name, _, field = place.partition("/")
        node = schema(document, name)
        if field:
            node = node.setdefault("properties", {}).setdefault(field, {})
        node.pop("$ref", None)
        node[keyword] = copy.deepcopy(value)
    return document


def payloads(document: Any) -> dict[Any, tuple[Direction, Schema]]:
    """Return every payload of a document with its direction."""
    api = read_api(document)
    return {
        (key, payload.slot): (
            payload.direction,
            make_schema(document, pointer=payload.spot.pointer, dialect=api.dialect),
        )
        for key, operation in read_operations(api).items()
        for payload in operation.payloads
    }


@given(EDITS, EDITS)
@settings(deadline=None, max_examples=120)
def test_compare_apis__harmless_by_proof__no_payload_has_a_witness(old: Any, new: Any) -> None:
    """What a comparison proves part by part holds for every operation as a whole."""
    before, after = changed(old), changed(new)
    found = diff(before, after)
    if found.decided_by != "inclusion" or found.verdict not in ("unchanged", "non-breaking"):
        return
    try:
        earlier, afterwards = payloads(before), payloads(after)
    except InvalidSchema:  # a component became a circle that says nothing
        return
    for place, (direction, schema_before) in earlier.items():
        versions = Versions(schema_before, afterwards[place][1])
        answer = ask(versions, direction, Policy.DECLARED)
        assert not answer.is_refuted, (place, answer.witness)
