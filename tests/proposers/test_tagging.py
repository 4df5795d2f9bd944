"""One list of tagged items out of several arrays."""

from __future__ import annotations

from tests.core.verify.making import TEXT, array, enum, obj
from tests.proposers.small_tasks import adapt, propose, unfed, values

PART = obj("name", name=TEXT, note=TEXT)
AFTER = obj("", topCrust=array(PART), baseLayer=array(PART), crumbs=array(PART))
KIND = enum("top-crust", "base-layer", "rim")


def test_propose__arrays_called_like_tags__joined_in_their_order() -> None:
    """Items of arrays that are called like the values of a tag get the tag, one array by one."""
    item = obj("kind part", kind=KIND, part=PART)
    proposed = propose(AFTER, obj("", parts=array(item)))
    given = {"baseLayer": [{"name": "b"}], "topCrust": [{"name": "t", "note": "n"}]}
    assert adapt(proposed, given) == {
        "parts": [
            {"kind": "top-crust", "part": {"name": "t", "note": "n"}},
            {"kind": "base-layer", "part": {"name": "b"}},
        ]
    }
    assert adapt(proposed, {}) == {}
    assert proposed.verification.decision_needed


def test_propose__fields_beside_the_tag__taken_by_their_names() -> None:
    """Fields of the items may stand beside the tag."""
    item = obj("kind name", kind=KIND, name=TEXT)
    proposed = propose(AFTER, obj("parts", parts=array(item)))
    assert adapt(proposed, {"baseLayer": [{"name": "b", "note": "n"}]}) == {
        "parts": [{"kind": "base-layer", "name": "b"}]
    }


def test_propose__items_lack_what_is_required__nothing_joined() -> None:
    """Arrays whose items lack a required field are not joined."""
    item = obj("kind weight", kind=KIND, weight=TEXT)
    assert unfed(propose(AFTER, obj("", parts=array(item)))) == {"/parts"}


def test_propose__fields_called_after_tag_and_part__one_item_for_each_tag() -> None:
    """`top_name` and `rim_name` are the names of two items; one that is not there has none."""
    after = obj("top_name", top_name=TEXT, rim_name=TEXT, crumbs=TEXT)
    item = obj("kind name", kind=enum("top", "rim"), name=TEXT)
    proposed = propose(after, obj("parts", parts=array(item)))
    assert adapt(proposed, {"top_name": "t", "rim_name": "r"}) == {
        "parts": [{"kind": "top", "name": "t"}, {"kind": "rim", "name": "r"}]
    }
    assert adapt(proposed, {"top_name": "t"}) == {"parts": [{"kind": "top", "name": "t"}]}
    assert proposed.verification.decision_needed


def test_propose__a_tag_without_fields__nothing_put_together() -> None:
    """Where the fields of one tag are lacking the list is not made of the others."""
    after = obj("top_name", top_name=TEXT)
    item = obj("kind name", kind=enum("top", "rim"), name=TEXT)
    assert "'kind': 'top'" not in str(values(propose(after, obj("", parts=array(item)))))


NAMED = obj("name", name=TEXT)
CAKE = obj("title", title=TEXT, topCrust=array(NAMED), baseLayer=array(NAMED))
PARTS = obj("", parts=array(obj("kind part", kind=KIND, part=NAMED)))
GIVEN = {"title": "Opera", "topCrust": [{"name": "t"}]}


def test_propose__a_pair_that_shows_one_tag__all_tags_joined() -> None:
    """One pair with one of the arrays confirms what the names say of both."""
    shown = {"parts": [{"kind": "top-crust", "part": {"name": "t"}}]}
    proposed = propose(CAKE, PARTS, pairs=[(GIVEN, shown)])
    assert adapt(proposed, {"title": "Rye", "baseLayer": [{"name": "b"}]}) == {
        "parts": [{"kind": "base-layer", "part": {"name": "b"}}]
    }


def test_propose__a_pair_with_another_tag__not_joined_by_names() -> None:
    """What a pair denies is not put together by names."""
    shown = {"parts": [{"kind": "rim", "part": {"name": "t"}}]}
    proposed = propose(CAKE, PARTS, pairs=[(GIVEN, shown)])
    assert "base-layer" not in str(values(proposed))
