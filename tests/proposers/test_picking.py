"""Fields out of the items of an array that they are called after."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.verify.making import BOOL, TEXT, array, obj
from tests.proposers.small_tasks import adapt, note, propose, rules, unfed, values

KIND = {"type": "string", "examples": ["day", "night"]}
PHONES = array(obj("kind value", kind=KIND, value=TEXT))
CALLS = {"phones": [{"kind": "day", "value": "1"}, {"kind": "night", "value": "2"}]}


def told(schema: dict[str, Any], description: str) -> dict[str, Any]:
    """Return a schema that says something of itself."""
    return {**schema, "description": description}


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(obj("", night_phone=TEXT), id="called like a value"),
        pytest.param(
            obj("", night_phone=told(TEXT, "The phone whose kind is night.")),
            id="and described with it",
        ),
    ],
)
def test_propose__field_called_like_a_value_of_items__that_item(target: dict[str, Any]) -> None:
    """A field that is called like a value of the items is read of the item that has it."""
    proposed = propose(obj("phones", phones=PHONES), target)
    assert adapt(proposed, CALLS) == {"night_phone": "2"}
    assert adapt(proposed, {"phones": CALLS["phones"][:1]}) == {}
    assert note(proposed, "/night_phone").is_ambiguous
    assert proposed.verification.decision_needed


def test_propose__field_described_by_a_value_of_items__that_item() -> None:
    """A description that says which value an item has is enough."""
    target = obj("", phone=told(TEXT, "The one of kind night."))
    assert adapt(propose(obj("phones", phones=PHONES), target), CALLS) == {"phone": "2"}


def test_propose__two_fields_of_one_field_of_items__each_has_its_own() -> None:
    """Two fields are fed from one field of different items."""
    target = obj("", night_phone=TEXT, day_phone=TEXT)
    made = adapt(propose(obj("phones", phones=PHONES), target), CALLS)
    assert made == {"night_phone": "2", "day_phone": "1"}


def test_propose__list_called_like_a_value__all_such_items() -> None:
    """A list takes the values of all items that it is called after."""
    target = obj("night_phones", night_phones=array(TEXT))
    made = adapt(propose(obj("phones", phones=PHONES), target), CALLS)
    assert made == {"night_phones": ["2"]}


def test_propose__objects_called_like_a_value__only_those_items() -> None:
    """An array of objects takes the items that it is called after."""
    target = obj("night_phones", night_phones=PHONES)
    made = adapt(propose(obj("phones", phones=PHONES), target), CALLS)
    assert made == {"night_phones": CALLS["phones"][1:]}


def test_propose__object_called_like_a_value__that_item() -> None:
    """An object is made of the item that it is called after, and left out without one."""
    target = obj("", night_phone=obj("value", value=TEXT))
    proposed = propose(obj("phones", phones=PHONES), target)
    assert adapt(proposed, CALLS) == {"night_phone": {"value": "2"}}
    assert adapt(proposed, {"phones": []}) == {}


def test_propose__items_with_a_main_one__its_value() -> None:
    """Where one item is marked as the main one, a plain field is read of it."""
    item = obj("nick main", nick=TEXT, main=BOOL)
    proposed = propose(obj("names", names=array(item)), obj("nick", nick=TEXT))
    given = {"names": [{"nick": "a", "main": False}, {"nick": "b", "main": True}]}
    assert adapt(proposed, given) == {"nick": "b"}
    assert proposed.verification.decision_needed


def test_propose__items_without_a_main_one__the_first() -> None:
    """Elsewhere the first item stands for all, and a person is asked."""
    item = obj("nick town", nick=TEXT, town=TEXT)
    proposed = propose(obj("names", names=array(item)), obj("nick", nick=TEXT))
    assert values(proposed)["/nick"].startswith("require(src.names[0].nick")
    assert proposed.verification.decision_needed


def test_propose__optional_object_like_nothing__not_made_of_first_items() -> None:
    """An optional object is not put together from fields of items that are only called alike."""
    after = obj("names", names=array(obj("nick town", nick=TEXT, town=TEXT)))
    proposed = propose(after, obj("", rival=obj("nick", nick=TEXT)))
    assert rules(proposed) == []
    assert unfed(proposed) == {"/rival"}


@pytest.mark.parametrize(("which", "expected"), [("first", "a"), ("last", "c")])
def test_propose__described_by_the_first_or_last_item__its_field(which: str, expected: str) -> None:
    """ "Site of the last stop" is the site of the last of the stops, and a person is asked."""
    after = obj("stops", stops=array(obj("site", site=TEXT, hue=TEXT)))
    target = obj("end", end=told(TEXT, f"Site of the {which} stop."))
    proposed = propose(after, target)
    given = {"stops": [{"site": "a"}, {"site": "b"}, {"site": "c"}]}
    assert adapt(proposed, given) == {"end": expected}
    assert proposed.verification.decision_needed
