"""A map of arrays out of one array."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agent.core.proposing import Sample
from agent.pipeline.proposing import Proposed
from tests.core.verify.making import TEXT, array, map_of, obj
from tests.proposers.small_tasks import adapt, make_proposing, make_task, values

LOAF = obj("hue name", hue=TEXT, name=TEXT)
GIVEN = {
    "loaves": [
        {"hue": "red", "name": "a"},
        {"hue": "tan", "name": "b"},
        {"hue": "red", "name": "c"},
    ]
}


def proposed_for(contract: dict[str, Any], *payloads: Any) -> Proposed:
    """Return what is proposed for loaves when these payloads were seen."""
    task = make_task(obj("loaves", loaves=array(LOAF)), contract)
    samples = tuple(Sample(payload, ()) for payload in payloads)
    return make_proposing().propose(replace(task, samples=samples))


def test_propose__map_of_arrays_of_the_items__grouped_by_what_some_share() -> None:
    """Items are grouped by the one text that several of them were seen to share; it is asked."""
    proposed = proposed_for(obj("shelf", shelf=map_of(array(LOAF))), GIVEN)
    first, second, third = GIVEN["loaves"]
    assert adapt(proposed, GIVEN) == {"shelf": {"red": [first, third], "tan": [second]}}
    assert proposed.verification.decision_needed
    undeclared = {"loaves": [{**first, "crumbs": 1}]}
    assert adapt(proposed, undeclared) == {"shelf": {"red": [first]}}


def test_propose__whole_document_is_such_a_map__grouped_too() -> None:
    """The map may be the whole output."""
    proposed = proposed_for(map_of(array(LOAF)), GIVEN)
    assert set(adapt(proposed, GIVEN)) == {"red", "tan"}


def test_propose__no_text_is_shared__not_grouped() -> None:
    """Without a payload in which items share a text nothing says what to group by."""
    proposed = proposed_for(obj("", shelf=map_of(array(LOAF))), {"loaves": GIVEN["loaves"][:2]})
    assert "group_by" not in str(values(proposed))
