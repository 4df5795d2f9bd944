"""Tables between two closed lists, as descriptions spell them out."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.told_tables import told_table

CRUSTS = ["thin", "thick", "deep_pan"]


def field(values: list[Any], description: str) -> FieldInfo:
    """Return a field with a closed list of values."""
    return make_schema({"enum": values, "description": description}).fields[0]


@pytest.mark.parametrize(
    ("given", "source", "target", "expected"),
    [
        pytest.param(
            ["T", "K", "D"],
            "Crust: T thin, K thick crust, D deep-pan.",
            "",
            {"T": "thin", "K": "thick", "D": "deep_pan"},
            id="codes of the source",
        ),
        pytest.param(
            [1, 2, 3],
            "1 thin, 2 thick, 3 deep pan",
            "",
            {1: "thin", 2: "thick", 3: "deep_pan"},
            id="numbers",
        ),
        pytest.param(
            ["flat", "tall", "high"],
            "",
            "thin for a flat one; thick for a tall one; deep_pan for a high one",
            {"flat": "thin", "tall": "thick", "high": "deep_pan"},
            id="told by the contract",
        ),
        pytest.param(
            ["T", "K", "DeepPan"],
            "T thin, K thick.",
            "",
            {"T": "thin", "K": "thick", "DeepPan": "deep_pan"},
            id="one is called the same",
        ),
        pytest.param(["T", "K", "D"], "T thin, K thick.", "", {}, id="one is left open"),
        pytest.param(["T", "K"], "T thin or thick, K thick.", "", {}, id="two for one"),
        pytest.param(CRUSTS, "thin, thick, deep_pan", "", {}, id="the same values"),
    ],
)
def test_told_table__of_two_enums__every_value_in_a_clause_of_its_own(
    given: list[Any], source: str, target: str, expected: dict[Any, str]
) -> None:
    """A table is read where one description has each value beside just one of the other list."""
    assert told_table(field(given, source), field(CRUSTS, target)) == expected
