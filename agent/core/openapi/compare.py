"""The comparison of two OpenAPI documents: operations, then payloads, then components."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agent.core.changes import Level, Policy
from agent.core.openapi.document import ApiDocument
from agent.core.openapi.findings import ApiDiff, Finding
from agent.core.openapi.holders import Holders, Reach
from agent.core.openapi.joint_changes import changed_together, joint_changes
from agent.core.openapi.operation_changes import found, operation_changes
from agent.core.openapi.operations import Operation, Slot, read_operations
from agent.core.openapi.schema_changes import (
    SchemaChanges,
    Sides,
    Stand,
    as_parameter,
    schema_changes,
)
from agent.core.openapi.security_changes import security_changes
from agent.core.values import canonical_text

_BADNESS = (Level.BREAKING, Level.POSSIBLE, Level.NON_BREAKING, Level.INFO)
Operations = dict[Slot, Operation]
Pairs = list[tuple[Operation, Operation]]


def compare_apis(
    before: ApiDocument, after: ApiDocument, *, policy: str = Policy.DECLARED
) -> ApiDiff:
    """Return every change from one document to the next, each once, at the place that changed.

    A payload counts in the direction in which it flows. A change of a component is told there,
    with the places that it reaches, and not again in what refers to it.
    """
    old, new = read_operations(before), read_operations(after)
    pairs = [(old[key], new[key]) for key in old if key in new]
    moved = list(_moved(old, new))
    sides = Sides(
        Holders(before, old.values()),
        Holders(after, new.values()),
        Policy(policy),
        {now.key: was.key for was, now in moved},
    )
    changed = changed_together(sides)
    payloads, components = _payload_pairs([*pairs, *moved], sides), _component_pairs(sides, changed)
    stands = [*payloads, *components]
    alone = [_changes(stand, sides) for stand in stands]
    joint = list(joint_changes(stands, alone, sides, changed=changed))
    findings = [
        *_document_changes(before, after),
        *_coming_and_going(old, new, moved),
        *security_changes(pairs, (before, after)),
        *(f for pair in pairs for f in operation_changes(*pair, (before, after))),
        *_grouped(finding for one in alone[: len(payloads)] for finding in one.findings),
        *(finding for one in (*alone[len(payloads) :], *joint) for finding in one.findings),
    ]
    ranked = sorted(findings, key=lambda finding: _BADNESS.index(finding.level))
    is_proved = all(one.is_proved for one in (*alone, *joint))
    return ApiDiff(str(policy), tuple(_once(ranked)), is_proved)


def _document_changes(before: ApiDocument, after: ApiDocument) -> Iterator[Finding]:
    old, new = before.at("/servers"), after.at("/servers")
    urls = [
        [entry.get("url") for entry in spot.items if isinstance(entry, dict)] for spot in (old, new)
    ]
    if canonical_text(urls[0]) != canonical_text(urls[1]):
        detail = f"The servers changed from {_listed(urls[0])} to {_listed(urls[1])}."
        yield found("servers-changed", new, detail)


def _listed(values: list[object]) -> str:
    return ", ".join(map(str, values)) or "none"


def _moved(old: Operations, new: Operations) -> Iterator[tuple[Operation, Operation]]:
    """Yield operations that are found again by their id under another path or method."""
    by_id = {_id(operation): operation for key, operation in new.items() if key not in old}
    for key, operation in old.items():
        other = by_id.pop(_id(operation), None) if key not in new and _id(operation) else None
        if other is not None:
            yield operation, other


def _id(operation: Operation) -> str:
    found_id = operation.spot.entries.get("operationId")
    return found_id if isinstance(found_id, str) else ""


def _coming_and_going(old: Operations, new: Operations, moved: Pairs) -> Iterator[Finding]:
    away, here = {pair[0].key for pair in moved}, {pair[1].key for pair in moved}
    for was, now in moved:
        detail = f"{was.name} moved to {now.name}."
        yield found("operation-moved", now.spot, detail, now.name)
    for key, operation in old.items():
        if key not in new and key not in away and not _went_along(key, old, new):
            kind = _kind(operation)
            is_warned = operation.spot.entries.get("deprecated") is True and kind == "operation"
            check = f"{'deprecated-' if is_warned else ''}{kind}-removed"
            yield found(check, operation.spot, f"{operation.name} was removed.", operation.name)
    for key, operation in new.items():
        if key not in old and key not in here and not _went_along(key, new, old):
            check = f"{_kind(operation)}-added"
            yield found(check, operation.spot, f"{operation.name} was added.", operation.name)


def _went_along(key: Slot, mine: Operations, others: Operations) -> bool:
    """Whether a callback came or went with the operation that it belongs to."""
    above = key[:3]
    return len(key) > 3 and above in mine and above not in others


def _kind(operation: Operation) -> str:
    if operation.key[0] == "webhook":
        return "webhook"
    return "callback" if len(operation.key) > 3 else "operation"


def _payload_pairs(pairs: Pairs, sides: Sides) -> list[Stand]:
    """Return the schemas that stand in operations themselves, in both versions."""
    stands: dict[tuple[str, str], Stand] = {}
    for old, new in pairs:
        before = {payload.slot: payload.spot for payload in old.payloads}
        for payload in new.payloads:
            was, now = before.get(payload.slot), payload.spot
            if was is None or (
                was.pointer in sides.old.components and now.pointer in sides.new.components
            ):
                continue
            reaches = tuple(sides.new.reaches(now.pointer))
            is_parameter = payload.slot[0] == "parameter"
            stands.setdefault((was.pointer, now.pointer), Stand(was, now, reaches, is_parameter))
    return list(stands.values())


def _changes(stand: Stand, sides: Sides) -> SchemaChanges:
    changes = schema_changes(stand.before, stand.after, sides, reaches=stand.reaches)
    return as_parameter(changes) if stand.is_parameter else changes


def _grouped(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings, the same change of copies of one schema as one of them."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        paths = finding.before_path, finding.after_path
        key = (finding.check, finding.level, paths, finding.detail)
        groups.setdefault(key, []).append(finding)
    for first, *others in groups.values():
        places = dict.fromkeys(place for f in (first, *others) for place in f.places)
        also = tuple(dict.fromkeys(f.at for f in others if f.at != first.at))
        yield replace(first, places=tuple(places), also=also)


def _component_pairs(sides: Sides, changed: frozenset[str]) -> list[Stand]:
    """Return components that changed, and that some operation uses; all, where there is none."""
    has_operations = sides.old.is_used or sides.new.is_used
    stands = []
    for pointer, spot in sides.old.components.items():
        other = sides.new.components.get(pointer)
        if other is not None and pointer in changed:
            reaches = _reaches(pointer, sides)
            if reaches or not has_operations:
                stands.append(Stand(spot, other, reaches))
    return stands


def _reaches(pointer: str, sides: Sides) -> tuple[Reach, ...]:
    """Return where a component was used and still is: what only one version uses is no change."""
    before = {(reach.operation.key, reach.payload.slot) for reach in sides.old.reaches(pointer)}
    return tuple(
        reach
        for reach in sides.new.reaches(pointer)
        if (sides.moved.get(reach.operation.key, reach.operation.key), reach.payload.slot) in before
    )


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings, what shared parts make equal once, with all places."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        key = (finding.check, finding.at, finding.before_path, finding.after_path, finding.detail)
        groups.setdefault(key, []).append(finding)
    for first, *others in groups.values():
        places = dict.fromkeys(place for f in (first, *others) for place in f.places)
        yield replace(first, places=tuple(places)) if others else first
