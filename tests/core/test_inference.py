"""Schemas inferred from sample payloads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.contract import payload_validator, undeclared
from agent.core.schema import infer_schema, make_schema
from agent.core.values import Json


def _of(values: list[Json]) -> Json:
    """Return what is inferred for a field that had these values."""
    return infer_schema([{"a": value} for value in values])["properties"]["a"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], {"type": "integer"}),
        ([1, 2.5], {"type": "number"}),
        ([1.0], {"type": "number"}),
        ([True, False], {"type": "boolean"}),
        ([None], {"type": "null"}),
        (["x", None], {"type": ["string", "null"]}),
        ([1, "x"], {"type": ["integer", "string"]}),
        ([[1], []], {"type": "array", "items": {"type": "integer"}}),
        ([[]], {"type": "array"}),
        ([{}], {"type": "object"}),
        (["2024-02-29"], {"type": "string", "format": "date"}),
        (["2023-02-29"], {"type": "string"}),
        (["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5+02:00"],
         {"type": "string", "format": "date-time"}),
        (["a@b.org"], {"type": "string", "format": "email"}),
        (["https://a.org/x?y=1"], {"type": "string", "format": "uri"}),
        (["123e4567-e89b-12d3-a456-426614174000"], {"type": "string", "format": "uuid"}),
        (["2024-01-01", "soon"], {"type": "string"}),
    ],
)  # fmt: skip
def test_infer__of_values__says_what_all_of_them_show(values, expected):
    """Types, null and formats are those that every value shows."""
    assert _of(values) == expected


def test_infer__of_keys_that_some_lack__makes_them_optional():
    """A key is required when every object has it."""
    result = infer_schema([{"a": 1, "b": 1}, {"a": 2}])
    assert result["required"] == ["a"]
    assert list(result["properties"]) == ["a", "b"]


def test_infer__of_few_texts_that_repeat__makes_an_enum():
    """Values that come again and again are a closed list; null joins it when seen."""
    assert _of(["open", "done"] * 4)["enum"] == ["done", "open"]
    assert _of([*["open", "done"] * 4, None])["enum"] == ["done", "open", None]


@pytest.mark.parametrize(
    "values",
    [["open", "done"], ["only"] * 20, [f"v{i}" for i in range(20)] * 2, ["some words!\n", "b"] * 9],
)
def test_infer__of_texts_that_may_be_anything__makes_no_enum(values):
    """Few samples, a single value, many values or free text prove no closed list."""
    assert "enum" not in _of(values)


@pytest.mark.parametrize(
    "value",
    [
        {"1001": {"n": 1}, "1002": {"n": 2}},
        {"2024-01-01": 1, "2024-01-02": 2},
        {"123e4567-e89b-12d3-a456-426614174000": "x"},
        {"/a": 1, "/b/c": 2},
        {"a@b.org": True},
    ],
)
def test_infer__of_keys_that_are_data__makes_a_map(value):
    """Ids, dates and paths as keys are data: their values share one schema."""
    result = _of([value])
    assert "properties" not in result
    assert result["additionalProperties"]["type"]


def test_infer__of_names_that_hardly_two_objects_share__makes_a_map():
    """Keys that each object brings anew are data, when the values look alike."""
    values = [{f"name{chr(97 + i)}": {"n": i}} for i in range(8)]
    assert "additionalProperties" in _of(values)


def test_infer__of_ordinary_names__makes_fields():
    """Names that objects share are fields, also when their values look alike."""
    assert list(_of([{"first": "a", "last": "b"}] * 3)["properties"]) == ["first", "last"]


def test_infer__of_nothing__accepts_anything():
    """No sample says nothing."""
    assert payload_validator(make_schema(infer_schema([]))).is_met({"a": 1})


def test_infer__of_a_deep_payload__needs_no_deep_stack():
    """Depth is no matter of the call stack."""
    value: Json = 1
    for _ in range(3000):
        value = [value]
    assert infer_schema([value])["type"] == "array"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet="ab1-", max_size=4),
    lambda below: st.lists(below, max_size=3)
    | st.dictionaries(st.sampled_from(["a", "b", "1", "2024-01-01"]), below, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(JSON, min_size=1, max_size=6))
def test_infer__from_any_payloads__accepts_and_declares_them_all(payloads):
    """What went in is valid under what comes out, and every field of it is declared."""
    schema = make_schema(infer_schema(payloads))
    for payload in payloads:
        assert payload_validator(schema).violations(payload) == ()
        assert undeclared(schema, payload) == ()
