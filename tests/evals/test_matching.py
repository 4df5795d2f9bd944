from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from agent.core.matching.weighing import Weights
from agent.errors import InvalidCase
from evals.cases import find_cases
from evals.correspondences import KnownPair, case_pairs, load_gold_pairs
from evals.fit_matching import fit
from evals.matching import (
    Counts,
    best_judged,
    each_at_its_best,
    judge_one,
    lines_of,
    name_baseline,
)


def attribute(path: str) -> dict[str, object]:
    """Return an attribute as gold folders write it."""
    return {"path": path, "type": "varchar", "description": "", "sample_values": []}


@pytest.fixture
def pair(tmp_path: Path) -> KnownPair:
    """Three source and three target fields, of which two source fields have a partner."""
    folder = tmp_path / "shop-erp"
    folder.mkdir()
    files = {
        "source": [attribute("order.id"), attribute("city"), attribute("rank")],
        "target": [attribute("order_id"), attribute("town"), attribute("id")],
        "gold": [["order.id", "order_id"], ["order.id", "id"], ["city", "town"]],
    }
    for name, value in files.items():
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    return load_gold_pairs(tmp_path)[0]


def test_load_gold_pairs__a_folder__paths_are_pointers(pair: KnownPair) -> None:
    """Dotted paths become pointers, gold becomes marks, and types are read as JSON's."""
    assert ("/order/id", "/order_id") in pair.gold
    assert pair.marks.tolist() == [[True, False, True], [False, True, False], [False] * 3]
    assert pair.sources[0].types == {"string"}


def test_load_gold_pairs__none_there__says_so(tmp_path: Path) -> None:
    """A folder without gold is an error and not a perfect score."""
    with pytest.raises(InvalidCase):
        load_gold_pairs(tmp_path)


def test_judge_one__scores__counted_by_field_and_strictly(pair: KnownPair) -> None:
    """The threshold, the places, both ways to count, and what is never found all show."""
    scores = np.array([[0.9, 0.1, 0.8], [0.6, 0.4, 0.1], [0.1, 0.1, 0.5]])
    judged = judge_one(pair, scores, 0.45)
    assert judged.places == (1, 2)
    assert judged.mrr == 0.75
    assert judged.by_field == Counts(proposed=3, right=1, wanted=2)
    assert judged.strict == Counts(proposed=2, right=1, wanted=3)
    assert judged.strict.f1 == pytest.approx(0.4)


def test_each_at_its_best__right_at_different_heights__both_perfect(pair: KnownPair) -> None:
    """One threshold spoils one of two pairs; a threshold of its own serves each."""
    right = np.array([[1.0, 0.0, 0.9], [0.0, 0.8, 0.0], [0.0, 0.0, 0.7]])
    pairs, tables = [pair, pair], [right, right / 10]
    alone = best_judged([pair], [right])[0].by_field.f1
    assert [one.by_field.f1 for one in each_at_its_best(pairs, tables)] == [alone, alone] == [1, 1]
    assert sum(one.by_field.f1 for one in best_judged(pairs, tables)) < 2


def test_judge_one__all_the_same_scores__no_credit_for_ties(pair: KnownPair) -> None:
    """Scores that cannot tell fields apart put the right one in the middle."""
    assert judge_one(pair, np.ones((3, 3)), 0.5).places == (1.5, 2.0)


def test_lines_of__one_pair__figures_stand_in_them(pair: KnownPair) -> None:
    """Every figure is printed, the pair's own line first when asked for."""
    first, total = lines_of([judge_one(pair, name_baseline(pair), 0.2)], with_pairs=True)
    assert "shop-erp" in first
    assert "MRR" in total


def test_case_pairs__fixtures__a_target_has_one_source_and_unknown_ones_none() -> None:
    """What payloads show is one source per contract field; the others count neither way."""
    fixtures = find_cases(["fixtures"])
    pairs = [one for folder in fixtures[:8] for one in case_pairs(folder)]
    assert pairs
    for one in pairs:
        targets = [target for _, target in one.gold]
        assert len(targets) == len(set(targets))
        assert one.unknown.isdisjoint(targets)
        assert len(one.judged) + len(one.unknown) == len(one.targets)


def test_fit__one_feature_tells__gets_the_weight(pair: KnownPair) -> None:
    """The feature that marks right partners gets the weight; noise and contraries get none."""
    tables = np.stack([pair.marks * 1.0, 1.0 - pair.marks, np.full((3, 3), 0.5)], axis=-1)
    weights = fit([pair], [tables], [1.0])
    assert isinstance(weights, Weights)
    assert weights.features[0] > 1
    assert weights.features[1] == 0
