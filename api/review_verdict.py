"""The verdict of a proposal in plain words, and what may be decided about it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.confidence.estimating import DECISION_FLOOR
from agent.core.review import MOVES, Proposal, State
from agent.core.values import Json
from agent.core.verify.record import OPEN_CODES

_PRESENT = {
    State.DRAFTING: "It is being drafted.",
    State.VERIFYING: "It is being verified.",
}
_NO_APPROVAL = {
    State.DRAFTING: "It is still being drafted: there is nothing to decide yet.",
    State.VERIFYING: "It is still being verified: there is nothing to decide yet.",
    State.BLOCKED: "It cannot be approved, because verification did not pass.",
    State.INFEASIBLE: "It cannot be approved, because a required field has no source.",
    State.APPROVED: "It is approved already.",
    State.REJECTED: "It is rejected, and that is final.",
    State.SUPERSEDED: "A newer version or proposal has taken its place.",
}


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """`tone` is good, warn, bad or quiet; `reasons` say why a person must decide."""

    tone: str
    title: str
    text: str
    reasons: tuple[str, ...] = ()


def verdict_line(proposal: Proposal) -> VerdictLine:
    """Return what is known about a proposal, in one line."""
    if proposal.state in _PRESENT:
        return VerdictLine("quiet", proposal.state.value.capitalize(), _PRESENT[proposal.state])
    if proposal.failure:
        return VerdictLine("bad", "Failed", f"The worker gave up: {proposal.failure}")
    verification = proposal.verification or {}
    reasons = _reasons(verification) if choices(proposal).is_open else ()
    match verification.get("verdict"):
        case "proved":
            text = "Every payload of this version meets the contract."
            return VerdictLine("good", "Proved", text, reasons)
        case "tested":
            tone = "warn" if reasons else "good"
            return VerdictLine(tone, "Tested", _tested(verification), reasons)
        case "refuted":
            return VerdictLine("bad", "Refuted", _refuted(verification), reasons)
        case "infeasible":
            return VerdictLine("bad", "Infeasible", _infeasible(verification), reasons)
        case _:
            return VerdictLine("quiet", "No verdict", "It has not been verified.")


def _tested(verification: Json) -> str:
    tried, pairs = verification.get("tried", 0), verification.get("pairs", 0)
    text = f"No breaking payload was found; {tried:,} were tried."
    if pairs:
        text += f" {pairs:,} paired {'sample' if pairs == 1 else 'samples'} matched."
    return text + " This is not a proof."


def _refuted(verification: Json) -> str:
    kind = (verification.get("counterexample") or {}).get("kind")
    if kind == "pair":
        return "A sample with a known answer comes out differently; see the counterexample."
    return "A payload that the source may send breaks the contract; see the counterexample."


def _infeasible(verification: Json) -> str:
    missing = ", ".join(verification.get("unsatisfied", ()))
    return f"The contract requires {missing or 'a field'}, and nothing in the source can feed it."


def _reasons(verification: Json) -> tuple[str, ...]:
    if not verification.get("decision_needed"):
        return ()
    reasons = []
    confidence = verification.get("confidence")
    if confidence is None:
        reasons.append("nobody gave a confidence")
    elif confidence < DECISION_FLOOR:
        reasons.append(f"confidence is {percent(confidence)}, below {percent(DECISION_FLOOR)}")
    codes = [one.get("code", "") for one in verification.get("findings", ())]
    for code in sorted(OPEN_CODES):
        if count := codes.count(code):
            reasons.append(f"{count} {code} {'finding' if count == 1 else 'findings'}")
    return tuple(reasons)


def percent(confidence: float) -> str:
    """Return a confidence as text, never rounded up to certainty."""
    return f"{int(confidence * 1000) / 10:g} %"


@dataclass(frozen=True, slots=True)
class Choices:
    """Which decisions are open now; `reason` says in words why approval is not."""

    can_approve: bool
    can_reject: bool
    can_request_changes: bool
    reason: str

    @property
    def is_open(self) -> bool:
        """Whether anything can be decided."""
        return self.can_approve or self.can_reject or self.can_request_changes


def choices(proposal: Proposal) -> Choices:
    """Return what can be decided about a proposal in its state."""
    legal = MOVES[proposal.state]
    can_approve = State.APPROVED in legal
    return Choices(
        can_approve=can_approve,
        can_reject=State.REJECTED in legal,
        can_request_changes=State.DRAFTING in legal,
        reason="" if can_approve else _NO_APPROVAL[proposal.state],
    )
