"""Schemas of any draft turned into canonical 2020-12, with their meaning kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.core.canonical import canonicalise
from agent.core.contract import payload_validator
from agent.core.dialects import DRAFT_7, DRAFT_2020, DRAFT_2020_12, OPENAPI_30, Dialect
from agent.core.schema import make_schema
from agent.core.values import Json
from agent.errors import InvalidSchema

SUITE = Path(__file__).resolve().parents[3] / "shared" / "data" / "suite" / "tests"


def _canonical(document: Json, **how) -> Json:
    result = canonicalise(document, **how)
    assert result.pop("$schema") == DRAFT_2020_12
    return result


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"items": [{"type": "string"}]}, {"prefixItems": [{"type": "string"}]}),
        (
            {"items": [True], "additionalItems": {"type": "null"}},
            {"prefixItems": [True], "items": {"type": "null"}},
        ),
        ({"items": {"type": "null"}, "additionalItems": False}, {"items": {"type": "null"}}),
        (
            {"dependencies": {"a": ["b"], "c": {"minProperties": 1}}},
            {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"minProperties": 1}}},
        ),
        ({"definitions": {"unused": {"type": "null"}}}, {}),
        ({"type": ["string"], "minLength": 2.0}, {"type": "string", "minLength": 2}),
        ({"example": 1}, {"examples": [1]}),
        (True, {}),
        (False, {"not": {}}),
    ],
)
def test_canonicalise__of_an_older_idiom__gives_todays(document, expected):
    """What older drafts said in other words is said in the words of 2020-12."""
    assert _canonical(document) == expected


@pytest.mark.parametrize(
    ("draft", "document", "expected"),
    [
        ("http://json-schema.org/draft-04/schema#", {"const": 1, "minimum": 2}, {"minimum": 2}),
        ("http://json-schema.org/draft-06/schema#", {"const": 1, "if": True}, {"const": 1}),
        ("http://json-schema.org/draft-07/schema", {"if": True, "minContains": 1}, {"if": True}),
        ("https://json-schema.org/draft/2019-09/schema", {"prefixItems": [True]}, {}),
        ("https://json-schema.org/draft/2020-12/schema", {"$recursiveRef": "#"}, {}),
    ],
)
def test_canonicalise__of_a_keyword_of_a_later_draft__ignores_it(draft, document, expected):
    """A draft does not know what came after it, so it says nothing there."""
    assert _canonical({"$schema": draft, **document}) == expected


def test_canonicalise__of_ref_siblings_before_2019__drops_all_but_words():
    """Up to draft 7 a reference stands alone; a description beside it is kept for readers."""
    node = {"$ref": "#/definitions/a", "minLength": 3, "description": "d"}
    document = {"properties": {"x": node}, "definitions": {"a": {"type": "string"}}}
    seven = {"$schema": "http://json-schema.org/draft-07/schema#", **document}
    assert _canonical(seven)["properties"]["x"] == {"description": "d", "$ref": "#/$defs/a"}
    assert _canonical(document)["properties"]["x"]["minLength"] == 3


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"nullable": True}, {}),
        (
            {"nullable": True, "description": "d", "anyOf": [{"type": "string"}]},
            {"description": "d", "anyOf": [{"anyOf": [{"type": "string"}]}, {"type": "null"}]},
        ),
        ({"type": ["string", "null"], "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "null", "nullable": True}, {"type": "null"}),
    ],
)
def test_canonicalise__of_nullable__lets_null_in(node, expected):
    """OpenAPI's `nullable` joins the types, or becomes an arm of its own where none are named."""
    assert _canonical(node, dialect=OPENAPI_30) == expected


def test_canonicalise__of_nullable_in_json_schema__ignores_it():
    """JSON Schema has no such keyword."""
    assert _canonical({"type": "string", "nullable": True}) == {"type": "string"}


def test_canonicalise__of_a_pointer__reads_only_what_it_reaches():
    """A fault in a component that nothing refers to does not stand in the way."""
    document = {"components": {"schemas": {"A": {"type": "string"}, "B": {"type": "nonsense"}}}}
    assert _canonical(document, pointer="/components/schemas/A") == {"type": "string"}


def test_canonicalise__of_references__keeps_only_inner_ones():
    """Pointers with escapes, anchors and identifiers all become plain definitions."""
    document = {
        "$id": "https://example.com/root.json",
        "properties": {
            "a": {"$ref": "#/$defs/x~1y%25"},
            "b": {"$ref": "#here"},
            "c": {"$ref": "other.json"},
            "d": {"$ref": "https://example.com/root.json"},
            "e": {"$ref": "#/properties/a"},
        },
        "$defs": {
            "x/y%": {"type": "string"},
            "anchored": {"$anchor": "here", "type": "integer"},
            "far": {"$id": "other.json", "type": "boolean"},
        },
    }
    result = _canonical(document)
    targets = {name: node["$ref"] for name, node in result["properties"].items()}
    definitions = {key: result["$defs"][ref[8:]] for key, ref in targets.items() if ref != "#"}
    assert targets["d"] == "#"
    assert definitions["a"] == {"type": "string"}
    assert definitions["b"] == {"type": "integer"}
    assert definitions["c"] == {"type": "boolean"}
    assert definitions["e"] == {"$ref": targets["a"]}


def test_canonicalise__of_a_property_named_ref__is_no_reference():
    """Only a schema's own `$ref` refers; a property of that name is a property."""
    document = {"properties": {"$ref": {"type": "string"}, "$id": {"type": "string"}}}
    assert _canonical(document) == document


def test_canonicalise__of_its_own_result__changes_nothing():
    """The canonical form of a canonical document is itself."""
    document = {"$defs": {"a b": {"items": {"$ref": "#"}}}, "allOf": [{"$ref": "#/$defs/a%20b"}]}
    once = canonicalise(document)
    assert canonicalise(once) == once


def test_canonicalise__of_deep_nesting__moves_the_depths_to_definitions():
    """No canonical text nests deeply, however deep the schema was."""
    node: Json = {"type": "string"}
    for _ in range(300):
        node = {"properties": {"a": node}}
    schema = make_schema(node)
    depth, level = 0, [schema.document]
    while level:
        depth += 1
        level = [part for item in level if isinstance(item, dict) for part in item.values()]
    assert depth < 120
    assert schema.document["$defs"]


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ({"$ref": "#/$defs/missing"}, "/$ref leads to '#/$defs/missing', and nothing is there"),
        ({"$ref": "#/$defs/nam", "$defs": {"name": {}}}, "did you mean name?"),
        ({"$ref": "#nowhere"}, "no such anchor"),
        ({"$ref": "http://127.0.0.1:9/a.json"}, "leads out of the document"),
        ({"$ref": "file:///etc/passwd"}, "leads out of the document"),
        ({"$ref": "../x.json#/a"}, "leads out of the document"),
        ({"$id": "http://a.invalid/b/", "$ref": "c.json"}, "leads out of the document"),
        ({"$ref": "//[bad"}, "leads out of the document"),
        ({"$ref": 5}, "is not text"),
        ({"$ref": "#/enum", "enum": [1]}, "which is not a schema"),
        ({"$ref": "#"}, "refers to itself"),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
         "refers to itself"),
        ({"allOf": [{"not": {"$ref": "#"}}]}, "refers to itself"),
        ({"$schema": "http://example.com/mine"}, "draft-04, draft-06, draft-07, 2019-09 and"),
        ({"$schema": 5}, "not a supported draft"),
        ({"type": "text"}, "/type is 'text', not one of null, boolean"),
        ({"type": []}, "/type is []"),
        ({"required": "id"}, "/required is 'id'"),
        ({"required": [1]}, "/required"),
        ({"properties": ["a"]}, "/properties"),
        ({"properties": {"a": 3}}, "/properties/a is 3, not a schema"),
        ({"properties": {"a/b": {"minLength": -1}}}, "/properties/a~1b/minLength is -1"),
        ({"minLength": True}, "/minLength is True"),
        ({"minimum": "1"}, "/minimum is '1'"),
        ({"minimum": True}, "/minimum is True"),
        ({"maximum": float("inf")}, "/maximum is inf"),
        ({"multipleOf": 0}, "/multipleOf is 0"),
        ({"enum": {}}, "/enum is {}"),
        ({"enum": [float("nan")]}, "/enum holds nan"),
        ({"const": "\ud800"}, "/const holds a lone surrogate"),
        ({"title": "\ud800"}, "a lone surrogate"),
        ({"allOf": {}}, "/allOf is {}, not a list of schemas"),
        ({"pattern": "([a-z"}, "/pattern is '([a-z'"),
        ({"pattern": "^(?:(?:a{1,1000}){1,1000}){1,1000}$"}, "/pattern"),
        ({"patternProperties": {"(": {}}}, "/patternProperties has a key"),
        ({"uniqueItems": "yes"}, "/uniqueItems is 'yes'"),
        ({"dependencies": {"a": [[]]}}, "/dependentRequired"),
        ([], "holds an array, not a schema"),
        ("x", "holds text, not a schema"),
        (None, "holds null, not a schema"),
    ],
)  # fmt: skip
def test_make_schema__of_what_is_no_schema__says_where_and_why(document, word):
    """A fault names its pointer and what was found."""
    with pytest.raises(InvalidSchema) as caught:
        make_schema(document, origin="FILE")
    assert word in str(caught.value)
    assert str(caught.value).startswith("FILE: ")


def test_make_schema__of_many_faults__lists_them_together():
    """One reading is enough to learn of ten faults."""
    document = {"properties": {f"p{i}": {"type": "nonsense"} for i in range(12)}}
    with pytest.raises(InvalidSchema) as caught:
        make_schema(document)
    assert str(caught.value).count("not one of") == 10
    assert "and 2 more" in str(caught.value)


@pytest.mark.parametrize("pointer", ["/nope", "/properties/x/y", "properties", "/type"])
def test_make_schema__at_a_pointer_to_nothing__is_refused(pointer):
    """A pointer must lead to a schema, and must look like a pointer."""
    with pytest.raises(InvalidSchema):
        make_schema({"type": "object"}, pointer=pointer)


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_make_schema__that_doubles_at_every_level__is_refused_quickly(keyword):
    """What would take exponential time to evaluate is refused when it is read."""
    names = {f"d{i}": {keyword: [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(40)}
    with pytest.raises(InvalidSchema, match="steps"):
        make_schema({"$ref": "#/$defs/d0", "$defs": {**names, "d40": {}}})


def test_make_schema__of_an_endless_chain__is_refused():
    """A chain of references that no engine could follow is refused, without a RecursionError."""
    names = {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(5000)}
    with pytest.raises(InvalidSchema, match="chain"):
        make_schema({"$ref": "#/$defs/d0", "$defs": {**names, "d5000": {}}})


def test_make_schema__nested_far_beyond_the_stack__is_read():
    """Depth alone never ends in a RecursionError."""
    node: Json = {"type": "string"}
    wrong: Json = 1
    for _ in range(3000):
        node, wrong = {"items": node}, [wrong]
    rules = payload_validator(make_schema(node))
    assert rules.is_met([[[]]])
    assert not rules.is_met(wrong)


@pytest.mark.parametrize(
    "uri",
    ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"],
)
def test_make_schema__that_refers_to_a_metaschema__uses_the_packaged_one(uri):
    """The meta-schemas of supported drafts come with the program; nothing is fetched."""
    rules = payload_validator(make_schema({"$ref": uri}))
    assert rules.is_met({"type": "string"})
    assert not rules.is_met({"type": "text"})


def test_make_schema__with_dynamic_references__keeps_their_scope():
    """A dynamic reference leads to the outermost anchor of the way it was reached by."""
    document = {
        "$id": "https://e.com/strict",
        "$dynamicAnchor": "node",
        "$ref": "tree",
        "unevaluatedProperties": False,
        "$defs": {
            "tree": {
                "$id": "https://e.com/tree",
                "$dynamicAnchor": "node",
                "properties": {"v": True, "kids": {"items": {"$dynamicRef": "#node"}}},
            }
        },
    }
    rules = payload_validator(make_schema(document))
    assert rules.is_met({"kids": [{"v": 1}]})
    assert not rules.is_met({"kids": [{"w": 1}]})


def test_make_schema__that_no_finite_payload_satisfies__is_read():
    """A recursion that never ends in a value is legal; nothing is valid under it."""
    document = {"required": ["next"], "type": "object", "properties": {"next": {"$ref": "#"}}}
    schema = make_schema(document)
    assert [info.path for info in schema.fields] == ["", "/next"]
    assert not payload_validator(schema).is_met({"next": {}})


def _suite_cases(draft: str) -> list[tuple[str, Json]]:
    """Return (file, group) pairs; groups that need other documents or metaschemas are left out."""
    files = sorted((SUITE / draft).glob("*.json"))
    skipped = ("refRemote.json", "vocabulary.json")
    return [
        (path.name, group)
        for path in files
        if path.name not in skipped
        for group in json.loads(path.read_text())
        if "localhost:1234" not in _references(group["schema"])
    ]


def _references(node: Json) -> str:
    text = json.dumps(node)
    outside = ('"$ref": "http://localhost', '"$ref": "tree.json"', '"$ref": "extendible')
    return "localhost:1234" if any(word in text for word in outside) else ""


@pytest.mark.parametrize(("draft", "dialect"), [("draft7", DRAFT_7), ("draft2020-12", DRAFT_2020)])
def test_canonical_documents__of_the_official_suite__judge_as_the_suite_says(
    draft: str, dialect: Dialect
):
    """Canonicalisation keeps meaning: every verdict of the official suite comes out."""
    if not SUITE.is_dir():
        pytest.skip("the official suite is not here")
    wrong, refused, total = [], [], 0
    for name, group in _suite_cases(draft):
        try:
            rules = payload_validator(make_schema(group["schema"], dialect=dialect))
        except InvalidSchema as error:
            refused.append(str(error))
            continue
        for test in group["tests"]:
            total += 1
            if rules.is_met(test["data"]) is not test["valid"]:
                wrong.append((name, group["description"], test["description"]))
    assert wrong == []
    assert [text for text in refused if "leads out of the document" not in text] == []
    assert total > 850
