"""The review queue as the page shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from agent.core.review import Proposal, State
from agent.pipeline.service import Service
from api.review_verdict import VerdictLine, verdict_line

PAGE_SIZE = 50
MAX_COUNTED = 1000
"""Proposals that are counted per state; from there on the page shows that there are more."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One proposal of the queue."""

    proposal: Proposal
    verdict: VerdictLine
    confidence: float | None
    age: str


@dataclass(frozen=True, slots=True)
class StateCount:
    """A state with its number of proposals; state None stands for all."""

    state: State | None
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue, newest first."""

    rows: tuple[QueueRow, ...]
    counts: tuple[StateCount, ...]
    next_cursor: str
    is_first: bool
    is_capped: bool


def review_queue(service: Service, *, state: State | None, cursor: str, now: datetime) -> QueuePage:
    """Return one page of the queue.

    Raises:
        NotFound: the cursor names no proposal.
    """
    found = service.proposals(state=state, after=cursor, limit=PAGE_SIZE + 1)
    page = found[:PAGE_SIZE]
    counted = service.proposals(limit=MAX_COUNTED)
    return QueuePage(
        rows=tuple(_row(proposal, now) for proposal in page),
        counts=_counts(counted),
        next_cursor=page[-1].id if len(found) > PAGE_SIZE else "",
        is_first=not cursor,
        is_capped=len(counted) == MAX_COUNTED,
    )


def _counts(proposals: tuple[Proposal, ...]) -> tuple[StateCount, ...]:
    by_state = Counter(proposal.state for proposal in proposals)
    every = StateCount(None, "All", len(proposals))
    return (every, *(StateCount(one, one.value.capitalize(), by_state[one]) for one in State))


def _row(proposal: Proposal, now: datetime) -> QueueRow:
    confidence = (proposal.verification or {}).get("confidence")
    return QueueRow(proposal, verdict_line(proposal), confidence, age(proposal.created_at, now))


def age(then: datetime, now: datetime) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    seconds = max(0, int((now - then).total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if count := seconds // size:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
