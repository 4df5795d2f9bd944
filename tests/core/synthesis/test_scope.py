from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.language.printer import print_expression
from agent.core.synthesis.examples import FAILED, equal, value_of
from agent.core.synthesis.scope import Column, Scope
from tests.core.language.trees import OBJECTS


def scope_of(*payloads: Any) -> Scope:
    """Return the scope of these payloads under the name `src`."""
    return Scope({"src": ""}, tuple({"src": payload} for payload in payloads))


def read(scope: Scope, printed: str) -> Column:
    """Return the one read that is written like this."""
    (found,) = (one for one in scope.columns if print_expression(one.expression) == printed)
    return found


@settings(deadline=None)
@given(st.lists(OBJECTS, min_size=1, max_size=3))
def test_columns__any_payloads__hold_what_their_expressions_give(payloads: list[Any]) -> None:
    """The values of a read are what its expression gives, wherever it does not refuse."""
    scope = scope_of(*payloads)
    for column in scope.columns:
        for row, value in zip(scope.rows, column.values, strict=True):
            result = value_of(column.expression, row)
            assert result is FAILED or equal(result, value)


@settings(deadline=None)
@given(st.lists(OBJECTS, min_size=2, max_size=3), st.data())
def test_only__some_examples__the_same_reads_with_fewer_values(
    payloads: list[Any], data: st.DataObject
) -> None:
    """A part of the examples has the reads of them all, so that both sides can be told apart."""
    scope = scope_of(*payloads)
    chosen = data.draw(st.lists(st.booleans(), min_size=len(payloads), max_size=len(payloads)))
    part = scope.only(chosen)
    assert [one.expression for one in part.columns] == [one.expression for one in scope.columns]
    assert len(part.rows) == sum(chosen)


@pytest.mark.parametrize(
    ("payload", "printed", "value", "path"),
    [
        ({"crew": {"mate": "Ida"}}, "src.crew.mate", "Ida", "/crew/mate"),
        ({"crew": [{"name": "Ida"}, {"name": "Bo"}]}, "src.crew[0].name", "Ida", "/crew/*/name"),
        (
            {"crew": [{"name": "Ida"}, {"name": "Bo"}]},
            "[x.name for x in src.crew]",
            ["Ida", "Bo"],
            "/crew/*/name",
        ),
        ({"at": [59.5, 10.5]}, "src.at[1]", 10.5, "/at/*"),
        (
            {"crew": [{"rank": "mate", "name": "Ida"}, {"rank": "cook", "name": "Bo"}]},
            "first([x.name for x in src.crew if x.rank == 'cook'])",
            "Bo",
            "/crew/*/name",
        ),
    ],
)
def test_columns__shape_of_a_payload__is_in_reach(
    payload: Any, printed: str, value: Any, path: str
) -> None:
    """Fields, first items, a field of every item, places and picked items can all be read."""
    found = read(scope_of(payload), printed)
    assert found.values == (value,)
    assert found.path == path


def test_columns__a_picked_item__goes_by_the_name_of_what_picks_it() -> None:
    """The likeness of names sees the value that picks an item out, not a star."""
    payload = {"crew": [{"rank": "mate", "name": "Ida"}, {"rank": "cook", "name": "Bo"}]}
    found = read(scope_of(payload), "first([x.name for x in src.crew if x.rank == 'cook'])")
    assert found.said == "/crew/cook/name"


def test_inside__the_items_of_a_loop__reach_items_joined_by_a_key() -> None:
    """Within a loop the items of another array are in reach that a value of the item points to."""
    payload = {
        "legs": [{"to": "b"}, {"to": "a"}],
        "ports": [{"id": "a", "sea": "North"}, {"id": "b", "sea": "Baltic"}],
    }
    inside = scope_of(payload).inside("leg", "/legs/*", [payload["legs"]])
    found = read(inside, "first([x.sea for x in src.ports if x.id == leg.to])")
    assert found.values == ("Baltic", "North")
    assert found.name == "leg"


def test_columns__text_that_names_a_key_of_a_map__what_stands_there_is_in_reach() -> None:
    """A map is looked up by a text of the payload that names its keys."""
    first = {"berth": "b1", "depths": {"b1": 4, "b2": 9}}
    second = {"berth": "b7", "depths": {"b7": 6}}
    found = read(scope_of(first, second), "at(src.depths, src.berth)")
    assert found.values == (4, 6)


def test_columns__entries_of_a_map__are_not_looked_up_by_their_own_keys() -> None:
    """What an entry holds is read from the entry, and not again from the map under its key."""
    maps = ({"b1": 4, "b2": 9}, {"b7": 6})
    entries = [[{"key": key, "value": value} for key, value in one.items()] for one in maps]
    inner = scope_of(*({"depths": one} for one in maps)).inside("depth", "/depths", entries)
    printed = {print_expression(one.expression) for one in inner.columns}
    assert "depth.value" in printed
    assert "at(src.depths, depth.key)" not in printed


def test_columns__number_said_to_be_a_position__reads_the_item_from_one_value() -> None:
    """A number that is said to be a position is one, though examples show just the first item."""
    row = {"src": {"lamps": [{"hue": "red"}, {"hue": "green"}], "lit": 0, "tonnes": 0}}
    scope = Scope({"src": ""}, (row,), frozenset({"/lit"}))
    found = [print_expression(one.expression) for one in scope.columns]
    assert "at(src.lamps, src.lit).hue" in found
    assert "at(src.lamps, src.tonnes).hue" not in found


@pytest.mark.parametrize(
    ("key", "is_picked"), [("object", False), ("scheme", False), ("type", True)]
)
def test_columns__one_item_each_with_the_same_value__picked_by_what_tells_kinds(
    key: str, is_picked: bool
) -> None:
    """What all items have picks none of them out; a kind says that there are others."""
    scope = scope_of(*({"crew": [{key: "member", "name": name}]} for name in ("Ida", "Bo")))
    printed = {print_expression(one.expression) for one in scope.columns}
    assert (f"first([x.name for x in src.crew if x.{key} == 'member'])" in printed) == is_picked
    assert "src.crew[0].name" in printed
