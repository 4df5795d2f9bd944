"""The JSON form of a verification."""

from __future__ import annotations

import json

from agent.core.contract import Violation
from agent.core.proposing import Alternative, Evidence, EvidenceKind, RuleNote
from agent.core.verify.record import (
    Counterexample,
    CounterexampleKind,
    Finding,
    FindingSeverity,
    Verdict,
    Verification,
    verification_from_json,
    verification_to_json,
)

FULL = Verification(
    verdict=Verdict.REFUTED,
    confidence=0.5,
    decision_needed=True,
    findings=(Finding("lossy", "/a", "/a is rounded", FindingSeverity.WARNING),),
    unsatisfied=("/b",),
    counterexample=Counterexample(
        kind=CounterexampleKind.CONTRACT,
        payload={"x": None},
        output={"a": [1]},
        violations=(Violation(path="/a", clause="/properties/a/type", message="not a text"),),
    ),
    tried=12,
    pairs=3,
    notes=(
        RuleNote(
            target="/a",
            confidence=0.5,
            evidence=(Evidence(EvidenceKind.NAME, "a resembles x"),),
            alternatives=(Alternative("src.y", 0.4),),
            is_lossy=True,
            is_ambiguous=True,
            proposer="matching",
        ),
    ),
)
EMPTY = Verification(verdict=Verdict.TESTED, confidence=None, decision_needed=True)


def test_json__of_a_verification__comes_back_equal() -> None:
    """Reading what was written gives the same record, through real JSON text."""
    for verification in (FULL, EMPTY):
        text = json.dumps(verification_to_json(verification))
        assert verification_from_json(json.loads(text)) == verification


def test_json__of_a_verification__has_the_keys_that_propose_prints() -> None:
    """The shape is the one of DESIGN section 8, with the rules and counts besides."""
    document = verification_to_json(FULL, adapter={"name": "a"})
    assert list(document) == [
        "verdict", "confidence", "decision_needed", "adapter", "unsatisfied", "findings",
        "counterexample", "tried", "pairs", "rules",
    ]  # fmt: skip
    assert document["adapter"] == {"name": "a"}
    assert document["findings"] == [
        {"code": "lossy", "path": "/a", "message": "/a is rounded", "severity": "warning"}
    ]
    shown = document["counterexample"]
    assert (shown["kind"], shown["payload"], shown["output"]) == (
        "contract", {"x": None}, {"a": [1]},
    )  # fmt: skip
    assert shown["violations"][0]["path"] == "/a"
    assert shown["violations"][0]["clause"] == "/properties/a/type"


def test_json__without_a_counterexample__holds_null() -> None:
    """What is not there is null, and lists are empty."""
    document = verification_to_json(EMPTY)
    assert document["counterexample"] is document["adapter"] is document["confidence"] is None
    assert document["findings"] == document["rules"] == document["unsatisfied"] == []
