"""Fields that were removed, added, renamed or moved, one finding for each real one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agent.core import paths
from agent.core.changes import Change, Level, Rename, RenameKind, Severity
from agent.core.constraints import accepted_types, is_closed
from agent.core.field_changes import NARROWED, WIDENED, seen
from agent.core.likely_renames import Renames, depth_of
from agent.core.likely_splits import likely_parts
from agent.core.schema import FieldInfo, Schema

_FREE_FORM = Severity(Level.NON_BREAKING, Level.NON_BREAKING, strict_request=Level.BREAKING)


class Presence:
    """Which fields are only in one of two versions, given which were found again."""

    def __init__(self, before: Schema, after: Schema, renames: Renames) -> None:
        self._before, self._after, self._renames = before, after, renames
        self._gone = _free(before, renames.forward, renames.depth)
        self._new = _free(after, renames.backward, renames.depth)
        self._removed = [i for i in _tops(before, self._gone) if not self._lost_container(i)]
        self._added = [i for i in _tops(after, self._new) if not self._won_container(i)]
        self._parts = likely_parts(self._removed, self._added)

    def changes(self) -> Iterator[Change]:
        """Yield removals, additions, renames and moves."""
        for info in self._removed:
            yield self._removal(info)
        for info in self._added:
            yield self._addition(info)
        for rename in self._renames.found:
            yield self._renamed(rename)

    def explained(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Yield the changes; one that wraps a value says where the value is now."""
        for change in changes:
            where = self._wrapped(change) if change.check.startswith("type-") else ""
            yield replace(change, detail=f"{change.detail} {where}") if where else change

    def _lost_container(self, info: FieldInfo) -> bool:
        """Whether its parent is no container any more: then the parent's type change tells."""
        parent = self._after.field(self._renames.forward.get(paths.parent(info.path), "\0"))
        return parent is not None and _container(info) not in accepted_types(parent)

    def _won_container(self, info: FieldInfo) -> bool:
        parent = self._before.field(self._renames.backward.get(paths.parent(info.path), "\0"))
        return parent is not None and _container(info) not in accepted_types(parent)

    def _removal(self, info: FieldInfo) -> Change:
        check, what = _name("removed", info)
        detail = f"{what} was removed{self._rest_moved(info)}.{self._parts.get(info.path, '')}"
        return Change(check, info.path, "", self._removal_severity(info), detail)

    def _rest_moved(self, info: FieldInfo) -> str:
        moved = [r for r in self._renames.found if paths.is_within(r.before_path, info.path)]
        return f"; {len(moved)} of its fields moved elsewhere" if moved else ""

    def _addition(self, info: FieldInfo) -> Change:
        check, what = _name("added", info)
        detail = f"{what} was added.{self._parts.get(info.path, '')}"
        return Change(check, "", info.path, self._addition_severity(info), detail)

    def _renamed(self, rename: Rename) -> Change:
        """A rename is judged as what it is on the wire, a removal and an addition.

        So a wrong guess never changes a verdict.
        """
        old = _top(self._before, rename.before_path, self._renames.forward)
        new = _top(self._after, rename.after_path, self._renames.backward)
        severity = self._removal_severity(old).joined(self._addition_severity(new))
        word = "Renamed" if rename.kind is RenameKind.RENAME else "Moved"
        return Change(
            f"field-{word.lower()}",
            rename.before_path,
            rename.after_path,
            severity,
            f"{word} from {rename.before_path} to {rename.after_path}.",
            rename.confidence,
        )

    def _removal_severity(self, info: FieldInfo) -> Severity:
        home = self._after.field(self._renames.forward.get(paths.parent(info.path), "\0"))
        is_shut = home is not None and is_closed(home.node)
        if info.path.endswith("/*"):
            return _map_removed(is_shut=is_shut) if info.in_map else WIDENED
        response = Level.BREAKING if info.is_required else Level.POSSIBLE
        request = Level.BREAKING if is_shut else Level.POSSIBLE
        strict = None if is_shut or _is_anything(info) else Level.BREAKING
        return seen(Severity(response, request, strict_response=strict), info.node)

    def _addition_severity(self, info: FieldInfo) -> Severity:
        home = self._before.field(self._renames.backward.get(paths.parent(info.path), "\0"))
        was_shut = home is not None and is_closed(home.node)
        if info.path.endswith("/*"):
            return self._values_added(info, home, was_shut=was_shut)
        request = Level.BREAKING if info.is_required else Level.NON_BREAKING
        strict_request = None if was_shut or _is_anything(info) else Level.BREAKING
        strict_response = Level.BREAKING if was_shut else None
        severity = Severity(
            Level.NON_BREAKING,
            request,
            strict_response=strict_response,
            strict_request=strict_request,
        )
        return seen(severity, info.node)

    def _values_added(self, info: FieldInfo, home: FieldInfo | None, *, was_shut: bool) -> Severity:
        """An object without properties is a free map by itself: naming its values narrows it."""
        if was_shut:
            return Severity(Level.NON_BREAKING, Level.NON_BREAKING, strict_response=Level.BREAKING)
        if _is_anything(info):
            return Severity(Level.NON_BREAKING, Level.NON_BREAKING)
        is_free = home is None or not self._before.children(home.path)
        return NARROWED if is_free or not info.in_map else _FREE_FORM

    def _wrapped(self, change: Change) -> str:
        """Return where a value is now that became an object or array, or came out of one."""
        into = [i for i in self._after.children(change.after_path) if i.path in self._new]
        out_of = [i for i in self._before.children(change.before_path) if i.path in self._gone]
        before, after = self._before.field(change.before_path), self._after.field(change.after_path)
        inside = [i for i in into if before and i.types == before.types]
        if len(inside) == 1 and not out_of:
            return f"The old value may now be {inside[0].path}."
        outside = [i for i in out_of if after and i.types == after.types]
        if len(outside) == 1 and not into:
            return f"The new value may be the old {outside[0].path}."
        return ""


def _free(schema: Schema, paired: dict[str, str], depth: int) -> frozenset[str]:
    return frozenset(
        info.path
        for info in schema.fields
        if info.path not in paired and depth_of(info.path) <= depth
    )


def _map_removed(*, is_shut: bool) -> Severity:
    return Severity(Level.POSSIBLE, Level.BREAKING) if is_shut else WIDENED


def _is_anything(info: FieldInfo) -> bool:
    return info.node in ({}, True, None)


def _container(info: FieldInfo) -> str:
    return "array" if info.path.endswith("/*") and not info.in_map else "object"


def _name(verb: str, info: FieldInfo) -> tuple[str, str]:
    """Return the check id and the words for what came or went."""
    if not info.path.endswith("/*"):
        kind = "required" if info.is_required else "optional"
        types = " or ".join(sorted(info.types)) or "null"
        return f"field-{verb}", f"The {kind} field {info.path} ({types})"
    if info.in_map:
        return f"map-values-{verb}", f"What {paths.parent(info.path) or '/'} says of its values"
    return f"items-{verb}", f"What {paths.parent(info.path) or '/'} says of its items"


def _tops(schema: Schema, free: frozenset[str]) -> list[FieldInfo]:
    """Return the outermost free fields; one whose leaves all moved away is told by the moves."""
    remaining = _with_free_leaf(schema, free)
    return [
        info
        for info in schema.fields
        if info.path in remaining and paths.parent(info.path) not in free
    ]


def _with_free_leaf(schema: Schema, free: frozenset[str]) -> set[str]:
    found: set[str] = set()
    for info in reversed(schema.fields):
        children = schema.children(info.path)
        if info.path in free and (not children or any(c.path in found for c in children)):
            found.add(info.path)
    return found


def _top(schema: Schema, path: str, paired: dict[str, str]) -> FieldInfo:
    """Return the outermost field that went along with `path`: its parent is in both versions."""
    info = schema.field(path)
    while info is not None and paths.parent(info.path) not in paired:
        info = schema.field(paths.parent(info.path))
    if info is None:
        raise LookupError(path)
    return info
