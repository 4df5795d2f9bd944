from __future__ import annotations

from typing import Any

import pytest

from tests.core.synthesis.test_explaining import learnt
from tests.core.verify.making import TEXT, obj


@pytest.mark.parametrize(
    ("pairs", "payload", "wanted"),
    [
        pytest.param(
            [
                ({"hall": "east/low", "room": "r1"}, "#/halls/east~1low/rooms/r1"),
                ({"hall": "west/high", "room": "r2"}, "#/halls/west~1high/rooms/r2"),
            ],
            {"hall": "a~b/c", "room": "r3"},
            "#/halls/a~0b~1c/rooms/r3",
            id="a key escaped as a step of a pointer",
        ),
        pytest.param(
            [
                ({"hall": "East Wing", "room": "r1"}, "/east-wing/r1.html"),
                ({"hall": "Low Tower", "room": "r2"}, "/low-tower/r2.html"),
            ],
            {"hall": "Old Mill", "room": "r3"},
            "/old-mill/r3.html",
            id="a name spelled for an address",
        ),
    ],
)
def test_templates__part_that_is_spelled_otherwise__is_written_so(
    pairs: Any, payload: Any, wanted: str
) -> None:
    """A text is put together from what is read in other letters too."""
    made = learnt(obj("at", at=TEXT), [(given, {"at": at}) for given, at in pairs], payload)
    assert made == {"at": wanted}
