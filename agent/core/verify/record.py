"""The record of a verification, and its JSON form (DESIGN, section 8)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from agent.core.contract import Violation
from agent.core.proposing import Alternative, Evidence, EvidenceKind, RuleNote
from agent.core.values import Json, canonical_text


class Verdict(StrEnum):
    """What is known about an adapter and one contract (DESIGN, section 5)."""

    PROVED = "proved"
    TESTED = "tested"
    REFUTED = "refuted"
    INFEASIBLE = "infeasible"


class FindingSeverity(StrEnum):
    """How much a finding weighs: an error fails the verdict, the rest is for the reviewer."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class CounterexampleKind(StrEnum):
    """What went wrong on the payload of a counterexample."""

    CONTRACT = "contract"
    PAIR = "pair"
    REFUSED = "refused"


OPEN_CODES = frozenset({"ambiguous", "lossy", "sensitive"})
"""Findings that only a person can close (DESIGN, section 5, `decision_needed`)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a reviewer should know. `path` is a contract or source path, or "".

    `payload` is the canonical text of a payload that shows it, "" where there is none.
    """

    code: str
    path: str
    message: str
    severity: FindingSeverity
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A payload on which the adapter breaks its contract, misses its pair, or refuses.

    `output` is None when the payload was refused; then the one violation says why.
    """

    kind: CounterexampleKind
    payload: Json
    output: Json
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """A verdict with all that stands behind it.

    `confidence` is P(the whole adapter is right on all unseen payloads), None when nobody gave
    one (a hand-written adapter). `unsatisfied` are contract paths that nothing feeds. `tried`
    counts the payloads that were run, `pairs` the paired samples that were compared.
    """

    verdict: Verdict
    confidence: float | None
    decision_needed: bool
    findings: tuple[Finding, ...] = ()
    unsatisfied: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    tried: int = 0
    pairs: int = 0
    notes: tuple[RuleNote, ...] = ()


def verification_to_json(verification: Verification, *, adapter: Json | None = None) -> Json:
    """Return the JSON form that `propose --json` prints; `adapter` is the adapter document."""
    return {
        "verdict": verification.verdict.value,
        "confidence": verification.confidence,
        "decision_needed": verification.decision_needed,
        "adapter": adapter,
        "unsatisfied": list(verification.unsatisfied),
        "findings": [_finding_to_json(finding) for finding in verification.findings],
        "counterexample": _counterexample_to_json(verification.counterexample),
        "tried": verification.tried,
        "pairs": verification.pairs,
        "rules": [_note_to_json(note) for note in verification.notes],
    }


def verification_from_json(document: Json) -> Verification:
    """Return the verification that `verification_to_json` wrote; the adapter is left aside."""
    return Verification(
        verdict=Verdict(document["verdict"]),
        confidence=document["confidence"],
        decision_needed=document["decision_needed"],
        findings=tuple(_finding_from_json(finding) for finding in document["findings"]),
        unsatisfied=tuple(document["unsatisfied"]),
        counterexample=_counterexample_from_json(document["counterexample"]),
        tried=document["tried"],
        pairs=document["pairs"],
        notes=tuple(_note_from_json(note) for note in document["rules"]),
    )


def _finding_to_json(finding: Finding) -> Json:
    shown = {"payload": json.loads(finding.payload)} if finding.payload else {}
    return {
        "code": finding.code,
        "path": finding.path,
        "message": finding.message,
        "severity": finding.severity.value,
        **shown,
    }


def _finding_from_json(document: Json) -> Finding:
    return Finding(
        code=document["code"],
        path=document["path"],
        message=document["message"],
        severity=FindingSeverity(document["severity"]),
        payload=canonical_text(document["payload"]) if "payload" in document else "",
    )


def _counterexample_to_json(counterexample: Counterexample | None) -> Json:
    if counterexample is None:
        return None
    return {
        "kind": counterexample.kind.value,
        "payload": counterexample.payload,
        "output": counterexample.output,
        "violations": [
            {"path": one.path, "clause": one.clause, "message": one.message}
            for one in counterexample.violations
        ],
    }


def _counterexample_from_json(document: Json) -> Counterexample | None:
    if document is None:
        return None
    return Counterexample(
        kind=CounterexampleKind(document["kind"]),
        payload=document["payload"],
        output=document["output"],
        violations=tuple(
            Violation(path=one["path"], clause=one["clause"], message=one["message"])
            for one in document["violations"]
        ),
    )


def _note_to_json(note: RuleNote) -> Json:
    return {
        "target": note.target,
        "confidence": note.confidence,
        "evidence": [{"kind": one.kind.value, "text": one.text} for one in note.evidence],
        "alternatives": [
            {"expression": one.expression, "confidence": one.confidence}
            for one in note.alternatives
        ],
        "is_lossy": note.is_lossy,
        "is_ambiguous": note.is_ambiguous,
        "proposer": note.proposer,
        **({"question": note.question} if note.question else {}),
    }


def _note_from_json(document: Json) -> RuleNote:
    return RuleNote(
        target=document["target"],
        confidence=document["confidence"],
        evidence=tuple(
            Evidence(kind=EvidenceKind(one["kind"]), text=one["text"])
            for one in document["evidence"]
        ),
        alternatives=tuple(
            Alternative(expression=one["expression"], confidence=one["confidence"])
            for one in document["alternatives"]
        ),
        is_lossy=document["is_lossy"],
        is_ambiguous=document["is_ambiguous"],
        proposer=document["proposer"],
        question=document.get("question", ""),
    )
