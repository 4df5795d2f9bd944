"""How good field matching is on pairs of schemas with known correspondences.

`python -m evals.matching FOLDER [--vectors FILE]`. Every figure is the mean over pairs of schemas
(all fields together in brackets):

- MRR: over source fields with a partner, one over the place of the first right target; ties share
  their middle place.
- F1: of the correspondences that the one-to-one assignment of highest total likelihood makes
  above the threshold, against all of gold. Gold is many-to-many, so 1 is out of reach.
- F1 by field: of the best target of every source field where it is above the threshold; right is
  any target that gold gives it, and every source field with a partner is to be found.
- ECE: of the likelihood of every source field's best target, in ten bins.

The product's threshold is fixed; each baseline gets the one threshold that serves it best. The last
line chooses the product's threshold anew for each pair, knowing its gold: about the most that a
better threshold could give.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.core.fields import FieldInfo
from agent.core.matching.features import Meaning, feature_tables
from agent.core.matching.names import TEXT_LIMIT, matching_text
from agent.core.matching.value_tables import known_values
from agent.core.matching.weighing import (
    CORRESPONDS,
    Weights,
    fitted_weights,
    likelihoods,
    strengths,
)
from agent.core.matching.word_tables import Table, rarity_table
from agent.core.paths import last
from agent.ports import Embedder
from evals.correspondences import KnownPair, Marks, load_gold_pairs
from evals.reliability import reliability
from evals.vectors import FiledEmbedder

THRESHOLDS = 60
"""Thresholds tried for a baseline, evenly over all its scores."""


class TablesOf:
    """Computes the features of a pair as the product does, with an embedder's cosines."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def __call__(self, pair: KnownPair) -> Table:
        """Return the feature tables of one pair."""
        return feature_tables(pair.sources, pair.targets, self.meaning(pair))

    def meaning(self, pair: KnownPair) -> Meaning:
        """Return the cosines of one pair."""
        return Meaning(
            self._cosines(pair, lambda one: matching_text(one, known_values(one))),
            self._cosines(pair, lambda one: one.description[:TEXT_LIMIT]),
        )

    def _cosines(self, pair: KnownPair, text: Callable[[FieldInfo], str]) -> Table:
        left, right = (
            np.array(self._embedder.embed([text(one) for one in side]))
            for side in (pair.sources, pair.targets)
        )
        made: Table = left @ right.T
        return made


@dataclass(frozen=True, slots=True)
class Counts:
    """What was proposed, what of it is right, and what there was to find."""

    proposed: int
    right: int
    wanted: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(1, self.proposed + self.wanted)


@dataclass(frozen=True, slots=True)
class Judged:
    """The figures of one pair; `sure` are likelihoods of best targets, `true` whether right."""

    name: str
    places: tuple[float, ...]
    strict: Counts
    by_field: Counts
    sure: tuple[float, ...]
    true: tuple[bool, ...]

    @property
    def mrr(self) -> float:
        """Mean reciprocal place of the first right target."""
        return float(np.mean([1 / place for place in self.places]))


def judge(
    pairs: Sequence[KnownPair], found: Sequence[Table], weights: Sequence[Weights]
) -> list[Judged]:
    """Return how strengths do as likelihoods at the product's threshold."""
    return [
        judge_one(pair, likelihoods(strength, weight), CORRESPONDS)
        for pair, strength, weight in zip(pairs, found, weights, strict=True)
    ]


def judge_one(pair: KnownPair, scores: Table, threshold: float) -> Judged:
    """Return the figures of one pair for scores of all its fields."""
    table, gold = scores[:, pair.judged], pair.marks[:, pair.judged]
    best = table.argmax(axis=1)
    sure, true = table.max(axis=1), gold[np.arange(len(table)), best]
    over = sure >= threshold
    by_field = Counts(int(over.sum()), int((over & true).sum()), int(gold.any(axis=1).sum()))
    return Judged(
        name=pair.name,
        places=tuple(_places(table, gold)),
        strict=_strict(table, gold, threshold),
        by_field=by_field,
        sure=tuple(sure.tolist()),
        true=tuple(true.tolist()),
    )


def _places(table: Table, gold: Marks) -> Iterator[float]:
    for row, marks in zip(table, gold, strict=True):
        if marks.any():
            best = row[marks].max()
            yield 1 + int((row > best).sum()) + int((row[~marks] == best).sum()) / 2


def _strict(table: Table, gold: Marks, threshold: float) -> Counts:
    rows, columns = one_to_one(table)
    kept = table[rows, columns] >= threshold
    return Counts(int(kept.sum()), int((kept & gold[rows, columns]).sum()), int(gold.sum()))


def one_to_one(table: Table) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows and columns of the one-to-one assignment with the highest total."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    return rows, columns


def lines_of(judged: Sequence[Judged], *, with_pairs: bool = False) -> Iterator[str]:
    """Yield the figures of all pairs together, after those of each pair where wanted."""
    if with_pairs:
        for one in judged:
            yield (
                f"  {one.name:34} MRR {one.mrr:.2f}  F1 {one.strict.f1:.2f}"
                f"  by field {one.by_field.f1:.2f}"
            )
    places = [place for one in judged for place in one.places]
    sure = [value for one in judged for value in one.sure]
    true = [value for one in judged for value in one.true]
    yield (
        f"  MRR {np.mean([one.mrr for one in judged]):.3f} ({np.mean([1 / p for p in places]):.3f})"
        f"  F1 {_both([one.strict for one in judged])}"
        f"  F1 by field {_both([one.by_field for one in judged])}"
        f"  ECE {reliability(zip(sure, true, strict=True)).error or 0.0:.3f}"
    )


def _both(counts: Sequence[Counts]) -> str:
    parts = zip(*((one.proposed, one.right, one.wanted) for one in counts), strict=True)
    return f"{np.mean([one.f1 for one in counts]):.3f} ({Counts(*map(sum, parts)).f1:.3f})"


def _trigrams(field: FieldInfo) -> tuple[str, ...]:
    text = f"  {last(field.path).lower()} "
    return tuple(text[at : at + 3] for at in range(len(text) - 2))


def name_baseline(pair: KnownPair) -> Table:
    """Return the Dice likeness of the trigrams of two names."""
    left, right = (
        [Counter(_trigrams(one)) for one in side] for side in (pair.sources, pair.targets)
    )
    return np.array(
        [[2 * (a & b).total() / max(1, a.total() + b.total()) for b in right] for a in left]
    )


def words_baseline(pair: KnownPair) -> Table:
    """Return the TF-IDF cosine of path, description and values, words as they are written."""
    left, right = ([_raw_words(one) for one in side] for side in (pair.sources, pair.targets))
    return rarity_table(left, right)


def _raw_words(field: FieldInfo) -> tuple[str, ...]:
    said = " ".join((field.path, field.description, *known_values(field)))
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", said).lower()
    return tuple(re.findall(r"[a-z]+|[0-9]+", split))


def best_judged(pairs: Sequence[KnownPair], tables: Sequence[Table]) -> list[Judged]:
    """Return the figures at the one threshold that gives the best sum of both F1."""
    every = np.concatenate([table.max(axis=1) for table in tables])
    tried = (
        [judge_one(pair, table, limit) for pair, table in zip(pairs, tables, strict=True)]
        for limit in np.unique(np.quantile(every, np.linspace(0, 1, THRESHOLDS)))
    )
    return max(tried, key=lambda some: sum(one.by_field.f1 + one.strict.f1 for one in some))


def each_at_its_best(pairs: Sequence[KnownPair], tables: Sequence[Table]) -> list[Judged]:
    """Return the figures where every pair has the threshold that serves it best."""
    return [best_judged([one], [table])[0] for one, table in zip(pairs, tables, strict=True)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of the baselines and of the product, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vectors", type=Path, help="keep embeddings in this .npz file")
    given = parser.parse_args(arguments)
    pairs = load_gold_pairs(given.folder)
    embedder = FiledEmbedder(given.vectors)
    tables_of = TablesOf(embedder)
    baselines = {
        "name similarity": name_baseline,
        "TF-IDF over path, description and samples": words_baseline,
        "MiniLM cosine": lambda pair: tables_of.meaning(pair).text,
    }
    for name, baseline in baselines.items():
        print(f"{name}, at its best threshold:")
        judged = best_judged(pairs, list(map(baseline, pairs)))
        print(*lines_of(judged), sep="\n", flush=True)
    embedder.save()
    weights = fitted_weights()
    found = [strengths(tables_of(pair), weights) for pair in pairs]
    print(f"Driftmend, at {CORRESPONDS} (its weights were fitted on pairs like these):")
    judged = judge(pairs, found, [weights] * len(pairs))
    print(*lines_of(judged, with_pairs=True), sep="\n")
    print("Driftmend, every pair at the threshold that is best for it:")
    sure = [likelihoods(strength, weights) for strength in found]
    print(*lines_of(each_at_its_best(pairs, sure)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
