"""The inventory of a schema, its fingerprint, and resolved nodes."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.contract import payload_validator
from agent.core.fields import ALL_TYPES, DEPTH_LIMIT
from agent.core.schema import Schema, make_schema, resolve
from agent.core.values import Json


def _paths(document: Json) -> list[str]:
    return [info.path for info in make_schema(document).fields]


def _field(document: Json, path: str):
    info = make_schema(document).field(path)
    assert info is not None
    return info


ORDER = {
    "type": "object",
    "required": ["id", "lines"],
    "properties": {
        "id": {"type": "integer"},
        "lines": {
            "type": "array",
            "items": {"type": "object", "properties": {"sku": {"type": "string"}}},
        },
        "tags": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
    },
}


def test_fields__of_nested_objects__come_in_reading_order():
    """The inventory lists the root, then every field where a reader would look for it."""
    assert _paths(ORDER) == ["", "/id", "/lines", "/lines/*", "/lines/*/sku", "/tags", "/tags/*"]


def test_fields__of_map_values_and_array_items__are_told_apart():
    """The last star of a map value is marked, that of an array item is not."""
    assert _field(ORDER, "/tags/*").in_map
    assert not _field(ORDER, "/lines/*").in_map


def test_field__said_required__is_so_within_its_parent():
    """Requiredness is said of the parent at hand, not of the whole payload."""
    assert _field(ORDER, "/id").is_required
    assert not _field(ORDER, "/lines/*/sku").is_required


def test_field__that_may_be_null__has_the_other_types():
    """Null is told by `is_nullable` and is never among the types."""
    info = _field(ORDER, "/tags/*")
    assert info.types == {"string"}
    assert info.is_nullable


def test_field__of_integer_or_number__keeps_the_two_apart():
    """`integer` and `number` stay what the schema says."""
    document = {"properties": {"a": {"type": "integer"}, "b": {"type": "number"}}}
    assert _field(document, "/a").types == {"integer"}
    assert _field(document, "/b").types == {"number"}


def test_field__without_a_word_on_its_type__may_be_anything():
    """A field that says nothing has all types and may be null."""
    info = _field({"properties": {"a": {}}}, "/a")
    assert info.types == ALL_TYPES
    assert info.is_nullable


@pytest.mark.parametrize(
    ("node", "enum", "is_nullable"),
    [
        ({"enum": ["a", None]}, ("a",), True),
        ({"type": "string", "enum": ["a", None]}, ("a",), False),
        ({"type": ["string", "null"], "enum": ["a"]}, ("a",), False),
        ({"type": "string", "enum": ["a", 1, True]}, ("a",), False),
        ({"oneOf": [{"const": "a"}, {"const": "b"}]}, ("a", "b"), False),
        ({"anyOf": [{"enum": ["a"]}, {"type": "null"}]}, ("a",), True),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, None, False),
        ({"allOf": [{"enum": [1, 2.0]}, {"enum": [2, 3]}]}, (2.0,), False),
    ],
)
def test_field__with_listed_values__has_those_that_can_occur(node, enum, is_nullable):
    """The enum holds what all parts allow; null is told apart from it."""
    info = _field({"properties": {"a": node}}, "/a")
    assert (info.enum, info.is_nullable) == (enum, is_nullable)


def test_field__with_the_constant_true__is_not_the_number_one():
    """A boolean constant and a number never meet, whatever Python thinks of 1 and True."""
    node = {"allOf": [{"const": True}, {"const": 1}]}
    assert _field({"properties": {"a": node}}, "/a").enum == ()


def test_field__of_all_of__takes_words_and_bounds_from_all_parts():
    """`allOf` parts add up: types meet, required names join, the nearest words win."""
    document = {
        "$defs": {"base": {"type": "object", "title": "Base", "required": ["a"]}},
        "title": "Mine",
        "allOf": [{"$ref": "#/$defs/base"}, {"properties": {"a": {"type": "string"}}}],
    }
    schema = make_schema(document)
    assert schema.field("").title == "Mine"
    assert schema.field("").types == {"object"}
    assert schema.field("/a").is_required


def test_fields__of_union_arms__are_united_and_required_only_in_all():
    """A field of any arm is listed; it is required when every object arm requires it."""
    document = {
        "anyOf": [
            {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}}},
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
            {"type": "null"},
        ],
        "properties": {"b": {}},
    }
    schema = make_schema(document)
    assert schema.field("/a").types == {"string", "integer"}
    assert schema.field("/a").is_required
    assert not schema.field("/b").is_required
    assert schema.field("").is_nullable


def test_fields__of_conditions__are_optional():
    """What `then`, `else` or a dependency adds may be absent."""
    document = {
        "type": "object",
        "if": {"required": ["a"]},
        "then": {"required": ["b"], "properties": {"b": {"type": "string"}}},
        "dependentSchemas": {"a": {"properties": {"c": {"type": "string"}}}},
    }
    assert _paths(document) == ["", "/b", "/c"]
    assert not _field(document, "/b").is_required


def test_fields__of_a_tuple__share_one_path():
    """`prefixItems` and `items` are all items: their types are united under the star."""
    node = {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}}
    assert _field(node, "/*").types == {"string", "integer"}


def test_fields__named_with_odd_characters__have_escaped_paths():
    """Slash, tilde and star in a name are escaped, so that a path has one reading."""
    document = {"properties": {"a/b": {}, "c~d": {}, "*": {}, "": {}, "$ref": {"type": "null"}}}
    assert _paths(document) == ["", "/a~1b", "/c~0d", "/~2", "/", "/$ref"]


def test_fields__forbidden_by_false__are_not_listed():
    """A property that may never stand there is no field."""
    assert _paths({"properties": {"a": False, "b": True}}) == ["", "/b"]


def test_fields__of_a_recursive_schema__stop_at_the_second_visit():
    """The field where the recursion closes is listed, what lies below it is not."""
    document = {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "properties": {
                    "name": {"type": "string"},
                    "kids": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                }
            }
        },
    }
    assert _paths(document) == ["", "/name", "/kids", "/kids/*"]
    assert not make_schema(document).is_truncated


def test_fields__of_a_schema_that_refers_to_its_root__stop_too():
    """The root counts as visited from the start."""
    assert _paths({"properties": {"parent": {"$ref": "#"}}}) == ["", "/parent"]


def test_fields__deeper_than_the_limit__mark_the_schema_truncated():
    """Nesting without end by ever new definitions is cut, and said so."""
    names = {f"d{i}": {"properties": {"a": {"$ref": f"#/$defs/d{i + 1}"}}} for i in range(99)}
    schema = make_schema({"$ref": "#/$defs/d0", "$defs": {**names, "d99": {}}})
    assert len(schema.fields) == DEPTH_LIMIT + 1
    assert schema.is_truncated


def test_fields__of_an_exploding_union__are_listed_in_one_pass():
    """40 unions of two arms each cost 80 arms, not 2 to the 40."""
    arms = [
        {"anyOf": [{"properties": {f"a{i}": {}}}, {"properties": {f"b{i}": {}}}]} for i in range(40)
    ]
    assert len(_paths({"allOf": arms})) == 81


def test_children__of_a_path__are_the_fields_one_step_below():
    """`children` gives direct fields only, in reading order."""
    schema = make_schema(ORDER)
    assert [info.path for info in schema.children("")] == ["/id", "/lines", "/tags"]
    assert [info.path for info in schema.children("/lines/*")] == ["/lines/*/sku"]
    assert schema.children("/id") == ()
    assert schema.field("/nothing") is None


SAME = [
    pytest.param(
        {"properties": {"a": {"type": "string"}, "b": {}}},
        {"properties": {"b": True, "a": {"type": ["string"]}}},
        id="key order, true and {}",
    ),
    pytest.param(
        {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"type": "string"}}},
        {"properties": {"a": {"type": "string"}}},
        id="inlined reference",
    ),
    pytest.param(
        {"$ref": "#/definitions/x", "definitions": {"x": {"type": "string"}}},
        {"$ref": "#/$defs/y", "$defs": {"y": {"type": "string"}}},
        id="names of definitions",
    ),
    pytest.param(
        {"type": "string", "title": "A", "description": "b", "examples": ["c"]},
        {"type": "string", "$comment": "d"},
        id="words",
    ),
    pytest.param({"required": ["a", "b"]}, {"required": ["b", "a"]}, id="order of required"),
    pytest.param({"type": ["string", "null"]}, {"type": ["null", "string"]}, id="order of types"),
    pytest.param({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, id="order of enum"),
    pytest.param({"minimum": 1}, {"minimum": 1.0}, id="spelling of numbers"),
    pytest.param(
        {"allOf": [{"$ref": "#/$defs/x"}], "description": "c", "$defs": {"x": {"minimum": 1}}},
        {"minimum": 1},
        id="allOf around one reference",
    ),
    pytest.param(
        {"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}, id="draft-4 bound"
    ),
    pytest.param(
        {"properties": {"n": {"$ref": "#"}}},
        {"properties": {"n": {"properties": {"n": {"$ref": "#"}}}}},
        id="unrolled recursion",
    ),
    pytest.param(
        {"properties": {"n": {"$ref": "#"}}},
        {
            "$ref": "#/$defs/a",
            "$defs": {
                "a": {"properties": {"n": {"$ref": "#/$defs/b"}}},
                "b": {"properties": {"n": {"$ref": "#/$defs/a"}}},
            },
        },
        id="two definitions that say the same",
    ),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_fingerprint__of_cosmetic_variants__is_the_same(left, right):
    """Cosmetics, `$ref` layout among them, are no change."""
    assert make_schema(left).fingerprint == make_schema(right).fingerprint


OTHER = [
    ({"type": "string"}, {"type": "integer"}),
    ({"const": 1}, {"const": True}),
    ({"const": "1"}, {"const": 1}),
    ({"enum": ["a"]}, {"enum": ["a", "b"]}),
    ({"default": 1}, {"default": 2}),
    ({"format": "date"}, {"format": "date-time"}),
    ({"properties": {"a": {}}}, {"properties": {"b": {}}}),
    ({"properties": {"a": True}}, {"properties": {"a": False}}),
    ({"required": ["a"]}, {"required": ["a", "b"]}),
    ({"anyOf": [{"minimum": 1}]}, {"oneOf": [{"minimum": 1}]}),
    ({"prefixItems": [{}, {"type": "null"}]}, {"prefixItems": [{"type": "null"}, {}]}),
    ({"properties": {"n": {"$ref": "#"}}}, {"properties": {"n": {"properties": {"n": {}}}}}),
    ({"additionalProperties": False}, {"unevaluatedProperties": False}),
    (True, False),
]


@pytest.mark.parametrize(("left", "right"), OTHER)
def test_fingerprint__of_another_meaning__differs(left, right):
    """Whatever changes what is valid, the default or the format changes the fingerprint."""
    assert make_schema(left).fingerprint != make_schema(right).fingerprint


LEAVES = st.sampled_from(
    [{}, {"type": "string"}, {"type": "integer"}, {"enum": [1, "a"]}, {"$ref": "#/$defs/x"}]
)
NODES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.dictionaries(st.sampled_from("abc"), below, max_size=3).map(
            lambda found: {"properties": found}
        ),
        below.map(lambda node: {"items": node}),
        st.lists(below, min_size=1, max_size=3).map(lambda nodes: {"anyOf": nodes}),
        st.lists(below, min_size=1, max_size=3).map(lambda nodes: {"allOf": nodes}),
    ),
    max_leaves=8,
)


def _inlined(node: Json, target: Json) -> Json:
    if isinstance(node, dict):
        if "$ref" in node:
            return copy.deepcopy(target)
        return {key: _inlined(value, target) for key, value in node.items()}
    return [_inlined(item, target) for item in node] if isinstance(node, list) else node


@given(NODES)
def test_fingerprint__after_inlining_every_reference__stays(node):
    """Inlining a definition wherever it is referred to is cosmetic."""
    target = {"type": "object", "properties": {"k": {"type": "boolean"}}}
    referring = make_schema({**node, "$defs": {"x": target}})
    assert make_schema(_inlined(node, target)).fingerprint == referring.fingerprint


PAYLOADS = [None, True, 1, 1.5, "a", [], ["a", 1], {}, {"a": "x"}, {"a": 1, "b": {"k": True}}]


@given(NODES, NODES, st.booleans())
def test_resolve__of_any_node__accepts_the_same_payloads(left, right, is_closed):
    """Following references and merging `allOf` keeps the meaning."""
    node = {"allOf": [left, right], **({"additionalProperties": False} if is_closed else {})}
    document = make_schema({**node, "$defs": {"x": {"type": "object"}}}).document
    resolved = resolve(document, document)
    again = make_schema({**resolved, "$defs": document.get("$defs", {})})
    before, after = payload_validator(make_schema(document)), payload_validator(again)
    assert "$ref" not in resolved
    assert [before.is_met(each) for each in PAYLOADS] == [after.is_met(each) for each in PAYLOADS]


@pytest.mark.parametrize(
    "node",
    [
        {"allOf": [{"properties": {"a": {}}}, {"additionalProperties": False}]},
        {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}],
         "unevaluatedProperties": False},
        {"allOf": [{"properties": {"a": {}}, "unevaluatedProperties": False},
                   {"properties": {"b": {}}}]},
        {"allOf": [{"if": {"required": ["a"]}}, {"then": {"required": ["b"]}}]},
        {"allOf": [{"items": {"type": "string"}}, {"prefixItems": [{"type": "string"}]}]},
        {"allOf": [{"contains": {"type": "string"}}, {"minContains": 2}]},
        {"type": "object", "allOf": [{"type": "string"}]},
        {"const": 1, "allOf": [{"const": True}]},
    ],
)  # fmt: skip
def test_resolve__of_keywords_that_look_at_neighbours__keeps_them_apart(node):
    """A keyword that depends on its siblings is never moved beside other ones."""
    document = make_schema(node).document
    again = make_schema(resolve(document, document))
    before, after = payload_validator(make_schema(document)), payload_validator(again)
    assert [before.is_met(each) for each in PAYLOADS] == [after.is_met(each) for each in PAYLOADS]


def test_resolve__of_a_long_chain__needs_no_deep_stack():
    """A chain of 400 `allOf` references resolves without recursion."""
    names = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}]} for i in range(400)}
    schema = make_schema({"$ref": "#/$defs/d0", "$defs": {**names, "d400": {"minLength": 3}}})
    assert resolve(schema.document, schema.document) == {"minLength": 3}


def test_schema__made_twice__is_equal():
    """Schemas are values: the same document gives equal, interchangeable schemas."""
    assert make_schema(ORDER) == make_schema(copy.deepcopy(ORDER))
    assert len({make_schema(ORDER), make_schema(ORDER)}) == 1
    assert isinstance(make_schema(ORDER), Schema)
