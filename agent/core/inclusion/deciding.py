"""The decision: equal schemas, then a search for a document that only one of them admits."""

from __future__ import annotations

from agent.core.inclusion.confirming import is_witness
from agent.core.inclusion.graph import Graph, Root
from agent.core.inclusion.pool import documents
from agent.core.inclusion.search import OutOfSteps, Search
from agent.core.inclusion.verdict import Inclusion, Obstacle, Verdict
from agent.core.schema import Schema

_SECOND_TRY = 12
"""How many witnesses are looked for when the validators do not agree about the first."""


def decide(sub: Schema, super: Schema) -> Inclusion:
    """Return whether every document that is valid under `sub` is valid under `super`.

    `yes` is proved: no document satisfies `sub` and the complement of `super`. `no` has a
    witness. `format` is an annotation. The same schemas give the same answer: budgets count steps.
    """
    roots = (Root("sub", sub.document), Root("super", super.document))
    graph = Graph(roots)
    goal = frozenset(
        {graph.literal(sub.document, roots[0]), -graph.literal(super.document, roots[1])}
    )
    search = Search(graph)
    try:
        for want in (1, _SECOND_TRY):
            found = search.members(goal, want)
            if found.is_empty:
                return Inclusion(Verdict.YES)
            for document in found.values:
                if is_witness(document, sub=sub, super=super):
                    return Inclusion(Verdict.NO, witness=document)
            if not found.values:
                break
            search.note("witness", "")
    except OutOfSteps:
        pass
    except RecursionError:
        search.note("nesting", "")
    for document in documents(sub.document, super.document):
        if is_witness(document, sub=sub, super=super):
            return Inclusion(Verdict.NO, witness=document)
    return Inclusion(Verdict.UNKNOWN, obstacle=search.obstacle or Obstacle("", ""))
