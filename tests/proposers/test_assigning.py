from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.core.schema import make_schema
from agent.core.synthesis.build import V
from agent.core.synthesis.examples import Read
from agent.proposers.assigning import SHARE_FLOOR, assign
from agent.proposers.choosing import FLOOR, Candidate

FIELD = make_schema({"type": "string"}).fields[0]
SCORES = st.dictionaries(st.sampled_from("abc"), st.floats(0, 1), max_size=3)


def offers(table: dict[str, dict[str, float]]) -> dict[str, tuple[Candidate, ...]]:
    """Return the candidates of a table: target → source → score."""
    return {
        f"/{target}": tuple(
            sorted(
                (
                    Candidate(Read(V, f"/{source}", FIELD, score), V, score, "", False, False)
                    for source, score in row.items()
                ),
                key=lambda one: (-one.score, one.read.path),
            )
        )
        for target, row in table.items()
    }


def chosen(table: dict[str, dict[str, float]]) -> dict[str, str]:
    """Return target → source as assigned."""
    return {path: best.read.path for path, (best, _) in assign(offers(table)).items()}


def test_assign__both_want_the_same__all_together_score_best() -> None:
    """A field gives way where that makes the whole better."""
    table = {"x": {"a": 0.7, "b": 0.65}, "y": {"a": 0.7, "b": 0.1}}
    assert chosen(table) == {"/x": "/b", "/y": "/a"}


def test_assign__second_use_of_a_field__only_when_very_good() -> None:
    """A source field feeds a second contract field only from a high score on."""
    assert chosen({"x": {"a": 0.9}, "y": {"a": 0.8}}) == {"/x": "/a", "/y": "/a"}
    assert chosen({"x": {"a": 0.9}, "y": {"a": 0.7}}) == {"/x": "/a"}


def test_assign__nothing_above_the_floor__left_out() -> None:
    """A target without a candidate above the floor gets none."""
    assert chosen({"x": {"a": FLOOR - 0.01}, "y": {}}) == {}
    assert assign({}) == {}


@given(st.dictionaries(st.sampled_from("xyz"), SCORES, max_size=3))
def test_assign__any_scores__floors_hold_and_alternatives_are_the_rest(
    table: dict[str, dict[str, float]],
) -> None:
    """Nothing below the floor is chosen, sharing needs its own floor, and no candidate is lost."""
    given_offers = offers(table)
    found = assign(given_offers)
    for path, (best, rest) in found.items():
        assert best.score >= FLOOR
        assert {best.read.path, *(one.read.path for one in rest)} == {
            one.read.path for one in given_offers[path]
        }
    by_source: dict[str, list[float]] = {}
    for best, _ in found.values():
        by_source.setdefault(best.read.path, []).append(best.score)
    for scores in by_source.values():
        assert sum(score < SHARE_FLOOR for score in scores) <= 1


def test_assign__other_parts_of_one_field__both_are_fed() -> None:
    """Two fields that take different parts of one source field do not rival."""
    offers = {
        f"/{part}": (Candidate(Read(V, "/a", FIELD, 0.5), V, 0.5, "", False, False, part=part),)
        for part in "xy"
    }
    assert set(assign(offers)) == {"/x", "/y"}
