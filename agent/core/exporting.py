"""What an export is: an adapter written in another language, and where that one falls short."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exported:
    """An adapter as `text` of another language.

    `unfaithful` says, rule by rule, where the other language may give another value than the
    reference; an export without any is exact or refuses. No export bounds work as the reference
    does: the platform that runs it does.
    """

    text: str
    unfaithful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a rule out of an export: the rule's pointer, the operation, and why."""

    rule: str
    operation: str
    reason: str

    def __str__(self) -> str:
        return f"{self.rule or '/'}: {self.operation}: {self.reason}"
