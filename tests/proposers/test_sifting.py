"""Which items a contract wants, and in which order."""

from __future__ import annotations

from typing import Any

from tests.core.verify.making import BOOL, NUMBER, TEXT, array, enum, map_of, obj
from tests.proposers.small_tasks import adapt, note, propose

OVEN = obj("id is_broken is_lit", id=TEXT, heat=NUMBER, is_broken=BOOL, is_lit=BOOL)
OVENS = [
    {"id": "c", "heat": 3, "is_broken": True, "is_lit": True},
    {"id": "b", "is_broken": False, "is_lit": False},
    {"id": "a", "heat": 1, "is_broken": False, "is_lit": False},
    {"id": "d", "heat": 4, "is_broken": False, "is_lit": True},
]


def made(description: str, *, required: str = "id", **fields: Any) -> Any:
    """Return the ids of what becomes of four ovens under a description of the list."""
    item = obj(required, id=TEXT, **fields)
    target = obj("ovens", ovens={**array(item), "description": description})
    proposed = propose(obj("ovens", ovens=array(OVEN)), target)
    return proposed, "".join(one["id"] for one in adapt(proposed, {"ovens": OVENS})["ovens"])


def test_propose__only_with_flags_denied__items_without_them() -> None:
    """ "Only ... neither a nor b" leaves out the items of which a flag is true, and asks."""
    proposed, ids = made("Only ovens that are neither broken nor lit.")
    assert ids == "ba"
    assert note(proposed, "/ovens").question
    assert proposed.verification.decision_needed


def test_propose__only_and_a_required_part__items_that_have_it() -> None:
    """What "only" some items are wanted for must be there, where the contract requires it."""
    _, ids = made("Only ovens in use.", required="id heat", heat=NUMBER)
    assert ids == "cad"


def test_propose__nothing_says_only__all_items() -> None:
    """A description that speaks of a flag in passing takes no item away."""
    _, ids = made("Ovens, lit or not.")
    assert ids == "cbad"


def test_propose__sorted_by_a_field__in_that_order() -> None:
    """The order that a description asks for is made by the field that feeds the one it names."""
    _, ids = made("Every oven, sorted by id.")
    assert ids == "abcd"


def test_propose__description_begins_with_a_value__items_of_it() -> None:
    """ "Sold loaves" are those whose closed text says so."""
    item = obj("id state", id=TEXT, state=enum("sold", "fresh"))
    target = obj("loaves", loaves={**array(obj("id", id=TEXT)), "description": "Sold loaves."})
    given = {"loaves": [{"id": "a", "state": "fresh"}, {"id": "b", "state": "sold"}]}
    proposed = propose(obj("loaves", loaves=array(item)), target)
    assert adapt(proposed, given) == {"loaves": [{"id": "b"}]}


def test_propose__called_after_an_optional_part__items_that_have_it() -> None:
    """Of a map that is called after a part of the entries, those without the part are left out."""
    entry = obj("size", size=NUMBER, glaze=obj("hue", hue=TEXT))
    after = obj("loaves", loaves=map_of(entry))
    target = obj("glaze_loaves", glaze_loaves=map_of(obj("hue", hue=TEXT)))
    given = {"loaves": {"a": {"size": 1}, "b": {"size": 2, "glaze": {"hue": "red"}}}}
    assert adapt(propose(after, target), given) == {"glaze_loaves": {"b": {"hue": "red"}}}


def test_propose__optional_list_of_a_required_one__absent_when_empty() -> None:
    """What the source always has and the contract lets be absent is absent when it is empty."""
    after = obj("crumbs", crumbs=array(obj("id", id=TEXT, hue=TEXT)))
    target = obj("", crumbs=array(obj("id", id=TEXT)))
    proposed = propose(after, target)
    assert adapt(proposed, {"crumbs": []}) == {}
    assert adapt(proposed, {"crumbs": [{"id": "a"}]}) == {"crumbs": [{"id": "a"}]}
