from __future__ import annotations

import threading

from api.worker import Worker


class Steps:
    """Work that is done step by step; a step may be an error to raise."""

    def __init__(self, *steps: Exception | None) -> None:
        self.waiting = list(steps)
        self.done = threading.Event()

    def __call__(self) -> bool:
        """Do one step and say whether there was one."""
        if not self.waiting:
            self.done.set()
            return False
        step = self.waiting.pop(0)
        if step is not None:
            raise step
        return True


def test_worker__started__works_until_nothing_is_left() -> None:
    """A worker takes step after step without being asked again."""
    steps = Steps(None, None, None)
    worker = Worker(steps)
    worker.start()
    assert steps.done.wait(5)
    worker.stop()
    assert steps.waiting == []


def test_worker__a_step_fails__the_next_one_is_still_done() -> None:
    """An error in one step does not end the worker."""
    steps = Steps(RuntimeError("on purpose"), None)
    worker = Worker(steps)
    worker.start()
    assert steps.done.wait(10)
    worker.stop()


def test_worker__woken__looks_at_the_queue_at_once() -> None:
    """Work that arrives while the worker rests is begun without waiting for its next look."""
    steps = Steps()
    worker = Worker(steps)
    worker.start()
    assert steps.done.wait(5)
    steps.done.clear()
    steps.waiting.append(None)
    worker.wake()
    assert steps.done.wait(0.8)
    worker.stop()


def test_worker__stopped__takes_no_further_step() -> None:
    """After stop returns, nothing is worked on."""
    steps = Steps()
    worker = Worker(steps)
    worker.start()
    worker.stop()
    steps.waiting.append(None)
    worker.wake()
    assert steps.waiting == [None]
