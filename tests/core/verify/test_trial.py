"""Comparing outputs with what was expected, and judging them by a contract."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.contract import Contract
from agent.core.schema import make_schema
from agent.core.values import same_value
from agent.core.verify.trial import contract_violations, differences, starred
from tests.core.verify.making import INT, TEXT, array, obj
from tests.core.verify.test_shrink import JSON


def places(expected: Any, output: Any) -> list[str]:
    """Return the paths that differ."""
    return [one.path for one in differences(expected, output, tolerance=1e-9)]


@pytest.mark.parametrize(
    ("expected", "output", "found"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": 1}, {"a": True}, ["/a"]),
        ({"a": 0}, {"a": False}, ["/a"]),
        ({"a": None}, {}, ["/a"]),
        ({}, {"a": None}, ["/a"]),
        ({"a": 2**60}, {"a": 2**60 + 1}, ["/a"]),
        ({"a": 0.1 + 0.2}, {"a": 0.3}, []),
        ({"a": [1, 2]}, {"a": [2, 1]}, ["/a/0", "/a/1"]),
        ({"a": []}, {"a": {}}, ["/a"]),
        ({"a/b": {"*": "x"}}, {"a/b": {"*": "y"}}, ["/a~1b/~2"]),
        ([{"a": 1}], [{"a": 2}], ["/0/a"]),
        (1, "1", [""]),
        ({"a": "e\u0301"}, {"a": "\u00e9"}, ["/a"]),
    ],
)
def test_differences__of_two_outputs__name_the_paths(
    expected: Any, output: Any, found: list[str]
) -> None:
    """Payloads compare as JSON, and every differing place is named by its pointer."""
    assert places(expected, output) == found


def test_differences__in_words__say_what_was_expected_and_what_came() -> None:
    """The message is a sentence with both values."""
    (found,) = differences({"a": {"b": 1}}, {"a": {}}, tolerance=1e-9)
    assert found.message == "/a/b should be 1 and is absent"


@given(left=JSON, right=JSON)
def test_differences__of_any_two_values__are_none_exactly_when_they_are_the_same(
    left: Any, right: Any
) -> None:
    """Law: deepdiff only explains, `same_value` decides."""
    assert (differences(left, right, tolerance=1e-9) == ()) == same_value(left, right)


@given(value=JSON, depth=st.integers(0, 3))
def test_differences__of_a_value_with_itself__are_none(value: Any, depth: int) -> None:
    """Law: nothing differs from itself, at any depth."""
    for _ in range(depth):
        value = {"x": [value]}
    assert differences(value, value, tolerance=1e-9) == ()


def test_violations__of_an_undeclared_field__have_their_own_clause() -> None:
    """An undeclared field is a violation, also where the contract is open."""
    contract = Contract(
        consumer="c", schema=make_schema(obj("rows", rows=array(obj("a", a=INT, b=TEXT))))
    )
    found = contract_violations(contract, {"rows": [{"a": 1}, {"a": "x", "z": 0}], "y": 1})
    assert {(one.path, one.clause) for one in found} == {
        ("/rows/1/a", "/properties/rows/items/properties/a/type"),
        ("/rows/1/z", "undeclared"),
        ("/y", "undeclared"),
    }


def test_starred__of_a_concrete_pointer__names_items() -> None:
    """Indexes become `*`, keys stay."""
    assert starred("/rows/12/a~1b/0") == "/rows/*/a~1b/*"
