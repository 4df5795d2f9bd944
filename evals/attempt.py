"""One case in a worker process: propose for each consumer, then score on what was held out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, runtime_checkable

from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.proposing import ModelUsage, Task
from agent.core.values import Json
from agent.core.verify.record import Verification
from agent.errors import DriftmendError, PayloadRefused
from agent.formats.cases import load_case_inputs
from agent.pipeline.tasks import tasks_for
from evals.cases import Case, load_case
from evals.pool import Handle, Tell, describe
from evals.scoring import Attempt, Score, score_attempt, score_failure

SOURCE = "source"
"""The source's name in a task: the name of a case's folder could give its answer away."""


class Answered(Protocol):
    """The answer behind a proposal, as far as it is scored."""

    @property
    def usage(self) -> ModelUsage | None:
        """Return what a model cost, or None."""
        ...


class ProposedLike(Protocol):
    """What proposing returns, as far as it is scored."""

    @property
    def adapter(self) -> Adapter:
        """Return the adapter."""
        ...

    @property
    def verification(self) -> Verification:
        """Return its verification."""
        ...

    @property
    def answer(self) -> Answered:
        """Return the answer that the adapter was made of."""
        ...


class Proposes(Protocol):
    """The thing under evaluation."""

    def propose(self, task: Task) -> ProposedLike:
        """Return a verified proposal."""
        ...


@runtime_checkable
class Learns(Protocol):
    """A thing under evaluation that remembers what a reviewer says of its proposals."""

    def learn(self, case: Case, task: Task, adapter: Adapter) -> None:
        """Take note of a proposal whose case is scored."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """One case to attempt. `is_unpaired` takes every expected output out of the samples."""

    folder: str
    is_unpaired: bool


@dataclass(frozen=True, slots=True)
class Started:
    """A worker turned to a consumer."""

    consumer: str


def prepare_attempts(make_proposing: Callable[[], Proposes]) -> Handle:
    """Return what does the jobs of one worker process, over one `Proposing`."""
    return partial(attempt_case, make_proposing())


def attempt_case(proposing: Proposes, job: Job, tell: Tell) -> None:
    """Propose for every consumer of a case and tell each score as soon as it is known.

    Only when all of them are scored is anything learned: what is held out of a case never has a
    part in a proposal for it.
    """
    learned: list[tuple[Task, Adapter]] = []
    for task in load_tasks(job.folder, is_unpaired=job.is_unpaired):
        tell(Started(task.consumer))
        score, adapter = _attempt(proposing, job, task)
        tell(score)
        if adapter is not None:
            learned.append((task, adapter))
    if isinstance(proposing, Learns):
        case = load_case(job.folder)
        for task, adapter in learned:
            proposing.learn(case, task, adapter)


def load_tasks(folder: str, *, is_unpaired: bool) -> tuple[Task, ...]:
    """Return what proposers are asked about a case: never `case.json`, never `heldout/`."""
    inputs = load_case_inputs(folder)
    samples = inputs.samples
    if is_unpaired:
        samples = tuple(replace(sample, expected=()) for sample in samples)
    return tasks_for(
        source=SOURCE,
        before=inputs.before,
        after=inputs.after,
        contracts=inputs.contracts,
        samples=samples,
    )


def _attempt(proposing: Proposes, job: Job, task: Task) -> tuple[Score, Adapter | None]:
    started = time.monotonic()
    try:
        proposed = proposing.propose(task)
    except Exception as error:  # noqa: BLE001 - outermost worker loop: a crash is a score
        seconds = time.monotonic() - started
        return fail(load_case(job.folder), task.consumer, error=error, seconds=seconds), None
    seconds = time.monotonic() - started
    case = load_case(job.folder)  # only now: what is held out was on no road to the proposer
    attempt = Attempt(proposed.adapter, proposed.verification, seconds, proposed.answer.usage)
    score = score_attempt(
        case, task.consumer, attempt=attempt, contract=task.contract, run=run_or_refuse
    )
    return score, proposed.adapter


def run_or_refuse(adapter: Adapter, payload: Json) -> Json:
    """Return the output, with a crash of the interpreter turned into a refused payload.

    Raises:
        PayloadRefused: a rule failed, or the interpreter crashed (operation `crash`).
    """
    try:
        return run(adapter, payload)
    except PayloadRefused:
        raise
    except Exception as error:
        raise PayloadRefused(operation="crash", found=describe(error)) from error


def fail(case: Case, consumer: str, *, error: BaseException, seconds: float) -> Score:
    """Return the score of a crash."""
    kind = "error" if isinstance(error, DriftmendError) else "crash"
    text = describe(error)
    return replace(
        score_failure(case, consumer, kind=kind, text=text, seconds=seconds),
        reason_kind=f"{kind}: {type(error).__name__}",
    )
