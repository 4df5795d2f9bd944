from __future__ import annotations

import pytest

from agent.core.values import canonical_text, fingerprint, json_type, same_value


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (False, 0, False),
        (0.1 + 0.2, 0.3, True),
        (2**53, 2**53 + 1, False),
        (10**400, 1.5, False),
        ("1", 1, False),
        (None, False, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": None}, {}, False),
        ([1, 2], [2, 1], False),
        ([], {}, False),
    ],
)
def test_same_value__of_two_values__compares_as_json(
    left: object, right: object, is_same: bool
) -> None:
    """Payloads compare as JSON, whichever of the two stands first."""
    assert same_value(left, right) is is_same
    assert same_value(right, left) is is_same


def test_same_value__within_the_tolerance_of_a_case__is_same() -> None:
    """A case may allow numbers to differ more than the last digits."""
    assert same_value(100.0, 101.0, tolerance=0.02)
    assert not same_value(100.0, 103.0, tolerance=0.02)


def test_same_value__nested_as_deep_as_intake_allows__answers() -> None:
    """Depth costs no recursion."""
    left: object = 1
    right: object = 1.0
    for _ in range(5000):
        left, right = [left], [right]
    assert same_value(left, right)


def test_fingerprint__of_values_that_print_alike__differs_by_type() -> None:
    """Key order is no difference, a type is."""
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert len({fingerprint(value) for value in (1, 1.0, True, "1", [1], None)}) == 6
    assert canonical_text({"b": "ß", "a": []}) == '{"a":[],"b":"ß"}'


def test_json_type__of_what_is_no_json__is_an_error() -> None:
    """Only JSON values have a JSON type."""
    assert [json_type(value) for value in (None, True, 1, 1.5, "", [], {})] == [
        "null",
        "boolean",
        "integer",
        "number",
        "string",
        "array",
        "object",
    ]
    with pytest.raises(TypeError):
        json_type(b"bytes")
