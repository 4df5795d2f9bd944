"""The background thread that takes drafting and verifying proposals forward."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

IDLE_S = 1.0
"""Seconds between looks at an empty queue; another process may have put something there."""

PAUSE_S = 1.0
"""Seconds after a failure, so that one that repeats does not turn into a hot loop."""

log = logging.getLogger("driftmend.worker")


class Worker:
    """Calls `work_once` until stopped. It answers whether there was something to do."""

    def __init__(self, work_once: Callable[[], bool]) -> None:
        self._work_once = work_once
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; starting twice is one start."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="driftmend-worker", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Look at the queue now instead of at the next turn."""
        self._woken.set()

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """Stop after the step at hand; what it has not filed by then is leased and done later."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            wait_s = self._step()
            if wait_s:
                self._woken.wait(wait_s)

    def _step(self) -> float:
        """Return how many seconds to wait before the next step."""
        try:
            return 0.0 if self._work_once() else IDLE_S
        except Exception:  # the outermost worker loop
            log.exception("a step failed; it will be tried again")
            self._stopping.wait(PAUSE_S)
            return 0.0
