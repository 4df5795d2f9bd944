"""What a pass over a contract says about its rules, and the fields that it leaves open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from agent.core.confidence.estimating import rule_confidence
from agent.core.confidence.signals import BESIDE_PAIRS, SLOPES, Signals
from agent.core.proposing import Evidence, EvidenceKind, RuleNote, Unfed
from agent.core.schema import FieldInfo
from agent.proposers.choosing import Choice
from agent.proposers.history import History, absence_ground

Mark = tuple[int, int]


@dataclass(slots=True)
class Notebook:
    """Notes and unfed fields, collected while rows are written."""

    source: str
    proposer: str
    history: History
    is_paired: bool
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
        signals = choice.signals
        if SLOPES.get(signals.ground) == "names" and choice.is_ambiguous:
            signals = replace(signals, is_doubtful=True)
        note = self._note(target, signals, choice.evidence)
        self.notes.append(
            replace(
                note,
                alternatives=choice.alternatives,
                is_lossy=choice.is_lossy,
                is_ambiguous=choice.is_ambiguous,
                question=choice.question,
            )
        )

    def _note(self, target: str, signals: Signals, evidence: tuple[Evidence, ...]) -> RuleNote:
        if self.is_paired:
            ground = BESIDE_PAIRS.get(signals.ground, signals.ground)
            signals = replace(signals, ground=ground)
        return RuleNote(
            target, rule_confidence(signals), evidence, proposer=self.proposer, signals=signals
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
            text = "optional, and nothing feeds it: it stays absent"
            evidence = (Evidence(EvidenceKind.CONTRACT, text),)
            ground = absence_ground(self.history, child.path)
            self.notes.append(self._note(child.path, Signals(ground), evidence))
