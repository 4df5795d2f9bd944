"""Rules for what `declared` takes not to occur."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from agent.core.closing import close_undeclared
from agent.core.contract import payload_validator
from agent.core.schema import Schema, make_schema
from tests.core.small_schemas import OBJECTS, PAYLOADS

TEXT = {"type": "string"}


def record(**properties: Any) -> dict[str, Any]:
    """Return an open object schema."""
    return {"type": "object", "properties": properties}


def takes(schema: Schema, payload: Any) -> bool:
    """Return whether a payload is valid."""
    return payload_validator(schema).is_met(payload)


def closed(sub: Any, super: Any) -> Schema:
    """Return SUB without what only SUPER declares."""
    return close_undeclared(make_schema(sub), make_schema(super))


def test_close_undeclared__a_name_that_only_super_declares__is_refused() -> None:
    """A property that the other side declares does not occur; any further one still may."""
    schema = closed(record(a=TEXT), record(a=TEXT, b=TEXT))
    assert not takes(schema, {"a": "x", "b": "x"})
    assert takes(schema, {"a": "x", "c": 1})


@pytest.mark.parametrize(
    ("sub", "payload"),
    [
        ({"type": "object"}, {"b": 1}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"b": 1}),
        ({**record(a=TEXT), "additionalProperties": {"type": "integer"}}, {"b": 1}),
        ({**record(a=TEXT), "patternProperties": {"^b": {"type": "integer"}}}, {"b": 1}),
        ({"allOf": [record(a=TEXT), record(b={"type": "integer"})]}, {"b": 1}),
        ({"anyOf": [record(a=TEXT), record(b={"type": "integer"})]}, {"b": 1}),
        ({**record(a=TEXT), "required": ["b"]}, {"b": 1}),
    ],
    ids=["free", "map", "map with names", "pattern", "allOf", "anyOf", "required"],
)
def test_close_undeclared__what_sub_declares_in_any_way__stays(sub: Any, payload: Any) -> None:
    """Values of maps and free objects, patterns, siblings and required names are declared."""
    assert takes(closed(sub, record(a=TEXT, b=TEXT)), payload)


def test_close_undeclared__below_references_items_and_recursion__closes_there_too() -> None:
    """Every object that faces another one is closed, however it is reached."""
    node = {**record(a=TEXT), "$defs": {}}
    node["properties"] |= {"kids": {"type": "array", "items": {"$ref": "#"}}}
    more = {**record(a=TEXT, b=TEXT)}
    more["properties"] |= {"kids": {"type": "array", "items": {"$ref": "#"}}}
    schema = closed(node, more)
    assert takes(schema, {"kids": [{"a": "x"}]})
    assert not takes(schema, {"kids": [{"kids": [{"b": "x"}]}]})


def test_close_undeclared__a_name_declared_elsewhere__is_not_refused_here() -> None:
    """Only what faces an object counts: a name from another place of SUPER is no matter."""
    sub = record(one=record(a=TEXT), two=record(c=TEXT))
    super = record(one=record(a=TEXT, b=TEXT), two=record(c=TEXT, d=TEXT))
    schema = closed(sub, super)
    assert takes(schema, {"two": {"b": 1}})
    assert not takes(schema, {"two": {"d": "x"}})


def test_close_undeclared__inside_not__leaves_the_schema_as_it_is() -> None:
    """Below `not` a smaller schema would mean a larger one, so nothing is rewritten there."""
    sub = {**record(a=TEXT), "not": record(a={"const": "x"})}
    schema = closed(sub, record(a=TEXT, b=TEXT))
    assert not takes(schema, {"a": "x", "c": 1})


@given(OBJECTS, OBJECTS, PAYLOADS)
def test_close_undeclared__any_payload_of_the_result__is_one_of_sub(
    sub: Any, super: Any, payload: Any
) -> None:
    """Closing only takes payloads away (where no `oneOf` or `not` turns fewer into more)."""
    if takes(closed(sub, super), payload):
        assert takes(make_schema(sub), payload)


def test_close_undeclared__empty_properties__declare_nothing_and_are_no_free_form() -> None:
    """`properties: {}` speaks of properties: there are none; without the keyword all may come."""
    super = record(a=TEXT)
    assert not takes(closed(record(), super), {"a": 1})
    assert takes(closed({"type": "object"}, super), {"a": 1})


def test_close_undeclared__a_shape_that_super_has_elsewhere__is_closed_where_it_faces_another() -> (
    None
):
    """That SUPER holds the same object at another place does not leave it open here."""
    sub = record(one=record(a=TEXT), two=record(a=TEXT))
    super = record(one=record(a=TEXT), two=record(a=TEXT, b=TEXT))
    schema = closed(sub, super)
    assert takes(schema, {"one": {"b": 1}})
    assert not takes(schema, {"two": {"b": 1}})
