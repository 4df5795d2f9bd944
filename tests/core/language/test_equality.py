from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.language.absence import MISSING, OperationFailed, Table
from agent.core.language.equality import are_equal, equality_key
from agent.core.values import Json, same_value

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, 1.5])
VALUES = st.recursive(
    SCALARS | st.text("ab1:[{;", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab1:[{;", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_equality__of_any_two_values__is_that_of_json(left: Json, right: Json) -> None:
    """Two values are equal exactly when JSON says so; so are their keys."""
    expected = same_value(left, right, tolerance=0.0)
    assert are_equal(left, right) is expected
    assert (equality_key(left) == equality_key(right)) is expected


@given(VALUES)
def test_equality__of_a_value_and_its_copy__holds(value: Json) -> None:
    """A value equals its own copy, and their keys have one hash."""
    twin = json.loads(json.dumps(value))
    assert are_equal(value, twin)
    assert hash(equality_key(value)) == hash(equality_key(twin))


def test_equality__of_large_numbers__is_exact() -> None:
    """An integer that no float holds equals no float; one that a float holds equals that."""
    assert not are_equal(2**53 + 1, float(2**53))
    assert are_equal([2**53], [float(2**53)])
    assert not are_equal([2**53 + 1], [float(2**53)])


def test_equality__of_missing__never_holds() -> None:
    """Missing equals nothing, not even itself; null equals null."""
    assert not are_equal(MISSING, MISSING)
    assert not are_equal(MISSING, None)
    assert not are_equal("MISSING", MISSING)
    assert are_equal(None, None)


def test_equality__of_deep_values__needs_no_recursion() -> None:
    """Values nested deeper than Python's own recursion goes are compared all the same."""
    left: Json = []
    right: Json = []
    for _ in range(5000):
        left, right = [left], [right]
    assert are_equal(left, right)
    assert not are_equal(left, right[0])


def test_equality__of_a_table__fails() -> None:
    """A table is no value to compare."""
    with pytest.raises(OperationFailed, match="a table"):
        are_equal(Table([]), 1)
