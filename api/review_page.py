"""Everything that the page of one proposal shows, gathered from the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from agent.core.review import AuditRow, Decision, Proposal
from agent.core.values import Json
from agent.core.verify.generate import payloads
from agent.pipeline.service import Service
from agent.pipeline.serving import schema_of
from api.review_diff import DiffView, diff_view, field_types
from api.review_rules import RuleRow, rule_rows, rule_texts
from api.review_verdict import Choices, VerdictLine, choices, verdict_line

COUNTEREXAMPLE = "counterexample"
MADE_UP = "made"
MAX_SAMPLES = 20
UNACCOUNTED = "unaccounted"


@dataclass(frozen=True, slots=True)
class Gap:
    """A contract field that nothing feeds, or a source field that nothing uses.

    It `is_open` when it needs an answer: a required contract field, a source field without a
    reason for leaving it out.
    """

    path: str
    type: str
    is_open: bool
    text: str


@dataclass(frozen=True, slots=True)
class PayloadChoice:
    """A payload that can be put into the trial form."""

    key: str
    label: str
    payload: Json


@dataclass(frozen=True, slots=True)
class Seen:
    """One difference between what a stale page showed and what is there now."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """The page of one proposal."""

    proposal: Proposal
    verdict: VerdictLine
    choices: Choices
    diff: DiffView | None
    rules: tuple[RuleRow, ...]
    unfed: tuple[Gap, ...]
    unused: tuple[Gap, ...]
    findings: tuple[Mapping[str, str], ...]
    counterexample: Json
    payloads: tuple[PayloadChoice, ...]
    decisions: tuple[Decision, ...]
    history: tuple[AuditRow, ...]
    rules_seen: str


def proposal_page(service: Service, id: str) -> ProposalPage:
    """Return the page of a proposal.

    Raises:
        NotFound: there is no proposal with this id.
    """
    proposal = service.proposal(id)
    adapter, verification = proposal.adapter or {}, proposal.verification or {}
    target_types = field_types(adapter["contract"]) if adapter else {}
    rules = rule_rows(adapter, verification, types=target_types)
    unfed = _unfed(proposal, verification, target_types)
    shown = frozenset(row.target for row in rules) | {gap.path for gap in unfed}
    change = service.change(proposal.change) if proposal.change else None
    return ProposalPage(
        proposal=proposal,
        verdict=verdict_line(proposal),
        choices=choices(proposal),
        diff=diff_view(change, service.ledger),
        rules=rules,
        unfed=unfed,
        unused=_unused(adapter, verification),
        findings=_other_findings(verification, shown),
        counterexample=verification.get("counterexample"),
        payloads=_payloads(service, proposal),
        decisions=service.ledger.decisions(id),
        history=_history(service, id),
        rules_seen=json.dumps(rule_texts(adapter)),
    )


def _unfed(proposal: Proposal, verification: Json, types: Mapping[str, str]) -> tuple[Gap, ...]:
    """Return the contract fields that nothing feeds, the required ones first."""
    told = {one["path"]: one for one in (proposal.provenance or {}).get("unfed", ())}
    missing = verification.get("unsatisfied", ())
    gaps = []
    for path in dict.fromkeys([*missing, *told]):
        known = told.get(path, {})
        is_open = path in missing or bool(known.get("is_required"))
        gaps.append(Gap(path, types.get(path, ""), is_open, known.get("question", "")))
    return tuple(sorted(gaps, key=lambda gap: not gap.is_open))


def _unused(adapter: Json, verification: Json) -> tuple[Gap, ...]:
    """Return the source fields that no rule reads, those without a reason first."""
    types = field_types(adapter["source_schema"]) if adapter else {}
    forgotten = [
        (one["path"], one["message"])
        for one in verification.get("findings", ())
        if one.get("code") == UNACCOUNTED
    ]
    dropped = [(one["path"], one["reason"]) for one in adapter.get("drops", ())]
    return tuple(
        Gap(path, types.get(path, ""), (path, text) in forgotten, text)
        for path, text in forgotten + dropped
    )


def _other_findings(verification: Json, shown: frozenset[str]) -> tuple[Mapping[str, str], ...]:
    """Return the findings that no row of the rule table shows."""
    return tuple(
        one
        for one in verification.get("findings", ())
        if one.get("path") not in shown and one.get("code") != UNACCOUNTED
    )


def _payloads(service: Service, proposal: Proposal) -> tuple[PayloadChoice, ...]:
    """Return the counterexample, the samples, or else a payload made from the schema."""
    found = []
    counterexample = (proposal.verification or {}).get("counterexample")
    if counterexample:
        payload = counterexample["payload"]
        found.append(PayloadChoice(COUNTEREXAMPLE, "The counterexample", payload))
    version = service.ledger.version(proposal.source, proposal.version)
    for number, sample in enumerate(version.samples[:MAX_SAMPLES], start=1):
        found.append(PayloadChoice(str(number), f"Sample {number}", sample))
    if not found:
        schema = schema_of(version.document)
        for payload in islice(payloads(schema, seed=0, limit=1), 1):
            found.append(PayloadChoice(MADE_UP, "Made from the schema", payload))
    return tuple(found)


def _history(service: Service, id: str) -> tuple[AuditRow, ...]:
    subject = f"proposal {id}"
    return tuple(row for row in service.ledger.audit() if row.subject == subject)


def differences(
    page: ProposalPage, *, revision: int, state: str, rules_seen: str
) -> tuple[Seen, ...]:
    """Return what changed since a page was loaded; `rules_seen` is what it carried back."""
    proposal = page.proposal
    found = []
    if revision != proposal.revision:
        found.append(Seen("revision", str(revision), str(proposal.revision)))
    if state and state != proposal.state:
        found.append(Seen("state", state, proposal.state.value))
    then, now = _texts(rules_seen), _texts(page.rules_seen)
    for target in dict.fromkeys([*then, *now]):
        if then.get(target) != now.get(target):
            what = f"rule {target or '/'}"
            found.append(Seen(what, then.get(target, "no rule"), now.get(target, "no rule")))
    return tuple(found)


def _texts(text: str) -> dict[str, str]:
    """Return rule texts by target; a page that carries anything else has seen none."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {key: value for key, value in read.items() if isinstance(value, str)}
