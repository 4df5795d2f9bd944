"""Whether every payload that one side may send is one that the other takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.core.changes import Direction, Policy
from agent.core.closing import close_undeclared
from agent.core.inclusion import Inclusion, Verdict, decide
from agent.core.inclusion.confirming import Witnesses
from agent.core.schema import Schema
from agent.core.sides import seen_from
from agent.core.values import Json


@dataclass(frozen=True, slots=True)
class Versions:
    """Both versions of a schema."""

    before: Schema
    after: Schema

    def flow(self, direction: Direction) -> tuple[Schema, Schema]:
        """Return who sends and who takes: a request is written by old callers, the rest is read."""
        if direction is Direction.REQUEST:
            return self.before, self.after
        return self.after, self.before


def ask(versions: Versions, direction: Direction, policy: Policy) -> Inclusion:
    """Return whether all that is sent is taken; each side sees what is sent in that direction.

    A witness is confirmed under the schemas as they are written, where there is such a one.
    """
    sender, taker = versions.flow(direction)
    sent, taken = seen_from(sender, direction), seen_from(taker, direction)
    answer = _ask(sent, taken, policy)
    if not answer.is_refuted or (sent is sender and taken is taker):
        return answer
    if _is_confirmed(answer.witness, sub=sender, super=taker):
        return answer
    whole = _ask(sender, taker, policy)
    return replace(answer, witness=whole.witness) if whole.is_refuted else answer


def is_same(versions: Versions) -> bool:
    """Return whether both versions are proved to take the same payloads."""
    before, after = versions.before, versions.after
    return decide(before, after).is_proved and decide(after, before).is_proved


def _ask(sub: Schema, super: Schema, policy: Policy) -> Inclusion:
    """Return whether SUB is in SUPER; under `declared` its undeclared properties do not count.

    A strict answer is asked for where the other one fails: a strict proof holds anyway.
    """
    if policy is Policy.STRICT or sub.fingerprint == super.fingerprint:
        return decide(sub, super)
    answer = decide(close_undeclared(sub, super), super)
    if answer.is_proved:
        return answer
    if answer.is_refuted and _is_confirmed(answer.witness, sub=sub, super=super):
        return answer
    strict = decide(sub, super)
    return strict if strict.is_proved else Inclusion(Verdict.UNKNOWN, obstacle=answer.obstacle)


def _is_confirmed(witness: Json, *, sub: Schema, super: Schema) -> bool:
    """Whether a witness of a rewritten SUB is one of SUB: fewer arms may make `oneOf` larger."""
    return Witnesses(sub, super, asserts_formats=False).confirm(witness)
