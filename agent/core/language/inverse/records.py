"""What an inversion says: rule by rule, what comes back, what is lost and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.core.language.document import Adapter


class Kind(StrEnum):
    """How much of what a rule reads its target gives back."""

    ISO = "iso"
    LOSSY = "lossy"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RuleInversion:
    """What the inverse makes of one rule.

    `iso`: for every payload that the adapter accepts, the inverse rule gives back the value that
    was read, missing and null included, and `loss` is "". Values are the same as the language's
    `==` has it, so 1 and 1.0 are one value and true is none of them. `lossy` and `none` say in
    `loss` what does not come back; a lossy rule may stand in the inverse (`is_inverted`), a `none`
    never does. `reads` are the full source paths that the target depends on.
    """

    rule: str
    target: str
    kind: Kind
    loss: str
    reads: tuple[str, ...]
    is_inverted: bool


@dataclass(frozen=True, slots=True)
class Inversion:
    """The inverse of an adapter, for writes from the consumer to the source.

    `adapter` is None when nothing can be brought back. `lost` are the declared source fields that
    it does not bring back as they were, with `*` for items: absent, changed, or, for an object
    with fields that do come back, its being null or empty. `/x/*` of an object stands for the
    fields that the schema does not name.
    """

    rules: tuple[RuleInversion, ...]
    adapter: Adapter | None
    lost: tuple[str, ...]

    @property
    def is_total(self) -> bool:
        """Whether every rule that reads the source at all gives back what it reads."""
        return all(rule.kind is Kind.ISO for rule in self.rules if rule.reads)

    @property
    def is_lossless(self) -> bool:
        """Whether the inverse gives back every payload that the adapter accepts."""
        return self.is_total and not self.lost
