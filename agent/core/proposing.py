"""One task record and one answer record, shared by every proposer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from agent.core.confidence.signals import Signals
from agent.core.contract import Contract
from agent.core.diff import SchemaDiff
from agent.core.language.document import Adapter
from agent.core.language.syntax import Bindings, Drop, Row
from agent.core.schema import Schema
from agent.core.values import Json


@dataclass(frozen=True, slots=True)
class Sample:
    """A payload of the new shape, with what each consumer should get from it where known."""

    payload: Json
    expected: tuple[tuple[str, Json], ...] = ()

    def expected_by(self, consumer: str) -> tuple[Json, ...]:
        """Return the expected output of one consumer: one value, or none when it is not known."""
        return tuple(value for name, value in self.expected if name == consumer)


class EvidenceKind(StrEnum):
    """What kind of thing speaks for a rule."""

    IN_FORCE = "in-force"
    RENAME = "rename"
    PRIOR_MAPPING = "prior-mapping"
    SAMPLE = "sample"
    NAME = "name"
    DESCRIPTION = "description"
    TYPE = "type"
    VALUE = "value"
    CONTRACT = "contract"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a rule, in words that a reviewer reads."""

    kind: EvidenceKind
    text: str


@dataclass(frozen=True, slots=True)
class PriorMapping:
    """An approved or rejected rule, remembered with the fields it joined.

    `target` and `reads` are contract and source paths; `expression` is the printed rule value;
    `is_approved` is False for a rejected one. `distance` is cosine, 0 (same) to 2, set by recall.
    """

    id: str
    source: str
    consumer: str
    target: str
    target_text: str
    reads: tuple[str, ...]
    reads_text: str
    expression: str
    is_approved: bool
    distance: float = 0.0


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another expression that could feed the same target."""

    expression: str
    confidence: float


@dataclass(frozen=True, slots=True)
class RuleNote:
    """What is known about the rule of one target: kept beside the adapter, never in it.

    `target` is the full contract path with `*`; `confidence` is P(right on all unseen payloads).
    A `question` is put to a person, who decides before the adapter is used. `signals` are what
    the confidence was estimated from; they are not kept in the ledger.
    """

    target: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    is_lossy: bool = False
    is_ambiguous: bool = False
    proposer: str = ""
    question: str = ""
    signals: Signals | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unfed:
    """A contract field that nothing feeds. `question` is what to ask the producer."""

    path: str
    is_required: bool
    question: str


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What a language model was asked and what it cost."""

    model: str
    prompt_fingerprint: str
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float
    cost_usd: float = 0.0
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule table for one consumer, with what is known about each rule.

    A proposer gets the answer so far and returns a fuller one.
    """

    rows: tuple[Row, ...] = ()
    let: Bindings = ()
    notes: tuple[RuleNote, ...] = ()
    drops: tuple[Drop, ...] = ()
    unfed: tuple[Unfed, ...] = ()
    usage: ModelUsage | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What a proposer is asked: feed one consumer's contract from one new schema version."""

    source: str
    consumer: str
    after: Schema
    contract: Contract
    before: Schema | None = None
    diff: SchemaDiff | None = None
    in_force: Adapter | None = None
    samples: tuple[Sample, ...] = ()
    before_samples: tuple[Json, ...] = ()
    priors: tuple[PriorMapping, ...] = ()
    counterexamples: tuple[Json, ...] = field(default=())

    def pairs(self) -> tuple[tuple[Json, Json], ...]:
        """Return the paired samples as (payload, expected output)."""
        return tuple(
            (sample.payload, expected)
            for sample in self.samples
            for expected in sample.expected_by(self.consumer)
        )
