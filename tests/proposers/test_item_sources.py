"""What stands in for an array that the source holds in another form."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.verify.making import INT, TEXT, array, obj
from tests.proposers.small_tasks import adapt, propose, unfed

LOAF = obj("name grams", name=TEXT, grams=INT)


@pytest.mark.parametrize(
    ("after", "contract", "payload", "output"),
    [
        pytest.param(
            obj("prices", prices={"type": "object", "additionalProperties": INT}),
            obj("prices", prices=array(obj("key value", key=TEXT, value=INT))),
            {"prices": {"rye": 4, "oat": 5}},
            {"prices": [{"key": "rye", "value": 4}, {"key": "oat", "value": 5}]},
            id="a map as an array of its entries",
        ),
        pytest.param(
            obj("cakes bakers", cakes=array(TEXT), bakers=array(TEXT)),
            obj("sheet", sheet=array(obj("cake baker", cake=TEXT, baker=TEXT))),
            {"cakes": ["rye", "oat"], "bakers": ["Ada", "Ben"]},
            {"sheet": [{"cake": "rye", "baker": "Ada"}, {"cake": "oat", "baker": "Ben"}]},
            id="two arrays side by side",
        ),
        pytest.param(
            obj("ovens", ovens=array(obj("loaves", loaves=array(LOAF)))),
            obj("stock", stock=array(LOAF)),
            {"ovens": [{"loaves": [{"name": "rye", "grams": 9}]}, {"loaves": []}]},
            {"stock": [{"name": "rye", "grams": 9}]},
            id="arrays within an array",
        ),
        pytest.param(
            obj("hands", hands=array(LOAF)),
            obj("stock", stock=array(LOAF)),
            {"hands": [{"name": "rye", "grams": 9}]},
            {"stock": [{"name": "rye", "grams": 9}]},
            id="an array that only its fields speak for",
        ),
    ],
)
def test_propose__items_in_another_form__made_from_it(
    after: Any, contract: Any, payload: Any, output: Any
) -> None:
    """A contract array without a namesake is made of what holds its fields, and a person asked."""
    proposed = propose(after, contract)
    assert adapt(proposed, payload) == output
    assert proposed.verification.decision_needed


def test_propose__array_was_taken_away__not_made_from_another() -> None:
    """An array of the old source that is gone is not replaced by another one."""
    before = obj("loaves", loaves=array(LOAF))
    after = obj("hands", hands=array(obj("first born", first=TEXT, born=INT)))
    assert "/loaves" in unfed(propose(after, before, before=before))
