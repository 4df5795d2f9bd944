"""Arrays that are shown in another order, or without their first or last items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agent.core.language.printer import print_expression
from tests.core.synthesis.test_explaining import explained, learnt
from tests.core.verify.making import INT, array, obj

Days = list[dict[str, int]]
CONTRACT = obj("days", days=array(obj("day t", day=INT, t=INT)))
WEEKS: list[Days] = [
    [{"d": 101, "t": 9}, {"d": 102, "t": 7}, {"d": 103, "t": 8}],
    [{"d": 104, "t": 5}, {"d": 105, "t": 3}],
    [{"d": 106, "t": 4}, {"d": 107, "t": 8}, {"d": 108, "t": 1}, {"d": 109, "t": 2}],
]


def coldest(days: Days) -> Days:
    """Return the two coldest days, the coldest first."""
    return sorted(days, key=lambda one: one["t"])[:2]


@pytest.mark.parametrize(
    "left",
    [
        lambda days: days[1:],
        lambda days: days[2:],
        lambda days: days[:-1],
        lambda days: days[:2],
        coldest,
    ],
)
def test_explain__array_without_some_of_its_items__is_cut(left: Callable[[Days], Days]) -> None:
    """All but today, all but the last, the first two, the two coldest."""

    def shown(days: Days) -> Any:
        return {"days": [{"day": one["d"], "t": one["t"]} for one in left(days)]}

    pairs = [({"days": days}, shown(days)) for days in WEEKS]
    other = [{"d": 200 + place, "t": 9 - place} for place in range(5)]
    assert learnt(CONTRACT, pairs, {"days": other}) == shown(other)


def test_explain__one_array_alone__shows_no_cut() -> None:
    """What is missing once may be missing for any reason."""
    left = [{"day": one["d"], "t": one["t"]} for one in WEEKS[0][1:]]
    made = explained(CONTRACT, [({"days": WEEKS[0]}, {"days": left})])
    assert made is None or "[1:]" not in print_expression(made.expression)
