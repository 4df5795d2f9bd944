"""The laws of join, meet and membership, on generated schemas and payloads."""

from __future__ import annotations

import random
from typing import Any

import pytest

from agent.core.contract import payload_validator
from agent.core.schema import Schema, make_schema
from agent.core.shapes import (
    ANY,
    NOTHING,
    Shape,
    contains,
    from_schema,
    is_exact,
    is_nothing,
    join,
    join_all,
    literal,
    meet,
    show,
)
from agent.core.shapes.lattice import MAX_VARIANTS
from agent.core.verify.generate import payloads
from agent.errors import InvalidSchema
from tests.core.language.types.making import make_document

SEEDS = range(40)


def make_case(seed: int) -> tuple[Schema, Shape, list[Any]]:
    """Return a random schema, its shape, and some of its payloads."""
    rng = random.Random(seed)
    while True:
        try:
            schema = make_schema(make_document(rng, depth=2))
        except InvalidSchema:
            continue
        return schema, from_schema(schema), list(payloads(schema, seed=seed, limit=15))


@pytest.mark.parametrize("seed", SEEDS)
def test_from_schema__for_every_valid_payload__contains_it(seed: int) -> None:
    """A payload that is valid under a schema is in its shape."""
    _, shape, valid = make_case(seed)
    assert [payload for payload in valid if not contains(shape, payload)] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_from_schema__when_exact__contains_only_valid_payloads(seed: int) -> None:
    """Where the shape is exact, it agrees with the validator on payloads of other schemas too."""
    schema, shape, _ = make_case(seed)
    if not is_exact(schema):
        return
    for payload in make_case(seed + 1)[2] + make_case(seed + 2)[2]:
        assert contains(shape, payload) == payload_validator(schema).is_met(payload)


@pytest.mark.parametrize("seed", SEEDS)
def test_join__of_two_shapes__contains_all_of_both(seed: int) -> None:
    """A join holds every value of either side."""
    _, left, ours = make_case(seed)
    _, right, theirs = make_case(seed + 1000)
    joined = join(left, right)
    assert all(contains(joined, payload) for payload in ours + theirs)


@pytest.mark.parametrize("seed", SEEDS)
def test_meet__of_two_shapes__contains_what_both_do(seed: int) -> None:
    """A meet holds every value of both sides, and is nothing only when there is none."""
    _, left, ours = make_case(seed)
    _, right, theirs = make_case(seed + 1)
    met = meet(left, right)
    common = [one for one in ours + theirs if contains(left, one) and contains(right, one)]
    assert all(contains(met, payload) for payload in common)
    assert not (common and is_nothing(met))


def test_any_and_nothing__in_join_and_meet__are_the_ends() -> None:
    """ANY is the top of the lattice and NOTHING its bottom."""
    shape = literal({"a": [1, "x", None]})
    assert join(shape, ANY) is ANY
    assert join(shape, NOTHING) is shape
    assert meet(shape, ANY) is shape
    assert meet(shape, NOTHING) is NOTHING
    assert is_nothing(NOTHING)
    assert not is_nothing(ANY)


@pytest.mark.parametrize(
    ("inside", "outside"),
    [(1, True), (1, 1.0), (1.0, 1), (True, 1), ("1", 1), (None, False), ([1], [1.0]), ({}, [])],
)
def test_literal__of_one_value__holds_it_as_it_is_written(inside: Any, outside: Any) -> None:
    """A literal holds its value alone: true is not 1, and 1.0 is written otherwise than 1."""
    assert contains(literal(inside), inside)
    assert not contains(literal(inside), outside)


def test_enum_of_a_schema__for_numbers__holds_both_ways_to_write_them() -> None:
    """JSON Schema holds 1 and 1.0 for one value, so that a payload may write either."""
    shape = from_schema(make_schema({"enum": [1, "a"]}))
    assert contains(shape, 1)
    assert contains(shape, 1.0)
    assert not contains(shape, True)
    assert show(shape) == "~1 | 'a'"


def test_join__of_many_kinds_of_object__still_contains_them() -> None:
    """Beyond the bound on variants several become one, which holds them all."""
    values = [{f"k{number}": number} for number in range(100)]
    shape = join_all(map(literal, values))
    assert len(shape.parts.objects) <= MAX_VARIANTS
    assert all(contains(shape, value) for value in values)


def test_shape__when_equal__has_the_same_hash() -> None:
    """Shapes can be keys: equal ones meet."""
    assert len({literal([1, {"a": "b"}]), literal([1, {"a": "b"}]), literal([1])}) == 2
