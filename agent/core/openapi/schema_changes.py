"""What changed in one schema of a document, and what that means where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agent.core.changes import Change, Direction, Level, Policy, SchemaDiff, worst
from agent.core.diff import compare
from agent.core.flow import Versions
from agent.core.judging import (
    Decider,
    Judgement,
    Weighed,
    judge,
    judge_by_table,
)
from agent.core.openapi.checks import level_of
from agent.core.openapi.document import Spot
from agent.core.openapi.excerpts import INLINE_DEPTH, Mixture, alone
from agent.core.openapi.findings import Finding
from agent.core.openapi.hints import hint_changes
from agent.core.openapi.holders import Holders, Reach, references
from agent.core.openapi.operations import Slot
from agent.core.values import Json, canonical_text
from agent.errors import InvalidSchema

SIZE_LIMIT = 200_000
"""Characters of a schema with all that it refers to up to which inclusion is asked."""
_MARK = "/$ref"
"""What a reference that stands for itself ends its paths with."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both documents with their holders, the policy, and where moved operations were."""

    old: Holders
    new: Holders
    policy: Policy
    moved: Mapping[Slot, Slot]

    @property
    def both(self) -> tuple[Holders, Holders]:
        """The holders of the old document, and of the new one."""
        return self.old, self.new


@dataclass(frozen=True, slots=True)
class Stand:
    """A schema in both versions, and the payloads that it reaches in both."""

    before: Spot
    after: Spot
    reaches: tuple[Reach, ...]
    is_parameter: bool = False


@dataclass(frozen=True, slots=True)
class SchemaChanges:
    """Findings in one schema, and whether inclusion answered about it."""

    findings: tuple[Finding, ...] = ()
    is_proved: bool = True


def schema_changes(
    before: Spot, after: Spot, sides: Sides, *, reaches: tuple[Reach, ...]
) -> SchemaChanges:
    """Return what changed in a schema itself: what it refers to is told at another place.

    Its level is that of the worst direction in which an operation uses it. Without `reaches` both
    directions count: that is for documents that hold components alone.
    """
    if canonical_text(before.node) == canonical_text(after.node):
        return SchemaChanges()
    try:
        shared = shared_references(before.node, after.node, sides)
        diff = _diff(before, after, sides, shared)
        versions = _versions((before, after), sides, shared)
        judged = _judge(diff, versions, sides.policy, _directions(reaches))
    except InvalidSchema as error:
        return _not_compared(after, f"It cannot be read as a schema: {error}.")
    except RecursionError:
        return _not_compared(after, "It is nested too deeply.")
    places = tuple(dict.fromkeys(reach.place for reach in reaches))
    found = (*_findings(judged), *hint_changes(before.node, after.node))
    is_proved = diff.before == diff.after or all(
        judgement.decided_by is Decider.INCLUSION for judgement in judged
    )
    return SchemaChanges(
        tuple(replace(f, at=_where(f, before, after), places=places) for f in found), is_proved
    )


def _not_compared(spot: Spot, detail: str) -> SchemaChanges:
    check = "not-compared"
    return SchemaChanges((Finding(check, level_of(check), spot.pointer, detail),), False)


def _where(finding: Finding, before: Spot, after: Spot) -> str:
    return before.pointer if finding.after_path is None else after.pointer


def _directions(reaches: tuple[Reach, ...]) -> list[Direction]:
    return sorted({reach.payload.direction for reach in reaches}) or [Direction.NONE]


def _diff(before: Spot, after: Spot, sides: Sides, shared: frozenset[str]) -> SchemaDiff:
    old = alone(sides.old.document, before.node, shared=shared)
    new = alone(sides.new.document, after.node, shared=shared)
    return compare(old, new)


def shared_references(before: Json, after: Json, sides: Sides) -> frozenset[str]:
    """Return what both versions refer to, also through what only one of them refers to."""
    found = set(references(before)), set(references(after))
    documents = sides.old.document, sides.new.document
    for _ in range(INLINE_DEPTH):
        alone_in = found[0] - found[1], found[1] - found[0]
        for document, names, mine in zip(documents, alone_in, found, strict=True):
            for name in names:
                mine.update(references(document.at(name).node))
    return frozenset(found[0] & found[1])


def _versions(spots: tuple[Spot, Spot], sides: Sides, shared: frozenset[str]) -> Versions | None:
    """Return both versions with all that they refer to, None when that is too much to ask about.

    Between dialects nothing old can be put into what is new.
    """
    if any(_size(holders, s) > SIZE_LIMIT for holders, s in zip(sides.both, spots, strict=True)):
        return None
    old, new = sides.old.document, sides.new.document
    mixture = Mixture(old, new, shared if old.dialect == new.dialect else frozenset())
    before, after = spots
    return Versions(
        mixture.complete(before.node, is_old=True), mixture.complete(after.node, is_old=False)
    )


def whole_versions(spots: tuple[Spot, Spot], sides: Sides) -> Versions | None:
    """Return both versions, each with all that it refers to in its own document."""
    return _versions(spots, sides, frozenset())


def _size(holders: Holders, spot: Spot) -> int:
    return sum(map(holders.size, holders.closure(spot.pointer)))


def _judge(
    diff: SchemaDiff, versions: Versions | None, policy: Policy, directions: list[Direction]
) -> list[Judgement]:
    """Judge the change of this schema by itself: what both versions refer to stays as it was."""
    if versions is None:
        return [judge_by_table(diff, direction=d, policy=policy) for d in directions]
    return [judge(diff, versions, direction=d, policy=policy) for d in directions]


def _findings(judged: list[Judgement]) -> Iterator[Finding]:
    levels: dict[Change, list[tuple[Weighed, Judgement]]] = {}
    for judgement in judged:
        for weighed in judgement.changes:
            levels.setdefault(weighed.change, []).append((weighed, judgement))
    told = {path for change in levels for path in (change.before_path, change.after_path)}
    for change, found in levels.items():
        if not change.repeats and not _is_told(change, told):
            yield _finding(change, found)


def _is_told(change: Change, told: set[str]) -> bool:
    """Whether it is about a reference's mark, and another change tells what refers to it."""
    paths = [path for path in (change.before_path, change.after_path) if path.endswith(_MARK)]
    return any(_unmarked(path) in told for path in paths)


def _finding(change: Change, found: list[tuple[Weighed, Judgement]]) -> Finding:
    level = worst(weighed.level for weighed, _ in found)
    causes = [(weighed, judgement) for weighed, judgement in found if weighed.level is level]
    by_proof = [judgement for weighed, judgement in causes if _is_proved(weighed, judgement)]
    witness = next((j for w, j in causes if w.is_shown), None)
    check, paths = change.check, (change.before_path, change.after_path)
    if any(path.endswith(_MARK) for path in paths):
        check, paths = "reference-changed", (_unmarked(paths[0]), _unmarked(paths[1]))
    is_settled = len(by_proof) == len(found) or level in (Level.BREAKING, Level.POSSIBLE)
    return Finding(
        check,
        level,
        "",
        change.detail,
        (),
        None if change.is_addition else paths[0],
        None if change.is_removal else paths[1],
        Decider.INCLUSION if by_proof and is_settled else Decider.POLICY,
        witness is not None,
        witness.witness if witness else None,
        confidence=change.confidence,
    )


def _unmarked(path: str) -> str:
    return path.removesuffix(_MARK)


def _is_proved(weighed: Weighed, judgement: Judgement) -> bool:
    """Whether inclusion says so: the witness shows it, or nothing of the schema breaks.

    A field that one side now sees and did not is judged by what each side sees.
    """
    if judgement.has_witness or judgement.decided_by is not Decider.INCLUSION:
        return weighed.is_shown
    return weighed.level is Level.NON_BREAKING or weighed.change.check == "access-changed"


def as_parameter(changes: SchemaChanges) -> SchemaChanges:
    """Return the changes as they are about a parameter: many calls rely on its default."""
    check = "parameter-default-changed"
    return replace(
        changes,
        findings=tuple(
            replace(finding, check=check, level=level_of(check))
            if finding.check == "default-changed"
            else finding
            for finding in changes.findings
        ),
    )
