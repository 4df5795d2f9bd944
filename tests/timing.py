"""Limits of time that hold on a machine as fast as it is now."""

from __future__ import annotations

import time

_NOMINAL_S = 0.010
"""CPU seconds of the loop below on the machine that the figures of TRUST are for."""


def cpu_limit(seconds: float) -> float:
    """Return a limit of CPU seconds, longer where this machine is slower than the nominal one.

    Shared machines run at a third of their speed now and then; what is tested is the work that a
    call does, so the limit is taken in units of work done just now.
    """
    taken = min(_spin() for _ in range(3))
    return seconds * max(1.0, taken / _NOMINAL_S)


def _spin() -> float:
    start = time.process_time()
    total = 0
    for number in range(200_000):
        total += number
    return time.process_time() - start
