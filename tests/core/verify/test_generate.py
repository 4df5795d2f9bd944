"""Payloads for the search: valid, boundary-first, deterministic, bounded."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.contract import payload_validator
from agent.core.schema import make_schema
from agent.core.values import canonical_text
from agent.core.verify.choices import Hints
from agent.core.verify.generate import payloads

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases"

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "state", "lines"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "state": {"enum": ["new", "paid", "void"]},
        "note": {"type": ["string", "null"]},
        "buyer": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "vip": {"type": "boolean"}},
        },
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["price"],
                "properties": {"price": {"type": "number"}, "sku": {"type": "string"}},
            },
        },
        "pay": {
            "oneOf": [
                {
                    "type": "object",
                    "required": ["iban"],
                    "properties": {"iban": {"type": "string"}},
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "required": ["cash"],
                    "properties": {"cash": {"const": True}},
                    "additionalProperties": False,
                },
            ]
        },
    },
}


def made(document: Any, *, limit: int = 300, seed: int = 0, **more: Any) -> list[Any]:
    """Return the payloads of a schema document."""
    return list(payloads(make_schema(document), seed=seed, limit=limit, **more))


@pytest.fixture(scope="module")
def orders() -> list[Any]:
    """Return the payloads of the order schema, made once."""
    return made(ORDER)


def test_payloads__of_an_order__leave_each_optional_field_out_alone(orders: list[Any]) -> None:
    """Every optional field is once the only one that is absent."""
    full = set(ORDER["properties"])
    for name in ("note", "buyer", "pay"):
        assert any(set(one) == full - {name} for one in orders)


def test_payloads__of_an_order__hold_everything_and_only_what_is_required(
    orders: list[Any],
) -> None:
    """The first payload has every field, and one has the required fields alone."""
    assert set(orders[0]) == set(ORDER["properties"])
    assert any(set(one) == set(ORDER["required"]) for one in orders)


def test_payloads__of_an_order__hold_null_every_enum_value_and_every_arm(
    orders: list[Any],
) -> None:
    """A nullable field is null once, and every enum value and `oneOf` arm comes."""
    assert any("note" in one and one["note"] is None for one in orders)
    assert {one["state"] for one in orders} == {"new", "paid", "void"}
    assert {key for one in orders for key in one.get("pay", {})} == {"iban", "cash"}


def test_payloads__of_an_order__hold_empty_single_and_many_items(orders: list[Any]) -> None:
    """Arrays come empty, with one item, with several, and with the same item twice."""
    lengths = {len(one["lines"]) for one in orders}
    assert {0, 1, 2, 3} <= lengths
    assert any(len(one["lines"]) == 2 and one["lines"][0] == one["lines"][1] for one in orders)


def test_payloads__of_an_order__hold_extremes_of_numbers(orders: list[Any]) -> None:
    """Integers reach the lower bound and the 64-bit limit; numbers get fractions and size."""
    assert {1, 2**63 - 1} <= {one["id"] for one in orders}
    prices = {line["price"] for one in orders for line in one["lines"]}
    assert {0, 0.5, 1e308} <= prices


def test_payloads__of_an_order__hold_odd_texts_and_an_unknown_field(orders: list[Any]) -> None:
    """Texts come empty, astral, combining, with control characters; open objects get a stranger."""
    names = {one["buyer"]["name"] for one in orders if "buyer" in one}
    assert {"", "ß", "e\u0301", "\u0000\u001f"} <= names
    assert any(ord(sign) > 0xFFFF for name in names for sign in name)
    assert any("unexpected_field" in one.get("buyer", {}) for one in orders)


def test_payloads__with_the_same_seed__are_the_same() -> None:
    """The same schema, seed and limit give identical payloads in the same order."""
    assert made(ORDER, seed=7) == made(ORDER, seed=7)


def test_payloads__with_another_seed__differ_somewhere() -> None:
    """The random part follows the seed."""
    assert made(ORDER, seed=1) != made(ORDER, seed=2)


def test_payloads__of_any_schema__come_once_each(orders: list[Any]) -> None:
    """No payload is yielded twice, and no more than the limit."""
    texts = [canonical_text(one) for one in orders]
    assert len(set(texts)) == len(texts) == 300


def test_payloads__of_a_format__hold_a_fitting_text_and_an_odd_one() -> None:
    """`format` is an annotation: the search tries a real date-time, and a text that is none."""
    found = made({"type": "string", "format": "date-time"})
    assert "2024-01-15T10:30:00Z" in found
    assert "" in found


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ({"pattern": "^[A-Z]{2}-[0-9]{3}$"}, 3),
        ({"pattern": r"^\+[1-9]\d{1,14}$"}, 3),
        ({"pattern": "^(red|green)$"}, 2),
        ({"minLength": 3, "maxLength": 3}, 5),
        ({"pattern": "^[a-z]+$", "maxLength": 2}, 1),
    ],
)
def test_payloads__of_a_constrained_text__match(keywords: Any, expected: int) -> None:
    """Simple patterns and length bounds are met by texts written for them."""
    assert len(made({"type": "string", **keywords})) >= expected


def test_payloads__of_an_unwritable_pattern__skip_the_optional_field() -> None:
    """A pattern that nobody can write for costs its optional field, not the payload."""
    found = made(
        {
            "type": "object",
            "required": ["a"],
            "properties": {
                "a": {"type": "integer"},
                "b": {"type": "string", "pattern": r"^\p{Lu}{3}-(?=\d)\d+$"},
            },
        },
        limit=50,
    )
    assert len(found) == 50


def test_payloads__of_a_map__hold_none_one_and_many_keys() -> None:
    """Maps come empty, with one key, with several, and with keys that need escaping."""
    found = made({"type": "object", "additionalProperties": {"type": "integer"}})
    assert {0, 1, 2} <= {len(one) for one in found}
    assert any({"a/b~c", "*"} <= set(one) for one in found)


def test_payloads__of_pattern_properties__have_matching_keys() -> None:
    """Keys of a map with key patterns are written by the pattern."""
    document = {
        "type": "object",
        "patternProperties": {"^x-[a-z]+$": {"type": "boolean"}},
        "additionalProperties": False,
    }
    assert any(len(one) >= 2 for one in made(document))


@pytest.mark.parametrize(
    "document",
    [
        {"$ref": "#/$defs/t", "$defs": {"t": {"type": "array", "items": {"$ref": "#/$defs/t"}}}},
        {
            "type": "object",
            "required": ["v"],
            "properties": {"v": {"type": "integer"}, "l": {"$ref": "#"}, "r": {"$ref": "#"}},
        },
        {
            "type": "object",
            "required": ["next"],
            "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
        },
        {
            "type": "object",
            "required": ["next"],
            "properties": {"next": {"oneOf": [{"type": "integer"}, {"$ref": "#"}]}},
        },
    ],
)
def test_payloads__of_a_recursive_schema__end(document: Any) -> None:
    """Recursion is bounded: payloads come, and quickly."""
    began = time.process_time()
    assert len(made(document, limit=40)) >= 5
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "document",
    [
        False,
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {
            "$ref": "#/$defs/t",
            "$defs": {
                "t": {
                    "type": "object",
                    "required": ["t"],
                    "properties": {"t": {"$ref": "#/$defs/t"}},
                }
            },
        },
        {"enum": []},
    ],
)
def test_payloads__of_a_schema_that_nothing_satisfies__are_none(document: Any) -> None:
    """An empty schema gives nothing instead of hanging."""
    assert made(document, limit=20) == []


@pytest.mark.parametrize(
    "document",
    [
        {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
         "dependentRequired": {"a": ["b"]}, "minProperties": 1},
        {"type": "object", "properties": {"kind": {"enum": ["x", "y"]}, "n": {"type": "integer"}},
         "if": {"properties": {"kind": {"const": "x"}}, "required": ["kind"]},
         "then": {"required": ["n"]}, "required": ["kind"]},
        {"type": "array", "items": {"type": "integer"}, "uniqueItems": True, "minItems": 2},
        {"type": "array", "contains": {"const": 5}, "items": {"type": "integer"}},
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}],
         "items": False, "minItems": 2},
        {"allOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
                   {"properties": {"a": {"minLength": 2}, "b": {"type": "boolean"}}}]},
        {"type": "integer", "not": {"enum": [3, 5, 7]}},
        {"type": "number", "multipleOf": 0.25, "minimum": 10, "exclusiveMaximum": 12},
        {"type": "object", "propertyNames": {"pattern": "^[a-z]{3}$"},
         "additionalProperties": {"type": "string"}},
        {"type": "object", "required": ["x", "y"], "properties": {"x": {"type": "integer"}}},
        {"type": ["object", "string"], "minProperties": 3, "maxProperties": 4},
        {"properties": {"a": {"type": "string"}}},
        {},
    ],
)  # fmt: skip
def test_payloads__under_every_keyword__are_found(document: Any) -> None:
    """Cross-field keywords do not starve the search."""
    assert len(made(document, limit=30)) >= 4


def test_payloads__with_anchors__mutate_them_and_stay_valid() -> None:
    """A sample comes itself, then with each optional field dropped and arrays emptied."""
    anchor = {"id": 5, "state": "paid", "note": "hi", "lines": [{"price": 2.5, "sku": "k-1"}]}
    found = made(ORDER, anchors=[anchor])
    assert anchor in found
    assert {key: value for key, value in anchor.items() if key != "note"} in found
    assert {**anchor, "lines": []} in found
    assert {**anchor, "lines": anchor["lines"] * 2} in found
    assert {**anchor, "note": None} in found
    assert {**anchor, "state": "void"} in found
    judge = jsonschema.Draft202012Validator(ORDER)
    assert all(judge.is_valid(one) for one in found)


def test_payloads__with_an_anchor_of_fields_that_need_each_other__stay_valid() -> None:
    """A change that breaks a rule between fields is thrown away, not yielded."""
    document = {**obj_of("a", "b"), "dependentRequired": {"a": ["b"]}}
    found = made(document, anchors=[{"a": 5, "b": 6}])
    assert {"b": 6} in found
    assert all("b" in one for one in found if "a" in one)


def obj_of(*names: str) -> dict[str, Any]:
    """Return an object schema of optional integers."""
    return {"type": "object", "properties": {name: {"type": "integer"} for name in names}}


def test_payloads__with_an_invalid_anchor__leave_it_out() -> None:
    """A sample that breaks the schema is no payload of the source."""
    assert {"id": "five"} not in made(ORDER, anchors=[{"id": "five"}])


def test_payloads__with_literals__try_them_where_they_are_read() -> None:
    """A text that a rule compares with is tried on the field that the rule reads."""
    hints = Hints(literals={"/buyer/name": ("Zaphod",)}, reads=frozenset({"/buyer/name"}))
    found = made(ORDER, hints=hints)
    assert any(one.get("buyer", {}).get("name") == "Zaphod" for one in found)


def test_payloads__with_favourites__take_them_as_the_ordinary_value() -> None:
    """A value that a rule is known to take stands in the first payload."""
    found = made(ORDER, hints=Hints(favourites={"/lines/*/sku": ("12.50",)}), limit=1)
    assert {line["sku"] for line in found[0]["lines"]} == {"12.50"}


def test_payloads__of_an_open_object_read_whole__try_undeclared_names() -> None:
    """Where an open object is read whole, undeclared fields come under the contract's names."""
    hints = Hints(reads=frozenset({"/buyer"}), names=("email",))
    assert any("email" in one.get("buyer", {}) for one in made(ORDER, hints=hints))


def scalars() -> st.SearchStrategy[Any]:
    """Return schemas of single values."""
    return st.one_of(
        st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"const": 4}, True, {}]),
        st.builds(
            lambda low, size: {"type": "integer", "minimum": low, "maximum": low + size},
            st.integers(-50, 50),
            st.integers(0, 9),
        ),
        st.builds(lambda low: {"type": "number", "exclusiveMinimum": low}, st.floats(-1e6, 1e6)),
        st.builds(
            # Bounded, because validators on floats and on decimals differ about huge multiples.
            lambda step: {"type": "number", "multipleOf": step, "minimum": -1e6, "maximum": 1e6},
            st.sampled_from([5, 0.25]),
        ),
        st.builds(
            lambda low, size: {"type": "string", "minLength": low, "maxLength": low + size},
            st.integers(0, 8),
            st.integers(0, 8),
        ),
        st.sampled_from(
            [
                {"type": "string", "pattern": "^[a-f]{2,4}$"},
                {"type": "string", "pattern": "[0-9]"},
                {"type": "string", "format": "date"},
                {"enum": ["a", 1, None, True, 1.5]},
                {"type": ["string", "null"]},
                {"type": ["integer", "string"], "enum": ["x", 3, None]},
            ]
        ),
    )


def objects(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return schemas of objects."""
    names = st.sampled_from(["a", "b", "c/d", "e*", "ß"])
    return st.builds(
        lambda properties, required, extra: {
            "type": "object",
            "properties": properties,
            "required": sorted(required),
            **({} if extra is None else {"additionalProperties": extra}),
        },
        st.dictionaries(names, children, max_size=4),
        st.sets(names, max_size=2),
        st.one_of(st.none(), st.just(False), children),
    )


def composed(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return schemas made of schemas."""
    arrays = st.builds(
        lambda items, least, unique: {
            "type": "array", "items": items, "minItems": least, "uniqueItems": unique
        },
        children, st.integers(0, 2), st.booleans(),
    )  # fmt: skip
    arms = st.lists(children, min_size=1, max_size=3)
    unions = st.builds(
        lambda keyword, parts: {keyword: parts}, st.sampled_from(["anyOf", "oneOf", "allOf"]), arms
    )
    return st.one_of(objects(children), arrays, unions)


SCHEMAS = st.recursive(scalars(), composed, max_leaves=12)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=SCHEMAS, seed=st.integers(0, 5))
def test_payloads__of_any_schema__are_valid_for_two_validators(document: Any, seed: int) -> None:
    """Law: whatever is yielded is valid under jsonschema and under jsonschema-rs."""
    schema = make_schema(document)
    judge = jsonschema.Draft202012Validator(document)
    other = payload_validator(schema)
    for payload in payloads(schema, seed=seed, limit=25):
        assert other.is_met(payload)
        assert judge.is_valid(payload), (document, payload)


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")
def test_payloads__of_the_shared_cases__are_many_and_quick() -> None:
    """At least 95 of 100 real schemas give 50 different payloads, none takes over 2 s."""
    import json

    enough, total = 0, 0
    for path in sorted(CASES.glob("*/*/source_after.schema.json")):
        schema = make_schema(json.loads(path.read_text(encoding="utf-8")))
        began = time.process_time()
        count = sum(1 for _ in payloads(schema, seed=0, limit=60))
        assert time.process_time() - began < 2, path
        total += 1
        enough += count >= 50
    assert enough >= 0.95 * total


def test_payloads__of_a_list_of_objects__hold_a_bare_item_and_bare_items_alone() -> None:
    """One item has nothing optional while another has it, and then every item has nothing."""
    names = {name: {"type": "string"} for name in ("name", "url", "mail")}
    authors = {"type": "array", "items": {"type": "object", "properties": names}}
    found = made({"type": "object", "properties": {"authors": authors}})
    lists = [one["authors"] for one in found if one.get("authors")]
    assert any(len(one) > 1 and one[0] == {} and one[1].get("name") for one in lists)
    assert any(all(item == {} for item in one) for one in lists)
    assert [{}] in lists


def test_payloads__of_a_list__hold_one_longer_than_any_round_number() -> None:
    """Lists without an upper end come with more than a hundred items, others with their most."""
    assert any(len(one) > 100 for one in made({"type": "array", "items": {"type": "integer"}}))
    bounded = made({"type": "array", "items": {"type": "integer"}, "maxItems": 40})
    assert max(map(len, bounded)) == 40


def test_payloads__of_an_integer__hold_one_with_a_fraction_of_zero() -> None:
    """`1.0` is an integer for JSON Schema, and comes as one."""
    assert any(isinstance(one, float) for one in made({"type": "integer"}))


def test_payloads__where_the_ordinary_ones_are_invalid__are_repaired_in_place() -> None:
    """A part that cannot be written ordinarily takes another arm, or goes; the rest stays."""
    unlike = {"not": {"type": "string"}, "anyOf": [{"type": "string"}, {"type": "integer"}]}
    impossible = {"type": "string", "not": {"minLength": 0}}
    names = {f"n{index}": {"type": "integer"} for index in range(30)}
    document = {"type": "object", "required": ["a"],
                "properties": {"a": unlike, "b": impossible, **names}}  # fmt: skip
    found = made(document, limit=40)
    assert set(found[0]) == {"a", *names}
    assert len(found) == 40


@pytest.mark.parametrize(
    "document",
    [
        {"type": "string", "pattern": r"^\cC$"},
        {"type": "object", "required": ["k"], "additionalProperties": False,
         "patternProperties": {r"^\p{Lu}$": True, "^k$": {"const": 3}}},
        {"allOf": [{"not": {"type": ["object", "array", "string", "number", "null"]}}]},
        {"type": "array", "contains": {"const": "x"}, "minContains": 2, "maxContains": 2,
         "items": {"enum": ["x", "y"]}, "minItems": 3},
        {"type": "object", "minProperties": 3, "propertyNames": {"maxLength": 1}},
        {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"],
         "dependentSchemas": {"a": {"required": ["b"], "properties": {"b": {"const": 1}}}}},
        {"anyOf": [{"properties": {"a": True}, "required": ["a"]}, {"properties": {"b": True}}],
         "type": "object", "unevaluatedProperties": False},
        {"type": "array", "prefixItems": [{"const": 1}], "unevaluatedItems": {"type": "string"},
         "minItems": 3},
    ],
)  # fmt: skip
def test_payloads__of_a_schema_that_has_some__are_found(document: Any) -> None:
    """Wherever a valid payload exists, at least one is found."""
    assert made(document, limit=20)


SUITE = CASES.parent / "data" / "suite" / "tests"


@pytest.mark.skipif(not SUITE.is_dir(), reason="the shared JSON Schema suite is not here")
@pytest.mark.parametrize("draft", ["draft7", "draft2020-12"])
def test_payloads__of_the_official_suite__are_found_where_it_has_a_valid_instance(
    draft: str,
) -> None:
    """Of all schemas that are read and have a valid instance, 99 of 100 get a payload."""
    import json

    from agent.core.dialects import find_dialect
    from agent.errors import InvalidSchema

    uri = {"draft7": "http://json-schema.org/draft-07/schema"}.get(
        draft, "https://json-schema.org/draft/2020-12/schema"
    )
    found, total = 0, 0
    for path in sorted((SUITE / draft).glob("*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            try:
                schema = make_schema(group["schema"], dialect=find_dialect(uri))
            except InvalidSchema:
                continue
            is_met = payload_validator(schema).is_met
            if any(is_met(test["data"]) for test in group["tests"] if test["valid"]):
                total += 1
                found += len(list(payloads(schema, seed=0, limit=1)))
    assert total > 200
    assert found >= 0.99 * total
