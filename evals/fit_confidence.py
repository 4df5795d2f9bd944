"""Fits confidences to what was right on held-out payloads, and says how good they are held apart.

`python -m evals.fit_confidence SUITE … [--write FILE]` proposes for every case of the suites, with
pairs and without, without a model. First for rules (logistic regression), then for whole adapters
from the confidences of their rules (complementary log-log). Figures are of each family under
weights of the others.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.core.confidence.estimating import (
    DECISION_FLOOR,
    adapter_confidence,
    adapter_features,
    rule_confidence,
    rule_features,
)
from agent.core.confidence.signals import Ground
from agent.core.verify.record import Verdict
from evals.reliability import reliability
from evals.runner import make_proposing, run_with
from evals.scoring import Score

PENALTY = 0.3
GROUND_PENALTY = 0.05
"""L2 on the weights; that of a ground is its base rate, and is drawn to even odds by little."""

SPEAK_FOR = frozenset({"likeness", "values", "margin", "left out right", "doubt"})
SPEAK_AGAINST = frozenset({"cost", "doubtful", "left out wrong"})
"""Which way each number counts: for rules in what is right, for adapters in errors expected."""

GROUNDS = frozenset({"base", *Ground})

Weights = Mapping[str, float]
Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """Features of a rule or of an adapter, and whether it was right."""

    family: str
    features: Mapping[str, float]
    is_right: bool


def logistic_logs(total: Column) -> tuple[Column, Column]:
    """Return the logs of P(right) and of P(wrong) as `estimating.logistic` has them."""
    return -np.logaddexp(0.0, -total), -np.logaddexp(0.0, total)


def log_log_logs(total: Column) -> tuple[Column, Column]:
    """Return the logs of P(right) and of P(wrong) as `estimating.log_log` has them."""
    errors = np.exp(np.clip(total, -30.0, 5.0))
    return -errors, np.log(-np.expm1(-errors))


def fit(examples: Sequence[Example], logs: Callable[[Column], tuple[Column, Column]]) -> Weights:
    """Return the weights of the features, by name, under which what came true is likeliest."""
    from scipy.optimize import minimize

    names = sorted({name for one in examples for name in one.features})
    table = np.array([[one.features.get(name, 0.0) for name in names] for one in examples])
    right = np.array([one.is_right for one in examples])
    penalties = np.array([GROUND_PENALTY if name in GROUNDS else PENALTY for name in names])

    def loss(weights: Column) -> float:
        yes, no = logs(table @ weights)
        return float(-np.where(right, yes, no).sum() + (penalties * weights**2).sum() / 2)

    bounds = [_bounds(name) for name in names]
    found = minimize(loss, np.zeros(len(names)), method="L-BFGS-B", bounds=bounds).x
    return {name: round(float(weight), 3) for name, weight in zip(names, found, strict=True)}


def _bounds(name: str) -> tuple[float | None, float | None]:
    """Return where a weight may lie: what speaks for a rule never speaks against it."""
    number = name.rpartition(": ")[2]
    if name in GROUNDS:
        return None, None
    if number in SPEAK_FOR:
        return 0.0, None
    return (None, 0.0) if number in SPEAK_AGAINST else (None, None)


fit_rules = partial(fit, logs=logistic_logs)
fit_adapters = partial(fit, logs=log_log_logs)


def held_apart(
    examples: Sequence[Example], fit_to: Callable[[Sequence[Example]], Weights]
) -> dict[str, Weights]:
    """Return for each family the weights fitted on all others."""
    families = dict.fromkeys(one.family for one in examples)
    return {
        family: fit_to([one for one in examples if one.family != family]) for family in families
    }


def rules_of(scores: Sequence[Score]) -> list[Example]:
    """Return every rule whose confidence is estimated."""
    return [
        Example(score.family, rule_features(rule.note.signals), rule.is_right)
        for score in scores
        for rule in score.rules
        if rule.note.signals is not None and rule.note.signals.ground is not Ground.FIXED
    ]


def adapters_of(scores: Sequence[Score], weights_of: Callable[[str], Weights]) -> list[Example]:
    """Return every adapter that could be approved, its rules as sure as given weights say."""
    return [
        Example(
            score.family,
            adapter_features(
                _confidences(score, weights_of(score.family)),
                pairs=score.pairs,
            ),
            score.is_right,
        )
        for score in _approvable(scores)
    ]


def _approvable(scores: Sequence[Score]) -> list[Score]:
    verdicts = (Verdict.PROVED, Verdict.TESTED)
    return [score for score in scores if score.verdict in verdicts and score.notes]


def _confidences(score: Score, weights: Weights) -> list[float]:
    return [
        note.confidence if note.signals is None else rule_confidence(note.signals, weights)
        for note in score.notes
    ]


def report_lines(scores: Mapping[str, Sequence[Score]]) -> Iterator[str]:
    """Yield how good confidences are, by suite and mode, under weights of other families."""
    everything = [score for some in scores.values() for score in some]
    rules = held_apart(rules_of(everything), fit_rules)
    adapters = held_apart(adapters_of(everything, rules.__getitem__), fit_adapters)
    yield f"{'held apart by family':36} rules   ECE  adapters   ECE  sure  of them wrong"
    for name, some in scores.items():
        said = [
            (rule_confidence(rule.note.signals, rules[score.family]), rule.is_right)
            for score in some
            for rule in score.rules
            if rule.note.signals is not None
        ]
        whole = [
            (
                adapter_confidence(
                    _confidences(one, rules[one.family]),
                    pairs=one.pairs,
                    weights=adapters[one.family],
                ),
                one.is_right,
            )
            for one in _approvable(some)
        ]
        sure = [right for confidence, right in whole if confidence >= DECISION_FLOOR]
        yield (
            f"{name:36} {len(said):5} {reliability(said).error or 0:5.3f} {len(whole):9} "
            f"{reliability(whole).error or 0:5.3f} {len(sure):5} {sure.count(False):14}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Propose, fit, print the held-apart report and the weights, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="+")
    parser.add_argument("--write", type=Path, help="also write the weights here")
    given = parser.parse_args(arguments)
    scores = {
        f"{suite}, {'unpaired' if unpaired else 'with pairs'}": run_with(
            partial(make_proposing, "off"),
            [suite],
            unpaired=unpaired,
            timeout_s=120.0,
            show_progress=True,
        ).scores
        for suite in given.suites
        for unpaired in (False, True)
    }
    print(*report_lines(scores), sep="\n")
    everything = [score for some in scores.values() for score in some]
    rules = fit_rules(rules_of(everything))
    adapters = fit_adapters(adapters_of(everything, lambda _: rules))
    text = json.dumps({"rules": rules, "adapters": adapters}, indent=2) + "\n"
    print(text)
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
