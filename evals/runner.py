"""Runs suites over worker processes and collects the scores in a fixed order."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evals.attempt import (
    Job,
    Proposes,
    Started,
    prepare_attempts,
)
from evals.cases import Case, find_cases, load_case
from evals.pool import Crashed, Done, Event, Said, TimedOut, run_jobs
from evals.reviewing import Reviewed
from evals.scoring import Score, score_failure
from evals.summary import Reason, Summary, summarise, top_reasons

Advance = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of one run, by family, case and consumer, and how it was run."""

    scores: tuple[Score, ...]
    is_unpaired: bool
    model: str
    memory: str
    timeout_s: float
    seconds: float

    @property
    def families(self) -> tuple[str, ...]:
        """Return the families in order of name."""
        return tuple(sorted({score.family for score in self.scores}))

    def summary(self, family: str | None = None) -> Summary:
        """Return the counts of one family, or of all."""
        return summarise([one for one in self.scores if family in (None, one.family)])

    def reasons(self) -> tuple[Reason, ...]:
        """Return the ten commonest reasons for failure."""
        return top_reasons(self.scores)


def run(
    roots: Sequence[str],
    *,
    unpaired: bool,
    model: str,
    memory: str,
    timeout_s: float,
    jobs: int,
    show_progress: bool,
) -> Report:
    """Return the scores of every case below `roots`; `jobs` 0 means one per processor.

    With memory on the cases are solved one by one in path order, and what is right and wrong of
    each is remembered for the next; the memory is empty at first and gone afterwards.

    Raises:
        InvalidCase: a root holds no case, or a case breaks the format.
    """
    if memory == "on":
        return run_remembering(
            roots, unpaired=unpaired, model=model, timeout_s=timeout_s, show_progress=show_progress
        )
    return run_with(
        partial(make_proposing, model),
        roots,
        unpaired=unpaired,
        model=model,
        timeout_s=timeout_s,
        jobs=jobs,
        show_progress=show_progress,
    )


def run_remembering(
    roots: Sequence[str],
    *,
    unpaired: bool,
    model: str = "off",
    timeout_s: float = 60.0,
    show_progress: bool = False,
    chance: random.Random | None = None,
    mended: str = "",
) -> Report:
    """Return the scores of cases solved in path order, or in one drawn by `chance`, with memory.

    The memory lies in a folder of its own, so that a worker that is killed loses nothing of it;
    what a reviewer mends is kept in the folder `mended`, for further orders.
    """
    with tempfile.TemporaryDirectory(prefix="driftmend-eval-") as folder:
        return run_with(
            partial(make_remembering, model, folder, mended or folder),
            roots,
            unpaired=unpaired,
            model=model,
            memory="on",
            timeout_s=timeout_s,
            jobs=1,
            show_progress=show_progress,
            chance=chance,
        )


def make_proposing(model: str) -> Proposes:
    """Return the wired propose ⇄ verify loop, without memory."""
    from agent.settings import read_settings
    from agent.wiring import build_proposing

    return build_proposing(read_settings(), model=model, memory=None)


def make_remembering(model: str, folder: str, mended: str) -> Proposes:
    """Return the wired loop with a memory in a folder, which learns from every scored case."""
    from agent.settings import read_settings
    from agent.wiring import build_memory, build_proposing

    settings = read_settings(data_dir=folder, memory="on", chroma_url="")
    memory = build_memory(settings)
    assert memory is not None
    proposing = build_proposing(settings, model=model, memory=memory)
    mending = build_proposing(read_settings(search_tries=1), model="off")
    return Reviewed(proposing, mending, memory, Path(mended))


def run_with(
    make: Callable[[], Proposes],
    roots: Sequence[str],
    *,
    unpaired: bool = False,
    model: str = "off",
    memory: str = "off",
    timeout_s: float = 60.0,
    jobs: int = 0,
    show_progress: bool = False,
    chance: random.Random | None = None,
) -> Report:
    """Return the scores that what `make` returns gets; `make` is picklable by name."""
    started = time.monotonic()
    folders = find_cases(roots)
    if chance is not None:
        chance.shuffle(folders)
    cases = [load_case(folder) for folder in folders]
    collector = _Collector(cases, timeout_s=timeout_s)
    events = run_jobs(
        partial(prepare_attempts, make),
        [Job(case.folder, unpaired) for case in cases],
        workers=min(jobs or os.cpu_count() or 1, len(cases)),
        timeout_s=timeout_s,
    )
    with _progress(len(cases), is_shown=show_progress) as advance:
        for event in events:
            collector.take(event)
            if not isinstance(event, Said):
                advance()
    return Report(
        scores=collector.scores(),
        is_unpaired=unpaired,
        model=model,
        memory=memory,
        timeout_s=timeout_s,
        seconds=time.monotonic() - started,
    )


class _Collector:
    """Keeps what workers tell, and fills in consumers that got no score."""

    def __init__(self, cases: Sequence[Case], *, timeout_s: float) -> None:
        self._cases = cases
        self._timeout_s = timeout_s
        self._scores: dict[tuple[int, str], Score] = {}
        self._current: dict[int, str] = {}

    def take(self, event: Event) -> None:
        """Note one event."""
        match event:
            case Said(job=job, message=Started(consumer=consumer)):
                self._current[job] = consumer
            case Said(job=job, message=Score() as score):
                self._scores[job, score.consumer] = score
            case Said():
                raise TypeError(f"a worker told {type(event.message).__name__}")
            case TimedOut(job=job):
                self._fail_rest(job, "timeout", f"killed after {self._timeout_s:g} s")
            case Crashed(job=job, text=text):
                self._fail_rest(job, "crash", text)
            case Done(job=job):
                self._fail_rest(job, "not attempted", "")

    def _fail_rest(self, job: int, kind: str, text: str) -> None:
        case = self._cases[job]
        current = self._current.get(job)
        culprits = {current} if current and (job, current) not in self._scores else None
        for consumer in case.consumers:
            if (job, consumer) in self._scores:
                continue
            is_culprit = culprits is None or consumer in culprits
            reason = kind if is_culprit else f"{kind} of an earlier consumer"
            self._scores[job, consumer] = score_failure(case, consumer, kind=reason, text=text)

    def scores(self) -> tuple[Score, ...]:
        """Return all scores by family, case and consumer, however the jobs came in."""
        ordered = sorted(
            self._scores.items(),
            key=lambda row: (row[1].family, row[1].case, row[1].consumer, row[0]),
        )
        return tuple(score for _, score in ordered)


@contextmanager
def _progress(total: int, *, is_shown: bool) -> Iterator[Advance]:
    """Give a call that moves a bar on stderr, or does nothing where there is no terminal."""
    if not is_shown or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("cases", total=total)
        yield lambda: progress.advance(bar)
