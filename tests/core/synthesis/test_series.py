from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.language.printer import print_expression
from agent.core.synthesis.examples import FAILED, equal, value_of
from agent.core.synthesis.scope import Scope
from agent.core.synthesis.series import Series, series_of
from tests.core.language.trees import OBJECTS


def series(*payloads: Any) -> dict[str, Series]:
    """Return every series of some payloads by its expression."""
    scope = Scope({"src": ""}, tuple({"src": payload} for payload in payloads))
    return {print_expression(one.expression): one for one in series_of(scope)}


@settings(deadline=None)
@given(st.lists(OBJECTS, min_size=1, max_size=3))
def test_series__any_payloads__hold_what_their_expressions_give(payloads: list[Any]) -> None:
    """The items of a series are what its expression gives, wherever it gives an array."""
    scope = Scope({"src": ""}, tuple({"src": payload} for payload in payloads))
    for one in series_of(scope):
        for row, items in zip(scope.rows, one.items, strict=True):
            result = value_of(one.expression, row)
            assert result is FAILED or equal(result, list(items)) or (not items)


@pytest.mark.parametrize(
    ("payload", "printed", "items"),
    [
        ({"buoys": [{"id": 1}]}, "src.buoys", [{"id": 1}]),
        ({"buoys": {"n": 1}}, "entries(src.buoys)", [{"key": "n", "value": 1}]),
        (
            {"lanes": [{"id": "l", "buoys": [1, 2]}]},
            "[{'outer': outer, 'inner': inner} for outer in src.lanes for inner in outer.buoys]",
            [
                {"outer": {"id": "l", "buoys": [1, 2]}, "inner": 1},
                {"outer": {"id": "l", "buoys": [1, 2]}, "inner": 2},
            ],
        ),
        (
            {"buoys": [{"hue": "red"}, {"hue": "red"}]},
            "entries(group_by(src.buoys, 'hue'))",
            [{"key": "red", "value": [{"hue": "red"}, {"hue": "red"}]}],
        ),
        (
            {"ports": {"oslo": {"north": {"depth": 4}}}},
            "[{'outer': outer, 'inner': inner} for outer in entries(src.ports)"
            " for inner in entries(outer.value)]",
            [
                {
                    "outer": {"key": "oslo", "value": {"north": {"depth": 4}}},
                    "inner": {"key": "north", "value": {"depth": 4}},
                }
            ],
        ),
        (
            {"ports": {"oslo": {"buoys": [1]}}},
            "[{'outer': outer, 'inner': inner} for outer in entries(src.ports)"
            " for inner in outer.value.buoys]",
            [{"outer": {"key": "oslo", "value": {"buoys": [1]}}, "inner": 1}],
        ),
        (
            {"lane": {"north": {"depth": 4}, "note": "ice"}},
            "[entry for entry in entries(src.lane) if is_object(entry.value)]",
            [{"key": "north", "value": {"depth": 4}}],
        ),
        ({"x": [1, 2], "y": [3, 4]}, "zip(src.x, src.y)", [[1, 3], [2, 4]]),
        ({"buoy": {"id": 1}}, "[src.buoy]", [{"id": 1}]),
    ],
)
def test_series__shape_of_a_payload__can_be_looped_over(
    payload: Any, printed: str, items: Any
) -> None:
    """Arrays, maps, either within the other, groups, parallel arrays and objects are series."""
    (found,) = series(payload)[printed].items
    assert list(found) == items


def test_fit__fewer_items_than_wanted__does_not_fit() -> None:
    """A loop makes no more items than it goes through."""
    one = series({"a": [1, 2]})["src.a"]
    assert one.fit([[1, 2, 3]]) == 0
    assert one.fit([[1, 2]]) > one.fit([[1]]) > 0


def test_fit__shared_values__fit_better() -> None:
    """Of two arrays of the right length the one fits better that holds the wanted values."""
    found = series({"a": [1, 2], "b": [7, 8]})
    assert found["src.a"].fit([[1, 2]]) > found["src.b"].fit([[1, 2]])


def test_series__an_array_here_and_a_single_value_there__are_items_all_the_same() -> None:
    """What is one value or an array of them can be looped over as an array."""
    payloads = [{"buoys": [1, 2]}, {"buoys": 3}, {}]
    scope = Scope({"src": ""}, tuple({"src": payload} for payload in payloads))
    printed = "src.buoys if is_array(src.buoys) else [src.buoys]"
    (one,) = [it for it in series_of(scope) if print_expression(it.expression) == printed]
    assert list(map(list, one.items)) == [[1, 2], [3], []]


def test_series__array_in_one_item_and_object_in_another__no_loop_goes_through_both() -> None:
    """What an item holds under a key is looped over where it is an array in all, or an object."""
    ports = {"oslo": {"piers": [{"depth": 4}], "is_open": True}, "moss": {"piers": {"a": {"b": 1}}}}
    made = series({"ports": ports, "open": 1})
    assert "entries(src.ports)" in made
    assert not any("outer.value.piers" in printed for printed in made)
