"""Fits the few weights of field matching, and says how good they are on systems held apart.

`python -m evals.fit_matching GOLD_FOLDER FIXTURES [--write FILE]`. First the weights of the
features, so that the right partner wins among all rivals (conditional logit, both ways); then
what makes a probability of a strength and of its rivals (logistic regression). Both collections
count the same, and within one every pair of schemas. No weight is below 0: what speaks for a match
never speaks against it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.core.matching.features import FEATURES
from agent.core.matching.weighing import Weights, log_mass, strengths
from agent.core.matching.word_tables import Table
from evals.cases import find_cases
from evals.correspondences import KnownPair, case_pairs, load_gold_pairs
from evals.matching import TablesOf, judge, lines_of
from evals.vectors import FiledEmbedder

PENALTY = 0.004
"""L2 on the weights of the features: six of nine speak of names, and so rise and fall together."""

RIVALS = 60
"""Rivals of one field that the first fit reads, the most alike ones."""

NEAR = 12
"""Partners of each field that the second fit reads; the rest are as good as impossible."""

Column = NDArray[np.float64]


def fit(pairs: Sequence[KnownPair], tables: Sequence[Table], counts: Sequence[float]) -> Weights:
    """Return the weights that fit pairs with the features `tables`, each counting as told."""
    shares = [count / sum(counts) for count in counts]
    features = _fit_features(pairs, tables, shares)
    weights = Weights(tuple(features), nobody=0.0, base=0.0, of_target=0.0, of_source=0.0)
    found = [strengths(table, weights) for table in tables]
    return _fit_rivals(pairs, found, shares, weights)


def _fit_features(
    pairs: Sequence[KnownPair], tables: Sequence[Table], pair_shares: Sequence[float]
) -> Column:
    """Return the weights under which right partners are likeliest among their rivals."""
    from scipy.optimize import minimize

    rows, right, starts, shares = _contests(pairs, tables, pair_shares)
    sizes = np.diff(np.append(starts, len(rows)))

    def loss(weights: Column) -> tuple[float, Column]:
        strength = rows @ weights
        of_all, all_mass = _softmax(strength, starts, sizes)
        of_right, right_mass = _softmax(np.where(right, strength, -1e9), starts, sizes)
        value = float((shares * (all_mass - right_mass)).sum())
        slope = rows.T @ (np.repeat(shares, sizes) * (of_all - of_right))
        return value + PENALTY / 2 * float(weights @ weights), slope + PENALTY * weights

    bounds = [(0.0, None)] * rows.shape[1]
    found: Column = minimize(
        loss, np.ones(rows.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds
    ).x
    return found


def _softmax(strength: Column, starts: Any, sizes: Any) -> tuple[Column, Column]:
    """Return each share within its contest, and the log of each contest's mass."""
    top = np.maximum.reduceat(strength, starts)
    mass = np.exp(strength - np.repeat(top, sizes))
    total = np.add.reduceat(mass, starts)
    return mass / np.repeat(total, sizes), top + np.log(total)


def _contests(
    pairs: Sequence[KnownPair], tables: Sequence[Table], pair_shares: Sequence[float]
) -> tuple[Table, NDArray[np.bool_], NDArray[np.intp], Column]:
    """Return the features of all rivals, who is right, where contests start and what they count."""
    rows, right, sizes, shares = [], [], [], []
    for pair, whole, count in zip(pairs, tables, pair_shares, strict=True):
        table, marks = whole[:, pair.judged], pair.marks[:, pair.judged]
        for one, gold in ((table, marks), (table.transpose(1, 0, 2), marks.T)):
            fields = np.flatnonzero(gold.any(axis=1))
            for at in fields:
                order = np.lexsort((np.arange(gold.shape[1]), -one[at].sum(axis=1), ~gold[at]))
                kept = order[: max(RIVALS, int(gold[at].sum()) + 1)]
                rows.append(one[at, kept])
                right.append(gold[at, kept])
                sizes.append(len(kept))
                shares.append(0.5 * count / len(fields))
    starts = np.cumsum([0, *sizes[:-1]])
    return np.concatenate(rows), np.concatenate(right), starts, np.array(shares)


def _fit_rivals(
    pairs: Sequence[KnownPair],
    found: Sequence[Table],
    shares: Sequence[float],
    weights: Weights,
) -> Weights:
    """Return the weights with what makes a probability of a strength among its rivals."""
    from scipy.optimize import minimize

    cells = [_near(*one) for one in zip(pairs, found, shares, strict=True)]
    strength, of_target, of_source, right, share = (
        np.concatenate(part) for part in zip(*cells, strict=True)
    )

    def loss(guess: Column) -> float:
        base, target, source, nobody = guess
        logit = base + target * (strength - np.logaddexp(of_target, nobody))
        logit = logit + source * (strength - np.logaddexp(of_source, nobody))
        return float((share * _surprise(logit, right)).sum()) + 1e-4 * float(guess @ guess)

    free, positive = (None, None), (0.0, None)
    start = np.array([1.0, 0.7, 0.7, float(np.median(of_target))])
    bounds = [free, positive, positive, free]
    base, target, source, nobody = minimize(loss, start, method="L-BFGS-B", bounds=bounds).x
    return replace(
        weights,
        base=float(base),
        of_target=float(target),
        of_source=float(source),
        nobody=float(nobody),
    )


def _surprise(logit: Column, right: Column) -> Column:
    made: Column = np.logaddexp(0.0, logit) - right * logit
    return made


def _near(
    pair: KnownPair, strength: Table, count: float
) -> tuple[Column, Column, Column, Column, Column]:
    """Return strengths, both masses, rightness and shares of the cells that may be right."""
    near = np.zeros(strength.shape, dtype=bool)
    near[np.arange(len(strength))[:, None], np.argsort(-strength, axis=1)[:, :NEAR]] = True
    near &= np.isin(np.arange(strength.shape[1]), pair.judged)[None, :]
    near |= pair.marks
    of_target = np.broadcast_to(log_mass(strength, axis=0), strength.shape)
    of_source = np.broadcast_to(log_mass(strength, axis=1), strength.shape)
    right = pair.marks[near].astype(float)
    share = np.full(len(right), count / max(1.0, right.sum()))
    return strength[near], of_target[near], of_source[near], right, share


def held_apart(
    pairs: Sequence[KnownPair], tables: Sequence[Table], counts: Sequence[float]
) -> list[Weights]:
    """Return for each pair the weights fitted on all pairs of other families."""
    made = {}
    for family in dict.fromkeys(pair.family for pair in pairs):
        others = [at for at, pair in enumerate(pairs) if pair.family != family]
        made[family] = fit(
            [pairs[at] for at in others],
            [tables[at] for at in others],
            [counts[at] for at in others],
        )
    return [made[pair.family] for pair in pairs]


def to_json(weights: Weights) -> str:
    """Return the weights as the file that the product reads."""
    said = {key: round(value, 3) for key, value in asdict(weights).items() if key != "features"}
    named = zip(FEATURES, weights.features, strict=True)
    features = {name: round(value, 3) for name, value in named}
    return json.dumps({"features": features, **said}, indent=2) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit on everything, print the held-apart report and the weights, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("fixtures", type=Path)
    parser.add_argument("--write", type=Path, help="also write the weights here")
    parser.add_argument("--vectors", type=Path, help="keep embeddings in this .npz file")
    given = parser.parse_args(arguments)
    gold = load_gold_pairs(given.gold)
    cases = [one for folder in find_cases([str(given.fixtures)]) for one in case_pairs(folder)]
    pairs = [*gold, *cases]
    embedder = FiledEmbedder(given.vectors)
    tables = list(map(TablesOf(embedder), pairs))
    embedder.save()
    counts = [1 / len(gold)] * len(gold) + [1 / len(cases)] * len(cases)
    apart = held_apart(pairs, tables, counts)
    for name, chosen in (("gold pairs", range(len(gold))), ("cases", range(len(gold), len(pairs)))):
        print(f"{name}, weights fitted on other families:")
        found = [strengths(tables[at], apart[at]) for at in chosen]
        judged = judge([pairs[at] for at in chosen], found, [apart[at] for at in chosen])
        print(*lines_of(judged), sep="\n")
    text = to_json(fit(pairs, tables, counts))
    print(text)
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
