"""How long, how often and how soon again a model's endpoint is asked."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of prompts and of answers."""

    read: int
    written: int

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.read + other.read, self.written + other.written)


@dataclass(frozen=True, slots=True)
class Means:
    """What one proposal's questions may cost, 0 being no bound; prices per million tokens."""

    max_tokens: int = 0
    max_usd: float = 0.0
    usd_read: float = 0.0
    usd_written: float = 0.0

    def cost(self, tokens: Tokens) -> float:
        """Return the price of some tokens."""
        return (tokens.read * self.usd_read + tokens.written * self.usd_written) / 1e6

    def lacking(self, tokens: Tokens) -> str:
        """Return which bound some tokens break, in words, or ""."""
        if 0 < self.max_tokens < tokens.read + tokens.written:
            return f"{self.max_tokens:,} tokens"
        if 0 < self.max_usd < self.cost(tokens):
            return f"{self.max_usd:g} USD"
        return ""


@dataclass(frozen=True, slots=True)
class Patience:
    """The bounds of one proposal's questions: `timeout_s` for all, `max_calls` with retries.

    A retry waits `first_wait_s`, doubled each time, times 0.5 to 1 by chance.
    """

    timeout_s: float
    max_calls: int
    max_retries: int = 3
    first_wait_s: float = 0.5
    means: Means = Means()

    def wait_s(self, retry: int, *, chance: float, asked_s: float = 0.0) -> float:
        """Return how long to wait before a retry, the first being 0.

        `chance` is from 0 to 1; `asked_s` is what the endpoint asked for, which is granted.
        """
        backoff: float = self.first_wait_s * 2**retry * (0.5 + 0.5 * chance)
        return max(backoff, asked_s)


@dataclass(frozen=True, slots=True)
class Pace:
    """Time and chance: seconds that only grow, how to wait, and a number from 0 to 1."""

    watch: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


class Breaker:
    """Stops asking after `limit` failed questions in a row, and lets one through now and then.

    It may be shared by threads. `watch` gives seconds that only grow.
    """

    def __init__(
        self, *, watch: Callable[[], float], limit: int = 3, cool_off_s: float = 60.0
    ) -> None:
        self._watch = watch
        self._limit = limit
        self._cool_off_s = cool_off_s
        self._failures = 0
        self._open_until = 0.0
        self._lock = threading.Lock()

    def rest_s(self) -> float:
        """Return 0 when a question may be asked now, else the seconds until one may.

        After a rest only one caller gets 0, until it reports how its question went.
        """
        with self._lock:
            if self._failures < self._limit:
                return 0.0
            now = self._watch()
            if now < self._open_until:
                return self._open_until - now
            self._open_until = now + self._cool_off_s
            return 0.0

    def report(self, *, is_success: bool) -> None:
        """Note how a question went."""
        with self._lock:
            self._failures = 0 if is_success else self._failures + 1
            if self._failures >= self._limit:
                self._open_until = self._watch() + self._cool_off_s
