from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.absence import MISSING
from agent.core.synthesis.alignment import aligned


@pytest.mark.parametrize(
    ("items", "wanted", "flags"),
    [
        ([[{"id": "a"}, {"id": "b"}, {"id": "c"}]], [["a", "c"]], (True, False, True)),
        ([[{"id": "a"}, {"id": "b"}]], [{"b": 1}], (False, True)),
        ([[{"id": "a"}], [{"id": "b"}]], [MISSING, ["b"]], (None, True)),
        ([["a", "a"]], [["a"]], None),
        ([["a", "b"]], [["c"]], None),
        ([["a", "b"]], [[]], (False, False)),
        ([["a", "b"]], [["b", "a"]], None),
    ],
)
def test_aligned__items_and_an_output__the_items_that_it_shows(
    items: Any, wanted: Any, flags: Any
) -> None:
    """Items are told by the values that they share, in order; where that is open, nothing is."""
    assert aligned(items, wanted) == flags
