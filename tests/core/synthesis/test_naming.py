from __future__ import annotations

import pytest

from agent.core.synthesis.naming import fresh_name


@pytest.mark.parametrize(
    ("array", "taken", "name"),
    [
        ("/order_lines", (), "line"),
        ("/order_lines", ("line", "line2"), "line3"),
        ("/imports", (), "import2"),
        ("/1", (), "item"),
        ("/counts", (), "count2"),
    ],
)
def test_fresh_name__array__is_called_after_one_item(
    array: str, taken: tuple[str, ...], name: str
) -> None:
    """An item is called after its array, and never like a name in reach, keyword or function."""
    assert fresh_name(array, taken) == name
