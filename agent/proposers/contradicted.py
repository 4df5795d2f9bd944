"""Rows of the adapter in force that paired samples contradict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.language.syntax import Bindings, CopyRow, GroupRow, Row
from agent.core.proposing import Task
from agent.core.schema import Schema
from agent.core.values import Json, same_value
from agent.errors import PayloadRefused


def uncontradicted(task: Task, rows: Sequence[Row], let: Bindings) -> tuple[Row, ...]:
    """Return the rows without what some pair contradicts; all of them where there are no pairs.

    Of a copy the fields that differ are left out, of a group the rows; any other row goes whole.
    """
    pairs = task.pairs()
    if not pairs:
        return tuple(rows)
    checked = (_checked(task, row, let, pairs, target="") for row in rows)
    return tuple(row for row in checked if row is not None)


def _checked(
    task: Task, row: Row, let: Bindings, pairs: Sequence[tuple[Json, Json]], *, target: str
) -> Row | None:
    differing: dict[str, None] = {}
    for payload, expected in pairs:
        try:
            output = run(_alone(task, row, let, target), payload)
        except PayloadRefused:
            return None
        found = _differences(output, expected, "")
        differing.update(dict.fromkeys(_declared(path, task.contract.schema) for path in found))
    if not differing:
        return row
    match row:
        case CopyRow():
            at = target + row.target
            inside = [path[len(at) :] for path in differing if paths.is_within(path, at)]
            if "" in inside:
                return None
            return replace(row, excluded=tuple(dict.fromkeys((*row.excluded, *sorted(inside)))))
        case GroupRow():
            inner = (
                _checked(task, one, (*let, *row.let), pairs, target=target + row.target)
                for one in row.rows
            )
            kept = tuple(one for one in inner if one is not None)
            return replace(row, rows=kept) if kept else None
        case _:
            return None


def _declared(path: str, contract: Schema) -> str:
    """Return the outermost part of a path that the contract names: above the keys of a map."""
    at = ""
    for token in paths.parse(path):
        below = paths.join((*paths.parse(at), token))
        if contract.field(below) is None:
            return at if contract.field(paths.items(at)) is not None else path
        at = below
    return at


def _alone(task: Task, row: Row, let: Bindings, target: str) -> Adapter:
    """Return an adapter that has only one row, at its full target."""
    return Adapter(
        name="",
        source=task.source,
        source_fingerprints=(),
        source_schema=task.after.document,
        consumer=task.consumer,
        contract_fingerprint="",
        contract=task.contract.schema.document,
        let=let,
        rows=(replace(row, target=target + row.target),),
        drops=(),
    )


def _differences(output: Json, expected: object, path: str) -> Iterator[str]:
    """Yield the outermost named paths at which an output has something else than is expected."""
    if isinstance(output, dict) and isinstance(expected, dict):
        for key, value in output.items():
            yield from _differences(value, expected.get(key, MISSING), paths.child(path, key))
    elif expected is MISSING or not same_value(output, expected):
        yield path
