"""Whole runs over small suites, with fakes that go through real worker processes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.core.language.document import Adapter
from agent.core.proposing import Task
from agent.errors import InvalidCase
from evals.attempt import Job, ProposedLike, attempt_case, load_tasks
from evals.cases import Case
from evals.runner import run, run_with
from evals.scoring import Outcome
from tests.evals.fakes import (
    Moody,
    PairReader,
    Refuser,
    Right,
    Wrong,
    unbuildable,
    write,
    write_case,
)


def test_run__over_two_families__orders_scores_and_counts_them(tmp_path: Path) -> None:
    """Scores come by family, case and consumer, whichever worker was first."""
    write_case(tmp_path, "z", family="b", consumers=("y", "x"))
    write_case(tmp_path, "a", family="b")
    write_case(tmp_path, "q", family="a")

    report = run_with(Right, [str(tmp_path)], jobs=2)

    assert [(one.family, one.case, one.consumer) for one in report.scores] == [
        ("a", "q", "till"),
        ("b", "a", "till"),
        ("b", "z", "x"),
        ("b", "z", "y"),
    ]
    assert report.summary().solved == 4
    assert report.summary("b").solved == 3
    assert report.reasons() == ()


def test_run__with_a_confident_wrong_proposer__counts_silent_wrong(tmp_path: Path) -> None:
    """A wrong proposal that asks for nothing is found."""
    write_case(tmp_path, "a")

    report = run_with(Wrong, [str(tmp_path)], jobs=1)

    assert report.summary().silent_wrong == 1
    assert report.reasons()[0].kind == "another type: integer expected, string found"


def test_run__where_proposals_hang_die_and_crash__scores_the_rest(tmp_path: Path) -> None:
    """A hang, a death and a crash cost what they touch; what was scored before stays."""
    write_case(tmp_path, "one", consumers=("fine", "hangs", "unlucky"))
    write_case(tmp_path, "two", consumers=("dies",))
    write_case(tmp_path, "three", consumers=("crashes", "till"))
    write_case(tmp_path, "four")

    report = run_with(Moody, [str(tmp_path)], jobs=2, timeout_s=5.0)
    reasons = {(one.case, one.consumer): one.reason for one in report.scores}

    assert reasons == {
        ("one", "fine"): "",
        ("one", "hangs"): "timeout: killed after 5 s",
        ("one", "unlucky"): "timeout of an earlier consumer: killed after 5 s",
        ("two", "dies"): "crash: the process died (exit code 9)",
        ("three", "crashes"): "crash: RuntimeError: no idea",
        ("three", "till"): "",
        ("four", "till"): "",
    }
    assert report.summary().silent_wrong == 0


def test_run__with_a_proposer_that_cannot_be_built__fails_every_consumer(tmp_path: Path) -> None:
    """A worker that cannot be set up is a failed score with its reason, not a hang."""
    write_case(tmp_path, "a")

    report = run_with(unbuildable, [str(tmp_path)], jobs=1)

    assert [one.reason for one in report.scores] == [
        "crash: RuntimeError: no model on this machine"
    ]
    assert report.scores[0].outcome is Outcome.FAILED


def test_run__unpaired__hides_every_expected_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In unpaired mode the proposer sees payloads and nothing of what should come of them."""
    write_case(tmp_path, "a")

    paired = run_with(PairReader, [str(tmp_path)], jobs=1)
    unpaired = run_with(PairReader, [str(tmp_path)], jobs=1, unpaired=True)

    assert paired.scores[0].outcome is Outcome.SOLVED
    assert unpaired.scores[0].outcome is Outcome.WRONGLY_REFUSED
    assert capfd.readouterr().out == ""


def test_run__with_infeasible_consumers__measures_refusals(tmp_path: Path) -> None:
    """Precision and recall of refusing come from who is refused and who should be."""
    write_case(tmp_path, "a", consumers=("bad", "good"), infeasible=("bad",))

    report = run_with(Refuser, [str(tmp_path)], jobs=1)

    assert (report.summary().refusal_precision, report.summary().refusal_recall) == (0.5, 1.0)


def test_load_tasks__of_a_case__needs_neither_card_nor_heldout(tmp_path: Path) -> None:
    """What proposers are asked is the same when the card and the held-out payloads are gone."""
    folder = write_case(tmp_path, "tell-tale-infeasible")
    before = load_tasks(str(folder), is_unpaired=False)
    shutil.rmtree(folder / "heldout")
    (folder / "case.json").unlink()

    assert load_tasks(str(folder), is_unpaired=False) == before
    assert "infeasible" not in repr(before)


def test_load_tasks__unpaired__keeps_the_payloads(tmp_path: Path) -> None:
    """Unpaired samples are the same payloads without expected outputs."""
    folder = write_case(tmp_path, "a")

    paired = load_tasks(str(folder), is_unpaired=False)[0]
    unpaired = load_tasks(str(folder), is_unpaired=True)[0]

    assert len(paired.pairs()) == 1
    assert unpaired.pairs() == ()
    assert [one.payload for one in unpaired.samples] == [one.payload for one in paired.samples]


def test_load_tasks__of_a_contract_equal_to_the_old_schema__has_the_identity_in_force(
    tmp_path: Path,
) -> None:
    """A contract that equals the old schema is served by a copy; any other has none in force."""
    folder = write_case(tmp_path, "a", consumers=("same", "other"))
    old = {"type": "object", "properties": {"n": {"type": "integer"}}}
    write(folder / "source_before.schema.json", old)
    write(folder / "contracts" / "same.schema.json", {**old, "title": "cosmetics do not count"})

    other, same = load_tasks(str(folder), is_unpaired=False)

    assert same.in_force is not None
    assert same.diff is not None
    assert other.in_force is None


class Forgetful:
    """Right on every case, and writes down what it is told to learn."""

    def __init__(self) -> None:
        self.learned: list[str] = []

    def propose(self, task: Task) -> ProposedLike:
        """Return the right adapter."""
        return Right().propose(task)

    def learn(self, case: Case, task: Task, adapter: Adapter) -> None:
        """Keep the name of the case."""
        self.learned.append(f"{case.id} {task.consumer} {len(adapter.rows)}")


def test_attempt_case__a_proposer_that_learns__learns_when_the_case_is_scored(
    tmp_path: Path,
) -> None:
    """What is held out of a case has no part in any proposal for it."""
    folder = write_case(tmp_path, "a", consumers=("till", "web"))
    proposing = Forgetful()
    told: list[tuple[object, list[str]]] = []

    def tell(message: object) -> None:
        told.append((message, list(proposing.learned)))

    attempt_case(proposing, Job(str(folder), is_unpaired=False), tell)

    assert all(learned == [] for _, learned in told)
    assert proposing.learned == ["a till 1", "a web 1"]


def test_run__with_memory_on__solves_in_order_and_says_so(tmp_path: Path) -> None:
    """A suite is solved case by case with a memory of its own."""
    for name in ("a", "b"):
        write_case(tmp_path, name)

    report = run(
        [str(tmp_path)],
        unpaired=True,
        model="off",
        memory="on",
        timeout_s=60,
        jobs=1,
        show_progress=False,
    )

    assert report.memory == "on"
    assert [score.case for score in report.scores] == ["a", "b"]


def test_run__over_a_folder_with_a_broken_case__is_refused(tmp_path: Path) -> None:
    """A suite that cannot be read is no run: a score over the rest would mislead."""
    write_case(tmp_path, "a", card={"kind": "guess"})

    with pytest.raises(InvalidCase, match="kind"):
        run_with(Right, [str(tmp_path)], jobs=1)
