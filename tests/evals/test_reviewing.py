"""What a reviewer would decide: right rules approved, wrong ones rejected, lacking ones mended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from agent.core.language.document import Adapter
from agent.core.language.syntax import EachRow, ValueRow
from agent.core.proposing import Task
from evals.attempt import ProposedLike, load_tasks, run_or_refuse
from evals.cases import load_case
from evals.reviewing import Reviewed, reviewed, right_targets
from tests.evals.fakes import READ_N, READ_T, Right, Wrong, adapter_of, write_case
from tests.ports.list_memory import ListMemory
from tests.ports.memory_suite import WordEmbedder


class Blind:
    """Proposes what it can from samples without pairs: the wrong field."""

    def propose(self, task: Task) -> ProposedLike:
        """Return the right rule only where pairs show it."""
        return (Right() if task.pairs() else Wrong()).propose(task)


def task_of(folder: Path, *, is_unpaired: bool = False) -> Task:
    """Return the one task of a case."""
    (task,) = load_tasks(str(folder), is_unpaired=is_unpaired)
    return task


def with_rule(task: Task, row: ValueRow | EachRow) -> Adapter:
    """Return an adapter of one row."""
    return replace(adapter_of(task), rows=(row,))


def test_right_targets__held_out_payloads__judge_each_rule(tmp_path: Path) -> None:
    """A rule is right when its target is, on every payload; a refusal counts against its rule."""
    folder = write_case(tmp_path, "a")
    case, task = load_case(folder), task_of(folder)
    right = with_rule(task, ValueRow("/count", READ_N))
    wrong = with_rule(task, ValueRow("/count", READ_T))
    assert right_targets(case, "till", right, run=run_or_refuse) == {"/count": True}
    assert right_targets(case, "till", wrong, run=run_or_refuse) == {"/count": False}


def test_reviewed__right_and_wrong__become_approved_and_rejected(tmp_path: Path) -> None:
    """The mapping has the case's name for its source: it is one of another source elsewhere."""
    folder = write_case(tmp_path, "a")
    case, task = load_case(folder), task_of(folder)
    (good,) = reviewed(case, task, with_rule(task, ValueRow("/count", READ_N)), run=run_or_refuse)
    (bad,) = reviewed(case, task, with_rule(task, ValueRow("/count", READ_T)), run=run_or_refuse)
    assert (good.is_approved, good.source, good.reads) == (True, "shop/a", ("/n",))
    assert (bad.is_approved, bad.reads) == (False, ("/t",))


def test_reviewed__an_infeasible_consumer__teaches_nothing(tmp_path: Path) -> None:
    """There is no output that its rules could be held against."""
    folder = write_case(tmp_path, "a", infeasible=("till",))
    case, task = load_case(folder), task_of(folder)
    assert not reviewed(case, task, with_rule(task, ValueRow("/count", READ_N)), run=run_or_refuse)


def test_learn__a_wrong_rule__is_rejected_and_mended_from_the_pairs(tmp_path: Path) -> None:
    """A reviewer mends before approving, with the expected outputs of the samples at hand."""
    folder = write_case(tmp_path, "a")
    memory, task = ListMemory(WordEmbedder()), task_of(folder, is_unpaired=True)
    proposing = Reviewed(Blind(), Blind(), memory, tmp_path)
    proposing.learn(load_case(folder), task, proposing.propose(task).adapter)
    assert {(one.is_approved, one.reads) for one in memory.all().values()} >= {(True, ("/n",))}
