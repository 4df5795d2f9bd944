"""Where contract fields came from under the adapter in force, and what became of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from agent.core import paths
from agent.core.confidence.signals import Ground
from agent.core.language.rewrite import path_of, reads_in
from agent.core.language.syntax import CopyRow, ValueRow
from agent.core.language.walk import Place, places
from agent.core.proposing import Task
from agent.core.schema import FieldInfo
from agent.proposers.heirs import heirs_of, versions_of

GONE_FLOOR = 0.7
"""A field whose source was removed needs this score from another one: a producer that says "gone"
is believed before a name that looks alike."""


SURE_PAST = 0.8
"""From this score on a field before the change is what a contract field is about."""


@dataclass(frozen=True, slots=True)
class History:
    """Renames that feed contract fields, as (source path, contract path) with confidence; the
    contract fields that were fed before; those of them whose source was removed; and for some of
    these the source fields that may stand for it."""

    moved: dict[tuple[str, str], float] = field(default_factory=dict)
    fed: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    heirs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_known: bool = False


def absence_ground(history: History, target: str) -> Ground:
    """Return what it rests on that an optional contract field is left absent."""
    if not history.is_known:
        return Ground.ABSENT
    return Ground.ABSENT_AFTER_ALL if target in history.fed else Ground.ABSENT_AS_BEFORE


def was_there_before(task: Task, path: str) -> bool:
    """Return whether a source path stood in the old schema, there or where it was renamed from."""
    if task.before is None:
        return True
    old = path
    for rename in task.diff.renames if task.diff is not None else ():
        if paths.is_within(path, rename.after_path):
            old = rename.before_path + path[len(rename.after_path) :]
            break
    return any(task.before.field(one) is not None for one in (path, old))


def history_of(task: Task) -> History:
    """Return what became of the source of every contract field that was fed before."""
    if task.in_force is None or task.diff is None:
        return History()
    feeds = list(places(task.in_force.rows, let=task.in_force.let))
    removed = [change.before_path for change in task.diff.changes if change.is_removal]
    moved: dict[tuple[str, str], float] = {}
    fed, gone = set(), dict[str, str]()
    for target in (one.path for one in task.contract.schema.fields if one.path):
        old = next((path for place in feeds if (path := _source(place, target))), None)
        if old is None or (task.before is not None and task.before.field(old) is None):
            continue
        fed.add(target)
        for rename in task.diff.renames:
            if paths.is_within(old, rename.before_path):
                new = rename.after_path + old[len(rename.before_path) :]
                moved[(new, target)] = rename.confidence
        if any(paths.is_within(old, path) for path in removed):
            gone[target] = old
    return History(moved, frozenset(fed), frozenset(gone), heirs=_heirs(gone, task), is_known=True)


def with_likely_past(
    history: History, task: Task, likeness: Callable[[FieldInfo, FieldInfo], float]
) -> History:
    """Return the history of a contract that no adapter feeds yet, as names tell it.

    `likeness` scores a field before the change against a contract field. A field that is surely
    meant, and was removed and not renamed, is gone.
    """
    if task.before is None or task.diff is None or history.is_known:
        return history
    removed = [change.before_path for change in task.diff.changes if change.is_removal]
    renamed = [rename.before_path for rename in task.diff.renames]
    gone = {}
    for target in task.contract.schema.fields:
        scored = [(likeness(one, target), one.path) for one in task.before.fields if one.path]
        sure, path = max(scored, default=(0.0, ""))
        is_away = any(paths.is_within(path, one) for one in removed)
        if (
            target.path
            and sure >= SURE_PAST
            and is_away
            and not any(paths.is_within(path, one) for one in renamed)
        ):
            gone[target.path] = path
    return replace(history, gone=frozenset(gone), heirs=_heirs(gone, task))


def _heirs(gone: Mapping[str, str], task: Task) -> dict[str, frozenset[str]]:
    versions = versions_of(task)
    return {} if versions is None else heirs_of(gone, task.contract.schema, versions)


def _source(place: Place, target: str) -> str | None:
    """Return the old source path that a row fed a contract path from, when it is just one."""
    row = place.row
    if isinstance(row, CopyRow) and paths.is_within(target, place.target):
        base, below = path_of(row.copy, scope=place.scope), target[len(place.target) :]
        is_cut = any(paths.is_within(below, cut) for cut in row.excluded)
        return None if base is None or is_cut else base + below
    if isinstance(row, ValueRow) and place.target == target:
        reads = reads_in(row.value, scope=place.scope)
        return reads[0] if len(reads) == 1 else None
    return None
