"""Counting scores together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.proposing import RuleNote
from evals.rules import RuleScore
from evals.scoring import Outcome, Score
from evals.summary import adapter_reliability, rule_reliability, summarise, top_reasons


def score(
    outcome: Outcome,
    *,
    is_feasible: bool = True,
    verdict: str = "tested",
    confidence: float | None = 0.9,
    is_decision_needed: bool = False,
    exact: int = 0,
    valid: int = 0,
    reason_kind: str = "",
) -> Score:
    """Return a score over four payloads."""
    return Score(
        family="f",
        case="c",
        consumer="x",
        is_feasible=is_feasible,
        outcome=outcome,
        reason=reason_kind and f"{reason_kind}!",
        reason_kind=reason_kind,
        payloads=4 if is_feasible else 0,
        exact=exact,
        valid=valid,
        verdict=verdict,
        confidence=confidence,
        is_decision_needed=is_decision_needed,
        seconds=2.0,
    )


def test_summarise__of_mixed_scores__counts_as_section_9_says() -> None:
    """Solved and payload figures are over feasible consumers, refusals over all."""
    summary = summarise(
        [
            score(Outcome.SOLVED, exact=4, valid=4),
            score(Outcome.SOLVED, exact=4, valid=4, is_decision_needed=True, verdict="proved"),
            score(Outcome.WRONG, exact=1, valid=3),
            score(Outcome.WRONGLY_REFUSED, verdict="infeasible", is_decision_needed=True),
            score(
                Outcome.REFUSED, is_feasible=False, verdict="infeasible", is_decision_needed=True
            ),
            score(Outcome.NOT_REFUSED, is_feasible=False),
            score(Outcome.FAILED, verdict="", confidence=None, is_decision_needed=True),
        ]
    )

    assert (summary.solved, summary.feasible, summary.solved_share) == (2, 5, 0.4)
    assert summary.payload_accuracy == 9 / 20
    assert summary.valid_share == 11 / 20
    assert summary.silent_wrong == 2
    assert (summary.asked_share, summary.proved_share) == (0.5, 0.5)
    assert (summary.refusal_precision, summary.refusal_recall) == (0.5, 0.5)
    assert (summary.failed, summary.seconds_mean, summary.seconds_max) == (1, 2.0, 2.0)


def test_summarise__of_nothing__has_no_rates() -> None:
    """A rate over nothing is None, not zero and not one."""
    summary = summarise([])

    assert summary.solved_share is None
    assert summary.refusal_recall is None
    assert summary.calibration_error is None


def test_adapter_reliability__of_confidence_that_comes_true__is_zero() -> None:
    """Nine right in ten at confidence 0.9 are calibrated."""
    scores = [score(Outcome.SOLVED)] * 9 + [score(Outcome.WRONG)]

    assert adapter_reliability(scores).error == pytest.approx(0.0)


def test_adapter_reliability__over_bins__weights_each_by_its_size() -> None:
    """Two bins, off by 0.5 and by 0.25, of one and three scores."""
    scores = [score(Outcome.SOLVED, confidence=0.5)]
    scores += [score(Outcome.WRONG, confidence=0.25)] * 3

    assert adapter_reliability(scores).error == pytest.approx((0.5 + 3 * 0.25) / 4)


def test_adapter_reliability__of_refusals_and_unknowns__leaves_them_out() -> None:
    """A refusal and a missing confidence say nothing about an adapter."""
    refused = score(Outcome.WRONGLY_REFUSED, verdict="infeasible")

    assert adapter_reliability([refused, score(Outcome.FAILED, confidence=None)]).error is None


def test_adapter_reliability__at_full_confidence__falls_into_the_last_bin() -> None:
    """A confidence of exactly 1 has a bin."""
    found = adapter_reliability([score(Outcome.WRONG, confidence=1.0)])

    assert found.error == pytest.approx(1.0)


def test_top_reasons__of_many_failures__counts_the_commonest_first() -> None:
    """Reasons come by count, then by name, each with its first example; right ones have none."""
    scores = [
        score(Outcome.WRONG, reason_kind="b"),
        score(Outcome.WRONG, reason_kind="a"),
        score(Outcome.WRONG, reason_kind="c"),
        score(Outcome.WRONG, reason_kind="c"),
        score(Outcome.SOLVED),
    ]

    reasons = top_reasons(scores, limit=2)

    assert [(one.kind, one.count) for one in reasons] == [("c", 2), ("a", 1)]
    assert reasons[0].example == "f/c x: c!"


def test_rule_reliability__of_rules__counts_each_on_its_own() -> None:
    """Two rules of one adapter, one of them right, are two statements."""
    rules = tuple(
        RuleScore(RuleNote(f"/{number}", 0.75), is_right=number == 0) for number in range(2)
    )
    found = rule_reliability([replace(score(Outcome.WRONG), rules=rules)])

    assert found.error == pytest.approx(0.25)
    assert [(one.count, one.share) for one in found.bins] == [(2, 0.5)]
