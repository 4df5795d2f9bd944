"""What is answered about an inclusion, and what the answer stands on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.core.values import Json


class Verdict(StrEnum):
    """Whether every document that is valid under SUB is valid under SUPER."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The keyword that stopped a proof; `pointer` says where it is: `sub#/...` or `super#/...`."""

    keyword: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.keyword} at {self.pointer}" if self.pointer else self.keyword


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An answer: `yes` is proved, `no` has a witness, `unknown` has what stopped the proof.

    `witness` is a document that two independent validators accept under SUB and refuse under
    SUPER; it is None for the other verdicts (and for `no` where the document is null).
    """

    verdict: Verdict
    witness: Json = None
    obstacle: Obstacle | None = None

    @property
    def is_proved(self) -> bool:
        """Whether the answer is `yes`."""
        return self.verdict is Verdict.YES

    @property
    def is_refuted(self) -> bool:
        """Whether the answer is `no`: the witness shows it."""
        return self.verdict is Verdict.NO
