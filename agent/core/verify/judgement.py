"""How sure one may be of a whole adapter, and whether a person must decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.core import paths
from agent.core.confidence.estimating import adapter_confidence
from agent.core.confidence.settling import DECISION_FLOOR
from agent.core.proposing import RuleNote
from agent.core.verify.record import OPEN_CODES, Finding, Verdict

UNVOUCHED_CEILING = 0.94
"""The most that an adapter gets when nobody vouches for one of its rules, or nothing was tried."""


def consumer_confidence(
    notes: Sequence[RuleNote],
    *,
    targets: Iterable[str],
    pairs: int,
    is_proved: bool,
    is_tried: bool,
) -> float | None:
    """Return P(the whole adapter is right), or None when there are no notes at all.

    Estimated from the confidences of its rules, the `pairs` that it meets and the proof. A note on
    a target that no rule writes counts too: it says how sure it is that the target is rightly
    absent.
    """
    if not notes:
        return None
    confidences = [note.confidence for note in notes]
    confidence = adapter_confidence(confidences, pairs=pairs, is_proved=is_proved)
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
