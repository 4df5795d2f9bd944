"""The decision: equal schemas, then a search for a document that only one of them admits."""

from __future__ import annotations

from agent.core.contract import payload_validator
from agent.core.inclusion.confirming import Witnesses
from agent.core.inclusion.graph import Graph, Root
from agent.core.inclusion.members import Members
from agent.core.inclusion.pool import documents
from agent.core.inclusion.search import OutOfSteps, Search
from agent.core.inclusion.verdict import Inclusion, Obstacle, Verdict
from agent.core.schema import Schema

_SECOND_TRY = 12
"""How many witnesses are looked for when the validators do not agree about the first."""


def decide(sub: Schema, super: Schema, *, asserts_formats: bool = False) -> Inclusion:
    """Return whether every document that is valid under `sub` is valid under `super`.

    `yes` is proved: no document satisfies `sub` and the complement of `super`. `no` has a
    witness. `format` is an annotation unless `asserts_formats`. The same schemas give the same
    answer: budgets count steps.
    """
    roots = (
        Root("sub", sub.document, asserts_formats),
        Root("super", super.document, asserts_formats),
    )
    witnesses = Witnesses(sub, super, asserts_formats=asserts_formats)
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
                if witnesses.confirm(document):
                    return Inclusion(Verdict.NO, witness=document)
            if not found.values:
                break
            search.note("witness", "")
    except OutOfSteps:
        pass
    except RecursionError:
        search.note("nesting", "")
    for document in documents(sub.document, super.document):
        if witnesses.confirm(document):
            return Inclusion(Verdict.NO, witness=document)
    return Inclusion(Verdict.UNKNOWN, obstacle=search.obstacle or Obstacle("", ""))


def documents_of(schema: Schema, want: int) -> Members:
    """Return up to `want` different documents that are valid under a schema.

    None of them and `is_complete` is a proof that there are none.
    """
    root = Root("schema", schema.document)
    graph = Graph((root,))
    search = Search(graph)
    try:
        found = search.members(frozenset({graph.literal(schema.document, root)}), want)
    except (OutOfSteps, RecursionError):
        return Members((), is_complete=False)
    is_met = payload_validator(schema).is_met
    fitting = tuple(value for value in found.values if is_met(value))
    return Members(fitting, found.is_complete and len(fitting) == len(found.values), found.cuts)
