from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.language.document import read_adapter, write_adapter
from agent.core.proposing import Answer, PriorMapping, Sample, Task
from agent.core.verify.record import Verdict
from agent.pipeline.proposing import MAX_REPAIRS, Proposing, assemble
from agent.proposers.matching import Matching
from tests.core.verify.making import TEXT, make_adapter, obj
from tests.ports.list_memory import ListMemory
from tests.ports.memory_suite import WordEmbedder
from tests.proposers.small_tasks import make_task

NULLABLE = {"type": ["string", "null"]}
NAMES = [f"f{number:02d}" for number in range(MAX_REPAIRS + 3)]


class Copying:
    """A careless proposer: each contract field from the source field of the same name."""

    name = "copying"

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def propose(self, task: Task, so_far: Answer) -> Answer:
        """Return one rule for every field, whatever its type."""
        self.tasks.append(task)
        names = [field.path for field in task.contract.schema.fields if field.path]
        rules = [{"target": path, "value": f"src.{path[1:]}"} for path in names]
        adapter = make_adapter(
            rules, source=task.after.document, contract=task.contract.schema.document
        )
        return replace(so_far, rows=so_far.rows + adapter.rows)


def nullable_task(count: int) -> Task:
    """Return a task whose source may null what the contract never does, `count` times."""
    names = NAMES[:count]
    after = obj(" ".join(names), **dict.fromkeys(names, NULLABLE))
    return make_task(after, obj("", **dict.fromkeys(names, TEXT)))


def test_propose__counterexamples__are_repaired_one_by_one() -> None:
    """Each counterexample mends one rule, until none is found."""
    proposed = Proposing([Copying()], tries=60).propose(nullable_task(3))
    assert proposed.verification.verdict is Verdict.PROVED
    rules = write_adapter(proposed.adapter)["rules"]
    assert [rule["value"] for rule in rules] == [f"not_null(src.{name})" for name in NAMES[:3]]


def test_propose__more_faults_than_repairs__stops_refuted() -> None:
    """The loop is bounded: what is not mended by then stays refuted, with its counterexample."""
    proposed = Proposing([Copying()], tries=60).propose(nullable_task(len(NAMES)))
    assert proposed.verification.verdict is Verdict.REFUTED
    assert proposed.verification.counterexample is not None
    values = [rule["value"] for rule in write_adapter(proposed.adapter)["rules"]]
    assert sum("not_null" in value for value in values) == MAX_REPAIRS


def test_propose__a_repair_that_makes_it_infeasible__is_not_taken() -> None:
    """A mended rule must not call for fields that nothing feeds; the counterexample stays."""
    source = obj("", x=obj("", p=obj("", a=TEXT)))
    task = make_task(source, obj("", x=obj("", p=obj("a b", a=TEXT, b=TEXT))))

    class Whole:
        """Copies one object whole."""

        name = "whole"

        def propose(self, task: Task, so_far: Answer) -> Answer:
            """Return one rule for the object."""
            rules = [{"target": "/x", "copy": "src.x"}]
            made = make_adapter(rules, source=source, contract=task.contract.schema.document)
            return replace(so_far, rows=made.rows)

    proposed = Proposing([Whole()], tries=60).propose(task)
    assert proposed.verification.verdict is Verdict.REFUTED
    assert proposed.verification.counterexample is not None


def test_propose__several_proposers__each_gets_the_answer_so_far() -> None:
    """A later proposer completes what an earlier one left open, and overrides nothing of it."""
    task = make_task(obj("a b", a=TEXT, b=TEXT), obj("a b", a=TEXT, b=TEXT))
    part = replace(task, contract=replace(task.contract))
    first = assemble(part, Copying().propose(part, Answer()))
    matching = Matching(embedder=WordEmbedder())
    proposed = Proposing([Copying(), matching], tries=60).propose(task)
    assert proposed.adapter.rows == first.rows


def prior(target: str) -> PriorMapping:
    """Return a prior mapping."""
    return PriorMapping("p1", "shop", "billing", target, "status", ("/x",), "x", "a", True)


@pytest.mark.parametrize("is_down", [False, True])
def test_propose__memory__is_asked_and_may_be_down(is_down: bool) -> None:
    """Prior mappings reach the proposers; a memory that does not answer stops nothing."""
    memory, proposer = ListMemory(WordEmbedder()), Copying()
    memory.remember([prior("/status")])
    memory.is_down = is_down
    task = make_task(obj("status", status=TEXT), obj("status", status=TEXT))
    proposed = Proposing([proposer], memory=memory, tries=60).propose(task)
    assert proposed.recalled == (() if is_down else ("p1",))
    assert [one.id for one in proposer.tasks[0].priors] == list(proposed.recalled)
    assert proposed.verification.verdict is Verdict.PROVED


def test_propose__priors_are_given__memory_is_not_asked() -> None:
    """A task that brings its prior mappings along keeps them."""
    memory = ListMemory(WordEmbedder())
    memory.is_down = True
    task = make_task(obj("status", status=TEXT), obj("status", status=TEXT), priors=[prior("/q")])
    assert Proposing([Copying()], memory=memory, tries=60).propose(task).recalled == ("p1",)


def test_propose__watch__seconds_are_those_of_the_watch() -> None:
    """Time is measured by the watch that was passed in, and changes nothing else."""
    ticks = iter([1.0, 3.5])
    task = make_task(obj("a", a=TEXT), obj("a", a=TEXT))
    proposing = Proposing([Copying()], tries=60, watch=lambda: next(ticks))
    assert proposing.propose(task).seconds == 2.5


def test_assemble__unread_fields__are_dropped_with_a_reason() -> None:
    """Every source field is read or dropped, and a new one is called new."""
    before, after = obj("a", a=TEXT, b=TEXT), obj("a", a=TEXT, b=TEXT, c=TEXT)
    task = make_task(after, obj("a", a=TEXT), before=before)
    adapter = assemble(task, Copying().propose(task, Answer()))
    assert {drop.path: drop.reason for drop in adapter.drops} == {
        "/b": "no contract field asks for it",
        "/c": "new, and no contract field asks for it",
    }
    assert read_adapter(write_adapter(adapter)) == adapter


class Switching:
    """Feeds one field from `wrong`, or from `right` where that rule was rejected."""

    name = "switching"
    is_free = True

    def __init__(self, *, learns: bool = True) -> None:
        self.tasks: list[Task] = []
        self._learns = learns

    def propose(self, task: Task, so_far: Answer) -> Answer:
        """Return one rule where there is none."""
        self.tasks.append(task)
        refused = {path for one in task.priors if not one.is_approved for path in one.reads}
        read = "right" if self._learns and "/wrong" in refused else "wrong"
        rules = [{"target": "/code", "value": f"src.{read}"}]
        made = make_adapter(
            rules, source=task.after.document, contract=task.contract.schema.document
        )
        return replace(so_far, rows=so_far.rows or made.rows)


def paired_task() -> Task:
    """Return a task with a pair that only one of two fields meets."""
    payload = {"wrong": "x", "right": "y"}
    task = make_task(obj("wrong right", wrong=TEXT, right=TEXT), obj("code", code=TEXT))
    return replace(
        task, samples=(Sample(payload, (("billing", {"code": "y"}),)),), consumer="billing"
    )


def test_propose__a_counterexample_that_no_repair_mends__is_shown_to_the_proposers() -> None:
    """They are asked again without the blamed rule, and the trail stands in the note."""
    proposer = Switching()
    proposed = Proposing([proposer], tries=60).propose(paired_task())
    assert proposed.verification.verdict is Verdict.PROVED
    (rule,) = write_adapter(proposed.adapter)["rules"]
    assert rule["value"] == "src.right"
    assert [task.counterexamples for task in proposer.tasks] == [
        (),
        ({"wrong": "x", "right": "y"},),
    ]
    (note,) = proposed.answer.notes
    assert "proposed anew after a counterexample" in note.evidence[-1].text
    assert note.is_ambiguous
    assert proposed.recalled == ()


def test_propose__nothing_new_is_learned__stops_asking() -> None:
    """A proposer that says the same again is not asked a third time."""
    proposer = Switching(learns=False)
    proposed = Proposing([proposer], tries=60).propose(paired_task())
    assert proposed.verification.verdict is Verdict.REFUTED
    assert proposed.verification.counterexample is not None
    assert len(proposer.tasks) == 2
