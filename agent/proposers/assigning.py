"""Which candidate each field gets, when several fields want the same one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.proposers.choosing import FLOOR, Candidate

SHARE_FLOOR = 0.75
"""From this score on a source field may feed a second contract field."""


def assign(
    offers: Mapping[str, Sequence[Candidate]],
) -> dict[str, tuple[Candidate, tuple[Candidate, ...]]]:
    """Return for each target its candidate and the ones it was preferred to.

    Scores are added up over all targets and each source field, or part of one, goes to one target
    (Hungarian method); a very good second use of a source field is allowed. Targets left with
    nothing above the floor are not in the answer.
    """
    targets = [path for path, found in offers.items() if found]
    sources = sorted({_taken(one) for path in targets for one in offers[path]})
    if not targets:
        return {}
    best = _solve(offers, targets, sources)
    chosen = {}
    for path in targets:
        found = offers[path]
        picked = best.get(path)
        if picked is None or picked.score < FLOOR:
            picked = found[0] if found[0].score >= SHARE_FLOOR else None
        if picked is not None:
            chosen[path] = (picked, tuple(one for one in found if one is not picked))
    return chosen


def _solve(
    offers: Mapping[str, Sequence[Candidate]],
    targets: Sequence[str],
    sources: Sequence[tuple[str, str]],
) -> dict[str, Candidate]:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    column = {taken: number for number, taken in enumerate(sources)}
    gains = np.zeros((len(targets), len(sources)))
    for row, path in enumerate(targets):
        for one in offers[path]:
            if one.score >= FLOOR:
                at = column[_taken(one)]
                gains[row, at] = max(gains[row, at], one.score**2)
    rows, columns = linear_sum_assignment(gains, maximize=True)
    return {
        targets[row]: next(one for one in offers[targets[row]] if _taken(one) == sources[col])
        for row, col in zip(rows, columns, strict=True)
        if gains[row, col] > 0
    }


def _taken(one: Candidate) -> tuple[str, str]:
    return one.read.path, one.part
