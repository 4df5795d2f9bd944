"""Rules for what one side of the wire sees of a schema."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.changes import Direction
from agent.core.contract import payload_validator
from agent.core.schema import make_schema
from agent.core.sides import seen_from

ACCOUNT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "secret": {"allOf": [{"$ref": "#/$defs/secret"}]},
    },
    "required": ["id", "name", "secret"],
    "additionalProperties": False,
    "$defs": {"secret": {"type": "string", "writeOnly": True}},
}


@pytest.mark.parametrize(
    ("direction", "payload"),
    [
        (Direction.REQUEST, {"name": "x", "secret": "y"}),
        (Direction.RESPONSE, {"id": 1, "name": "x"}),
        (Direction.EVENT, {"id": 1, "name": "x"}),
        (Direction.NONE, {"id": 1, "name": "x", "secret": "y"}),
    ],
)
def test_seen_from__a_direction__has_what_that_side_is_sent_and_no_more(
    direction: Direction, payload: dict[str, Any]
) -> None:
    """A request has no read-only property, a response no write-only one, nor asks for it."""
    validator = payload_validator(seen_from(make_schema(ACCOUNT), direction))
    assert validator.is_met(payload)
    for name, value in (("id", 1), ("secret", "y")):
        if name not in payload:
            assert not validator.is_met({**payload, name: value})


def test_seen_from__required_in_one_part_and_read_only_in_another__is_not_asked_for() -> None:
    """The parts of an `allOf` count together."""
    parts = [{"required": ["id"]}, {"properties": {"id": {"readOnly": True}}}]
    schema = make_schema({"type": "object", "required": ["id"], "allOf": parts[1:]})
    assert payload_validator(seen_from(schema, Direction.REQUEST)).is_met({})


def test_seen_from__nothing_marked__is_the_same_schema() -> None:
    """A schema without marks is seen alike from everywhere."""
    schema = make_schema({"type": "object", "properties": {"readOnly": {"type": "boolean"}}})
    assert seen_from(schema, Direction.REQUEST) is schema
