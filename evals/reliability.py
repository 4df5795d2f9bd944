"""How far stated confidences are from what came true: a reliability diagram and its error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BINS = 10
"""Equal bins of confidence for the expected calibration error (Naeini et al., AAAI 2015)."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements of about one confidence: how many, the mean confidence, the share that is true."""

    count: int
    confidence: float
    share: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins that hold something, in order; `error` is None over nothing."""

    bins: tuple[Bin, ...]

    @property
    def error(self) -> float | None:
        """Return the expected calibration error: the gap of each bin, weighted by its size."""
        count = sum(one.count for one in self.bins)
        if not count:
            return None
        return sum(one.count * abs(one.confidence - one.share) for one in self.bins) / count


def reliability(stated: Iterable[tuple[float, bool]]) -> Reliability:
    """Return the reliability of (confidence, came true) statements."""
    rows: dict[int, list[tuple[float, bool]]] = {}
    for confidence, is_true in stated:
        rows.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, is_true))
    return Reliability(
        tuple(
            Bin(
                len(some),
                sum(confidence for confidence, _ in some) / len(some),
                sum(is_true for _, is_true in some) / len(some),
            )
            for _, some in sorted(rows.items())
        )
    )
