"""Where what a removed source field told lives on, as the two versions say by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.core import paths
from agent.core.alike_names import GENERIC
from agent.core.changes import Rename
from agent.core.matching.names import own_name, stem, stems, words
from agent.core.proposing import Task
from agent.core.schema import FieldInfo, Schema

FUNCTION_WORDS = frozenset(
    ["a", "an", "as", "at", "by", "for", "from", "in", "is", "of", "on", "the", "to", "until"]
)
"""Words of a name that say nothing of what it is about."""

_CONTAINERS = frozenset({"array", "object"})


@dataclass(frozen=True, slots=True)
class Versions:
    """The source before and after the change, and what was renamed in between."""

    before: Schema
    after: Schema
    renames: tuple[Rename, ...]

    def now(self, old: str) -> str | None:
        """Return where a field of the old version is now, or None where it was removed."""
        for rename in self.renames:
            if paths.is_within(old, rename.before_path):
                moved = rename.after_path + old[len(rename.before_path) :]
                return moved if self.after.field(moved) is not None else None
        return old if self.after.field(old) is not None else None

    def is_new(self, path: str) -> bool:
        """Return whether a field of the new version has no place in the old one."""
        is_moved = any(paths.is_within(path, one.after_path) for one in self.renames)
        return self.before.field(path) is None and not is_moved


def versions_of(task: Task) -> Versions | None:
    """Return both versions of the source of a task, or None where only one is known."""
    if task.before is None or task.diff is None:
        return None
    return Versions(task.before, task.after, tuple(task.diff.renames))


def heirs_of(
    gone: Mapping[str, str], contract: Schema, versions: Versions
) -> dict[str, frozenset[str]]:
    """Return for contract paths the source fields that may stand for what fed them before.

    `gone` has the removed source path of each. What is left out has no heir: no other field is
    known to say the same.
    """
    found: dict[str, frozenset[str]] = {}
    for target, old in gone.items():
        wanted, field = contract.field(target), versions.before.field(old)
        if wanted is None or field is None or wanted.types & _CONTAINERS:
            continue
        heirs = frozenset(
            (
                *_twins(field, versions),
                *_kin(field, versions),
                *_told(field, wanted, versions),
                *_inside(field, wanted, versions),
                *_rebuilt(field, wanted, versions),
            )
        )
        if heirs:
            found[target] = heirs
    return found


def _twins(old: FieldInfo, versions: Versions) -> Iterator[str]:
    """Yield where a field is now that said the same before, in the same object or around it."""
    for other in versions.before.fields:
        if other.path == old.path or not _says_the_same(old, other):
            continue
        here, there = paths.parent(old.path), paths.parent(other.path)
        if paths.is_within(here, there) or paths.is_within(there, here):
            now = versions.now(other.path)
            if now is not None:
                yield now


def _says_the_same(one: FieldInfo, other: FieldInfo) -> bool:
    """Return whether two fields of one version hold one thing, by their names and descriptions.

    They are described alike, and one is called after the other with a word more or less; or they
    have one name with several telling words. `created_at` of two objects are two moments.
    """
    if one.types != other.types or one.format != other.format or one.types & _CONTAINERS:
        return False
    mine, theirs = stems(own_name(one.path)), stems(own_name(other.path))
    shared = mine & theirs
    telling = shared - GENERIC - FUNCTION_WORDS
    if one.description != other.description or shared not in (mine, theirs):
        return False
    return len(telling) > 1 if mine == theirs else bool(one.description and telling)


def _kin(old: FieldInfo, versions: Versions) -> Iterator[str]:
    """Yield the field that is called the rest of a name whose first word became an object.

    `buyer_name` has its heir in `/client/name` where `buyer_city` is `/client/city` now.
    """
    said = tuple(map(stem, words(own_name(old.path))))
    for rename in versions.renames:
        other = tuple(map(stem, words(own_name(rename.before_path))))
        beside = paths.parent(rename.before_path) == paths.parent(old.path)
        home = paths.parent(rename.after_path)
        if not beside or not versions.is_new(home) or min(len(said), len(other)) < 2:
            continue
        if other[0] == said[0]:
            for child in versions.after.children(home):
                if tuple(map(stem, words(own_name(child.path)))) == said[1:]:
                    yield child.path


def _told(old: FieldInfo, target: FieldInfo, versions: Versions) -> Iterator[str]:
    """Yield new fields of the same format whose names the old description speaks."""
    said = stems(f"{old.description} {target.description}")
    for one in versions.after.fields:
        asked = stems(own_name(one.path)) - FUNCTION_WORDS
        if (
            old.format
            and (one.types, one.format) == (old.types, old.format)
            and one.is_required >= old.is_required
            and versions.is_new(one.path)
            and asked <= said
            and not asked <= GENERIC
        ):
            yield one.path


def _inside(old: FieldInfo, target: FieldInfo, versions: Versions) -> Iterator[str]:
    """Yield the values of a new object that is called what a plain value was called.

    One with a generic name (`status`) has to stand where the value stood.
    """
    name, home = own_name(old.path), versions.now(paths.parent(old.path))
    for holder in versions.after.fields:
        if (
            not old.types & _CONTAINERS
            and "object" in holder.types
            and own_name(holder.path) == name
            and paths.last(holder.path) != paths.ANY
            and (paths.parent(holder.path) == home or not stems(name) <= GENERIC)
            and (versions.is_new(holder.path) or holder.path == old.path)
        ):
            yield from _values(holder.path, target, versions.after)


def _rebuilt(old: FieldInfo, target: FieldInfo, versions: Versions) -> Iterator[str]:
    """Yield the values of what holds a field, where that is of another kind than before."""
    holder = paths.parent(old.path)
    while holder:
        now = versions.now(holder)
        if now is not None and paths.last(holder) != paths.ANY:
            kinds = _kind(versions.before, holder), _kind(versions.after, now)
            if kinds[0] != kinds[1]:
                yield from _values(now, target, versions.after)
            return
        holder = paths.parent(holder)


def _kind(schema: Schema, path: str) -> str:
    """Return whether a field holds items, entries by key, or named fields."""
    field, item = schema.field(path), schema.field(paths.items(path))
    if item is not None and item.in_map:
        return "map"
    return "array" if field is not None and "array" in field.types else "object"


def _values(holder: str, target: FieldInfo, schema: Schema) -> Iterator[str]:
    """Yield the fields within another that a contract field could hold as they are."""
    for one in schema.fields:
        if one.path != holder and paths.is_within(one.path, holder) and one.types <= target.types:
            yield one.path
