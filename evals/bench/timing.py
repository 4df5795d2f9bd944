"""Timing in interleaved rounds: every pass of an engine next to a pass of the baseline.

Two passes side by side see the same machine, whatever else it does; their ratio is what is kept,
and the median over the rounds is what is told. The collector of garbage runs before a round and
not within a pass, for every engine in Python alike.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

Lap: TypeAlias = Callable[[], float]
"""One pass over all payloads; returns the seconds per payload."""

SHORTEST_PASS_S: Final = 0.02
"""A pass is repeated until it takes that long, so that the clock and a stray interrupt matter
little."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one engine took. `ratio` is the baseline's time over its own: more is faster."""

    seconds: float
    ratio: float
    low: float
    high: float
    rounds: int


def make_lap(function: Callable[..., object], items: Sequence[object]) -> Lap:
    """Return a lap of `function` over `items`, warmed up."""
    repeats = _count_repeats(function, items)

    def run() -> float:
        start = time.perf_counter()
        for _ in range(repeats):
            for item in items:
                function(item)
        return (time.perf_counter() - start) / (repeats * len(items))

    return run


def _count_repeats(function: Callable[..., object], items: Sequence[object]) -> int:
    """Return how many passes make a lap; running them warms the engine up."""
    taken = 0.0
    for _ in range(3):
        start = time.perf_counter()
        for item in items:
            function(item)
        taken = time.perf_counter() - start
    return max(1, round(SHORTEST_PASS_S / taken))


def time_rounds(baseline: Lap, laps: Mapping[str, Lap], *, rounds: int) -> dict[str, Timing]:
    """Return the timing of every lap against the baseline."""
    ratios: dict[str, list[float]] = {name: [] for name in laps}
    seconds: dict[str, list[float]] = {name: [] for name in laps}
    with _calm_collector():
        for number in range(rounds):
            gc.collect()
            for name in _rotate(tuple(laps), number):
                before = baseline()
                taken = laps[name]()
                ratios[name].append((before + baseline()) / 2 / taken)
                seconds[name].append(taken)
    return {name: _summarise(seconds[name], ratios[name]) for name in laps}


def _rotate(names: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Return the names starting elsewhere every round, so that none always follows the same."""
    start = number % max(1, len(names))
    return names[start:] + names[:start]


def _summarise(seconds: list[float], ratios: list[float]) -> Timing:
    low, high = _quartiles(ratios)
    return Timing(
        seconds=statistics.median(seconds),
        ratio=statistics.median(ratios),
        low=low,
        high=high,
        rounds=len(ratios),
    )


def _quartiles(values: list[float]) -> tuple[float, float]:
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


@contextmanager
def _calm_collector() -> Iterator[None]:
    """Keep the collector from running in a pass; what is alive now is not looked at again."""
    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
