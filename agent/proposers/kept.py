"""What rules that are kept already write of a contract object, so that no other overrides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent.core import paths
from agent.core.language.rewrite import path_of, reads_in
from agent.core.language.syntax import CopyRow, EachRow, Expression, Field, Row, ValueRow
from agent.core.schema import Schema
from agent.proposers.place import Place


def is_fed(path: str, rows: Sequence[Row], place: Place, after: Schema) -> bool:
    """Return whether rows of a place write the whole of a contract path."""
    return any(_writes(path, row, place, after) for row in rows)


def _writes(path: str, row: Row, place: Place, after: Schema) -> bool:
    target = place.base + row.target
    match row:
        case CopyRow():
            return _copies(path, row, place, after)
        case ValueRow():
            return paths.is_within(path, target)
        case _:
            return path == target


def _copies(path: str, row: CopyRow, place: Place, after: Schema) -> bool:
    """Return whether a copy takes over a path from the source, with nothing cut out of it."""
    to, base = place.base + row.target, path_of(row.copy, scope=place.scope)
    if base is None or not paths.is_within(path, to):
        return path == to
    below = path[len(to) :]
    is_cut = any(paths.is_within(below, cut) or paths.is_within(cut, below) for cut in row.excluded)
    return not is_cut and after.field(base + below) is not None


def kept_below(path: str, rows: Sequence[Row], place: Place, after: Schema) -> tuple[Row, ...]:
    """Return the rows that write a part of a contract path, with targets relative to it."""
    at = place.relative(path)
    found: list[Row] = []
    for row in rows:
        if isinstance(row, CopyRow) and paths.is_within(at, row.target):
            found.extend(_copied_below(row, at[len(row.target) :], place, after))
        elif row.target != at and paths.is_within(row.target, at):
            found.append(replace(row, target=row.target[len(at) :]))
    return tuple(found)


def _copied_below(row: CopyRow, below: str, place: Place, after: Schema) -> tuple[Row, ...]:
    """Return a copy as the copy of what it takes over `below`, if it takes that at all."""
    base = path_of(row.copy, scope=place.scope)
    if base is None or after.field(base + below) is None:
        return ()
    if any(paths.is_within(below, cut) for cut in row.excluded):
        return ()
    copied: Expression = row.copy
    for token in paths.parse(below):
        copied = Field(copied, paths.key_of(token))
    excluded = tuple(cut[len(below) :] for cut in row.excluded if paths.is_within(cut, below))
    return (replace(row, target="", copy=copied, excluded=excluded),)


def source_around(rows: Sequence[Row], scope: Mapping[str, str]) -> str:
    """Return the source object that most rows of a contract object read a field of.

    Where rows say nothing it is the item of the innermost loop.
    """
    innermost = list(scope.values())[-1]
    found: dict[str, int] = {}
    for row in rows:
        match row:
            case ValueRow(value=value):
                around = [paths.parent(path) for path in reads_in(value, scope=scope)]
            case EachRow(each=each):
                around = [paths.parent(path) for path in reads_in(each, scope=scope)]
            case CopyRow(target="", copy=copy):
                around = list(reads_in(copy, scope=scope))
            case _:
                around = []
        for path in around:
            if paths.is_within(path, innermost):
                found[path] = found.get(path, 0) + 1
    return max(found, key=lambda path: (found[path], -len(path)), default=innermost)
