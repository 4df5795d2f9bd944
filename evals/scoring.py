"""The score of one consumer of one case, with its reason (DESIGN, section 9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.core.contract import Contract
from agent.core.language.document import Adapter
from agent.core.proposing import ModelUsage, RuleNote
from agent.core.values import Json
from agent.core.verify.record import Verdict, Verification
from agent.core.verify.targets import Outcome as Output
from agent.errors import PayloadRefused
from evals.cases import Case
from evals.differences import Difference, DifferenceKind, first_difference
from evals.rules import RuleScore, score_rules

Run = Callable[[Adapter, Json], Json]
"""Runs an adapter on a payload; raises PayloadRefused when a rule fails."""


class Outcome(StrEnum):
    """What became of one consumer. Everything else that is counted follows from it."""

    SOLVED = "solved"
    WRONG = "wrong"
    WRONGLY_REFUSED = "wrongly refused"
    REFUSED = "refused"
    NOT_REFUSED = "not refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What proposing gave for one consumer."""

    adapter: Adapter
    verification: Verification
    seconds: float
    usage: ModelUsage | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How one consumer of one case came out, and why.

    `reason` is empty for what is right; `reason_kind` groups reasons of one sort. Of `payloads`
    held-out ones, `exact` came out right and `valid` met the contract. `verdict` is "" when
    there was no proposal (a crash or a timeout).
    """

    family: str
    case: str
    consumer: str
    is_feasible: bool
    outcome: Outcome
    reason: str = ""
    reason_kind: str = ""
    payloads: int = 0
    exact: int = 0
    valid: int = 0
    verdict: str = ""
    confidence: float | None = None
    is_decision_needed: bool = True
    unsatisfied: tuple[str, ...] = ()
    seconds: float = 0.0
    model_calls: int = 0
    model_tokens: int = 0
    model_cost_usd: float = 0.0
    rules: tuple[RuleScore, ...] = ()
    notes: tuple[RuleNote, ...] = ()
    pairs: int = 0

    @property
    def is_right(self) -> bool:
        """Return whether the consumer got what it should: a right adapter, or a right refusal."""
        return self.outcome in (Outcome.SOLVED, Outcome.REFUSED)

    @property
    def is_silent_wrong(self) -> bool:
        """Return whether a wrong proposal asked for no decision: the one that must be zero."""
        is_wrong = self.outcome not in (Outcome.SOLVED, Outcome.REFUSED, Outcome.FAILED)
        return is_wrong and not self.is_decision_needed

    @property
    def has_refused(self) -> bool:
        """Return whether the proposal was `infeasible`, rightly or not."""
        return self.verdict == Verdict.INFEASIBLE


@dataclass(frozen=True, slots=True)
class Failure:
    """What was wrong with one held-out payload."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Checked:
    failure: Failure | None
    is_valid: bool
    outcome: Output


def score_attempt(
    case: Case, consumer: str, *, attempt: Attempt, contract: Contract, run: Run
) -> Score:
    """Return the score of a proposal, from its outputs on the held-out payloads."""
    checked = _check_heldout(case, consumer, attempt=attempt, contract=contract, run=run)
    outcome, failure = _judge(case, consumer, verification=attempt.verification, checked=checked)
    usage = attempt.usage
    return Score(
        family=case.family,
        case=case.id,
        consumer=consumer,
        is_feasible=case.is_feasible(consumer),
        outcome=outcome,
        reason=failure.text if failure else "",
        reason_kind=failure.kind if failure else "",
        payloads=len(checked),
        exact=sum(one.failure is None for one in checked),
        valid=sum(one.is_valid for one in checked),
        verdict=attempt.verification.verdict.value,
        confidence=attempt.verification.confidence,
        is_decision_needed=attempt.verification.decision_needed,
        unsatisfied=attempt.verification.unsatisfied,
        seconds=attempt.seconds,
        model_calls=usage.calls if usage else 0,
        model_tokens=usage.tokens_in + usage.tokens_out if usage else 0,
        model_cost_usd=usage.cost_usd if usage else 0.0,
        notes=attempt.verification.notes,
        pairs=attempt.verification.pairs,
        rules=score_rules(
            attempt.verification.notes,
            [one.outcome for one in checked],
            tolerance=case.tolerance,
        ),
    )


def score_failure(
    case: Case, consumer: str, *, kind: str, text: str = "", seconds: float = 0.0
) -> Score:
    """Return the score of a consumer that got no proposal at all: a crash, a timeout."""
    payloads = len(_expected(case, consumer))
    return Score(
        family=case.family,
        case=case.id,
        consumer=consumer,
        is_feasible=case.is_feasible(consumer),
        outcome=Outcome.FAILED,
        reason=f"{kind}: {text}" if text else kind,
        reason_kind=kind,
        payloads=payloads,
        seconds=seconds,
    )


def _expected(case: Case, consumer: str) -> list[tuple[str, Json, Json]]:
    if not case.is_feasible(consumer):
        return []
    return [
        (one.name, one.payload, expected)
        for one in case.heldout
        for expected in one.expected_by(consumer)
    ]


def _check_heldout(
    case: Case, consumer: str, *, attempt: Attempt, contract: Contract, run: Run
) -> Sequence[_Checked]:
    return [
        _check(name, payload, expected, run=run, attempt=attempt, contract=contract, case=case)
        for name, payload, expected in _expected(case, consumer)
    ]


def _check(
    name: str,
    payload: Json,
    expected: Json,
    *,
    run: Run,
    attempt: Attempt,
    contract: Contract,
    case: Case,
) -> _Checked:
    try:
        output = run(attempt.adapter, payload)
    except PayloadRefused as refusal:
        refused = Output(expected, refused_at=refusal.target)
        return _Checked(_refused(name, refusal), is_valid=False, outcome=refused)
    difference = first_difference(expected, output, tolerance=case.tolerance)
    failure = None if difference is None else _differs(name, difference)
    outcome = Output(expected, output)
    return _Checked(failure, is_valid=contract.is_met(output), outcome=outcome)


def _refused(name: str, refusal: PayloadRefused) -> Failure:
    operation = refusal.operation or "a rule"
    return Failure(f"refused payload: {operation}", f"heldout/{name}: refused payload: {refusal}")


def _differs(name: str, difference: Difference) -> Failure:
    place = f"heldout/{name}: {difference.path or 'the whole output'}"
    match difference.kind:
        case DifferenceKind.MISSING:
            return Failure("a field is missing", f"{place} is missing")
        case DifferenceKind.UNEXPECTED:
            return Failure("an unexpected field", f"{place} should not be there")
        case DifferenceKind.TYPE:
            kind = f"another type: {difference.types}"
            return Failure(kind, f"{place} has another type: {difference.types}")
        case DifferenceKind.LENGTH:
            counts = f"{len(difference.expected)} expected, {len(difference.found)} found"
            return Failure("another number of items", f"{place} holds other items: {counts}")
        case DifferenceKind.VALUE:
            values = f"{_short(difference.expected)} expected, {_short(difference.found)} found"
            return Failure("another value", f"{place} differs: {values}")


def _short(value: Json, *, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _judge(
    case: Case, consumer: str, *, verification: Verification, checked: Sequence[_Checked]
) -> tuple[Outcome, Failure | None]:
    if not case.is_feasible(consumer):
        return _judge_infeasible(case, verification)
    if verification.verdict is Verdict.INFEASIBLE:
        named = ", ".join(verification.unsatisfied) or "no field named"
        failure = Failure("proposal infeasible", f"proposal infeasible: {named}")
        return Outcome.WRONGLY_REFUSED, failure
    for one in checked:
        if one.failure is not None:
            return Outcome.WRONG, one.failure
    if not checked:
        missing = "no held-out payload has an expected output"
        return Outcome.FAILED, Failure(missing, missing)
    return Outcome.SOLVED, None


def _judge_infeasible(case: Case, verification: Verification) -> tuple[Outcome, Failure | None]:
    if verification.verdict is not Verdict.INFEASIBLE:
        fields = ", ".join(case.infeasible_fields)
        kind = "infeasible but not refused"
        return Outcome.NOT_REFUSED, Failure(kind, f"{kind}: nothing can feed {fields}")
    unnamed = [field for field in case.infeasible_fields if field not in verification.unsatisfied]
    if unnamed:
        kind = "refused without naming the fields"
        named = ", ".join(verification.unsatisfied) or "nothing"
        text = f"{kind}: named {named}, not {', '.join(unnamed)}"
        return Outcome.NOT_REFUSED, Failure(kind, text)
    return Outcome.REFUSED, None
