"""Pairs made to take for ever end with an answer, and crash nothing."""

from __future__ import annotations

import time

import pytest

from agent.core.inclusion import decide
from agent.core.schema import make_schema
from agent.core.values import Json

LIMIT_S = 10
"""Of processor time; most take a tenth of a second where nothing else runs."""


def _fields(count: int, type_: str) -> Json:
    return {f"p{index}": {"type": type_} for index in range(count)}


def _nested(depth: int, leaf: Json) -> Json:
    for _ in range(depth):
        leaf = {"type": "object", "properties": {"a": leaf}, "required": ["a"]}
    return leaf


def _doubled(depth: int) -> Json:
    node: Json = {"type": "integer"}
    for _ in range(depth):
        node = {"anyOf": [{"allOf": [node, {"minimum": 0}]}, {"not": node}]}
    return node


PRIMES = (2, 3, 5, 7, 11, 13)
PAIRS: dict[str, tuple[Json, Json, str]] = {
    "2000 fields": (
        {"properties": _fields(2000, "integer")},
        {"properties": _fields(2000, "number")},
        "yes",
    ),
    "2000 fields, one wrong": (
        {"properties": _fields(2000, "integer")},
        {"properties": {**_fields(2000, "number"), "p1999": {"type": "string"}}},
        "no",
    ),
    "2000 required": (
        {"type": "object", "required": [*_fields(2000, "null")]},
        {"required": [*_fields(2000, "null")][::-1]},
        "yes",
    ),
    "2000 places": (
        {"prefixItems": [{"type": "integer"}] * 2000},
        {"prefixItems": [{"type": "number"}] * 2000},
        "unknown",
    ),
    "deep": (_nested(90, {"type": "integer"}), _nested(90, {"type": "string"}), "unknown"),
    "many arms": (
        {"oneOf": [{"const": value} for value in range(100)]},
        {"oneOf": [{"const": value} for value in range(101)]},
        "yes",
    ),
    "doubling": (_doubled(8), {"anyOf": [_doubled(8), {"type": "null"}]}, "yes"),
    "minItems 10^9": ({"type": "array", "minItems": 10**9}, {"minItems": 10**9 - 1}, "unknown"),
    "minItems over maxItems": (
        {"type": "array", "minItems": 10**9, "maxItems": 5},
        False,
        "unknown",
    ),
    "maxLength 10^9": ({"maxLength": 10**9}, {"maxLength": 10**9 + 1}, "unknown"),
    "20 patterns": (
        {"patternProperties": {f"^p{index}": {"type": "integer"} for index in range(20)}},
        {"patternProperties": {f"^p{index}": {"type": "number"} for index in range(20)}},
        "unknown",
    ),
    "allOf": (
        {"allOf": [{"minimum": bound} for bound in range(3000)]},
        {"minimum": 2999},
        "yes",
    ),
    "counts": (
        {
            "type": "array",
            "minItems": 30,
            "allOf": [{"contains": {"multipleOf": one}, "maxContains": 3} for one in PRIMES],
        },
        {"minItems": 31},
        "unknown",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_decide__of_a_hostile_pair__ends(name: str) -> None:
    """The answer comes in time and is the known one, or that it is not known."""
    sub, super, known = PAIRS[name]
    question = make_schema(sub), make_schema(super)
    start = time.process_time()
    answer = decide(*question)
    assert time.process_time() - start < LIMIT_S
    assert known == "unknown" or answer.verdict.value == known
