"""Shapes of schemas, keyword by keyword, and what they leave out."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.schema import make_schema
from agent.core.shapes import contains, from_schema, is_exact, losses, show

RECURSIVE = {
    "type": "object",
    "required": ["value"],
    "properties": {"value": {"type": "integer"}, "next": {"$ref": "#"}},
    "additionalProperties": False,
}

SHAPES = [
    ({"type": "integer", "minimum": 1.5}, "integer [2..]"),
    ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, "number (0..1]"),
    ({"type": "integer", "multipleOf": 5, "minimum": 1, "maximum": 12}, "integer [5..10] step 5"),
    ({"type": "integer", "multipleOf": 5}, "integer multipleOf 5"),
    ({"type": "number", "multipleOf": 0.01}, "number multipleOf 0.01"),
    ({"type": "string", "minLength": 1, "pattern": "^a"}, 'text[1..] pattern "^a"'),
    ({"type": ["string", "null"], "maxLength": 3}, "null | text[..3]"),
    ({"enum": ["a", None, True]}, "null | true | 'a'"),
    ({"enum": ["a", "bb"], "maxLength": 1, "type": "string"}, "'a'"),
    ({"const": {"a": 1}}, "{a: ~1}"),
    ({"type": "array", "items": {"type": "null"}, "minItems": 1}, "[null...][1..]"),
    (
        {
            "type": "array",
            "prefixItems": [{"type": "null"}, {"type": "boolean"}],
            "items": False,
            "minItems": 2,
        },
        "[null, boolean]",
    ),
    (
        {"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a", "b"]},
        "{a: null, b: anything, ...}",
    ),
    (
        {"type": "object", "additionalProperties": {"type": "string"}},
        "{*: text}",
    ),
    (
        {
            "type": "object",
            "properties": {"a_x": {"maxLength": 3}},
            "patternProperties": {"^a": {"type": "string"}},
            "additionalProperties": False,
        },
        "{a_x?: text[..3], /^a/: text}",
    ),
    ({"allOf": [{"type": "integer"}, {"minimum": 0, "maximum": 3}]}, "integer [0..3]"),
    ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "integer | text"),
    ({"type": ["integer", "string"], "not": {"type": "string"}}, "integer"),
    ({"enum": ["a", "b"], "not": {"const": "a"}}, "'b'"),
    ({"type": "object", "not": {"required": ["a"]}}, "{a?: nothing, ...}"),
    (
        {
            "type": "object",
            "properties": {"k": {"enum": ["x", "y"]}},
            "required": ["k"],
            "if": {"properties": {"k": {"const": "x"}}},
            "then": {"required": ["n"]},
            "additionalProperties": False,
        },
        "{k: 'y'}",
    ),
    (False, "nothing"),
    ({}, "anything"),
]


@pytest.mark.parametrize(("document", "expected"), SHAPES, ids=str)
def test_from_schema__for_each_keyword__has_its_shape(document: Any, expected: str) -> None:
    """A keyword becomes the part of the shape that says the same."""
    assert show(from_schema(make_schema(document))) == expected


def test_from_schema__for_a_recursive_schema__is_read_as_deep_as_a_value_goes() -> None:
    """Recursion is read when a value needs it, however deep."""
    shape = from_schema(make_schema(RECURSIVE))
    value: Any = {"value": 0}
    for number in range(60):
        value = {"value": number, "next": value}
    assert contains(shape, value)
    value["next"]["next"]["value"] = "x"
    assert not contains(shape, value)
    assert show(from_schema(make_schema(RECURSIVE), "/next/next/value")) == "integer"


LOSSES = [
    ({"type": "object", "dependentRequired": {"a": ["b"]}}, ["/dependentRequired"]),
    ({"properties": {"a": {"contains": {"type": "null"}}}}, ["/properties/a/contains"]),
    ({"oneOf": [{"minimum": 1}, {"maximum": 3}]}, ["/oneOf"]),
    ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, []),
    ({"anyOf": [{"const": "a"}, {"const": "b"}]}, []),
    ({"type": "string", "pattern": "^a", "maxLength": 3}, []),
    (RECURSIVE, []),
]


@pytest.mark.parametrize(("document", "expected"), LOSSES, ids=str)
def test_losses__of_a_schema__name_what_its_shape_leaves_out(
    document: Any, expected: list[str]
) -> None:
    """Keywords that the shape cannot express are named; without any the shape is exact."""
    schema = make_schema(document)
    assert [loss.pointer for loss in losses(schema)] == expected
    assert is_exact(schema) == (not expected)
