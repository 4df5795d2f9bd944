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
from agent.core.confidence.signals import Ground, Signals

PAIRED = Signals(Ground.PAIRS, likeness=0.6, values=2, cost=1.0, margin=1.0)


@pytest.mark.parametrize(
    "better",
    [
        {"values": 5},
        {"cost": 0.0},
        {"margin": 3.0},
        {"left_out_right": 3},
    ],
)
def test_rule_confidence__more_that_speaks_for_it__is_surer(better: dict[str, float]) -> None:
    """Each signal counts on its own, in the direction that anybody would expect."""
    assert rule_confidence(replace(PAIRED, **better)) > rule_confidence(PAIRED)  # type: ignore[arg-type]


@pytest.mark.parametrize("worse", [{"is_doubtful": True}, {"left_out_wrong": 2}])
def test_rule_confidence__more_that_speaks_against_it__is_less_sure(worse: dict[str, int]) -> None:
    """A guess, and what went wrong on a pair left out, are doubts."""
    assert rule_confidence(replace(PAIRED, **worse)) < rule_confidence(PAIRED)  # type: ignore[arg-type]


@pytest.mark.parametrize("ground", list(Ground))
def test_rule_confidence__of_any_ground__is_never_certain(ground: Ground) -> None:
    """No rule was tried on all payloads."""
    sure = Signals(ground, likeness=1.0, values=99, margin=99.0, left_out_right=99)

    assert LEAST <= rule_confidence(sure) <= MOST


def test_fitted_weights__numbers__never_count_the_wrong_way() -> None:
    """What speaks for a rule may have no weight, but never one against it."""
    weights = fitted_weights()["rules"]
    for_it = ("likeness", "values", "margin", "left out right")

    assert all(weights[name] >= 0 for name in weights if name.endswith(for_it))
    against = ("cost", ": doubtful", "left out wrong")
    assert all(weights[name] <= 0 for name in weights if name.endswith(against))


def test_fitted_weights__name_features_that_exist() -> None:
    """A weight of a feature that nobody computes would be a lie."""
    known = {name for ground in Ground for name in rule_features(Signals(ground))}

    assert fitted_weights()["rules"].keys() <= known


def test_adapter_confidence__follows_its_most_doubtful_rule() -> None:
    """One doubtful rule makes the whole doubtful, whatever the others are."""
    assert adapter_confidence([0.995, 0.6], pairs=2) < adapter_confidence([0.9, 0.9], pairs=2)


def test_adapter_confidence__more_pairs__are_surer() -> None:
    """Meeting pairs is evidence beyond the rules."""
    assert adapter_confidence([0.9, 0.9], pairs=4) > adapter_confidence([0.9, 0.9], pairs=1)


def test_adapter_confidence__one_pair__no_surer_than_its_most_doubtful_rule() -> None:
    """A single pair explains everything and leaves nothing to try it on."""
    assert adapter_confidence([0.94, 0.99], pairs=1) <= 0.94
    assert adapter_confidence([0.94, 0.99], pairs=2) > 0.94
