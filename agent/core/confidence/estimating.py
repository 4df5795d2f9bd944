"""P(right) of a rule and of a whole adapter, by fitted weights.

`python -m evals.fit_confidence` finds the weights, in `weights.json`, from rules that were right
or wrong on held-out payloads.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from agent.core.confidence.signals import NUMBERS, SLOPES, Ground, Signals

DECISION_FLOOR = 0.95
"""Below this confidence in an adapter a person decides (DESIGN, section 5)."""

LEAST = 0.02
MOST = 0.995
"""No rule is surer than this of being wrong or right: nothing was tried on all payloads."""

MARGIN_CAP = 4.0
COST_CAP = 8.0

Weights = Mapping[str, float]


@lru_cache(maxsize=1)
def fitted_weights() -> dict[str, dict[str, float]]:
    """Return the weights that the product uses, of rules and of adapters."""
    found: dict[str, dict[str, float]] = json.loads(
        (files("agent.core.confidence") / "weights.json").read_text("utf-8")
    )
    return found


def rule_features(signals: Signals) -> dict[str, float]:
    """Return the named numbers that a rule's weights multiply: one for its ground, its own ones."""
    found = {signals.ground.value: 1.0}
    sort = SLOPES.get(signals.ground)
    numbers = {
        "likeness": signals.likeness,
        "values": math.log1p(signals.values),
        "cost": min(signals.cost, COST_CAP),
        "margin": min(signals.margin, MARGIN_CAP),
        "doubtful": float(signals.is_doubtful),
        "left out right": math.log1p(signals.left_out_right),
        "left out wrong": math.log1p(signals.left_out_wrong),
    }
    for name in NUMBERS[sort] if sort else ():
        found[f"{sort}: {name}"] = numbers[name]
    return found


def rule_confidence(signals: Signals, weights: Weights | None = None) -> float:
    """Return P(the target of a rule is right on all unseen payloads), by the fitted weights.

    A required field whose value the contract fixes can have no other one.
    """
    if signals.ground is Ground.FIXED:
        return MOST
    chosen = fitted_weights()["rules"] if weights is None else weights
    return round(min(max(logistic(chosen, rule_features(signals)), LEAST), MOST), 3)


def adapter_features(confidences: Iterable[float], *, pairs: int) -> dict[str, float]:
    """Return the named numbers that speak for a whole adapter, from its rules' confidences.

    An adapter is about as doubtful as its most doubtful rule: rules err together. `pairs` counts
    the paired samples that it meets.
    """
    return {
        "base": 1.0,
        "doubt": math.log(-math.log(min(max(min(confidences, default=MOST), LEAST), MOST))),
        "pairs": math.log1p(pairs),
    }


def adapter_confidence(
    confidences: Iterable[float], *, pairs: int, weights: Weights | None = None
) -> float:
    """Return P(every target is right on all unseen payloads), by the fitted weights.

    It may be more than what was said of a rule alone: with all pairs met, each is surer. Without
    pairs, or with one that explains everything and tries nothing, nothing makes the whole surer
    than its most doubtful rule.
    """
    chosen = fitted_weights()["adapters"] if weights is None else weights
    rules = list(confidences)
    found = log_log(chosen, adapter_features(rules, pairs=pairs))
    return found if pairs > 1 else min([found, *rules])


def logistic(weights: Weights, features: Mapping[str, float]) -> float:
    """Return the probability of a weighted sum of features."""
    return 1.0 / (1.0 + math.exp(-_total(weights, features)))


def log_log(weights: Weights, features: Mapping[str, float]) -> float:
    """Return the probability of no error where a weighted sum is the log of how many to expect."""
    return math.exp(-math.exp(_total(weights, features)))


def _total(weights: Weights, features: Mapping[str, float]) -> float:
    total = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return max(min(total, 50.0), -50.0)
