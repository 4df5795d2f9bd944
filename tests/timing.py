"""Limits of time that hold on a machine as fast as it is now."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_NOMINAL_S = 0.010
"""CPU seconds of the loop below on the machine that the figures of TRUST are for."""

_TRIES = 3


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what some work gives, and fail when it takes more CPU seconds than it may.

    Shared machines run at a third of their speed now and then, for a second or for an hour. What
    is tested is the work that a call does: the limit is taken in units of work done just now, and
    work that seems slow is done again, since other work on the machine only ever adds to it.
    """
    least = float("inf")
    for _ in range(_TRIES):
        start = time.process_time()
        result = work()
        least = min(least, time.process_time() - start)
        allowed = seconds * max(1.0, min(_spin() for _ in range(3)) / _NOMINAL_S)
        if least < allowed:
            return result
    raise AssertionError(f"{least:.2f} CPU seconds, more than the {allowed:.2f} allowed")


def _spin() -> float:
    start = time.process_time()
    total = 0
    for number in range(200_000):
        total += number
    return time.process_time() - start
