"""Which rules were right on the held-out payloads, beside what was said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.proposing import RuleNote
from agent.core.verify.targets import Outcome, judge_targets


@dataclass(frozen=True, slots=True)
class RuleScore:
    """A rule's note, and whether its target was right on all payloads."""

    note: RuleNote
    is_right: bool


def score_rules(
    notes: Sequence[RuleNote], outcomes: Sequence[Outcome], *, tolerance: float
) -> tuple[RuleScore, ...]:
    """Return the score of every rule that some payload tells about."""
    records = judge_targets([note.target for note in notes], outcomes, tolerance=tolerance)
    return tuple(
        RuleScore(note, is_right=not records[note.target].wrong)
        for note in notes
        if records[note.target].is_known
    )
