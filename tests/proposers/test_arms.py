"""A bakery's source has fields of several kinds; pairs show only some of them."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.schema import make_schema
from agent.proposers.arms import Arms
from tests.core.verify.making import INT, TEXT, array, obj
from tests.proposers.small_tasks import adapt, propose

BAKER = {"anyOf": [obj("id name", id=TEXT, name=TEXT), TEXT]}
TEXT_OR_INT = {"type": ["string", "integer"]}
ONE_OR_MORE = {"type": ["string", "array"], "items": TEXT}


@pytest.mark.parametrize(
    ("schema", "read", "completed"),
    [
        (BAKER, "src.f.id", "src.f.id if is_object(src.f) else src.f"),
        (BAKER, "src.f.name", "src.f.name if is_object(src.f) else absent()"),
        (obj("id", id=TEXT), "src.f.id", "src.f.id"),
        ({}, "src.f.id", "src.f.id"),
    ],
)
def test_completed__read_through_a_union__asks_whether_there_is_an_object(
    schema: Any, read: str, completed: str
) -> None:
    """A text stands for the identifier of an object, and for none of its other fields."""
    arms = Arms(make_schema(obj("f", f=schema)))
    assert print_expression(arms.completed(parse(read), {"src": ""})) == completed


@pytest.mark.parametrize(
    ("schema", "contract", "taken"),
    [
        (TEXT_OR_INT, TEXT, "src.f if is_text(src.f) else absent()"),
        (TEXT_OR_INT, INT, "src.f if is_number(src.f) else absent()"),
        (TEXT_OR_INT, TEXT_OR_INT, "src.f"),
        (ONE_OR_MORE, array(TEXT), "src.f if is_array(src.f) else [src.f]"),
    ],
)
def test_taken__union_that_the_contract_has_not__as_the_contract_can_take_it(
    schema: Any, contract: Any, taken: str
) -> None:
    """What a contract does not take is converted where that is harmless, else left out."""
    arms = Arms(make_schema(obj("f", f=schema)))
    target = make_schema(obj("", f=contract)).field("/f")
    assert target is not None
    assert print_expression(arms.taken(parse("src.f"), target, {"src": ""})) == taken


def test_taken__text_that_the_contract_requires__is_made_of_any_scalar() -> None:
    """A required text is rather written out than left out."""
    arms = Arms(make_schema(obj("f", f=TEXT_OR_INT)))
    target = make_schema(obj("f", f=TEXT)).field("/f")
    assert target is not None
    assert print_expression(arms.taken(parse("src.f"), target, {"src": ""})) == "text(src.f)"


OVEN = obj("", number=INT, name=TEXT)


def test_propose__union_split_over_two_fields__each_takes_its_own_arm() -> None:
    """What one field does not take of a union goes to the one beside it that does."""
    after = obj("oven", oven=TEXT_OR_INT)
    contract = obj("oven", oven=OVEN)
    pairs = [({"oven": number}, {"oven": {"number": number}}) for number in (1, 2, 3)]
    proposed = propose(after, contract, pairs=pairs)
    assert adapt(proposed, {"oven": 7}) == {"oven": {"number": 7}}
    assert adapt(proposed, {"oven": "big"}) == {"oven": {"name": "big"}}


def test_propose__two_alternatives_for_one_union__both_are_read() -> None:
    """Where an object has one of two fields, a field that takes both kinds reads both."""
    after = obj("oven", oven=OVEN)
    contract = obj("oven", oven=TEXT_OR_INT)
    pairs = [({"oven": {"number": number}}, {"oven": number}) for number in (1, 2, 3)]
    proposed = propose(after, contract, pairs=pairs)
    assert adapt(proposed, {"oven": {"name": "big"}}) == {"oven": "big"}


def test_propose__pairs_with_one_arm_of_a_union__the_other_arm_is_read_too() -> None:
    """A payload with the arm that no pair shows is adapted, not refused."""
    after = obj("baker loaf", baker=BAKER, loaf=TEXT)
    contract = obj("baker loaf", baker=TEXT, loaf=TEXT)
    pairs = [
        ({"baker": {"id": key, "name": key * 2}, "loaf": "rye"}, {"baker": key, "loaf": "rye"})
        for key in ("a", "b", "c")
    ]
    proposed = propose(after, contract, pairs=pairs)
    assert adapt(proposed, {"baker": "z", "loaf": "rye"}) == {"baker": "z", "loaf": "rye"}
