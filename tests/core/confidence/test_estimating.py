"""Probabilities of rules and of adapters from what speaks for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.confidence.estimating import (
    LEAST,
    MOST,
    adapter_confidence,
    fitted_weights,
    rule_confidence,
    rule_features,
)
from agent.core.confidence.settling import DECISION_FLOOR, settled
from agent.core.confidence.signals import Ground, Signals
from agent.core.proposing import RuleNote

PAIRED = Signals(Ground.PAIRS, likeness=0.6, values=2, cost=1.0, margin=1.0)


@pytest.mark.parametrize(
    "better",
    [
        {"likeness": 0.9},
        {"values": 5},
        {"cost": 0.0},
        {"margin": 3.0},
        {"left_out_right": 3},
    ],
)
def test_rule_confidence__more_that_speaks_for_it__is_surer(better: dict[str, float]) -> None:
    """Each signal counts on its own, in the direction that anybody would expect."""
    assert rule_confidence(replace(PAIRED, **better)) > rule_confidence(PAIRED)  # type: ignore[arg-type]


@pytest.mark.parametrize("worse", [{"unseen": 2}, {"is_doubtful": True}, {"left_out_wrong": 2}])
def test_rule_confidence__more_that_speaks_against_it__is_less_sure(worse: dict[str, int]) -> None:
    """What no pair shows, and what went wrong on a pair left out, are doubts."""
    assert rule_confidence(replace(PAIRED, **worse)) < rule_confidence(PAIRED)  # type: ignore[arg-type]


@pytest.mark.parametrize("ground", list(Ground))
def test_rule_confidence__of_any_ground__is_never_certain(ground: Ground) -> None:
    """No rule was tried on all payloads."""
    sure = Signals(ground, likeness=1.0, values=99, margin=99.0, left_out_right=99)

    assert LEAST <= rule_confidence(sure) <= MOST


def test_fitted_weights__name_features_that_exist() -> None:
    """A weight of a feature that nobody computes would be a lie."""
    known = {name for ground in Ground for name in rule_features(Signals(ground))}

    assert fitted_weights()["rules"].keys() <= known


def test_adapter_confidence__is_no_more_than_that_of_its_weakest_rule() -> None:
    """All targets right means that each of them is."""
    assert adapter_confidence([0.995, 0.6, 0.9], pairs=9, is_proved=True) <= 0.6


def test_adapter_confidence__proof_and_pairs__raise_it() -> None:
    """Both are evidence beyond the rules."""
    plain = adapter_confidence([0.9, 0.9], pairs=1, is_proved=False)

    assert adapter_confidence([0.9, 0.9], pairs=1, is_proved=True) > plain
    assert adapter_confidence([0.9, 0.9], pairs=4, is_proved=False) > plain


@pytest.mark.parametrize(
    ("ground", "confidence", "is_open"),
    [
        (Ground.PAIRS, DECISION_FLOOR, False),
        (Ground.PAIRS, DECISION_FLOOR - 0.01, True),
        (Ground.CONSTANT, 0.99, True),
        (Ground.DEFAULT, 0.99, True),
    ],
)
def test_settled__sure_rule__is_ambiguous_no_longer_unless_no_field_says_so(
    ground: Ground, confidence: float, is_open: bool
) -> None:
    """A constant that no source field explains is asked about, however sure it looks."""
    note = RuleNote("/loaf", confidence, is_ambiguous=True, signals=Signals(ground))

    assert settled(note).is_ambiguous is is_open


def test_settled__rule_of_a_model__stays_open() -> None:
    """Nothing is known of it but what the model said."""
    assert settled(RuleNote("/loaf", 0.99, is_ambiguous=True)).is_ambiguous
