"""Worker processes with a hard time limit per job: a hang or crash costs one job, not the run."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeAlias

Tell = Callable[[object], None]
Handle = Callable[[Any, Tell], None]
"""Does one job and tells the parent what comes out, piece by piece."""

START_S = 120.0
"""Time that a fresh process gets to import and build what it needs, on top of its first job."""


@dataclass(frozen=True, slots=True)
class Said:
    """A worker told something about its job. `message` crossed a process border by pickle."""

    job: int
    message: Any


@dataclass(frozen=True, slots=True)
class Done:
    """A job came to its end."""

    job: int


@dataclass(frozen=True, slots=True)
class Crashed:
    """A job raised, or took its process down."""

    job: int
    text: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """A job was killed at its time limit."""

    job: int


Event: TypeAlias = Said | Done | Crashed | TimedOut


@dataclass(frozen=True, slots=True)
class _Ready:
    """The worker has built what it needs; the clock of its job starts now."""


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    connection: Connection
    job: int
    deadline: float


def run_jobs(
    prepare: Callable[[], Handle], jobs: Sequence[object], *, workers: int, timeout_s: float
) -> Iterator[Event]:
    """Yield what happens to the jobs; each ends with exactly one Done, Crashed or TimedOut.

    `prepare` runs once per process and must be picklable by name. Which job a process gets has
    no bearing on the others; a process that is killed is replaced while jobs are left.
    """
    waiting = deque(range(len(jobs)))
    busy: list[_Worker] = []
    try:
        while waiting or busy:
            while waiting and len(busy) < max(1, workers):
                busy.append(_start(prepare, jobs, waiting.popleft(), timeout_s=timeout_s))
            for worker in _next_to_serve(busy):
                events = _serve(worker, timeout_s=timeout_s)
                yield from events
                last = events[-1] if events else None
                if isinstance(last, Done) and waiting:
                    _assign(worker, jobs, waiting.popleft(), timeout_s=timeout_s)
                elif isinstance(last, Done | Crashed | TimedOut):
                    _stop(worker)
                    busy.remove(worker)
    finally:
        for worker in busy:
            _stop(worker)


def _start(
    prepare: Callable[[], Handle], jobs: Sequence[object], job: int, *, timeout_s: float
) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(prepare, theirs), daemon=True)
    process.start()
    theirs.close()
    worker = _Worker(process, ours, job, 0.0)
    _assign(worker, jobs, job, timeout_s=START_S + timeout_s)
    return worker


def _assign(worker: _Worker, jobs: Sequence[object], job: int, *, timeout_s: float) -> None:
    worker.job = job
    worker.deadline = time.monotonic() + timeout_s
    with contextlib.suppress(OSError):  # a dead process shows when it is listened to
        worker.connection.send((job, jobs[job]))


def _next_to_serve(busy: Sequence[_Worker]) -> list[_Worker]:
    nearest = min(worker.deadline for worker in busy)
    ready = wait(
        [worker.connection for worker in busy], timeout=max(0.0, nearest - time.monotonic())
    )
    now = time.monotonic()
    return [worker for worker in busy if worker.connection in ready or worker.deadline <= now]


def _serve(worker: _Worker, *, timeout_s: float) -> list[Event]:
    """Return what a worker has to say; the last event ends its job, or the job goes on."""
    events: list[Event] = []
    try:
        while worker.connection.poll():
            message = worker.connection.recv()
            if isinstance(message, _Ready):
                worker.deadline = time.monotonic() + timeout_s
                continue
            events.append(message)
            if not isinstance(message, Said):
                return events
    except (EOFError, OSError):
        worker.process.join(timeout=5)
        code = worker.process.exitcode
        return [*events, Crashed(worker.job, f"the process died (exit code {code})")]
    if worker.deadline <= time.monotonic():
        worker.process.kill()
        worker.process.join(timeout=5)
        return [*events, TimedOut(worker.job)]
    return events


def _stop(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join(timeout=5)
    worker.connection.close()


def _work(prepare: Callable[[], Handle], connection: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    os.dup2(sys.stderr.fileno(), 1)  # stdout belongs to the parent's one JSON document
    job, task = connection.recv()
    try:
        handle = prepare()
    except Exception as error:  # noqa: BLE001 - outermost worker loop
        connection.send(Crashed(job, describe(error)))
        return
    connection.send(_Ready())
    while True:
        connection.send(_do(handle, job, task, connection=connection))
        try:
            job, task = connection.recv()
        except EOFError:
            return


def _do(handle: Handle, job: int, task: object, *, connection: Connection) -> Done | Crashed:
    try:
        handle(task, lambda message: connection.send(Said(job, message)))
    except Exception as error:  # noqa: BLE001 - outermost worker loop
        return Crashed(job, describe(error))
    return Done(job)


def describe(error: BaseException) -> str:
    """Return the type and message of an error in one short line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
