"""Shrinking: small, still failing, never changing what it was given."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent.core.values import canonical_text
from agent.core.verify.shrink import MAX_CALLS, shrink

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=25,
)


def leaves(value: Any) -> list[Any]:
    """Return the scalars of a payload."""
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


def test_shrink__with_one_guilty_field__leaves_it_alone() -> None:
    """Only what the failure needs stays."""
    payload = {"a": 1, "b": {"c": [1, 2, {"bad": "long text", "d": 4}], "e": "x"}, "f": None}

    def still_fails(one: Any) -> bool:
        return any(
            isinstance(item, dict) and item.get("bad") not in (None, "")
            for item in (one.get("b") or {}).get("c") or []
        )

    assert shrink(payload, still_fails=still_fails) == {"b": {"c": [{"bad": "a"}]}}


def test_shrink__of_a_large_array__finds_the_guilty_item() -> None:
    """Chunks go before single items, so a thousand items stay within the budget."""
    payload = [*range(1, 700), -7, *range(700, 1000)]
    small = shrink(payload, still_fails=lambda one: any(item < 0 for item in one))
    assert small == [-1]


def test_shrink__of_a_needed_count__keeps_it() -> None:
    """Where the number of items is the fault, that many stay."""
    assert shrink([5, 6, 7, 8], still_fails=lambda one: len(one) >= 2) == [0, 0]


def test_shrink__of_numbers_and_texts__makes_them_plain() -> None:
    """Numbers go to zero or one, texts to empty or one letter; a boolean stays itself."""
    payload = {"n": -981, "t": "grüße", "b": True, "z": 2.5}

    def still_fails(one: Any) -> bool:
        return {"n", "t", "b", "z"} == set(one) and one["n"] != 0 and one["b"] is True

    assert shrink(payload, still_fails=still_fails) == {"n": 1, "t": "", "b": True, "z": 0.0}


def test_shrink__with_a_stubborn_payload__stops_within_its_budget() -> None:
    """A failure that needs everything costs at most `MAX_CALLS` attempts."""
    payload = {str(number): [number] * 5 for number in range(300)}
    calls = 0

    def still_fails(one: Any) -> bool:
        nonlocal calls
        calls += 1
        return canonical_text(one) == canonical_text(payload)

    assert shrink(payload, still_fails=still_fails) == payload
    assert calls <= MAX_CALLS


def test_shrink__of_a_very_deep_payload__does_not_overflow() -> None:
    """Depth is bounded, so a deep payload is left deep instead of failing."""
    payload: Any = 7
    for _ in range(450):
        payload = [payload]
    assert shrink(payload, still_fails=lambda one: len(str(one)) > 800)


@given(payload=JSON, wanted=st.integers(-1000, 1000))
def test_shrink__of_any_failing_payload__still_fails(payload: Any, wanted: int) -> None:
    """Law: the result still fails, and the argument is as it was."""

    def still_fails(one: Any) -> bool:
        numbers = [leaf for leaf in leaves(one) if type(leaf) is int]
        return any(number <= wanted for number in numbers)

    kept = copy.deepcopy(payload)
    if still_fails(payload):
        small = shrink(payload, still_fails=still_fails)
        assert still_fails(small)
        assert len(canonical_text(small)) <= len(canonical_text(payload))
    assert payload == kept


def test_shrink__of_a_text_that_is_too_long__stops_at_the_first_that_is() -> None:
    """The length of a text is bisected, so that five thousand signs cost a dozen attempts."""
    calls = []

    def still_fails(one: Any) -> bool:
        calls.append(one)
        return len(one["t"]) > 2048

    small = shrink(
        {"t": "x" * 5000, "u": "y"}, still_fails=lambda one: "t" in one and still_fails(one)
    )
    assert small == {"t": "x" * 2049}
    assert len(calls) < 60


def test_shrink__of_a_text_with_a_guilty_middle__cuts_both_ends() -> None:
    """What stands before and behind the guilty part goes."""
    assert shrink("aaaa#bbbb", still_fails=lambda one: "#" in one) == "#"


def test_shrink__of_a_large_number__stops_at_the_next_power() -> None:
    """A number that must be large is a plain one, with its sign and its type."""
    assert shrink(-(2**62), still_fails=lambda one: one < -5000) == -(10**6)
    assert shrink(1e300, still_fails=lambda one: one > 50) == 100.0


def test_shrink__of_a_large_payload__makes_fewer_attempts() -> None:
    """An attempt on a large payload counts as several, since rules may loop within loops."""
    calls = []

    def never(one: Any) -> bool:
        calls.append(one)
        return False

    shrink([f"item {number}" for number in range(5_000)], still_fails=never)
    assert 0 < len(calls) < MAX_CALLS / 50
