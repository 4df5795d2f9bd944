from __future__ import annotations

from typing import Any

import pytest

from tests.core.verify.making import INT, TEXT, map_of, obj
from tests.proposers.small_tasks import adapt, propose

BUOY = obj("id hue", id=TEXT, hue=TEXT, depth=INT)
OLD = obj("id hue", id=TEXT, hue=TEXT, depth=INT)


@pytest.mark.parametrize(
    "in_force",
    [
        pytest.param(
            [{"target": "/id", "value": "src.id"}, {"target": "/hue", "value": "src.hue"}],
            id="a value",
        ),
        pytest.param([{"target": "", "copy": "src"}], id="a copy"),
        pytest.param(
            [
                {
                    "target": "",
                    "rules": [
                        {"target": "/id", "value": "src.id"},
                        {"target": "/hue", "value": "src.hue"},
                    ],
                }
            ],
            id="one row of a group",
        ),
    ],
)
def test_propose__pairs_contradict_a_rule_in_force__only_that_rule_is_learnt_anew(
    in_force: Any,
) -> None:
    """What pairs contradict is not carried over, however little the schema changed; the rest is."""
    hues = ["red", "green", "white"]
    pairs = [
        ({"id": f"b{n}", "hue": hue}, {"id": f"b{n}", "hue": hue.upper()})
        for n, hue in enumerate(hues)
    ]
    proposed = propose(BUOY, BUOY, before=OLD, in_force=in_force, pairs=pairs)
    assert adapt(proposed, {"id": "b9", "hue": "black"}) == {"id": "b9", "hue": "BLACK"}


def test_propose__pairs_agree_with_the_rules_in_force__are_carried_over() -> None:
    """A rule that no pair contradicts stays, even where a simpler one would explain the pairs."""
    rule = [{"target": "/id", "value": "src.id"}, {"target": "/hue", "value": "lower(src.hue)"}]
    pairs = [({"id": "b1", "hue": "red"}, {"id": "b1", "hue": "red"})]
    proposed = propose(BUOY, BUOY, before=OLD, in_force=rule, pairs=pairs)
    assert adapt(proposed, {"id": "b2", "hue": "RED"}) == {"id": "b2", "hue": "red"}


def test_propose__pair_contradicts_a_key_of_a_map__the_whole_map_is_learnt_anew() -> None:
    """Keys of a map are data: what holds for one of them holds for the others."""
    depths = obj("depths", depths=map_of(TEXT))
    hues = ("red", "green", "white")
    pairs = [({"depths": {hue[0]: hue}}, {"depths": {hue[0]: hue.upper()}}) for hue in hues]
    proposed = propose(depths, depths, before=depths, pairs=pairs)
    assert adapt(proposed, {"depths": {"x": "z", "r": "y"}}) == {"depths": {"x": "Z", "r": "Y"}}
