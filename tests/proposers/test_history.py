from __future__ import annotations

from agent.proposers.history import History, history_of, was_there_before
from tests.core.verify.making import TEXT, obj
from tests.proposers.small_tasks import make_task

BEFORE = obj("order_id note", order_id=TEXT, note=TEXT, a=TEXT, b=TEXT)
AFTER = obj("orderId", orderId=TEXT, a=TEXT, b=TEXT)


def test_history_of__source_renamed__names_the_field_that_it_fed() -> None:
    """A renamed source field is tied to the contract field that it fed."""
    rules = [{"target": "/id", "value": "upper(src.order_id)"}]
    task = make_task(AFTER, obj("id", id=TEXT), before=BEFORE, in_force=rules)
    moved = history_of(task).moved
    assert list(moved) == [("/orderId", "/id")]
    assert 0 < moved["/orderId", "/id"] <= 1


def test_history_of__source_removed__the_field_is_gone() -> None:
    """A contract field whose source was removed is gone, also under a copy."""
    for rules in ([{"target": "/note", "value": "src.note"}], [{"target": "", "copy": "src"}]):
        task = make_task(AFTER, obj("", note=TEXT, a=TEXT), before=BEFORE, in_force=rules)
        assert history_of(task).gone == {"/note"}


def test_history_of__cut_from_the_copy__was_not_fed_by_it() -> None:
    """What a copy leaves out has no history in it."""
    rules = [{"target": "", "copy": "src", "except": ["/note"]}]
    task = make_task(AFTER, obj("", note=TEXT), before=BEFORE, in_force=rules)
    assert not history_of(task).moved
    assert not history_of(task).gone


def test_history_of__rule_over_two_fields__none() -> None:
    """A field made of several has no single source, so that nothing is said about it."""
    rules = [{"target": "/x", "value": "format('{}{}', src.note, src.a)"}]
    task = make_task(AFTER, obj("", x=TEXT), before=BEFORE, in_force=rules)
    assert not history_of(task).moved
    assert not history_of(task).gone


def test_history_of__nothing_in_force__empty() -> None:
    """Without an adapter in force, or without an older version, there is no history."""
    assert history_of(make_task(AFTER, obj("", x=TEXT))) == History()


def test_was_there_before__renamed_field__was() -> None:
    """A field that only moved is no new one, and neither is what lies below it."""
    task = make_task(AFTER, obj("id", id=TEXT), before=BEFORE, in_force=[])

    assert was_there_before(task, "/orderId")
    assert was_there_before(task, "/a")
    assert not was_there_before(task, "/brand_new")
