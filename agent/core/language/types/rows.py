"""Abstract interpretation of a table of rows: the shape of an adapter's whole output.

Rows that share a target and carry conditions are followed apart, so that `when: c` beside
`when: not c` writes always.
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final, assert_never

from agent.core import paths
from agent.core.language.declared import Place
from agent.core.language.document import Adapter
from agent.core.language.scoping import SOURCE, free_names, split
from agent.core.language.syntax import (
    Bindings,
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.language.types.copying import (
    AnyKey,
    Step,
    Unfollowed,
    copied_objects,
    places_at,
)
from agent.core.language.types.displays import item_of, keyed_object, no_boolean
from agent.core.language.types.inference import Typer
from agent.core.language.types.narrowing import assume
from agent.core.language.types.output import (
    NEW,
    NOT_EMITTED,
    Written,
    folded,
    join_output,
    overlay,
    write,
)
from agent.core.language.types.reading import NO_JSON_VALUE
from agent.core.language.types.scope import Env, bind, join_envs, with_let
from agent.core.language.types.splitting import MAX_READS, is_there, runs_of
from agent.core.language.types.typed import MayFail, Typed, merge_failures
from agent.core.language.types.values import listed
from agent.core.schema import make_schema
from agent.core.shapes.lattice import is_nothing
from agent.core.shapes.parts import Arrays
from agent.core.shapes.reading import from_schema
from agent.core.shapes.shape import NOTHING, NULL, Parts, Shape, array_of, of_parts, without

NO_TEXT_KEY: Final = "a key that is no text"

MAX_WAYS: Final = 16
"""Most ways through the conditions of a table that are followed apart."""


def infer_adapter(adapter: Adapter, source: Shape | None = None) -> Typed:
    """Return what an adapter writes for payloads of a shape, and what it may refuse.

    Without `source` the payloads are those that are valid under its own source schema. The
    failures name their rows; a read that no row makes does not fail.
    """
    if source is None:
        source = from_schema(make_schema(adapter.source_schema, origin="/source_schema"))
    env = with_let(bind(Env({}), {SOURCE: Typed(source)}), adapter.let)
    table = _Table(adapter)
    output = table.run(adapter.rows, _Block(env, (), ""), NEW)
    return Typed(output.shape, failures=table.failures)


@dataclass(frozen=True, slots=True)
class _Block:
    """Where rows stand: the names in reach, where in the block's output, the steps from the root.

    An integer step is an array item, an `AnyKey` the field of a map.
    """

    env: Env
    above: tuple[str, ...]
    rule: str
    base: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.base + self.above


@dataclass(frozen=True, slots=True)
class _Way:
    """One way through the conditions so far: what is known on it, and what it wrote."""

    env: Env
    output: Typed


class _Table:
    """One inference over an adapter's rows."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._typer = Typer()
        self.failures: tuple[MayFail, ...] = ()

    def run(self, rows: tuple[Row, ...], block: _Block, output: Typed) -> Typed:
        """Return the output after some rows."""
        ways = [_Way(block.env, output)]
        left = Counter(row.target for row in rows if row.when is not None)
        runs, end = runs_of(rows), -1
        for number, row in enumerate(rows):
            rule = f"{block.rule}/rules/{number}"
            if number in runs:
                end, reads = runs[number]
                ways = self._split(ways, reads)
            is_shared = row.when is not None and left[row.target] > 1
            after = [way for one in ways for way in self._step(row, one, replace(block, rule=rule))]
            left[row.target] -= row.when is not None
            is_apart = any(count > 0 for count in left.values()) and (is_shared or len(ways) > 1)
            is_apart = is_apart or number < end
            ways = after if is_apart and len(after) <= MAX_WAYS else _merged(after)
        return _merged(ways)[0].output

    def _split(self, ways: list[_Way], reads: tuple[Expression, ...]) -> list[_Way]:
        """Return the ways on which some of the reads are surely there, or surely not."""
        splits = 0
        for read in reads:
            apart = [one for way in ways for one in self._apart(way, read)]
            splits += len(apart) > len(ways)
            if len(apart) <= MAX_WAYS:
                ways = apart
            if splits == MAX_READS:
                break
        return ways

    def _apart(self, way: _Way, read: Expression) -> list[_Way]:
        if way.env.is_dead or not free_names(read) <= way.env.names.keys():
            return [way]
        typed = self._typer.infer(read, way.env)
        is_open = typed.may_be_nothing and not is_nothing(without(typed.shape, null=False))
        if typed.failures or not is_open:
            return [way]
        envs = [
            assume(self._typer, is_there(read), way.env, holds=holds) for holds in (True, False)
        ]
        return [replace(way, env=env) for env in envs if not env.is_dead]

    def _step(self, row: Row, way: _Way, block: _Block) -> list[_Way]:
        if way.env.is_dead:
            return [way]
        env = with_let(way.env, _outer_names(row))
        inner = replace(block, env=env, above=block.above + paths.parse(row.target))
        if row.when is None:
            return [_Way(way.env, self._write(row, inner, way.output))]
        self._check(row.when, inner, "when")
        holds = assume(self._typer, row.when, env, holds=True)
        fails = assume(self._typer, row.when, env, holds=False)
        written = self._write(row, replace(inner, env=holds), way.output)
        return [
            _Way(replace(known, names=way.env.names), output)
            for known, output in ((holds, written), (fails, way.output))
            if not known.is_dead
        ]

    # What rows write

    def _write(self, row: Row, block: _Block, output: Typed) -> Typed:
        if block.env.is_dead:
            return output
        match row:
            case ValueRow(value=value):
                typed = self._infer(value, block)
                return self._put(output, block, typed)
            case EachRow():
                return self._each(row, block, output)
            case WithRow():
                return self._with(row, block, output)
            case CopyRow():
                return self._copy(row, block, output)
            case GroupRow(rows=rows):
                return self.run(rows, block, output)
            case _:
                assert_never(row)

    def _infer(self, expression: Expression, block: _Block) -> Typed:
        typed = self._typer.infer(expression, block.env)
        self._note(block, typed.failures)
        return replace(typed, failures=())

    def _note(self, block: _Block, failures: tuple[MayFail, ...]) -> None:
        placed = tuple(replace(failure, rule=block.rule) for failure in failures)
        self.failures = merge_failures((self.failures, placed))

    def _refuse(self, block: _Block, operation: str, *reasons: str) -> None:
        self._note(block, tuple(MayFail(operation, reason) for reason in reasons))

    def _check(self, condition: Expression, block: _Block, operation: str) -> None:
        typed = self._typer.infer(condition, block.env)
        self._note(block, typed.failures)
        self._note(block, no_boolean(typed, condition, operation=operation))

    def _put(self, output: Typed, block: _Block, value: Typed) -> Typed:
        written = write(output, block.above, value)
        return self._done(written, block)

    def _done(self, written: Written, block: _Block) -> Typed:
        self._refuse(block, "write", *written.refused)
        return written.output

    def _with(self, row: WithRow, block: _Block, output: Typed) -> Typed:
        found = self._infer(row.over, block)
        parts = found.shape.parts
        if parts != Parts(null=parts.null, objects=parts.objects):
            self._refuse(block, "with", "not an object")
        outputs = []
        if found.may_be_missing:
            outputs.append(output)
        if parts.null:
            outputs.append(self._put(output, block, Typed(NULL)))
        if parts.objects:
            bound = {row.name: Typed(of_parts(Parts(objects=parts.objects)))}
            env = with_let(bind(block.env, bound), split(row.let, row.name)[1])
            outputs.append(self.run(row.rows, replace(block, env=env), output))
        return _any_output(outputs)

    def _each(self, row: EachRow, block: _Block, output: Typed) -> Typed:
        found = self._infer(row.each, block)
        parts = found.shape.parts
        if parts != Parts(null=parts.null, arrays=parts.arrays):
            self._refuse(block, "each", "not an array")
        nothing = Typed(of_parts(Parts(null=parts.null)), found.may_be_missing)
        outputs = []
        if nothing.may_be_nothing:
            outputs.append(self._put(output, block, nothing))
        if parts.arrays is not None:
            items = self._items(row, parts.arrays, block)
            if not items.is_surely_nothing:
                outputs.append(self._put(output, block, Typed(items)))
        return _any_output(outputs)

    def _items(self, row: EachRow, array: Arrays, block: _Block) -> Shape:
        """Return the array, or the map, that an `each` writes."""
        item = item_of(array)
        if not without(item, arrays=None, objects=()).is_json:
            self._refuse(block, "each", NO_JSON_VALUE)
        env = bind(block.env, {row.name: Typed(item)})
        inner = replace(block, env=with_let(env, split(row.let, row.name)[1]))
        if row.where is not None and not inner.env.is_dead:
            self._check(row.where, inner, "where")
            inner = replace(inner, env=assume(self._typer, row.where, inner.env, holds=True))
            array = replace(array, shortest=0)
        if row.key is not None:
            return self._map(row.key, row, array, inner)
        written = self._item(row, replace(inner, above=(), base=(*block.steps, 0)))
        shortest = 0 if written.may_be_missing else array.shortest
        return array_of(written.shape, shortest=shortest, longest=array.longest)

    def _map(self, key: Expression, row: EachRow, array: Arrays, block: _Block) -> Shape:
        """Return the map of items that are written one by one; `block` is that of an item."""
        typed = Typed(NOTHING) if block.env.is_dead else self._infer(key, block)
        parts = typed.shape.parts
        texts = of_parts(Parts(texts=parts.texts))
        if parts != texts.parts:
            self._refuse(block, "key", NO_TEXT_KEY)
        step = AnyKey(listed(texts))
        env = block.env.dead() if texts.is_surely_nothing else block.env
        written = self._item(row, replace(block, env=env, above=(), base=(*block.steps, step)))
        is_sure = not (typed.may_be_missing or written.may_be_missing)
        fewest = min(array.shortest, 1) if is_sure else 0
        return keyed_object(texts, written.shape, fewest=fewest, most=array.longest)

    def _item(self, row: EachRow, block: _Block) -> Typed:
        """Return one item, missing where it is left out."""
        if block.env.is_dead:
            return Typed(NOTHING)
        if row.value is None:
            return self.run(row.rows, block, NEW)
        typed = self._infer(row.value, block)
        there = self._put(NEW, block, Typed(typed.shape))
        return Typed(there.shape, typed.may_be_missing)

    def _copy(self, row: CopyRow, block: _Block, output: Typed) -> Typed:
        found = self._infer(row.copy, block)
        places = places_at(self._adapter.declared, block.steps)
        outputs = [output] if found.may_be_missing or None in places else []
        for place in places:
            if place is not None:
                outputs += self._copied(row, found, place, block, output)
        return _any_output(outputs)

    def _copied(
        self, row: CopyRow, found: Typed, place: Place | Unfollowed, block: _Block, output: Typed
    ) -> list[Typed]:
        """Return the outputs of a copy whose object is there, at one declared place."""
        parts = found.shape.parts
        if parts != Parts(null=parts.null, objects=parts.objects):
            self._refuse(block, "copy", "not an object")
        outputs = [self._put(output, block, Typed(NULL))] if parts.null else []
        if parts.objects:
            whole = of_parts(Parts(objects=parts.objects))
            if not whole.is_json:
                self._refuse(block, "write", NOT_EMITTED)
            excluded = [paths.parse(pointer) for pointer in row.excluded]
            copied = copied_objects(self._adapter.declared, whole, place, excluded)
            outputs.append(self._done(overlay(output, block.above, copied), block))
        return outputs


def _any_output(outputs: list[Typed]) -> Typed:
    return functools.reduce(join_output, outputs, Typed(NOTHING))


def _merged(ways: list[_Way]) -> list[_Way]:
    """Return all ways as one; where none is left, the table is never done."""
    if not ways:
        return [_Way(Env({}, is_dead=True), Typed(NOTHING))]
    env = functools.reduce(join_envs, (way.env for way in ways))
    output = functools.reduce(join_output, (way.output for way in ways))
    return [_Way(env, output if len(ways) == 1 else folded(output))]


def _outer_names(row: Row) -> Bindings:
    """Return the names that a row binds once: those that do not read its item."""
    return split(row.let, row.name)[0] if isinstance(row, (EachRow, WithRow)) else row.let
