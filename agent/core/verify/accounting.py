"""Whether every source field is used by a rule, or dropped with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core import paths
from agent.core.contract import Contract
from agent.core.language.declared import Declared
from agent.core.language.document import Adapter
from agent.core.language.reads import Provenance, provenance
from agent.core.language.syntax import CopyRow, Drop
from agent.core.schema import Schema


@dataclass(frozen=True, slots=True)
class Accounting:
    """Where the source's fields went; paths are source paths with `*`.

    `unaccounted` names the topmost field of every part that is neither used nor dropped.
    """

    used: tuple[str, ...]
    dropped: tuple[Drop, ...]
    unaccounted: tuple[str, ...]


def account(adapter: Adapter, after: Schema, contract: Contract) -> Accounting:
    """Return which fields of the source schema are used, dropped with a reason, or neither."""
    origins = provenance(adapter)
    used, dropped, left = [], [], []
    excluded = [drop for origin in origins for drop in _excluded(origin)]
    for path in _leaves(after):
        drop = _drop_of(path, (*adapter.drops, *excluded))
        if any(_uses(origin, path, contract) for origin in origins):
            used.append(path)
        elif drop is not None:
            dropped.append(Drop(path=path, reason=drop.reason))
        else:
            left.append(path)
    unaccounted = _topmost(left, accounted=[*used, *(drop.path for drop in dropped)])
    return Accounting(used=tuple(used), dropped=tuple(dropped), unaccounted=tuple(unaccounted))


def _leaves(schema: Schema) -> list[str]:
    return [info.path for info in schema.fields if not schema.children(info.path)]


def _uses(origin: Provenance, path: str, contract: Contract) -> bool:
    """Return whether a rule reads a field: itself, with what holds it, or a part of it."""
    for read in origin.reads:
        if paths.is_within(read, path):
            return True
        if paths.is_within(path, read) and _is_taken(origin, path[len(read) :], contract):
            return True
    return False


def _is_taken(origin: Provenance, below: str, contract: Contract) -> bool:
    """Return whether what lies `below` a read is used; `copy` takes declared fields only."""
    if not isinstance(origin.row, CopyRow):
        return True
    if any(paths.is_within(below, excluded) for excluded in origin.row.excluded):
        return False
    return declares(contract.schema, origin.target + below)


def declares(schema: Schema, path: str) -> bool:
    """Return whether a schema declares an output path; `*` stands for an item or a map's field."""
    declared = Declared(schema.document)
    place = declared.root
    for token in paths.parse(path):
        if token == paths.ANY:
            place = declared.every(place)
            continue
        below = declared.field(place, paths.key_of(token))
        if below is None:
            return False
        place = below
    return True


def _excluded(origin: Provenance) -> list[Drop]:
    if not isinstance(origin.row, CopyRow):
        return []
    target = origin.target or "/"
    return [
        Drop(path=read + excluded, reason=f"left out of the copy to {target}")
        for read in origin.reads
        for excluded in origin.row.excluded
    ]


def _drop_of(path: str, drops: tuple[Drop, ...]) -> Drop | None:
    return next((drop for drop in drops if paths.is_within(path, drop.path)), None)


def _topmost(left: list[str], *, accounted: list[str]) -> list[str]:
    """Return the highest ancestors that hold nothing accounted for, in order."""
    kept = dict.fromkeys(accounted)
    busy = {above for path in kept for above in _line(path)}
    found: dict[str, None] = {}
    for path in left:
        top = next((above for above in _line(path) if above and above not in busy), path)
        found[top] = None
    return list(found)


def _line(path: str) -> list[str]:
    """Return a path and its ancestors, the root first."""
    line = [path]
    while line[-1]:
        line.append(paths.parent(line[-1]))
    return line[::-1]
