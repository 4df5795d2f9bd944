"""A museum's API turns its maps around: what pairs show of the keys."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.synthesis.test_explaining import explained, learnt
from tests.core.verify.making import TEXT, obj

NAMES = {"type": "object", "additionalProperties": TEXT}


@pytest.mark.parametrize(
    ("contract", "pairs", "payload", "wanted"),
    [
        pytest.param(
            NAMES,
            [
                (
                    {"rooms": [{"no": "7", "of": "Ivo"}, {"no": "12", "of": "Una"}]},
                    {"room.7": "Ivo", "room.12": "Una"},
                ),
                ({"rooms": [{"no": "3", "of": "Mia"}]}, {"room.3": "Mia"}),
            ],
            {"rooms": [{"no": "5", "of": "Ada"}]},
            {"room.5": "Ada"},
            id="keys that are written around a value of each item",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": obj("hall", hall=TEXT)},
            [
                (
                    {
                        "halls": {
                            "east": {"ra": {"of": "Ivo"}, "note": "dim"},
                            "west": {"ib": {"of": "Una"}},
                        }
                    },
                    {"Ivo": {"hall": "east"}, "Una": {"hall": "west"}},
                ),
                (
                    {"halls": {"south": {"zu": {"of": "Mia"}, "note": "wet"}}},
                    {"Mia": {"hall": "south"}},
                ),
            ],
            {"halls": {"north": {"qo": {"of": "Ada"}, "xe": {"of": "Bo"}, "note": "hot"}}},
            {"Ada": {"hall": "north"}, "Bo": {"hall": "north"}},
            id="a map within a map turned inside out",
        ),
    ],
)
def test_explain__keys_of_a_map__hold_on_another_payload(
    contract: Any, pairs: Any, payload: Any, wanted: Any
) -> None:
    """What a few pairs show of the keys of a map does the same to a payload not shown."""
    assert learnt(contract, pairs, payload) == wanted


def test_explain__keys_that_only_a_table_would_give__are_not_explained() -> None:
    """A table from items to keys would recite the pairs."""
    pairs = [
        ({"rooms": ["Ivo", "Una"]}, {"red": "Ivo", "blue": "Una"}),
        ({"rooms": ["Ivo", "Una"]}, {"red": "Ivo", "blue": "Una"}),
        ({"rooms": ["Una", "Ivo"]}, {"blue": "Una", "red": "Ivo"}),
    ]
    made = explained(NAMES, pairs)
    assert made is None or "lookup" not in repr(made.expression)
