"""Findings about an adapter that need no payload: read from its rules, its notes, its schemas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.confidence.estimating import DECISION_FLOOR
from agent.core.contract import Contract
from agent.core.language.document import Adapter
from agent.core.proposing import RuleNote, Unfed
from agent.core.schema import Schema
from agent.core.verify.accounting import account
from agent.core.verify.feeding import find_undeclared_targets
from agent.core.verify.lossy import Loss
from agent.core.verify.overlaps import find_overlaps
from agent.core.verify.record import Finding, FindingSeverity
from agent.core.verify.sensitive import find_flows

_ERROR, _WARNING, _INFO = FindingSeverity


def static_findings(
    adapter: Adapter,
    *,
    after: Schema,
    contract: Contract,
    notes: Sequence[RuleNote],
    unfed: Sequence[Unfed],
    unsatisfied: Sequence[str],
    losses: Sequence[Loss],
) -> list[Finding]:
    """Return what the rules, their losses, the notes and the schemas say on their own."""
    return [
        *_unfed_findings(adapter, unfed, unsatisfied),
        *_undeclared_findings(adapter, contract),
        *_flow_findings(adapter, after, contract),
        *_loss_findings(losses, notes),
        *_note_findings(notes),
        *_overlap_findings(adapter),
        *_dropped_findings(adapter, after, contract),
    ]


def _unfed_findings(
    adapter: Adapter, unfed: Sequence[Unfed], unsatisfied: Sequence[str]
) -> Iterator[Finding]:
    questions = {one.path: one.question for one in unfed}
    for path in unsatisfied:
        asked = questions.get(path) or f"Where does {path} come from now?"
        message = f"nothing feeds the required {path}; ask {adapter.source}: {asked}"
        yield Finding("unfed", path, message, _ERROR)
    for one in unfed:
        if one.path not in unsatisfied:
            message = f"nothing feeds {one.path}; it stays absent. {one.question}".rstrip()
            yield Finding("unfed", one.path, message, _INFO)


def _undeclared_findings(adapter: Adapter, contract: Contract) -> Iterator[Finding]:
    for target in find_undeclared_targets(adapter, contract=contract.schema):
        message = f"a rule writes {target}, which {contract.consumer}'s contract does not declare"
        yield Finding("undeclared", target, message, _ERROR)


def _flow_findings(adapter: Adapter, after: Schema, contract: Contract) -> Iterator[Finding]:
    for flow in find_flows(adapter, after=after, contract=contract.schema):
        yield Finding("sensitive", flow.target, flow.message, _WARNING)


def _loss_findings(losses: Sequence[Loss], notes: Sequence[RuleNote]) -> Iterator[Finding]:
    seen = set()
    for loss in losses:
        seen.add(loss.target)
        yield Finding("lossy", loss.target, loss.message, _WARNING)
    for note in notes:
        if note.is_lossy and note.target not in seen:
            message = f"{note.target} narrows what it reads, says {note.proposer or 'its proposer'}"
            yield Finding("lossy", note.target, message, _WARNING)


def _note_findings(notes: Sequence[RuleNote]) -> Iterator[Finding]:
    for note in notes:
        if note.question:
            yield Finding("ambiguous", note.target, note.question, _WARNING)
        elif note.is_ambiguous:
            others = ", ".join(f"`{one.expression}`" for one in note.alternatives[:3])
            also = f": also {others}" if others else ""
            message = f"more than one source could feed {note.target}{also}"
            yield Finding("ambiguous", note.target, message, _WARNING)
        if note.confidence < DECISION_FLOOR:
            message = f"the rule for {note.target} has a confidence of {note.confidence:.2f} only"
            yield Finding("low-confidence", note.target, message, _INFO)


def _overlap_findings(adapter: Adapter) -> Iterator[Finding]:
    for one in find_overlaps(adapter):
        message = f"{one.rule} and {one.later} may both write {one.target}; the later one wins"
        yield Finding("overlap", one.target, message, _INFO)


def _dropped_findings(adapter: Adapter, after: Schema, contract: Contract) -> Iterator[Finding]:
    for path in account(adapter, after, contract).unaccounted:
        message = f"source field {path or '/'} is neither used nor dropped with a reason"
        yield Finding("unaccounted", path, message, _INFO)
