"""Arrays: which lengths, places and orders have to be looked at."""

from __future__ import annotations

import itertools

import pytest

from agent.core.inclusion import Verdict, decide
from agent.core.schema import make_schema
from agent.core.values import Json

PAIRS: Json = {"type": "array", "minItems": 2, "maxItems": 2, "items": {"enum": [0, 1]}}
BOTH = [{"contains": {"const": 0}}, {"contains": {"const": 1}}]
SOME_OTHER = {"not": {"items": {"const": 0}}}


def verdict(sub: Json, super: Json) -> Verdict:
    """Return what is said of a pair."""
    return decide(make_schema(sub), make_schema(super)).verdict


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ({"allOf": BOTH}, [[0, 1], [1, 0]]),
        ({"contains": {"const": 1}, "maxContains": 1}, [[0, 1], [1, 0]]),
        (SOME_OTHER, [[0, 1], [1, 0], [1, 1]]),
        ({"not": {"uniqueItems": True}}, [[0, 0], [1, 1]]),
        ({"uniqueItems": True}, [[0, 1], [1, 0]]),
        ({"not": {"uniqueItems": True}, "minItems": 3, "maxItems": 3}, None),
        ({**SOME_OTHER, "minItems": 3, "maxItems": 3}, None),
        ({"allOf": BOTH, "minItems": 3, "maxItems": 3}, None),
    ],
)
def test_enum__that_lacks_one_order_of_the_items__does_not_include(
    said: dict[str, Json], listed: list[Json] | None
) -> None:
    """Every order of alike items is a document of its own: an enum must name each."""
    sub = {**PAIRS, **said}
    if listed is None:
        every = map(list, itertools.product((0, 1), repeat=3))
        listed = [one for one in every if verdict({"const": one}, sub) is Verdict.YES]
    for missing in range(len(listed)):
        rest = [*listed[:missing], *listed[missing + 1 :]]
        assert verdict(sub, {"enum": rest}) is not Verdict.YES


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ({"allOf": BOTH}, [[0, 1], [1, 0]]),
        (SOME_OTHER, [[0, 1], [1, 0], [1, 1]]),
    ],
)
def test_enum__that_names_every_order__includes(said: dict[str, Json], listed: list[Json]) -> None:
    """An enum of all arrays of a finite set includes it."""
    assert verdict({**PAIRS, **said}, {"enum": listed}) is Verdict.YES


def test_enum__of_one_long_array_of_many_alike_orders__is_never_proved() -> None:
    """Arrays that are too long to list in every order are no complete listing."""
    long = {**PAIRS, "minItems": 60, "maxItems": 60, **SOME_OTHER}
    assert verdict(long, {"enum": [[1] + [0] * 59, [0, 1] + [0] * 58]}) is not Verdict.YES


@pytest.mark.parametrize(
    ("count", "expected"), [(1, Verdict.YES), (2, Verdict.YES), (3, Verdict.NO)]
)
def test_contains__of_what_no_item_is_twice__needs_room(count: int, expected: Verdict) -> None:
    """Items that differ in what is counted need a place each."""
    kinds = [{"contains": {"const": value}} for value in range(3)]
    sub = {"type": "array", "allOf": kinds, "maxItems": 3}
    assert verdict(sub, {"minItems": count + 1}) is expected


def test_unique__over_a_finite_set__ends_at_its_size() -> None:
    """Distinct items of a set of three values are at most three, `1` and `1.0` being one."""
    sub = {"type": "array", "uniqueItems": True, "items": {"enum": [1, 1.0, True, "1"]}}
    assert verdict(sub, {"maxItems": 3}) is Verdict.YES
    assert verdict(sub, {"maxItems": 2}) is Verdict.NO


def test_unique__with_prefixes_that_share_values__is_a_matching() -> None:
    """Three places that share two values cannot all differ."""
    places = [{"enum": [0, 1]}, {"enum": [1, 0]}, {"enum": [0, 1]}]
    sub = {"type": "array", "uniqueItems": True, "prefixItems": places}
    assert verdict(sub, {"maxItems": 2}) is Verdict.YES
    assert verdict({**sub, "prefixItems": [*places[:2], {"enum": [1, 2]}]}, {"maxItems": 2}) is (
        Verdict.NO
    )


def test_contains__without_a_fewest__says_nothing() -> None:
    """`minContains` of 0 takes `contains` back; `maxContains` still counts."""
    free = {"contains": {"const": 1}, "minContains": 0}
    assert verdict(True, free) is Verdict.YES
    assert verdict(True, {**free, "maxContains": 1}) is Verdict.NO


def test_repeat__beyond_a_prefix_of_different_places__is_found_at_the_end() -> None:
    """Two equal items may stand where no place is mentioned."""
    sub = {"type": "array", "prefixItems": [{"const": 1}, {"const": 2}]}
    assert verdict(sub, {"uniqueItems": True}) is Verdict.NO
    assert verdict({**sub, "items": False}, {"uniqueItems": True}) is Verdict.YES
    assert verdict({**sub, "items": {"const": 3}, "maxItems": 3}, {"uniqueItems": True}) is (
        Verdict.YES
    )
