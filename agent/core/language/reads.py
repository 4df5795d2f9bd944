"""Provenance from the tree: which source paths each target is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from agent.core import paths
from agent.core.language.document import Adapter
from agent.core.language.origins import At, item_of
from agent.core.language.scoping import SOURCE, split
from agent.core.language.syntax import (
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.language.tracing import Bound, Environment, Tracer, bind


@dataclass(frozen=True, slots=True)
class Provenance:
    """What one target is made of; all paths are full, with `*` for items.

    `reads` are the source paths that the value, or a condition of its row or of a block around it,
    depends on; reading an object counts as its path. `walks` are the arrays and objects that it is
    only found through. `rule` is the pointer of `row` in the document. A row `each` with rules or
    with a `key` has an entry of its own, for the array or map, and what the key depends on is
    there; a row `each` with `value` has one for its items.
    """

    target: str
    reads: frozenset[str]
    row: Row
    rule: str
    walks: frozenset[str] = frozenset()


def read_paths(
    expression: Expression, bindings: Mapping[str, frozenset[str] | str]
) -> frozenset[str]:
    """Return the source paths that an expression reads, where names stand for source paths."""
    tracer = Tracer()
    tracer.use(expression, _environment(bindings))
    return frozenset(tracer.reads)


def _environment(bindings: Mapping[str, frozenset[str] | str]) -> Environment:
    return {
        name: Bound(At(frozenset({found}) if isinstance(found, str) else found))
        for name, found in bindings.items()
    }


def provenance(adapter: Adapter) -> tuple[Provenance, ...]:
    """Return what every target of an adapter is made of, in the order of its rows."""
    environment = bind(adapter.let, _environment({SOURCE: ""}))
    return tuple(_rows(adapter.rows, _Block(environment, "", "")))


@dataclass(frozen=True, slots=True)
class _Block:
    environment: Environment
    target: str
    rule: str
    reads: frozenset[str] = frozenset()
    walks: frozenset[str] = frozenset()

    def within(self, tracer: Tracer, *, environment: Environment, target: str) -> _Block:
        """Return the block of a row's own rows."""
        reads, walks = self.reads | tracer.reads, self.walks | tracer.walks
        return _Block(environment, target, self.rule, reads, walks)

    def entry(self, tracer: Tracer, row: Row, target: str) -> Provenance:
        """Return the provenance of what a row writes."""
        reads, walks = self.reads | tracer.reads, self.walks | tracer.walks
        return Provenance(target, reads, row, self.rule, walks)


def _rows(rows: tuple[Row, ...], block: _Block) -> Iterator[Provenance]:
    for number, row in enumerate(rows):
        outer = split(row.let, row.name)[0] if isinstance(row, (EachRow, WithRow)) else row.let
        place = _Block(
            environment=bind(outer, block.environment),
            target=block.target + row.target,
            rule=f"{block.rule}/rules/{number}",
            reads=block.reads,
            walks=block.walks,
        )
        yield from _row(row, place)


def _row(row: Row, place: _Block) -> Iterator[Provenance]:
    tracer = Tracer()
    if row.when is not None:
        tracer.use(row.when, place.environment)
    match row:
        case ValueRow(value=value):
            tracer.use(value, place.environment)
            yield place.entry(tracer, row, place.target)
        case CopyRow(copy=copy):
            tracer.use(copy, place.environment)
            yield place.entry(tracer, row, place.target)
        case GroupRow(rows=rows):
            yield from _rows(
                rows, place.within(tracer, environment=place.environment, target=place.target)
            )
        case WithRow(over=over, name=name, rows=rows):
            origin = tracer.walk(over, place.environment)
            inner = {**place.environment, name: Bound(origin)}
            inner = {**bind(split(row.let, name)[1], inner)}
            yield from _rows(rows, place.within(tracer, environment=inner, target=place.target))
        case EachRow():
            yield from _each(row, place, tracer)
        case _:
            assert_never(row)


def _each(row: EachRow, place: _Block, tracer: Tracer) -> Iterator[Provenance]:
    item = item_of(tracer.walk(row.each, place.environment))
    names = {**place.environment, row.name: Bound(item)}
    inner = bind(split(row.let, row.name)[1], names)
    if row.where is not None:
        tracer.use(row.where, inner)
    if row.value is None or row.key is not None:
        yield _entry_of_all(row, place.within(tracer, environment=inner, target=place.target))
    target = paths.items(place.target)
    if row.value is not None:
        tracer.use(row.value, inner)
        yield place.entry(tracer, row, target)
        return
    yield from _rows(row.rows, place.within(tracer, environment=inner, target=target))


def _entry_of_all(row: EachRow, inside: _Block) -> Provenance:
    """Return the entry of the array or map as a whole."""
    keys = Tracer()
    if row.key is not None:
        keys.use(row.key, inside.environment)
    return inside.entry(keys, row, inside.target)
