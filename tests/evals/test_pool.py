"""Worker processes with a hard time limit."""

from __future__ import annotations

import os
import time
from functools import partial

import pytest

from evals.pool import Crashed, Done, Event, Handle, Said, Tell, TimedOut, run_jobs


def _obey(job: object, tell: Tell) -> None:
    match job:
        case "hang":
            tell("before hanging")
            time.sleep(600)
        case "die":
            os._exit(7)
        case "raise":
            raise ValueError("bad day")
        case "print":
            print("this must not reach stdout")
        case "big":
            tell("x" * 5_000_000)
    tell(job)


def obedient() -> Handle:
    """Return a handle that does what the job says."""
    return _obey


def broken(reason: str) -> Handle:
    """Fail while setting up."""
    raise RuntimeError(reason)


def ends(events: list[Event]) -> dict[int, Event]:
    """Return the last word on each job."""
    return {event.job: event for event in events if not isinstance(event, Said)}


def test_run_jobs__with_a_hang_a_death_and_an_error__finishes_the_others() -> None:
    """Whatever one job does, every job ends once, and the good ones are done."""
    jobs = ["one", "hang", "two", "die", "three", "raise", "four"]

    events = list(run_jobs(obedient, jobs, workers=2, timeout_s=1.0))
    last = ends(events)

    assert len([event for event in events if not isinstance(event, Said)]) == len(jobs)
    assert {job for job, event in last.items() if isinstance(event, Done)} == {0, 2, 4, 6}
    assert last[1] == TimedOut(1)
    assert last[3] == Crashed(3, "the process died (exit code 7)")
    assert last[5] == Crashed(5, "ValueError: bad day")
    assert Said(1, "before hanging") in events


def test_run_jobs__with_a_set_up_that_fails__crashes_every_job_and_ends() -> None:
    """A process that cannot be set up costs its job, and the run still ends."""
    events = list(run_jobs(partial(broken, "no model"), ["a", "b"], workers=1, timeout_s=5.0))

    assert events == [Crashed(0, "RuntimeError: no model"), Crashed(1, "RuntimeError: no model")]


def test_run_jobs__with_a_long_message__passes_it_on() -> None:
    """A message larger than a pipe's buffer comes through."""
    events = list(run_jobs(obedient, ["big"], workers=1, timeout_s=30.0))

    assert len(events[0].message) == 5_000_000  # type: ignore[union-attr]
    assert events[-1] == Done(0)


def test_run_jobs__that_print__leave_stdout_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """What a worker prints goes to stderr: stdout belongs to the parent's JSON document."""
    list(run_jobs(obedient, ["print"], workers=1, timeout_s=30.0))

    captured = capfd.readouterr()
    assert captured.out == ""
    assert "must not reach stdout" in captured.err


def test_run_jobs__that_is_abandoned__kills_its_workers() -> None:
    """Closing the generator early kills what is still running."""
    events = run_jobs(obedient, ["one", "hang"], workers=1, timeout_s=60.0)
    started = time.monotonic()

    next(events)
    events.close()

    assert time.monotonic() - started < 30
