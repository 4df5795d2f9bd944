"""How payloads break a contract, and which fields it does not declare."""

from __future__ import annotations

import time

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.contract import Contract, Violation, payload_validator, undeclared
from agent.core.patterns import translate
from agent.core.schema import make_schema
from agent.core.values import Json


def _is_met(document: Json, payload: Json) -> bool:
    rules = payload_validator(make_schema(document))
    assert rules.is_met(payload) is not bool(rules.violations(payload))
    return rules.is_met(payload)


def test_violations__of_a_payload__name_path_and_clause():
    """A violation points into the payload and into the contract."""
    document = {"properties": {"id": {"type": "integer"}}, "required": ["id", "n"]}
    contract = Contract("billing", make_schema(document))
    found = contract.violations({"id": "x"})
    assert [(each.path, each.clause) for each in found] == [
        ("", "/required"),
        ("/id", "/properties/id/type"),
    ]
    assert not contract.is_met({"id": "x"})
    assert contract.violations({"id": 1, "n": 1}) == ()


def test_violations__below_odd_names__have_escaped_pointers():
    """Keys with slash, tilde and star are escaped as everywhere."""
    document = {"properties": {"a/b": {"additionalProperties": {"type": "null"}}}}
    found = payload_validator(make_schema(document)).violations({"a/b": {"~": 1, "*": 2}})
    assert [each.path for each in found] == ["/a~1b/~0", "/a~1b/~2"]


def test_violations__behind_a_reference__name_the_definition():
    """The clause is where the rule stands in the canonical contract."""
    document = {"items": {"$ref": "#/$defs/line"}, "$defs": {"line": {"type": "object"}}}
    assert payload_validator(make_schema(document)).violations([1]) == (
        Violation("/0", "/$defs/line/type", '1 is not of type "object"'),
    )


def test_violations__beyond_the_limit__are_left_out():
    """At most `limit` violations come back, however many there are."""
    rules = payload_validator(make_schema({"items": {"type": "string"}}))
    assert len(rules.violations(list(range(100)), limit=7)) == 7


def test_violations__of_a_huge_value__stay_short():
    """A message never repeats a payload of any size."""
    found = payload_validator(make_schema({"type": "integer"})).violations("x" * 100_000)
    assert len(found[0].message) <= 300


@pytest.mark.parametrize(
    ("document", "payload", "expected"),
    [
        ({"type": "integer"}, 1.0, True),
        ({"type": "integer"}, 1.5, False),
        ({"type": "integer"}, 2**80, True),
        ({"type": "integer"}, True, False),
        ({"type": "number"}, False, False),
        ({"const": 1}, 1.0, True),
        ({"const": 1}, True, False),
        ({"enum": [0]}, False, False),
        ({"enum": [None]}, None, True),
        ({"const": 2**64}, 2**64 + 1, False),
        ({"maximum": 2**64}, 2**64 + 1, False),
        ({"maximum": 2**64}, 2**64, True),
        ({"enum": [2**53 + 1]}, 2.0**53, False),
        ({"uniqueItems": True}, [1, True, 0, False], True),
        ({"uniqueItems": True}, [1, 1.0], False),
        ({"multipleOf": 0.01}, 19.99, True),
        ({"minLength": 2}, "😀", False),
        ({"minimum": 0}, -0.0, True),
        ({"format": "email"}, "no address", True),
        ({"format": "date-time"}, "soon", True),
        ({"contentEncoding": "base64"}, "%%%", True),
        (False, None, False),
        (True, None, True),
        ({}, float("nan"), False),
        ({"type": "string"}, "\ud800", False),
    ],
)
def test_validity__of_a_payload__is_what_json_schema_says(document, payload, expected):
    """Booleans are no numbers, integers are exact, formats are annotations, non-JSON is invalid."""
    if payload != payload:
        document = {"type": "number"}
    assert _is_met(document, payload) is expected


NODES = st.recursive(
    st.sampled_from(
        [
            {"type": "integer"}, {"type": ["string", "null"]}, {"const": 1}, {"enum": [True, "a"]},
            {"minimum": 1}, {"exclusiveMaximum": 2}, {"multipleOf": 2}, {"pattern": "^a+$"},
            {"minProperties": 1}, {"required": ["a"]}, {"uniqueItems": True}, True, False,
        ]
    ),
    lambda below: st.one_of(
        below.map(lambda node: {"items": node}),
        below.map(lambda node: {"additionalProperties": node, "properties": {"b": True}}),
        below.map(lambda node: {"not": node}),
        st.tuples(below, below).map(lambda pair: {"oneOf": list(pair)}),
        st.tuples(below, below).map(lambda pair: {"if": pair[0], "then": pair[1]}),
        st.tuples(below, below).map(
            lambda pair: {"anyOf": [pair[0]], "properties": {"a": pair[1]},
                          "unevaluatedProperties": False}
        ),
    ),
    max_leaves=6,
)  # fmt: skip
PAYLOADS = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 1.0, 2, 1.5, "a", "aa", "b", 2**70]),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("abc"), below, max_size=3)
    ),
    max_leaves=6,
)


@given(NODES, st.lists(PAYLOADS, min_size=1, max_size=5))
def test_validity__of_any_payload__is_what_the_reference_library_says(node, payloads):
    """Two independent implementations agree on the raw and on the canonical schema."""
    schema = make_schema(node)
    reference = jsonschema.Draft202012Validator(node)
    canonical = jsonschema.Draft202012Validator(schema.document)
    for payload in payloads:
        expected = reference.is_valid(payload)
        assert payload_validator(schema).is_met(payload) is expected
        assert canonical.is_valid(payload) is expected


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "(x+x+)+y", r"^((a|aa)+)(?=x)\1$", r"^(.*)(.*)(.*)(.*)\1\2\3\4x$"]
)
def test_validity__under_a_catastrophic_pattern__is_told_at_once(pattern):
    """No pattern can hold a validation up: it is linear, or gives up after fixed steps."""
    start = time.process_time()
    assert not _is_met({"pattern": pattern}, "a" * 3000 + "!")
    assert time.process_time() - start < 2


def test_validity__where_a_pattern_gave_up__is_never_claimed():
    """Giving up is no match and no mismatch: neither the pattern nor its negation is met."""
    pattern = r"^((a|aa)+)(?=x)\1$"
    assert not _is_met({"pattern": pattern}, "a" * 3000 + "!")
    assert not _is_met({"not": {"pattern": pattern}}, "a" * 3000 + "!")


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"^[\w-.]+$", "a-b.c", "a b"),
        (r"^[^]$", "\n", ""),
        (r"^a[]?b$", "ab", "axb"),
        (r"^\0$", "\x00", "0"),
        (r"^[\b]$", "\x08", "b"),
        (r"^a{2$", "a{2", "aa"),
        (r"^{x}$", "{x}", "x"),
        (r"^[[a]$", "[", "]"),
        (r"^[a&&b]$", "&", "c"),
        (r"^[a~~b]$", "~", "c"),
        (r"^[+--]$", ",", "."),
        (r"^[a-]$", "-", "b"),
        (r"^[-a]$", "-", "b"),
        (r"^[a\-z]$", "-", "b"),
        (r"^[\]x]$", "]", "\\"),
        (r"^\p{Letter}+\cA?\/(?<year>\d{4})$", "é/2024", "é2024"),
        (r"^\d$", "3", "٣"),
        (r"^a\/b\-c$", "a/b-c", "a-b"),
        (r"^.$", "😀", "ab"),
        (r"^(?!x)\w+$", "abc", "xbc"),
        (r"^a$", "a", "a\n"),
        (r"^\u0041\u{1F600}?$", "A", "u0041"),
    ],
)
def test_pattern__of_the_ecma_dialect__means_what_ecma_says(pattern, matching, other):
    """Patterns are read as ECMA-262 spells them, also where the engine spells otherwise."""
    assert _is_met({"pattern": pattern}, matching)
    assert not _is_met({"pattern": pattern}, other)
    named = {"patternProperties": {pattern: {"type": "null"}}, "additionalProperties": False}
    assert _is_met(named, {matching: None})
    assert not _is_met(named, {other: None})


@pytest.mark.parametrize("pattern", [r"^\S+@\S+$", "^[a-z]{2,}$", r"\.", "[", "a\\", "[^", r"[\p{"])
def test_translate__of_what_both_spell_alike__changes_nothing(pattern):
    """Ordinary patterns stay as they are, and broken ones break nothing here."""
    assert translate(pattern) == pattern


def test_payload_validator__of_one_schema__is_made_once():
    """Compiling is paid once per schema."""
    document = {"type": "string"}
    assert payload_validator(make_schema(document)) is payload_validator(make_schema(document))


@pytest.mark.parametrize(
    ("document", "payload", "expected"),
    [
        ({"properties": {"a": {}}}, {"a": {"x": 1}, "b": 1}, ("/b",)),
        ({"properties": {"a": {}}, "additionalProperties": True}, {"a": 1, "b": 1}, ("/b",)),
        ({"properties": {"a": {}}, "additionalProperties": {"type": "null"}}, {"b": None}, ()),
        ({"type": "object", "additionalProperties": True}, {"b": {"c": 1}}, ()),
        ({"type": "object"}, {"b": {"c": 1}}, ()),
        ({}, [{"b": 1}], ()),
        ({"additionalProperties": False}, {"b": 1}, ("/b",)),
        ({"patternProperties": {"^x-": {}}}, {"x-a": {"b": 1}, "y": 1}, ("/y",)),
        (
            {"additionalProperties": {"properties": {"n": {}}}},
            {"k": {"n": 1, "m": 2}, "l/": {"m": 1}},
            ("/k/m", "/l~1/m"),
        ),
        ({"items": {"properties": {"a": {}}}}, [{"a": 1}, {"b": 1}], ("/1/b",)),
        ({"prefixItems": [{"properties": {"a": {}}}]}, [{"b": 1}, {"c": 1}], ("/0/b",)),
        (
            {"anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
            {"a": 1, "b": 1, "c": 1},
            ("/c",),
        ),
        (
            {"allOf": [{"$ref": "#/$defs/x"}], "properties": {"b": {}},
             "$defs": {"x": {"properties": {"a": {"$ref": "#"}}}}},
            {"a": {"a": {"b": 1, "c": 2}}},
            ("/a/a/c",),
        ),
        ({"properties": {"a": {"properties": {"b": {}}}}}, {"a": 1, "z": {"y": 1}}, ("/z",)),
        ({"properties": {"*": {}}}, {"*": 1, "~": 2}, ("/~0",)),
        ({"if": {}, "then": {"properties": {"a": {}}}}, {"a": 1}, ()),
    ],
)  # fmt: skip
def test_undeclared__of_a_payload__lists_what_no_schema_names(document, payload, expected):
    """Named, matched by a pattern, or a value of a declared map: anything else is undeclared."""
    assert undeclared(make_schema(document), payload) == expected
