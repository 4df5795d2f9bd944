from __future__ import annotations

from pathlib import Path

import pytest

from agent.core.proposing import Answer, Task
from agent.core.review import Proposal, State
from agent.errors import DriftmendError, InvalidSchema, NotFound, StoreUnavailable
from agent.pipeline.drafting import MAX_ATTEMPTS
from agent.pipeline.service import LEASE_S
from agent.proposers.matching import Matching
from tests.pipeline.walking import NEW, WHO, Walk
from tests.ports.memory_suite import WordEmbedder


class Failing:
    """A proposer that fails for as long as it has an error to raise."""

    name = "failing"

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def propose(self, task: Task, so_far: Answer) -> Answer:  # noqa: ARG002
        """Raise, or return the answer as it is."""
        if self.error is not None:
            raise self.error
        return so_far


def reported(walk: Walk) -> Proposal:
    """Return the drafting proposal of a reported version."""
    (proposal,) = walk.serving().service.report_version("orders", NEW).proposals
    return proposal


def walk_with(folder: Path, error: Exception | None) -> tuple[Walk, Failing]:
    """Return a walk whose first proposer fails."""
    failing = Failing(error)
    return Walk(folder, proposers=(failing, Matching(embedder=WordEmbedder()))), failing


@pytest.mark.parametrize(
    "error",
    [InvalidSchema(where="x", found="is bad"), NotFound(where="x", found="is gone")],
)
def test_step__error_that_comes_back__blocks_with_its_words(
    tmp_path: Path, error: DriftmendError
) -> None:
    """An error that trying again would only repeat blocks the proposal at once, saying why."""
    walk, _ = walk_with(tmp_path, error)
    proposal = reported(walk)
    assert walk.service.work_once()
    blocked = walk.service.proposal(proposal.id)
    assert (blocked.state, blocked.failure) == (State.BLOCKED, str(error))
    assert not walk.service.work_once()


def test_step__store_does_not_answer__is_told_and_tried_again(tmp_path: Path) -> None:
    """A store error is no fault of the proposal: it is passed on, and the step is done later."""
    walk, failing = walk_with(tmp_path, StoreUnavailable(where="ledger", found="locked"))
    proposal = reported(walk)
    with pytest.raises(StoreUnavailable):
        walk.service.work_once()
    assert walk.service.proposal(proposal.id).state is State.DRAFTING
    assert not walk.service.work_once()
    failing.error = None
    walk.clock.move(LEASE_S)
    walk.work()
    assert walk.service.proposal(proposal.id).state is State.PENDING


def test_step__too_many_attempts__blocked_and_can_be_drafted_again(tmp_path: Path) -> None:
    """A step that ended its process too often is given up; a request for changes begins anew."""
    walk, failing = walk_with(tmp_path, RuntimeError("the process died"))
    proposal = reported(walk)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(RuntimeError):
            walk.service.work_once()
        walk.clock.move(LEASE_S)
    assert walk.service.proposal(proposal.id).attempts == MAX_ATTEMPTS
    assert walk.service.work_once()
    blocked = walk.service.proposal(proposal.id)
    assert blocked.state is State.BLOCKED
    assert "gave up" in blocked.failure
    failing.error = None
    walk.service.request_changes(proposal.id, **WHO)
    walk.work()
    assert walk.service.proposal(proposal.id).state is State.PENDING


def test_step__verified_twice__same_evidence(tmp_path: Path) -> None:
    """What the draft found and what the verifying step finds are the same bytes."""
    walk = Walk(tmp_path)
    proposal = reported(walk)
    walk.service.work_once()
    drafted = walk.service.proposal(proposal.id)
    assert drafted.state is State.VERIFYING
    assert drafted.evidence_hash == ""
    walk.service.work_once()
    verified = walk.service.proposal(proposal.id)
    assert verified.verification == drafted.verification
    assert verified.adapter == drafted.adapter
    assert verified.evidence_hash.startswith("sha256:")


def test_step__newer_version_meanwhile__nothing_is_filed(tmp_path: Path) -> None:
    """A step on a proposal that a newer version superseded changes nothing any more."""
    walk = Walk(tmp_path)
    proposal = reported(walk)
    claimed = walk.ledger.claim(worker="slow", lease_s=LEASE_S)
    assert claimed is not None
    assert claimed.id == proposal.id
    walk.service.report_version("orders", {**NEW, "required": ["orderId"]})
    walk.service._drafting.step(claimed)
    after = walk.service.proposal(proposal.id)
    assert (after.state, after.adapter) == (State.SUPERSEDED, None)
