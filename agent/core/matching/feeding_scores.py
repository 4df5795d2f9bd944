"""The score of every source field for every contract field, on the scale of proposers' floors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.core.matching.features import Meaning, feature_tables, type_table
from agent.core.matching.names import own_name
from agent.core.matching.weighing import fitted_weights, log_shares, logistic, strengths
from agent.core.matching.word_tables import Table
from agent.core.schema import FieldInfo

Marks = NDArray[np.bool_]

STEEPNESS = 0.37
MIDDLE = 8.6
"""The logit of a score is this steep in a pair's strength, and 0 here without rivals.

Chosen so that the floors of the proposers let through about as many pairs of `fixtures` as when
they were set, or fewer: with 0.32 and 6.96 more fields were fed, and contracts that nothing can
feed were no longer refused. A strength counts by itself, because being the best of what is left
means little where the right source is gone."""

RIVALRY = 0.25
"""What the logs of both shares among rivals add: enough to put a clear winner first."""

SAME_PATH_SCORE = 0.97
"""The same path in both schemas, or the same name in matched parents, is near certain."""

IN_CONTEXT = 0.4
"""What matched parents add to the logit: about 0.1 of a middling score."""


def score_tables(
    sources: Sequence[FieldInfo], targets: Sequence[FieldInfo], meaning: Meaning
) -> tuple[Table, Table]:
    """Return the scores from 0 to 1, rows by source: plain ones, and where parents are matched."""
    if not sources or not targets:
        none = np.zeros((len(sources), len(targets)))
        return none, none
    weights = fitted_weights()
    strength = strengths(feature_tables(sources, targets, meaning), weights)
    rivals = sum(log_shares(strength, weights.nobody, axis=axis) for axis in (0, 1))
    logit = STEEPNESS * (strength - MIDDLE) + RIVALRY * rivals
    same_path = _same([one.path for one in sources], [one.path for one in targets])
    names = ([own_name(one.path) for one in side] for side in (sources, targets))
    same_name = np.logical_or(same_path, _same(*names))
    kinds = type_table(sources, targets)
    return (
        _raised(logistic(logit), same_path, kinds),
        _raised(logistic(logit + IN_CONTEXT), same_name, kinds),
    )


def _raised(score: Table, same: Marks, kinds: Table) -> Table:
    """Return the scores, near certain where the names are the same and values can pass."""
    return np.where(same, np.maximum(score, SAME_PATH_SCORE * kinds), score)


def _same(left: Sequence[str], right: Sequence[str]) -> Marks:
    return np.array([[one == other for other in right] for one in left], dtype=bool)
