"""Schemas read from JSON Schema and OpenAPI documents."""

from __future__ import annotations

import json

import pytest

from agent.core.contract import payload_validator
from agent.errors import InvalidDocument, InvalidSchema
from agent.formats.schemas import load_schema, read_schema

API = {
    "openapi": "3.0.3",
    "paths": {
        "/a": {"get": {"responses": {"200": {"content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Pet"}}}}}}},
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "nullable": True},
                    "owner": {"$ref": "#/components/schemas/Owner", "nullable": True},
                },
            },
            "Owner": {"type": "object", "properties": {"age": {"type": "integer", "minimum": 0,
                                                               "exclusiveMinimum": True}}},
            "Odd/Name": {"type": "boolean"},
        }
    },
}  # fmt: skip


def test_read_schema__of_a_component__follows_its_references():
    """A component is read with what it refers to, by the rules of its OpenAPI version."""
    schema = read_schema(API, pointer="/components/schemas/Pet")
    assert [info.path for info in schema.fields] == ["", "/name", "/owner", "/owner/age"]
    assert schema.field("/name").is_nullable
    assert not schema.field("/owner").is_nullable
    assert not payload_validator(schema).is_met({"owner": {"age": 0}})


@pytest.mark.parametrize(
    "pointer",
    [
        "#/components/schemas/Odd~1Name",
        "/components/schemas/Odd~1Name",
        "#/components/schemas/Odd~1%4eame",
    ],
)
def test_read_schema__at_an_escaped_name__finds_it(pointer):
    """Pointers are escaped; fragments may be percent-encoded besides."""
    assert read_schema(API, pointer=pointer).field("").types == {"boolean"}


def test_read_schema__at_an_operation__reads_the_schema_there():
    """A pointer may lead to any schema of the document."""
    pointer = "/paths/~1a/get/responses/200/content/application~1json/schema"
    component = read_schema(API, pointer="/components/schemas/Pet")
    assert read_schema(API, pointer=pointer).fingerprint == component.fingerprint


def test_read_schema__of_openapi_31__reads_todays_json_schema():
    """From 3.1 on, references have siblings, types are lists, identifiers count."""
    document = {
        "openapi": "3.1.0",
        "components": {
            "schemas": {
                "A": {"$ref": "urn:b#x", "description": "d", "maxLength": 3},
                "B": {"$id": "urn:b", "$defs": {"x": {"$anchor": "x", "type": ["string", "null"]}}},
            }
        },
    }
    rules = payload_validator(read_schema(document, pointer="/components/schemas/A"))
    assert [rules.is_met(each) for each in ("abc", "abcd", None, 1)] == [True, False, True, False]


def test_read_schema__of_swagger_2__reads_its_definitions():
    """Definitions of the oldest version are read like components of 3.0."""
    document = {"swagger": "2.0", "definitions": {"A": {"type": "string", "x-nullable": True}}}
    assert read_schema(document, pointer="/definitions/A").field("").is_nullable


@pytest.mark.parametrize(
    ("document", "pointer", "word"),
    [
        (API, "", "the names are Pet, Owner, Odd/Name"),
        (API, "/components/schemas/Pets", "did you mean Pet?"),
        (API, "/components/schemas/Pet/type", "not a schema"),
        ({"openapi": "3.0.3"}, "", "without /components/schemas"),
        ({"openapi": "4.2.0", "paths": {}}, "/x", "2.0, 3.0 and 3.1"),
        ({"openapi": "3.1.0", "jsonSchemaDialect": "http://a.invalid/"}, "/x", "jsonSchemaDialect"),
        ({"id": "o-7", "title": "x", "description": "y"}, "", "is this a payload?"),
        ({"orderId": 7, "total": "x"}, "", "is this a payload?"),
        ([1], "", "an array"),
    ],
)
def test_read_schema__of_what_holds_no_schema_there__says_what_to_do(document, pointer, word):
    """The refusal lists names, or says which versions can be read."""
    with pytest.raises(InvalidSchema) as caught:
        read_schema(document, pointer=pointer, where="api.json")
    assert word in str(caught.value)
    assert "api.json" in str(caught.value)


def test_load_schema__of_a_file_with_a_pointer__reads_there(tmp_path):
    """`FILE#/pointer` names a schema inside a file; a file may have a mark in its own name."""
    path = tmp_path / "api#1.json"
    path.write_text(json.dumps(API))
    assert load_schema(f"{path}#/components/schemas/Owner").field("/age") is not None
    with pytest.raises(InvalidSchema, match="append #/components/schemas/NAME"):
        load_schema(str(path))


def test_load_schema__of_no_file__is_an_invalid_document(tmp_path):
    """A file that is not there is no question about schemas."""
    with pytest.raises(InvalidDocument):
        load_schema(str(tmp_path / "none.json#/a"))
