from __future__ import annotations

from typing import Any

from tests.core.verify.making import NUMBER, TEXT, array, obj
from tests.proposers.small_tasks import adapt, note, propose

SOURCE = obj("id position", id=TEXT, position=array(NUMBER))
PAIRS: list[tuple[Any, Any]] = [
    ({"id": "1", "position": [4.5, 5.5]}, {"id": "1", "east": 4.5, "north": 5.5}),
    ({"id": "2", "position": [6.5, 7.5]}, {"id": "2", "east": 6.5, "north": 7.5}),
]
PAYLOAD = {"id": "3", "position": [1.5, 2.5, 3.5]}


def test_next_item__one_field_left_of_the_type__takes_the_next_item() -> None:
    """Where two fields take the first items, the only one left takes the third, and asks."""
    contract = obj("id east north", id=TEXT, east=NUMBER, north=NUMBER, up=NUMBER)
    proposed = propose(SOURCE, contract, pairs=PAIRS)
    assert adapt(proposed, PAYLOAD) == {"id": "3", "east": 1.5, "north": 2.5, "up": 3.5}
    assert adapt(proposed, PAIRS[0][0]) == PAIRS[0][1]
    assert "is it item 2" in note(proposed, "/up").question


def test_next_item__two_fields_left_of_the_type__nothing() -> None:
    """Where two fields could take the third item, none does."""
    contract = obj("id east north", id=TEXT, east=NUMBER, north=NUMBER, up=NUMBER, error=NUMBER)
    made = adapt(propose(SOURCE, contract, pairs=PAIRS), PAYLOAD)
    assert made == {"id": "3", "east": 1.5, "north": 2.5}
