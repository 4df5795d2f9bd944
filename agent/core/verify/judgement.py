"""How sure one may be of a whole adapter, and whether a person must decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.core import paths
from agent.core.confidence.estimating import DECISION_FLOOR, adapter_confidence
from agent.core.proposing import RuleNote
from agent.core.verify.record import OPEN_CODES, Finding, FindingSeverity, Verdict

UNVOUCHED_CEILING = 0.94
"""The most that an adapter gets when nobody vouches for one of its rules, or nothing was tried."""


def consumer_confidence(
    notes: Sequence[RuleNote],
    *,
    targets: Iterable[str],
    pairs: int,
    is_tried: bool,
) -> float | None:
    """Return P(the whole adapter is right), or None when there are no notes at all.

    Estimated from the confidences of its rules and the `pairs` that it meets. A note on a target
    that no rule writes counts too: it says how sure it is that the target is rightly absent.
    """
    if not notes:
        return None
    confidences = [note.confidence for note in notes]
    confidence = adapter_confidence(confidences, pairs=pairs)
    is_vouched = all(_concerns(target, [note.target for note in notes]) for target in targets)
    ceiling = 1.0 if is_vouched and is_tried else UNVOUCHED_CEILING
    return round(min(confidence, ceiling), 6)


def _concerns(path: str, others: Iterable[str]) -> bool:
    return any(paths.is_within(path, other) or paths.is_within(other, path) for other in others)


def closed(
    findings: Iterable[Finding], notes: Sequence[RuleNote], *, confidence: float | None
) -> list[Finding]:
    """Return the findings, those closed that the confidence has weighed: rivals among rules.

    An adapter that is sure enough leaves them as alternatives to look at. A question of a
    note stays open, however sure.
    """
    if confidence is None or confidence < DECISION_FLOOR:
        return list(findings)
    weighed = {note.target for note in notes if note.is_ambiguous and not note.question}
    return [
        replace(one, code="alternatives", severity=FindingSeverity.INFO)
        if one.code == "ambiguous" and one.path in weighed
        else one
        for one in findings
    ]


def is_decision_needed(
    verdict: Verdict, *, confidence: float | None, findings: Sequence[Finding]
) -> bool:
    """Return whether a person must decide; nobody's confidence is never enough."""
    if verdict not in (Verdict.PROVED, Verdict.TESTED):
        return True
    if confidence is None or confidence < DECISION_FLOOR:
        return True
    return any(finding.code in OPEN_CODES for finding in findings)
