"""Schemas that change only together with what they refer to.

A schema that is judged by itself, with all it refers to as it was, tells the truth about the whole
where more inside means more outside. It does not below `oneOf`, `not`, `if` and `contains`, and
beside `unevaluated*`: there an alternative that takes more may make the union take less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.core.changes import Direction, Level
from agent.core.flow import ask
from agent.core.inclusion import Verdict
from agent.core.judging import Decider
from agent.core.openapi.findings import Finding
from agent.core.openapi.holders import references
from agent.core.openapi.schema_changes import SchemaChanges, Sides, Stand, whole_versions
from agent.core.values import Json, canonical_text
from agent.errors import InvalidSchema

_MIXED = frozenset({"oneOf", "not", "if", "contains"})
_EVALUATED = frozenset({"unevaluatedProperties", "unevaluatedItems"})


def changed_together(sides: Sides) -> frozenset[str]:
    """Return the holders of the new document that lead to a component that changed."""
    waiting = [
        pointer
        for pointer, spot in sides.new.components.items()
        if pointer not in sides.old.components
        or canonical_text(sides.old.components[pointer].node) != canonical_text(spot.node)
    ]
    found: set[str] = set()
    while waiting:
        pointer = waiting.pop()
        if pointer not in found:
            found.add(pointer)
            waiting.extend(sides.new.referring(pointer))
    return frozenset(found)


def joint_changes(
    stands: Iterable[Stand],
    alone: Iterable[SchemaChanges],
    sides: Sides,
    *,
    changed: frozenset[str],
) -> Iterator[SchemaChanges]:
    """Yield what schemas changed into through what they refer to, where no part tells that.

    `alone` are the changes of the same schemas by themselves; one of `changed` leads to a change.
    """
    breaking = {
        finding.at
        for changes in alone
        for finding in changes.findings
        if finding.level is Level.BREAKING
    }
    for stand in stands:
        if (
            stand.after.pointer in changed
            and not changed.isdisjoint(_mixed_references(stand.after.node))
            and breaking.isdisjoint(sides.new.closure(stand.after.pointer))
        ):
            yield _joint(stand, sides)


def _joint(stand: Stand, sides: Sides) -> SchemaChanges:
    try:
        versions = whole_versions((stand.before, stand.after), sides)
    except (InvalidSchema, RecursionError):
        versions = None
    if versions is None:
        return SchemaChanges(is_proved=False)
    is_proved = True
    for direction in sorted({reach.payload.direction for reach in stand.reaches}) or list(_BOTH):
        answer = ask(versions, direction, sides.policy)
        if answer.is_refuted:
            return SchemaChanges((_finding(stand, answer.witness),))
        is_proved = is_proved and answer.verdict is Verdict.YES
    return SchemaChanges(is_proved=is_proved)


_BOTH = (Direction.REQUEST, Direction.RESPONSE)


def _finding(stand: Stand, witness: Json) -> Finding:
    return Finding(
        "joint-change",
        Level.BREAKING,
        stand.after.pointer,
        "It refuses or sends other payloads through a change of what it refers to.",
        tuple(dict.fromkeys(reach.place for reach in stand.reaches)),
        decided_by=Decider.INCLUSION,
        has_witness=True,
        witness=witness,
    )


def _mixed_references(node: Json) -> Iterator[str]:
    """Yield what a schema refers to where more inside need not be more outside."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            if _EVALUATED & part.keys():
                yield from references(part)
                continue
            for key, value in part.items():
                if key in _MIXED:
                    yield from references(value)
                else:
                    waiting.append(value)
