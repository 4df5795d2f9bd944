"""How likely each pair of fields belongs together, from its features and its rivals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from agent.core.matching.features import FEATURES
from agent.core.matching.word_tables import Table

CORRESPONDS = 0.2
"""From this likelihood on two fields are said to correspond. Of the thresholds 0.15, 0.2, … it gave
the best F1 on `../shared/matching` under weights fitted on other families."""


@dataclass(frozen=True)
class Weights:
    """What `python -m evals.fit_matching` found; `weights.json` holds them.

    `features` are weights in the order of `FEATURES`; their weighted sum is a pair's strength.
    The logit of a pair is `base`, plus `of_target` times the log of its share among all sources of
    its target, plus `of_source` times that among all targets of its source; `nobody` is the
    strength that "no partner at all" has among them.
    """

    features: tuple[float, ...]
    nobody: float
    base: float
    of_target: float
    of_source: float


@lru_cache(maxsize=1)
def fitted_weights() -> Weights:
    """Return the weights that the product uses."""
    found = json.loads((files("agent.core.matching") / "weights.json").read_text("utf-8"))
    named = found.pop("features")
    return Weights(features=tuple(named[name] for name in FEATURES), **found)


def strengths(features: Table, weights: Weights) -> Table:
    """Return the weighted sum of every pair's features."""
    found: Table = features @ np.asarray(weights.features)
    return found


def likelihoods(strength: Table, weights: Weights) -> Table:
    """Return how likely each pair belongs together given all its rivals, 0 to 1."""
    of_target = log_shares(strength, weights.nobody, axis=0)
    of_source = log_shares(strength, weights.nobody, axis=1)
    rivals = weights.of_target * of_target + weights.of_source * of_source
    return logistic(weights.base + rivals)


def logistic(logit: Table) -> Table:
    """Return the probabilities of logits."""
    made: Table = 1.0 / (1.0 + np.exp(-np.clip(logit, -50.0, 50.0)))
    return made


def log_shares(strength: Table, nobody: float, *, axis: int) -> Table:
    """Return the log of each pair's share among all along an axis and nobody."""
    if strength.size == 0:
        return strength
    made: Table = strength - np.logaddexp(log_mass(strength, axis=axis), nobody)
    return made


def log_mass(strength: Table, *, axis: int) -> Table:
    """Return the log of the sum of the exponentials along an axis, which is kept."""
    top = strength.max(axis=axis, keepdims=True)
    made: Table = top + np.log(np.exp(strength - top).sum(axis=axis, keepdims=True))
    return made
