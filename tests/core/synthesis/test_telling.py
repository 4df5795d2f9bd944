from __future__ import annotations

import pytest

from agent.core.synthesis.telling import telling


@pytest.mark.parametrize(
    ("value", "description", "told"),
    [
        ("ebbing", "True while the tide is ebbing.", 1),
        ("MOORED", "Set for ships that are moored, drifting ones included.", 1),
        ("sealed", "True when no longer sealed.", -1),
        ("sealed", "Kept unless somebody has sealed it.", -1),
        ("opened", "True for an open hatch.", 1),
        ("low water", "Metres at low water.", 1),
        ("ebbing", "Height in metres.", 0),
        ("no", "No tide at all.", 0),
        ("ebbing", "", 0),
    ],
)
def test_telling__a_value_and_a_description__says_whether_it_speaks_of_it(
    value: str, description: str, told: int
) -> None:
    """A description tells of a value in whatever form of its words, and a negation turns it."""
    assert telling(value, description) == told


def test_telling__negated_once_and_plain_once__is_told_plainly() -> None:
    """A negation in one clause does not reach the next one."""
    assert telling("ebbing", "Not for slack water, only while ebbing.") == 1
