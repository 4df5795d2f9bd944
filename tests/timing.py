"""Limits of time that hold on a machine as fast as it is now."""

from __future__ import annotations

import argparse
import ast
import inspect
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_NOMINAL_S = 0.011
"""CPU seconds of the walk below on the machine that the figures of TRUST are for."""

_TREE = ast.parse(inspect.getsource(argparse))

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
        allowed = seconds * max(1.0, min(_walk() for _ in range(3)) / _NOMINAL_S)
        if least < allowed:
            return result
    raise AssertionError(f"{least:.2f} CPU seconds, more than the {allowed:.2f} allowed")


def _walk() -> float:
    """Return the CPU seconds of walking a tree of objects, as an interpreter does.

    A loop over small integers runs within the nearest cache, and hardly slows down where neighbours
    of this machine take the memory's time; dispatching on objects does.
    """
    start = time.process_time()
    ast.dump(_TREE)
    return time.process_time() - start
