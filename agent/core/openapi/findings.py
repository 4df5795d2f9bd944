"""What a comparison of two OpenAPI documents finds."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.changes import Level, Verdict, worst
from agent.core.judging import Decider
from agent.core.values import Json


@dataclass(frozen=True, slots=True)
class Finding:
    """One real change of an API.

    `at` is the pointer of the operation, parameter or component that changed, and the paths lead
    on into its payload ("" for the whole; `before_path` is None for what came and `after_path`
    for what went). `places` are the operations that it reaches; `also` the pointers of further
    copies of the same schema with the same change. `detail` may quote the documents.
    """

    check: str
    level: Level
    at: str
    detail: str
    places: tuple[str, ...] = ()
    before_path: str | None = ""
    after_path: str | None = ""
    decided_by: Decider = Decider.POLICY
    has_witness: bool = False
    witness: Json = None
    also: tuple[str, ...] = ()
    confidence: float = 1.0

    @property
    def path(self) -> str:
        """The path to show in the payload: where it is now, or where it was when it is gone."""
        return self.after_path if self.after_path is not None else self.before_path or ""


_VERDICTS = {
    Level.INFO: Verdict.NON_BREAKING,
    Level.NON_BREAKING: Verdict.NON_BREAKING,
    Level.POSSIBLE: Verdict.POSSIBLE,
    Level.BREAKING: Verdict.BREAKING,
}


@dataclass(frozen=True, slots=True)
class ApiDiff:
    """All findings between two documents, worst first, then in the order of the document.

    `is_proved` says that inclusion answered about every schema that is written differently, those
    without a finding among them.
    """

    policy: str
    findings: tuple[Finding, ...] = ()
    is_proved: bool = True

    @property
    def verdict(self) -> Verdict:
        """The worst of all findings, `unchanged` when there are none."""
        if not self.findings:
            return Verdict.UNCHANGED
        return _VERDICTS[worst(finding.level for finding in self.findings)]

    @property
    def decided_by(self) -> Decider:
        """What the verdict follows from: inclusion, unless the table of checks has a part in it.

        One witness shows that something breaks; that nothing does needs a proof of every change.
        """
        found = [f for f in self.findings if _VERDICTS[f.level] is self.verdict]
        by_proof = [f.decided_by is Decider.INCLUSION for f in found]
        is_bad = self.verdict in (Verdict.BREAKING, Verdict.POSSIBLE)
        is_proved = any(by_proof) if is_bad else self.is_proved and all(by_proof)
        return Decider.INCLUSION if is_proved else Decider.POLICY

    @property
    def witness(self) -> Finding | None:
        """The first finding that has a payload to show, None when none has."""
        return next((f for f in self.findings if f.has_witness), None)
