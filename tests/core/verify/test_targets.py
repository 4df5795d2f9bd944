"""Which targets come out right."""

from __future__ import annotations

import pytest

from agent.core.values import Json
from agent.core.verify.targets import Outcome, Record, judge_targets

LOAVES = {"baker": "Ann", "loaves": [{"kind": "rye"}, {"kind": "spelt"}]}


def judged(output: Json, *targets: str) -> dict[str, Record]:
    """Return the records of targets on one payload."""
    return judge_targets(targets, [Outcome(LOAVES, output)])


def test_judge_targets__wrong_item__spares_the_array_around_it() -> None:
    """Of an array with rules below it only the number of items counts."""
    output = {"baker": "Ann", "loaves": [{"kind": "rye"}, {"kind": "oat"}]}

    found = judged(output, "/baker", "/loaves", "/loaves/*/kind")

    assert found["/baker"] == found["/loaves"] == Record(right=1)
    assert found["/loaves/*/kind"] == Record(wrong=1)


def test_judge_targets__array_written_whole__counts_all_of_it() -> None:
    """Nothing else answers for what is in it."""
    output = {"baker": "Ann", "loaves": [{"kind": "rye"}, {"kind": "oat"}]}

    assert judged(output, "/loaves")["/loaves"] == Record(wrong=1)


@pytest.mark.parametrize("output", [{"baker": "Ann"}, {**LOAVES, "loaves": []}])
def test_judge_targets__items_missing__blames_items_too(output: Json) -> None:
    """What is not there is not right."""
    found = judged(output, "/loaves", "/loaves/*/kind")

    assert found == {"/loaves": Record(wrong=1), "/loaves/*/kind": Record(wrong=1)}


def test_judge_targets__refused_payload__tells_about_the_refusing_rule_alone() -> None:
    """Nobody knows what the other rules would have given."""
    refused = Outcome(LOAVES, refused_at="/loaves/1/kind")

    found = judge_targets(["/baker", "/loaves/*/kind"], [Outcome(LOAVES, LOAVES), refused])

    assert found == {"/baker": Record(right=1), "/loaves/*/kind": Record(right=1, wrong=1)}


def test_judge_targets__absent_on_both_sides__is_right() -> None:
    """A field that is rightly left out counts as right."""
    assert judged(LOAVES, "/oven")["/oven"] == Record(right=1)
