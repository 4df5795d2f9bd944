from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.core.review import Proposal, State
from agent.core.values import Json
from api.review_queue import age
from api.review_verdict import choices, percent, verdict_line

AT = datetime(2025, 1, 31, tzinfo=UTC)
PENDING = Proposal(
    id="p",
    source="orders",
    version=2,
    consumer="billing",
    state=State.PENDING,
    revision=3,
    author="driftmend",
    created_at=AT,
    updated_at=AT,
)


def verified(**fields: Any) -> Json:
    """Return a verification."""
    known = {"verdict": "tested", "confidence": 0.9, "decision_needed": True, "tried": 300}
    return known | fields


@pytest.mark.parametrize(
    ("verification", "title", "words"),
    [
        (verified(verdict="proved"), "Proved", "Every payload"),
        (verified(pairs=2), "Tested", "2 paired samples matched. This is not a proof."),
        (verified(verdict="refuted"), "Refuted", "breaks the contract"),
        (verified(verdict="refuted", counterexample={"kind": "pair"}), "Refuted", "known answer"),
        (verified(verdict="infeasible", unsatisfied=["/vat"]), "Infeasible", "requires /vat"),
        (None, "No verdict", "not been verified"),
    ],
)
def test_verdict__each_kind__is_said_in_plain_words(
    verification: Json, title: str, words: str
) -> None:
    """The first line of the page says what is known, without jargon."""
    line = verdict_line(replace(PENDING, verification=verification))
    assert line.title == title
    assert words in line.text


def test_verdict__a_decision_is_needed__says_why() -> None:
    """A reviewer reads what is uncertain before anything else."""
    findings = [{"code": "lossy"}, {"code": "lossy"}, {"code": "other"}]
    line = verdict_line(replace(PENDING, verification=verified(findings=findings)))
    assert line.reasons == ("confidence is 90 %, below 95 %", "2 lossy findings")
    approved = replace(PENDING, state=State.APPROVED, verification=verified(findings=findings))
    assert verdict_line(approved).reasons == ()


def test_verdict__a_failed_step__says_what_failed() -> None:
    """A proposal that the worker gave up on shows the reason."""
    blocked = replace(PENDING, state=State.BLOCKED, failure="no contract")
    assert "no contract" in verdict_line(blocked).text


@pytest.mark.parametrize("state", list(State))
def test_choices__in_every_state__approval_is_open_or_explained(state: State) -> None:
    """Only a pending proposal can be approved, and elsewhere the page says why not."""
    found = choices(replace(PENDING, state=state))
    assert found.can_approve == (state is State.PENDING)
    assert bool(found.reason) != found.can_approve


def test_percent__almost_certain__is_never_shown_as_certain() -> None:
    """Rounding must not turn doubt into certainty."""
    assert [percent(value) for value in (0.9999, 0.5, 1.0, 0.0)] == [
        "99.9 %",
        "50 %",
        "100 %",
        "0 %",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "just now"), (-5, "just now"), (60, "1 minute ago"), (7300, "2 hours ago")],
)
def test_age__of_a_proposal__is_in_the_largest_unit(seconds: int, text: str) -> None:
    """The queue shows how long something has waited."""
    now = datetime.fromtimestamp(AT.timestamp() + seconds, UTC)
    assert age(AT, now) == text
