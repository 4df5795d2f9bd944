"""The first difference between payloads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.values import Json, same_value
from evals.differences import DifferenceKind, first_difference

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@pytest.mark.parametrize(
    ("expected", "found", "path", "kind"),
    [
        ({"a": 1, "b": 2}, {"b": 3}, "/a", DifferenceKind.MISSING),
        ({"a": 1}, {"a": 1, "b": 2}, "/b", DifferenceKind.UNEXPECTED),
        ({"a": [{"b": 1}]}, {"a": [{"b": "1"}]}, "/a/0/b", DifferenceKind.TYPE),
        ([1, 2], [1], "", DifferenceKind.LENGTH),
        ({"a": True}, {"a": 1}, "/a", DifferenceKind.TYPE),
        ({"a": None}, {}, "/a", DifferenceKind.MISSING),
        ({"a/b": 1}, {"a/b": 2}, "/a~1b", DifferenceKind.VALUE),
        ({"a": 1}, {"a": 1.5}, "/a", DifferenceKind.VALUE),
        ([1, 2], [2, 1], "/0", DifferenceKind.VALUE),
    ],
)
def test_first_difference__between_unequal_payloads__names_place_and_kind(
    expected: Json, found: Json, path: str, kind: DifferenceKind
) -> None:
    """The first difference has the path of the smallest value that differs."""
    difference = first_difference(expected, found)

    assert difference is not None
    assert (difference.path, difference.kind) == (path, kind)


def test_first_difference__within_tolerance__is_none() -> None:
    """Numbers within the tolerance are equal, and integers never are when they differ."""
    assert first_difference({"a": 1.0}, {"a": 1.0000001}, tolerance=1e-6) is None
    assert first_difference({"a": 10**9}, {"a": 10**9 + 1}, tolerance=1e-3) is not None


@given(values, values)
def test_first_difference__of_any_two_payloads__agrees_with_equality(
    left: Json, right: Json
) -> None:
    """There is a difference exactly when the payloads are not equal as section 9 compares."""
    assert (first_difference(left, right) is None) == same_value(left, right)
