"""The changes between two schema versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from agent.core import paths
from agent.core.arm_changes import Arms, arm_changes, condition_changes, differing_arms, unexplained
from agent.core.changes import (
    Change,
    Direction,
    Level,
    Policy,
    Rename,
    RenameKind,
    SchemaDiff,
    Severity,
    Verdict,
)
from agent.core.coming_and_going import Presence
from agent.core.diff_json import diff_from_json, diff_to_json
from agent.core.field_changes import Pair, field_changes
from agent.core.invariants.declaring import KEYWORD as INVARIANTS
from agent.core.likely_renames import NO_LIMIT, Renames, Similarity
from agent.core.schema import FieldInfo, Schema
from agent.core.subschemas import Subschemas
from agent.core.values import Json

__all__ = [
    "Change",
    "Direction",
    "Level",
    "Policy",
    "Rename",
    "RenameKind",
    "SchemaDiff",
    "Severity",
    "Similarity",
    "Verdict",
    "compare",
    "diff_from_json",
    "diff_to_json",
]

_TELLING_NOTHING = frozenset(
    {
        "not-compared",
        "variants-rewritten",
        "access-changed",
        "became-read-only",
        "became-write-only",
    }
)
"""Changes that do not say why what holds them differs."""


Schemas: TypeAlias = tuple[Schema, Schema]


def compare(before: Schema, after: Schema, *, similarity: Similarity | None = None) -> SchemaDiff:
    """Return all changes from one schema version to the next, in path order.

    `similarity` tells how alike two fields are in words, 0 to 1 (an embedding's cosine, say);
    without it descriptions are compared by their words. It only decides what counts as renamed.
    """
    if before.fingerprint == after.fingerprint:
        return SchemaDiff(before.fingerprint, after.fingerprint)
    renames = Renames(before, after, similarity)
    renames.search()
    pairs = _pairs(before, after, renames)
    presence = Presence(before, after, renames)
    changes = [change for pair in pairs for change in field_changes(pair)]
    changes = [*presence.explained(changes), *presence.changes(), *_depth_limit(renames.depth)]
    changes.extend(_Untold(changes).find(pairs))
    changes.extend(_invariants(before, after))
    if not changes:
        changes.extend(change for pair in pairs for change in unexplained(pair))
    if not changes and (pairs[0].old.is_cut or pairs[0].new.is_cut):
        changes.append(_not_compared("Conditions are nested too deeply to be compared."))
    return SchemaDiff(
        before.fingerprint,
        after.fingerprint,
        tuple(_with_repeats(sorted(changes, key=_order), pairs[0], schemas=(before, after))),
        tuple(sorted(renames.found, key=lambda rename: paths.parse(rename.before_path))),
    )


def _pairs(before: Schema, after: Schema, renames: Renames) -> list[Pair]:
    old, new = Subschemas(before.document), Subschemas(after.document)
    pairs = []
    for info in before.fields:
        other = after.field(renames.forward[info.path]) if info.path in renames.forward else None
        if other is not None:
            pairs.append(Pair(info, other, old, new))
    return pairs


def _invariants(before: Schema, after: Schema) -> Iterator[Change]:
    if before.document.get(INVARIANTS) != after.document.get(INVARIANTS):
        detail = "The invariants changed; what that means for payloads is not looked into."
        severity = Severity(Level.POSSIBLE, Level.POSSIBLE)
        yield Change("invariants-changed", "", "", severity, detail)


def _depth_limit(depth: int) -> Iterator[Change]:
    if depth < NO_LIMIT:
        detail = f"The schema is too large to list: fields more than {depth} steps down were not."
        yield _not_compared(detail)


def _not_compared(detail: str) -> Change:
    """What was not looked at is never called harmless."""
    return Change("not-compared", "", "", Severity(Level.POSSIBLE, Level.POSSIBLE), detail)


class _Untold:
    """Changes of conditions and alternatives that no other change tells of."""

    def __init__(self, changes: list[Change]) -> None:
        self._before: set[str] = set()
        self._after: set[str] = set()
        for change in changes:
            self._tell(change)

    def find(self, pairs: list[Pair]) -> Iterator[Change]:
        """Yield them, deepest first, since a change within tells why what holds it differs."""
        pairs = sorted(pairs, key=lambda pair: -pair.before.path.count("/"))
        differing = [(pair, arms) for pair in pairs if (arms := differing_arms(pair)) is not None]
        known = _Shapes()
        for pair in filter(self._is_told, pairs):
            known.add(pair)
        for pair, arms in differing:
            is_told = self._is_told(pair) or known.tell(arms)
            yield from self._told(arm_changes(pair, arms, is_explained=is_told))
        for pair in pairs:
            yield from self._told(
                condition_changes(pair, is_explained=self._is_told(pair)),
            )

    def _is_told(self, pair: Pair) -> bool:
        return pair.before.path in self._before or pair.after.path in self._after

    def _told(self, changes: Iterator[Change]) -> Iterator[Change]:
        for change in changes:
            self._tell(change)
            yield change

    def _tell(self, change: Change) -> None:
        if change.severity.is_info or change.check in _TELLING_NOTHING:
            return
        if not change.is_addition:
            self._before.update(_upwards(change.before_path))
        if not change.is_removal:
            self._after.update(_upwards(change.after_path))


class _Shapes:
    """What the fields look like below which a change is told.

    Recursion lists the fields of a definition only once on a path: where it stops, alternatives
    differ by changes that are told at another place.
    """

    def __init__(self) -> None:
        self._before: set[str] = set()
        self._after: set[str] = set()

    def add(self, pair: Pair) -> None:
        """Remember both forms of a field, and their alternatives."""
        self._before.update(_forms(pair.old, pair.before.node))
        self._after.update(_forms(pair.new, pair.after.node))

    def tell(self, arms: Arms) -> bool:
        """Return whether all alternatives that differ are told elsewhere."""
        gone, added = arms.key
        return (
            bool(gone and added)
            and self._before.issuperset(gone)
            and (self._after.issuperset(added))
        )


def _forms(subschemas: Subschemas, node: Json) -> Iterator[str]:
    yield subschemas.outline(node)
    yield from map(subschemas.outline, subschemas.arms(node))


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = paths.parent(path)
    yield ""


def _order(change: Change) -> tuple[tuple[str, ...], str, str, str]:
    return paths.parse(change.path), change.check, change.before_path, change.detail


def _with_repeats(changes: list[Change], root: Pair, *, schemas: Schemas) -> Iterator[Change]:
    """Yield the changes; the same change of alike objects names the shallowest of them.

    Alike are the uses of one definition, and copies of it.
    """
    keys = [_home(change, root, schemas) for change in changes]
    firsts: dict[object, Change] = {}
    for key, change in sorted(
        zip(keys, changes, strict=True), key=lambda pair: (pair[1].path.count("/"), _order(pair[1]))
    ):
        firsts.setdefault(key, change)
    for key, change in zip(keys, changes, strict=True):
        first = firsts[key]
        yield change if first is change else replace(change, repeats=first.path)


def _home(change: Change, root: Pair, schemas: Schemas) -> object:
    """Return what is equal for the same change of a field of alike objects."""
    if not change.path:
        return change
    names = paths.last(change.before_path), paths.last(change.after_path)
    holders = (
        _holder(subschemas, schema.field(paths.parent(path)), name) if path else ""
        for subschemas, schema, path, name in zip(
            (root.old, root.new),
            schemas,
            (change.before_path, change.after_path),
            names,
            strict=True,
        )
    )
    return change.check, change.severity, names, tuple(holders)


def _holder(subschemas: Subschemas, home: FieldInfo | None, name: str) -> str:
    """Return the outline of the object that declares a name: a node or one of its arms."""
    node = None if home is None else home.node
    for arm in (node, *subschemas.arms(node)):
        if isinstance(arm, dict) and name in arm.get("properties", ()):
            return subschemas.outline(arm)
    return subschemas.outline(node)
