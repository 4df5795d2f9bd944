from __future__ import annotations

from typing import Any

import pytest

from agent.core.synthesis.joined_texts import taken_apart
from agent.core.synthesis.scope import Scope


def parts_of(wanted: list[Any], *arrays: list[Any]) -> list[tuple[str, list[object]]]:
    """Return what texts are taken apart to beside these arrays."""
    scope = Scope({"src": ""}, tuple({"src": {"lines": one}} for one in arrays))
    return list(taken_apart(wanted, scope.columns))


def test_taken_apart__as_many_parts_as_items__the_parts() -> None:
    """A text is taken apart where an array has as many items everywhere; an empty one has none."""
    found = parts_of(["a: 1\nb: 2", ""], [{"k": "a"}, {"k": "b"}], [])
    assert ("\n", [["a: 1", "b: 2"], []]) in found


@pytest.mark.parametrize("wanted", [["a b", "c"], ["ab", "cd"], [1, "c d"]])
def test_taken_apart__other_numbers_of_parts__nothing(wanted: list[Any]) -> None:
    """Where numbers of parts and of items differ, or no text has two parts, nothing is tried."""
    assert parts_of(wanted, [1, 2], [3, 4]) == []
