"""Generated tables: what the rows write, put together once all of it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from agent.core import paths
from agent.core.language.bounds import Budget
from agent.core.language.compiler import copying, kinds, loops, overlaps
from agent.core.language.compiler.assembling import Draft, assemble, place_at, tree_of
from agent.core.language.compiler.code import Step
from agent.core.language.compiler.generator import REFUSE, Generator, Plan, Steps
from agent.core.language.compiler.reductions import Reduction, of_rows, reduction_of
from agent.core.language.compiler.values import Value
from agent.core.language.output import Output
from agent.core.language.syntax import (
    CopyRow,
    EachRow,
    GroupRow,
    Row,
    ValueRow,
    WithRow,
)


@dataclass(frozen=True, slots=True)
class Direct:
    """An output that rows write to one after another, because they write over each other."""

    name: str

    def write(self, gen: Generator, target: tuple[str, ...], code: str) -> None:
        """Write a value; a missing one deletes what was written there."""
        gen.code.line(f"{self.name}.write({target!r}, {code})")

    def place(self, gen: Generator, target: tuple[str, ...], array: Value) -> None:
        """Put an array of finished items at a target."""
        code = array.code
        tests = array.presences()
        if tests:
            gen.code.line(f"if {' and '.join(tests)}: {self.name}.place({target!r}, {code})")
            gen.code.line(f"else: {self.name}.write({target!r}, {code})")
        else:
            gen.code.line(f"{self.name}.place({target!r}, {code})")


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a block writes, and how many targets it has with those of its rows."""

    target: tuple[str, ...]
    own: int


Sheet: TypeAlias = Draft | Direct
"""What rows write to."""


def write_table(gen: Generator, rows: tuple[Row, ...]) -> str:
    """Return the code of the whole output."""
    output = _write_rows(gen, rows)
    gen.settle()
    return output


def write_item(gen: Generator, row: EachRow, name: str) -> Value:
    """Write one item of an `each` to its array or map, and return what is known of it."""
    target = (*gen.steps, *paths.parse(row.target))
    if row.key is None:
        return _write_item(gen, row, (*target, 0), lambda item: f"{name}.append({item})")
    key = gen.value(row.key)
    key = key.but(code=gen.plain(key), parts=None, pairs=None)
    if not key.is_within(kinds.TEXT):
        is_absent = f" and {key.code} is not M" if key.has(kinds.MISSING) else ""
        gen.code.line(f"if type({key.code}) is not str{is_absent}: {REFUSE}")
    gen.written(key.but(kinds=kinds.TEXT | key.kinds & kinds.MISSING))

    def put(item: str) -> str:
        return f"{name}[{key.code}] = {item}"

    if not key.has(kinds.MISSING):
        return _write_item(gen, row, (*target, None), put)
    with gen.block(f"if {key.code} is not M:"):
        return _write_item(gen, row, (*target, None), put)


def _write_item(gen: Generator, row: EachRow, steps: Steps, put: Callable[[str], str]) -> Value:
    """Write an item by what gives the statement that puts a value in its place."""
    outer, gen.steps = gen.steps, steps
    if row.value is None:
        gen.code.line(put(_write_rows(gen, row.rows)))
        item = Value("", kinds.OBJECT, is_tidy=True)
    else:
        value = gen.written(gen.value(row.value))
        test = f"if {value.code} is not M: " if value.has(kinds.MISSING) else ""
        gen.code.line(f"{test}{put(value.code)}")
        item = Value("", value.kinds & ~kinds.MISSING, is_tidy=True)
    gen.steps = outer
    return item


def _write_rows(gen: Generator, rows: tuple[Row, ...]) -> str:
    """Return the code of what the rows of a document or an item write."""
    reductions: dict[int, list[Reduction]] = {}
    for reduction in of_rows(rows, gen.lets):
        reductions.setdefault(id(reduction.over), []).append(reduction)
    gen.plans.append(Plan(gen.code.level, reductions, gen.code.origin))
    if overlaps.do_overlap(gen, rows):
        code = _write_in_order(gen, rows)
    else:
        code = _write_at_once(gen, rows)
    gen.plans.pop()
    return code


def _write_in_order(gen: Generator, rows: tuple[Row, ...]) -> str:
    """Return the code of an output that every row writes to in its turn."""
    made, budget = gen.code.hold(Output, "Output"), gen.code.hold(Budget, "Budget")
    output = gen.code.assign(f"{made}({budget}(None), base={_plain_steps(gen.steps)!r})", "out")
    _write_each(gen, rows, (), Direct(output))
    return gen.code.assign(f"{output}.take()", "d")


def _plain_steps(steps: Steps) -> tuple[str | int, ...]:
    return tuple(paths.ANY if step is None else step for step in steps)


def _write_at_once(gen: Generator, rows: tuple[Row, ...]) -> str:
    """Return the code of an output that is put together when all its values are known."""
    draft = Draft(Counter(_prefixes(rows)))
    _write_each(gen, rows, (), draft)
    if () in draft.leaves:
        whole = draft.leaves[()]
        if not whole.has(kinds.MISSING):
            return whole.code
        return gen.code.assign(f"{{}} if {whole.code} is M else {whole.code}", "d")
    return assemble(gen, tree_of(draft), is_root=True)[0]


def _write_each(
    gen: Generator, rows: tuple[Row, ...], above: tuple[str, ...], draft: Sheet
) -> None:
    origin = gen.code.origin
    for number, row in enumerate(rows):
        gen.code.origin = (*origin, Step(number))
        target = above + paths.parse(row.target)
        if row.when is None:
            _write_row(gen, row, target, draft)
            continue
        with _within(gen, f"if {gen.condition(row.when)}:", draft) as inner:
            _write_row(gen, row, target, inner)
    gen.code.origin = origin


@contextmanager
def _within(gen: Generator, head: str, draft: Sheet) -> Iterator[Sheet]:
    """Write a block whose rows may not run: what they write is what it was before, then."""
    if isinstance(draft, Direct):
        with gen.block(head):
            yield draft
        return
    start, inner = len(gen.code.lines), Draft(draft.targets, outer=draft)
    names: dict[str, str] = {}
    with gen.block(head):
        yield inner
        for target, value in inner.leaves.items():
            before = draft.before(target)
            name = gen.code.name("v")
            names[name] = "M" if before is None else before.code
            gen.code.line(f"{name} = {value.code}")
            kind = value.kinds | (kinds.MISSING if before is None else before.kinds)
            draft.leaves[target] = Value(name, kind, is_tidy=True, depth=gen.code.loops)
        for kind_of_flag in ("nulls", "opens"):
            for target, code in getattr(inner, kind_of_flag).items():
                name = gen.code.name("b")
                names[name] = draft.flag(kind_of_flag, target)
                gen.code.line(f"{name} = {code}")
                getattr(draft, kind_of_flag)[target] = name
    gen.code.insert(start, [f"{name} = {code}" for name, code in names.items()])


def _write_row(gen: Generator, row: Row, target: tuple[str, ...], draft: Sheet) -> None:
    steps, gen.steps = gen.steps, (*gen.steps, *target)
    match row:
        case ValueRow(value=value):
            found = gen.value(value)
            if isinstance(draft, Direct):
                draft.write(gen, target, gen.plain(found))
            else:
                draft.leaves[target] = gen.written(found)
        case EachRow():
            gen.steps = steps
            _write_array(gen, row, target, draft)
        case GroupRow(rows=rows):
            gen.steps = steps
            _write_each(gen, rows, target, draft)
        case WithRow():
            gen.steps = steps
            _write_with(gen, row, target, draft)
        case CopyRow():
            _write_copy(gen, row, target, draft)
        case _:
            assert_never(row)
    gen.steps = steps


def _write_array(gen: Generator, row: EachRow, target: tuple[str, ...], draft: Sheet) -> None:
    reduction = reduction_of(row)
    assert reduction is not None
    found = gen.code.recall(row)
    if found is None:
        found = loops.write_shared(gen, reduction)
    if isinstance(draft, Direct):
        draft.place(gen, target, found)
    else:
        draft.leaves[target] = found


def _write_with(gen: Generator, row: WithRow, target: tuple[str, ...], draft: Sheet) -> None:
    def write(value: Value, inner: Sheet) -> None:
        gen.names[row.name] = value
        _write_each(gen, row.rows, target, inner)

    own = 1 + sum(1 for _ in _targets(row.rows, target))
    _where_object(gen, gen.value(row.over), _Spot(target, own), draft, write)


def _write_copy(gen: Generator, row: CopyRow, target: tuple[str, ...], draft: Sheet) -> None:
    found = gen.value(row.copy)
    place = copying.place_at(gen.adapter, gen.steps)
    if place is None:
        return

    def write(value: Value, inner: Sheet) -> None:
        if isinstance(inner, Direct):
            copier = copying.copier(gen, row, place)
            gen.code.line(f"{copier}({inner.name}, {target!r}, {gen.plain(value)})")
            return
        for key, part in copying.write_fields(gen, row, value, place):
            own = (*target, *paths.parse(paths.child("", key)))
            before = inner.before(own)
            inner.leaves[own] = part if before is None else _or_before(gen, part, before)
        inner.opens[target] = "True"

    _where_object(gen, found, _Spot(target, 1), draft, write)


def _or_before(gen: Generator, part: Value, before: Value) -> Value:
    """Return what a copy leaves at a field that was written before: where it has none, that."""
    if not part.has(kinds.MISSING):
        return part
    code = f"{before.code} if {part.code} is M else {part.code}"
    kind = part.kinds & ~kinds.MISSING | before.kinds
    return gen.made(code, kind, is_tidy=True)


def _where_object(
    gen: Generator,
    value: Value,
    spot: _Spot,
    draft: Sheet,
    write: Callable[[Value, Sheet], None],
) -> None:
    """Write what an object makes; null writes null, missing nothing, anything else fails."""
    target = spot.target
    if value.is_within(kinds.MISSING):
        return
    code, tests = value.code, " and ".join(value.presences())
    if not value.is_within(kinds.OBJECT | kinds.NOTHING):
        code = gen.plain(value)
        is_other = " and ".join([f"type({code}) is not dict", *value.presences()])
        gen.code.line(f"if {is_other}: {REFUSE}")
        value = value.but(kinds=kinds.OBJECT | value.kinds & kinds.NOTHING)
    if value.is_present:
        write(value, draft)
        return
    if isinstance(draft, Draft) and target and draft.is_alone(target, own=spot.own):
        _write_alone(gen, value.but(code=code), target, draft, (f"if {tests}:", write))
        return
    if value.has(kinds.NULL):
        if isinstance(draft, Direct):
            gen.code.line(f"if {code} is None: {draft.name}.write({target!r}, None)")
        else:
            draft.nulls[target] = f"{code} is None"
    with _within(gen, f"if {tests}:", draft) as inner:
        write(value.but(kinds=kinds.OBJECT), inner)


def _write_alone(
    gen: Generator,
    value: Value,
    target: tuple[str, ...],
    draft: Draft,
    block: tuple[str, Callable[[Value, Sheet], None]],
) -> None:
    """Write a block beneath whose target no other row writes: its object is made at once."""
    head, write = block
    name = gen.code.assign(value.code, "v")
    with gen.block(head):
        inner = Draft(draft.targets)
        write(value.but(kinds=kinds.OBJECT), inner)
        code, _ = assemble(gen, place_at(tree_of(inner), target))
        gen.code.line(f"{name} = {code}")
    kind = kinds.OBJECT | kinds.MISSING | value.kinds & kinds.NULL
    draft.leaves[target] = Value(name, kind, is_tidy=True, depth=gen.code.loops)


def _prefixes(rows: tuple[Row, ...]) -> Iterator[tuple[str, ...]]:
    """Yield every target of a block, with all that it lies beneath."""
    for target in _targets(rows, ()):
        for length in range(len(target) + 1):
            yield target[:length]


def _targets(rows: tuple[Row, ...], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield where the rows of a block write, those of groups and of blocks within included."""
    for row in rows:
        target = above + paths.parse(row.target)
        if not isinstance(row, GroupRow):
            yield target
        if isinstance(row, (GroupRow, WithRow)):
            yield from _targets(row.rows, target)
