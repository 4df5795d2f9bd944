from __future__ import annotations

from typing import Any

from tests.core.verify.making import TEXT, enum, obj
from tests.proposers.small_tasks import adapt, note, propose

CONTRACT = obj(
    "id", id=TEXT, road_number=TEXT, boat_number=TEXT, plane_number=TEXT, spare_number=TEXT
)
PAIRS: list[tuple[Any, Any]] = [
    ({"id": "1", "kind": "car", "number": "B-7"}, {"id": "1", "road_number": "B-7"}),
    ({"id": "2", "kind": "car", "number": "K-9"}, {"id": "2", "road_number": "K-9"}),
]
SOURCE = obj("id kind number", id=TEXT, kind=enum("car", "boat", "air.plane"), number=TEXT)


def test_kinds__field_called_like_a_kind__is_fed_for_that_kind_alone() -> None:
    """A field called like one value of an enum takes for that kind what others take otherwise."""
    proposed = propose(SOURCE, CONTRACT, pairs=PAIRS)
    boat = {"id": "3", "kind": "boat", "number": "NO 4"}
    plane = {"id": "4", "kind": "air.plane", "number": "LN-X"}
    car = {"id": "5", "kind": "car", "number": "C-1"}
    assert adapt(proposed, boat) == {"id": "3", "boat_number": "NO 4"}
    assert adapt(proposed, plane) == {"id": "4", "plane_number": "LN-X"}
    assert adapt(proposed, car) == {"id": "5", "road_number": "C-1"}
    assert "only for 'boat'" in note(proposed, "/boat_number").question


def test_kinds__pairs_that_show_the_kind_without_the_field__nothing() -> None:
    """Where a pair shows the kind and not the field, the name tells nothing."""
    shown = ({"id": "6", "kind": "boat", "number": "X"}, {"id": "6", "road_number": "X"})
    proposed = propose(SOURCE, CONTRACT, pairs=[*PAIRS, shown])
    assert "boat_number" not in adapt(proposed, {"id": "3", "kind": "boat", "number": "NO 4"})
