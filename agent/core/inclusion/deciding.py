"""The decision: equal schemas, then a pool of documents, then a proof or a refutation."""

from __future__ import annotations

from agent.core.inclusion.confirming import is_witness
from agent.core.inclusion.verdict import Inclusion, Obstacle, Verdict
from agent.core.schema import Schema

_POOL = (None, True, 0, -1, 0.5, "", "a", [], [0], {}, {"a": 0})


def decide(sub: Schema, super: Schema) -> Inclusion:
    """Return whether every document that is valid under `sub` is valid under `super`.

    `format` is an annotation. The same schemas give the same answer: budgets count steps.
    """
    if sub.fingerprint == super.fingerprint:
        return Inclusion(Verdict.YES)
    for document in _POOL:
        if is_witness(document, sub=sub, super=super):
            return Inclusion(Verdict.NO, witness=document)
    return Inclusion(Verdict.UNKNOWN, obstacle=Obstacle("", ""))
