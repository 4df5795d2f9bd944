"""What a pass over a contract says about its rules, and the fields that it leaves open."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.core.proposing import Evidence, EvidenceKind, RuleNote, Unfed
from agent.core.schema import FieldInfo
from agent.proposers.choosing import Choice
from agent.proposers.history import History, absence_confidence

Mark = tuple[int, int]


@dataclass(slots=True)
class Notebook:
    """Notes and unfed fields, collected while rows are written."""

    source: str
    proposer: str
    history: History
    notes: list[RuleNote] = field(default_factory=list)
    unfed: list[Unfed] = field(default_factory=list)

    def mark(self) -> Mark:
        """Return where the notebook stands, to go back to."""
        return len(self.notes), len(self.unfed)

    def lacks(self, mark: Mark) -> bool:
        """Return whether a required field was left open since a mark."""
        return any(one.is_required for one in self.unfed[mark[1] :])

    def go_back(self, mark: Mark) -> None:
        """Forget all that was written since a mark."""
        del self.notes[mark[0] :]
        del self.unfed[mark[1] :]

    def note(self, target: str, choice: Choice) -> None:
        """Write down what is known about the rule of a target."""
        self.notes.append(
            RuleNote(
                target=target,
                confidence=round(choice.confidence, 3),
                evidence=choice.evidence,
                alternatives=choice.alternatives,
                is_lossy=choice.is_lossy,
                is_ambiguous=choice.is_ambiguous,
                proposer=self.proposer,
            )
        )

    def leave(self, child: FieldInfo) -> None:
        """Write down that nothing feeds a field."""
        said = f" ({child.description[:120]})" if child.description else ""
        self.unfed.append(
            Unfed(
                path=child.path,
                is_required=child.is_required,
                question=f"Which field of {self.source} holds {child.path}{said} now?",
            )
        )
        if not child.is_required:
            confidence = absence_confidence(self.history, child.path)
            text = "optional, and nothing feeds it: it stays absent"
            self.notes.append(
                RuleNote(
                    child.path,
                    confidence,
                    (Evidence(EvidenceKind.CONTRACT, text),),
                    proposer=self.proposer,
                )
            )
