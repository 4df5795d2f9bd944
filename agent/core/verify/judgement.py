"""How sure one may be of a whole adapter, and whether a person must decide."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from agent.core import paths
from agent.core.proposing import RuleNote
from agent.core.verify.record import OPEN_CODES, Finding, Verdict

DECISION_FLOOR = 0.95
"""Below this confidence a person decides (DESIGN, section 5)."""

UNVOUCHED_CEILING = 0.94
"""The most that an adapter gets when nobody vouches for one of its rules, or nothing was tried."""


def consumer_confidence(
    notes: Sequence[RuleNote], *, targets: Iterable[str], is_tried: bool
) -> float | None:
    """Return P(the whole adapter is right), or None when there are no notes at all.

    The product of the confidences of its rules, as if they erred independently: too low where
    they err together, never too high. A note on a target that no rule writes counts too: it says
    how sure it is that the target is rightly absent.
    """
    if not notes:
        return None
    targets = tuple(targets)
    confidence = math.prod(min(max(note.confidence, 0.0), 1.0) for note in notes)
    is_vouched = all(_concerns(target, [note.target for note in notes]) for target in targets)
    ceiling = 1.0 if is_vouched and is_tried else UNVOUCHED_CEILING
    return round(min(confidence, ceiling), 6)


def _concerns(path: str, others: Iterable[str]) -> bool:
    return any(paths.is_within(path, other) or paths.is_within(other, path) for other in others)


def is_decision_needed(
    verdict: Verdict, *, confidence: float | None, findings: Sequence[Finding]
) -> bool:
    """Return whether a person must decide; nobody's confidence is never enough."""
    if verdict not in (Verdict.PROVED, Verdict.TESTED):
        return True
    if confidence is None or confidence < DECISION_FLOOR:
        return True
    return any(finding.code in OPEN_CODES for finding in findings)
