"""Whether every payload that one side may send is one that the other takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.core.changes import Direction, Policy
from agent.core.closing import close_undeclared
from agent.core.inclusion import Inclusion, Verdict, decide
from agent.core.inclusion.confirming import Witnesses
from agent.core.inclusion.deciding import documents_of
from agent.core.schema import Schema
from agent.core.shared_arms import shared_arms, without_arms
from agent.core.sides import seen_from
from agent.core.values import Json

_TRIED = 12
"""Payloads of the sender that are tried before inclusion is asked."""


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
    if sub.fingerprint == super.fingerprint:
        return Inclusion(Verdict.YES)
    shared = shared_arms(sub, super)
    if policy is Policy.STRICT:
        return _decide(_less(sub, shared), super, sub)
    answer = _decide(_less(close_undeclared(sub, super), shared), super, sub)
    if answer.verdict is not Verdict.UNKNOWN:
        return answer
    strict = _decide(_less(sub, shared), super, sub)
    return strict if strict.is_proved else answer


def _less(schema: Schema, arms: frozenset[int]) -> Schema:
    return without_arms(schema, arms) if arms else schema


def _decide(meant: Schema, super: Schema, sub: Schema) -> Inclusion:
    """Return the answer for what is meant by SUB; a witness has to be one of SUB as well.

    Some payloads of it are tried first: where one of many alternatives is new, any of its payloads
    is a witness, and a search through what all the others refuse takes long to find it.
    """
    is_witness = Witnesses(sub, super, asserts_formats=False).confirm
    for payload in documents_of(meant, _TRIED).values:
        if is_witness(payload):
            return Inclusion(Verdict.NO, witness=payload)
    answer = decide(meant, super)
    if answer.is_refuted and not is_witness(answer.witness):
        return Inclusion(Verdict.UNKNOWN, obstacle=answer.obstacle)
    return answer


def _is_confirmed(witness: Json, *, sub: Schema, super: Schema) -> bool:
    return Witnesses(sub, super, asserts_formats=False).confirm(witness)
