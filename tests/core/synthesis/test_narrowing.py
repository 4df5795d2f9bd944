"""Which part of a payload is looked at when all of it explains nothing."""

from __future__ import annotations

from typing import Any

from agent.core.matching.score import name_similarity
from agent.core.synthesis.alignment import scalars_of
from agent.core.synthesis.narrowing import parts_of
from agent.core.synthesis.scope import Scope

PAYLOADS = [
    {"harbour": {"berths": [{"code": "a1", "len": 30}], "pilot": "Bo"}, "tide": {"at": "noon"}},
    {"harbour": {"berths": [{"code": "b2", "len": 40}], "pilot": "Cy"}, "tide": {"at": "dusk"}},
]


def scope(payloads: list[Any]) -> Scope:
    """Return a scope over whole payloads."""
    return Scope({"src": ""}, tuple({"src": payload} for payload in payloads))


def parts(wanted: list[Any], target: str) -> list[set[str]]:
    """Return the source paths that are read in each part, the likeliest part first."""
    asked = [scalars_of(value) for value in wanted]
    found = parts_of(asked, scope(PAYLOADS), lambda one: name_similarity(one.path, target))
    return [{column.path for column in one.columns} for one in found]


def test_parts_of__values_that_stand_in_one_part__the_smallest_that_holds_them() -> None:
    """An array that holds all that is wanted is looked at without what stands around it."""
    first, *_ = parts([[{"id": "a1", "size": 30}], [{"id": "b2", "size": 40}]], "/quays")
    assert {"/harbour/berths/*/code", "/harbour/berths/*/len"} <= first
    assert not any(path.startswith(("/tide", "/harbour/pilot")) for path in first)


def test_parts_of__values_that_stand_nowhere__no_part() -> None:
    """Where no value comes from the payload as it is, no part is likelier than the others."""
    assert parts([["x"], ["y"]], "/quays") == []


def test_part__loop_within_it__reads_the_items_only() -> None:
    """Within a loop over a part, what stands outside the part is out of sight."""
    whole = scope(PAYLOADS)
    berths = next(one for one in whole.columns if one.path == "/harbour/berths")
    part = whole.part(berths)
    items = [value for value in berths.values if isinstance(value, list)]
    inside = part.inside("berth", "/harbour/berths/*", items)
    assert {one.name for one in inside.columns} == {"berth"}


def test_only_and_inside__made_again__are_the_same_scope() -> None:
    """What is known of a part of the examples is known when the same part is taken again."""
    whole = scope(PAYLOADS)
    items = [payload["harbour"]["berths"] for payload in PAYLOADS]
    assert whole.only([True, False]) is whole.only([True, False])
    assert whole.inside("b", "/harbour/berths/*", items) is whole.inside(
        "b", "/harbour/berths/*", [list(own) for own in items]
    )
