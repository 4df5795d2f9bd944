"""The verdict on one adapter for one consumer: proof, trial, counterexample search, findings.

The order is infeasible, refuted, proved, tested (DESIGN, section 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from agent.core.contract import Contract, payload_validator
from agent.core.language.bounds import Budget
from agent.core.language.document import Adapter
from agent.core.language.reads import provenance
from agent.core.proposing import RuleNote, Sample, Unfed
from agent.core.schema import Schema
from agent.core.values import RELATIVE_TOLERANCE, Json, canonical_text
from agent.core.verify.choices import Hints
from agent.core.verify.differing import MOST_TRIED, differences
from agent.core.verify.feeding import find_unsatisfied
from agent.core.verify.findings import static_findings
from agent.core.verify.generate import ROTATED_SHARE, payloads
from agent.core.verify.hints import hints_for
from agent.core.verify.judgement import closed, consumer_confidence, is_decision_needed
from agent.core.verify.lossy import Loss, find_losses
from agent.core.verify.mending import Mender
from agent.core.verify.proof import ObligationKind, Proof, prove
from agent.core.verify.record import (
    Counterexample,
    CounterexampleKind,
    Finding,
    FindingSeverity,
    Verdict,
    Verification,
)
from agent.core.verify.shown_losses import shown_losses
from agent.core.verify.shrink import shrink
from agent.core.verify.trial import Failure, try_contract, try_pair

MAX_REFUSALS = 20
"""Different faults that are listed as `may_refuse`."""

MAX_TRIES = 3_000
"""Tries that a large enum may ask for, beyond those that the caller asked for."""

MAX_WORK = 1_000_000
"""Steps of the language that a search may spend: rules that loop within loops are tried on less."""

TRIPWIRE_TRIES = 100
"""Tries for what is proved: none can break it, unless the proof is wrong."""

LEAST_SHARE = 10
"""One payload in so many must get through, or the search says too little."""

UNSOUND = "unsound-proof"
"""The code of what must never be: a payload that breaks an adapter which seemed proved."""

_SEVERITIES = tuple(FindingSeverity)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What running the adapter showed."""

    counterexample: Counterexample | None = None
    refusals: tuple[Failure, ...] = ()
    findings: tuple[Finding, ...] = ()
    tried: int = 0
    conformed: int = 0
    pairs: int = 0

    @property
    def is_refuted(self) -> bool:
        """Return whether a payload got a wrong output, and not only a refusal."""
        shown = self.counterexample
        return shown is not None and shown.kind is not CounterexampleKind.REFUSED

    @property
    def is_telling(self) -> bool:
        """Return whether enough payloads got through to say something about all rules.

        A rule that refuses most payloads hides the faults of the others.
        """
        return self.conformed > 0 and self.conformed * LEAST_SHARE >= self.tried


def verify(
    adapter: Adapter,
    *,
    after: Schema,
    contract: Contract,
    samples: Sequence[Sample] = (),
    notes: Sequence[RuleNote] = (),
    unfed: Sequence[Unfed] = (),
    seed: int = 0,
    tries: int = 300,
    tolerance: float = RELATIVE_TOLERANCE,
) -> Verification:
    """Return the verdict on `adapter` for payloads valid under `after`, and all behind it.

    `after` rules, whatever source schema the adapter embeds. `tries` bounds the payloads of the
    search (a large enum may ask for more); every sample is tried besides, and so is a payload
    that was mended for a rule that refused it. The same arguments give the same verification.
    """
    unsatisfied = find_unsatisfied(adapter, after=after, contract=contract.schema, unfed=unfed)
    losses = find_losses(adapter, after=after)
    known = static_findings(
        adapter,
        after=after,
        contract=contract,
        notes=notes,
        unfed=unfed,
        unsatisfied=unsatisfied,
        losses=losses,
    )
    outcome, proof = _Outcome(), Proof()
    if not unsatisfied:
        proof = prove(adapter, after=after, contract=contract)
        trial = _Trial(adapter, after=after, contract=contract, samples=samples)
        most = min(tries, TRIPWIRE_TRIES) if proof.is_proved else tries
        outcome = trial.run(seed=seed, tries=most, tolerance=tolerance)
        if not outcome.is_refuted:
            known = trial.told_apart(known, notes, seed=seed)
            known = _answered(known, adapter, losses, trial.paired_payloads())
    told = [] if unsatisfied else _told(proof, outcome)
    findings = _sorted([*known, *outcome.findings, *_may_refuse(outcome.refusals), *told])
    verdict = _verdict(unsatisfied, outcome, findings, is_proved=proof.is_proved)
    confidence = consumer_confidence(
        notes,
        targets=[origin.target for origin in provenance(adapter)],
        pairs=outcome.pairs,
        is_tried=outcome.is_telling,
    )
    findings = _sorted(closed(findings, notes, confidence=confidence))
    return Verification(
        verdict=verdict,
        confidence=confidence,
        decision_needed=is_decision_needed(verdict, confidence=confidence, findings=findings),
        findings=tuple(findings),
        unsatisfied=unsatisfied,
        counterexample=outcome.counterexample,
        tried=outcome.tried,
        pairs=outcome.pairs,
        notes=tuple(notes),
    )


def _verdict(
    unsatisfied: Sequence[str],
    outcome: _Outcome,
    findings: Iterable[Finding],
    *,
    is_proved: bool,
) -> Verdict:
    if unsatisfied:
        return Verdict.INFEASIBLE
    if outcome.is_refuted:
        return Verdict.REFUTED
    if any(finding.severity is FindingSeverity.ERROR for finding in findings):
        return Verdict.REFUTED
    return Verdict.PROVED if is_proved and not outcome.refusals else Verdict.TESTED


def _smaller(known: Failure | None, failure: Failure) -> Failure:
    """Return the one of two failures of one fault whose payload is smaller, the first of equals."""
    if known is None or _size(failure) < _size(known):
        return failure
    return known


def _size(failure: Failure) -> int:
    return len(canonical_text(failure.counterexample.payload))


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    """Return each finding once, the gravest first, otherwise in the order of finding."""
    return sorted(dict.fromkeys(findings), key=lambda one: _SEVERITIES.index(one.severity))


def _may_refuse(refusals: Iterable[Failure]) -> list[Finding]:
    return [
        Finding(
            "may_refuse",
            refusal.fault[0],
            f"a valid payload may be refused: {refusal.counterexample.violations[0].message}",
            FindingSeverity.WARNING,
            canonical_text(refusal.counterexample.payload),
        )
        for refusal in refusals
    ]


def _told(proof: Proof, outcome: _Outcome) -> list[Finding]:
    """Return what stands open after proof and search, or that the two contradict each other."""
    if not proof.is_proved:
        return [*_open_findings(proof, outcome), *_thin_search(outcome)]
    shown = outcome.counterexample
    if shown is None or shown.kind is CounterexampleKind.PAIR:
        return _thin_search(outcome)
    message = (
        "the adapter seemed proved, and yet a payload "
        f"{'is refused' if outcome.refusals else 'breaks the contract'}: please report this"
    )
    return [Finding(UNSOUND, "", message, FindingSeverity.ERROR, canonical_text(shown.payload))]


def _open_findings(proof: Proof, outcome: _Outcome) -> Iterable[Finding]:
    """Yield the obligations of a proof that no payload of the search has shown to be faults."""
    refused = {refusal.fault[0] for refusal in outcome.refusals}
    is_broken = outcome.counterexample is not None and not outcome.refusals
    for one in proof.obligations:
        is_shown = one.path in refused if one.kind is ObligationKind.MAY_REFUSE else is_broken
        if not is_shown:
            tries = f"no payload that shows it was found in {outcome.tried} tries"
            yield Finding(one.kind.value, one.path, f"{one.message}; {tries}", FindingSeverity.INFO)


def _answered(
    known: Sequence[Finding], adapter: Adapter, losses: Sequence[Loss], payloads: Sequence[Json]
) -> list[Finding]:
    """Return the findings, those losses closed that the pairs show to be wanted."""
    if not payloads:
        return list(known)
    shown = {(loss.target, loss.message) for loss in shown_losses(adapter, losses, payloads)}
    return [
        replace(
            one,
            code="lossy-as-shown",
            message=f"{one.message}, as the pairs show",
            severity=FindingSeverity.INFO,
        )
        if one.code == "lossy" and (one.path, one.message) in shown
        else one
        for one in known
    ]


def _thin_search(outcome: _Outcome) -> list[Finding]:
    is_cut_short = outcome.counterexample is not None and not outcome.refusals
    if is_cut_short or outcome.is_telling:
        return []
    message = (
        f"only {outcome.conformed} of {outcome.tried} payloads got through all rules, "
        "so that little is known about them"
    )
    return [Finding("thin-search", "", message, FindingSeverity.WARNING)]


class _Trial:
    """The running of one adapter: on its samples, then on payloads that look for trouble."""

    def __init__(
        self,
        adapter: Adapter,
        *,
        after: Schema,
        contract: Contract,
        samples: Sequence[Sample],
    ) -> None:
        self._adapter = adapter
        self._after = after
        self._contract = contract
        self._samples = samples
        self._is_valid: Callable[[Json], bool] = payload_validator(after).is_met
        self._spent = 0

    def run(self, *, seed: int, tries: int, tolerance: float) -> _Outcome:
        """Return the first failure that refutes, or every kind of refusal that was met."""
        pairs, missed = self._pairs(tolerance)
        start = _Outcome(findings=tuple(self._sample_findings()), pairs=pairs)
        if missed is not None:
            return replace(start, counterexample=missed, tried=len(self._samples))
        return self._search(start, seed=seed, tries=tries)

    def _pairs(self, tolerance: float) -> tuple[int, Counterexample | None]:
        """Return how many pairs were compared, and the first that was missed."""
        compared, missed = 0, None
        for sample in self._samples:
            for expected in sample.expected_by(self._contract.consumer):
                compared += 1
                missed = missed or try_pair(
                    self._adapter, sample.payload, expected=expected, tolerance=tolerance
                )
        return compared, missed

    def paired_payloads(self) -> list[Json]:
        """Return the payloads whose output is known."""
        return [one.payload for one in self._samples if one.expected_by(self._contract.consumer)]

    def _sample_findings(self) -> Iterable[Finding]:
        for number, sample in enumerate(self._samples, start=1):
            found = payload_validator(self._after).violations(sample.payload, limit=1)
            for violation in found:
                message = (
                    f"sample {number} is not valid under the source schema: "
                    f"{violation.path or '/'} {violation.message}"
                )
                yield Finding("invalid-sample", violation.path, message, FindingSeverity.WARNING)

    def _search(self, start: _Outcome, *, seed: int, tries: int) -> _Outcome:
        known = [sample.payload for sample in self._samples if self._is_valid(sample.payload)]
        refusals: dict[tuple[str, str], Failure] = {}
        tried, conformed = 0, 0
        for failure in self._failures(self._payloads(known, seed=seed, tries=tries)):
            tried += 1
            if failure is None:
                conformed += 1
                continue
            if not failure.is_refusal:
                return replace(
                    start, counterexample=self._shrunk(failure).counterexample, tried=tried
                )
            if failure.fault in refusals or len(refusals) < MAX_REFUSALS:
                refusals[failure.fault] = _smaller(refusals.get(failure.fault), failure)
        found = [self._shrunk(failure) for failure in refusals.values()]
        shown = found[0].counterexample if found else None
        return replace(
            start,
            counterexample=shown,
            refusals=tuple(found),
            tried=tried,
            conformed=conformed,
        )

    def _failures(self, payloads: Iterable[Json]) -> Iterable[Failure | None]:
        """Yield what is wrong with each payload, and with those that a refusal was mended in."""
        mender = Mender(self._is_valid)
        for payload in payloads:
            yield from mender.tried(payload, self._try)
            if self._spent > MAX_WORK:
                return

    def _try(self, payload: Json) -> Failure | None:
        budget = Budget(payload)
        failure = try_contract(self._adapter, payload, contract=self._contract, budget=budget)
        self._spent += budget.spent
        return failure

    def _payloads(self, known: Sequence[Json], *, seed: int, tries: int) -> Iterable[Json]:
        yield from known
        hints = hints_for(
            self._adapter,
            after=self._after,
            contract=self._contract.schema,
            samples=known,
            seed=seed,
        )
        limit = max(tries, self._tries_for_enums(hints))
        yield from payloads(self._after, seed=seed, limit=limit, anchors=known, hints=hints)

    def _tries_for_enums(self, hints: Hints) -> int:
        """Return how many tries every value of the largest enum that is read asks for."""
        sizes = [
            len(info.enum) for info in self._after.fields if info.enum and hints.is_read(info.path)
        ]
        return min(ROTATED_SHARE * max(sizes, default=0), MAX_TRIES)

    def told_apart(
        self, known: Sequence[Finding], notes: Sequence[RuleNote], *, seed: int
    ) -> list[Finding]:
        """Return the findings, with a payload that shows how two explanations differ."""
        if not any(note.is_ambiguous and note.alternatives for note in notes):
            return list(known)
        valid = [sample.payload for sample in self._samples if self._is_valid(sample.payload)]
        found = {
            one.target: one
            for one in differences(
                self._adapter,
                notes,
                self._payloads(valid, seed=seed, tries=MOST_TRIED),
                is_valid=self._is_valid,
            )
        }
        return [
            replace(
                finding,
                message=found[finding.path].question,
                payload=canonical_text(found[finding.path].payload),
            )
            if finding.code == "ambiguous" and finding.path in found and not finding.payload
            else finding
            for finding in known
        ]

    def _shrunk(self, failure: Failure) -> Failure:
        """Return the same fault on a smaller payload that is still valid."""
        most = self._spent + MAX_WORK // 4
        smallest = failure

        def still_fails(payload: Json) -> bool:
            nonlocal smallest
            if self._spent > most or not self._is_valid(payload):
                return False
            found = self._try(payload)
            if found is None or found.fault != failure.fault:
                return False
            smallest = found
            return True

        shrink(failure.counterexample.payload, still_fails=still_fails)
        return smallest
