"""What a model adds and breaks, told from two reports over the same consumers."""

from __future__ import annotations

from pathlib import Path

from evals.memory_lift import compare
from evals.model.gain import gain_of, render, score_of
from evals.model.scores import record, scores
from evals.runner import Report
from evals.scoring import Outcome, Score


def report(*scored: Score) -> Report:
    """Return a report of some scores."""
    return Report(scored, is_unpaired=True, model="off", memory="off", timeout_s=1.0, seconds=1.0)


def score(consumer: str, outcome: Outcome, *, exact: int = 0, is_silent: bool = False) -> Score:
    """Return one score of two payloads."""
    return Score(
        family="bakery",
        case="ovens",
        consumer=consumer,
        is_feasible=outcome is not Outcome.REFUSED,
        outcome=outcome,
        payloads=2,
        exact=exact,
        is_decision_needed=not is_silent,
        model_calls=3,
        model_tokens=100,
        seconds=4.0,
    )


OFF = report(
    score("a", Outcome.WRONG),
    score("b", Outcome.SOLVED, exact=2),
    score("c", Outcome.WRONGLY_REFUSED),
    score("d", Outcome.REFUSED),
)
ON = report(
    score("a", Outcome.SOLVED, exact=2),
    score("b", Outcome.WRONG, exact=1),
    score("c", Outcome.WRONG, is_silent=True),
    score("d", Outcome.REFUSED),
)


def test_gain_of__two_reports__tells_gained_broken_and_silent() -> None:
    """A solved one that is lost, and a new silent wrong, are told by name."""
    gain = gain_of(OFF, ON, seed=7, prompt="sha256:p")
    assert (gain.solved_before, gain.solved_after) == (1, 1)
    assert gain.gained == ("bakery/ovens a",)
    assert gain.broken == ("bakery/ovens b",)
    assert gain.new_silent_wrong == ("bakery/ovens c",)
    text = render(gain)
    assert "12 calls, 400 tokens, 4.0 s per consumer" in text
    assert "broken: bakery/ovens b" in text


def test_record__a_new_prompt__stands_beside_the_one_before(tmp_path: Path) -> None:
    """The score before and after a change of prompts are shown together."""
    path = tmp_path / "scores.json"
    path.write_text("[]", "utf-8")
    for prompt in ("sha256:old", "sha256:new"):
        gain = gain_of(OFF, ON, seed=7, prompt=prompt)
        told = record(score_of(gain, style="choose", suite="s"), path)
    assert [line.split(":")[1] for line in told.splitlines()] == ["old", "new"]
    assert [one.prompt for one in scores(path)] == ["sha256:old", "sha256:new"]
    assert scores(path)[0].broken == 1


def test_compare__memory_on_and_off__counts_the_difference() -> None:
    """The lift of one order: consumers and payloads, gained and lost by name."""
    order = compare(OFF, ON)
    assert (order.solved, order.exact, order.silent_wrong) == (0, 1, 1)
    assert order.gained == ("bakery/ovens a",)
    assert order.lost == ("bakery/ovens b",)
