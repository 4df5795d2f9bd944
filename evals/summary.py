"""Scores counted together: per family, in all, and the commonest reasons for failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.core.verify.record import Verdict
from evals.reliability import Reliability, reliability
from evals.scoring import Outcome, Score


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over some scores; the rates follow from them and are None over nothing.

    `solved`, `payloads`, `exact` and `valid` count feasible consumers only. `refusals` are all
    `infeasible` proposals; a right one is of an infeasible consumer and names its fields.
    """

    consumers: int
    feasible: int
    solved: int
    payloads: int
    exact: int
    valid: int
    silent_wrong: int
    solved_after_asking: int
    proved: int
    infeasible: int
    refusals: int
    right_refusals: int
    failed: int
    calibration_error: float | None
    rule_calibration_error: float | None
    model_calls: int
    model_tokens: int
    model_cost_usd: float
    seconds_mean: float
    seconds_max: float

    @property
    def solved_share(self) -> float | None:
        """Return the share of feasible consumers whose every held-out payload is exact."""
        return _share(self.solved, self.feasible)

    @property
    def payload_accuracy(self) -> float | None:
        """Return the share of held-out payloads that are exact."""
        return _share(self.exact, self.payloads)

    @property
    def valid_share(self) -> float | None:
        """Return the share of held-out payloads whose output meets the contract."""
        return _share(self.valid, self.payloads)

    @property
    def asked_share(self) -> float | None:
        """Return the share of solved consumers that needed a decision."""
        return _share(self.solved_after_asking, self.solved)

    @property
    def proved_share(self) -> float | None:
        """Return the share of solved consumers whose verdict is `proved`."""
        return _share(self.proved, self.solved)

    @property
    def refusal_precision(self) -> float | None:
        """Return the share of refusals that were right."""
        return _share(self.right_refusals, self.refusals)

    @property
    def refusal_recall(self) -> float | None:
        """Return the share of infeasible consumers that were rightly refused."""
        return _share(self.right_refusals, self.infeasible)


@dataclass(frozen=True, slots=True)
class Reason:
    """A sort of failure, how often it came up, and one that did."""

    kind: str
    count: int
    example: str


def summarise(scores: Sequence[Score]) -> Summary:
    """Return the counts over scores."""
    feasible = [score for score in scores if score.is_feasible]
    solved = [score for score in feasible if score.outcome is Outcome.SOLVED]
    seconds = [score.seconds for score in scores] or [0.0]
    return Summary(
        consumers=len(scores),
        feasible=len(feasible),
        solved=len(solved),
        payloads=sum(score.payloads for score in feasible),
        exact=sum(score.exact for score in feasible),
        valid=sum(score.valid for score in feasible),
        silent_wrong=sum(score.is_silent_wrong for score in scores),
        solved_after_asking=sum(score.is_decision_needed for score in solved),
        proved=sum(score.verdict == Verdict.PROVED for score in solved),
        infeasible=len(scores) - len(feasible),
        refusals=sum(score.has_refused for score in scores),
        right_refusals=sum(score.outcome is Outcome.REFUSED for score in scores),
        failed=sum(score.outcome is Outcome.FAILED for score in scores),
        calibration_error=adapter_reliability(scores).error,
        rule_calibration_error=rule_reliability(scores).error,
        model_calls=sum(score.model_calls for score in scores),
        model_tokens=sum(score.model_tokens for score in scores),
        model_cost_usd=sum(score.model_cost_usd for score in scores),
        seconds_mean=sum(seconds) / len(seconds),
        seconds_max=max(seconds),
    )


def adapter_reliability(scores: Iterable[Score]) -> Reliability:
    """Return the reliability of confidences in whole adapters; a refusal states none."""
    return reliability(
        (score.confidence, score.is_right)
        for score in scores
        if score.confidence is not None and not score.has_refused
    )


def rule_reliability(scores: Iterable[Score]) -> Reliability:
    """Return the reliability of confidences in rules that held-out payloads tell about."""
    return reliability(
        (rule.note.confidence, rule.is_right) for one in scores for rule in one.rules
    )


def top_reasons(scores: Iterable[Score], *, limit: int = 10) -> tuple[Reason, ...]:
    """Return the commonest sorts of failure, commonest first, each with its first example."""
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for score in scores:
        if score.is_right:
            continue
        counts[score.reason_kind] += 1
        name = f"{score.family}/{score.case} {score.consumer}"
        examples.setdefault(score.reason_kind, f"{name}: {score.reason}")
    ordered = sorted(counts.items(), key=lambda row: (-row[1], row[0]))[:limit]
    return tuple(Reason(kind, count, examples[kind]) for kind, count in ordered)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
