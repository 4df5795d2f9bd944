"""The meaning of rows: a table runs from top to bottom and writes one output."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

from agent.core import paths
from agent.core.language.absence import MISSING, OperationFailed, Table, Value
from agent.core.language.bounds import MAX_DEPTH, Budget, require_scalar
from agent.core.language.declared import Place
from agent.core.language.document import Adapter
from agent.core.language.evaluator import Evaluator, Fault, blaming
from agent.core.language.functions.operands import describe, text_of
from agent.core.language.output import Output
from agent.core.language.scopes import Item, Scope
from agent.core.language.scoping import split
from agent.core.language.syntax import (
    Bindings,
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Name,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.values import Json


@dataclass(frozen=True, slots=True)
class Visit:
    """One row at work: `rule` points at it, `target` at what it writes, both from the root.

    Its expressions had their meaning in `scope`; `outcome` is "" when it wrote, else why it did
    not. The `key` and the `value` of an `each` are visited for every item, under pointers of their
    own.
    """

    row: Row
    rule: str
    target: str
    scope: Scope
    outcome: str = ""


Observer: TypeAlias = Callable[[Visit], None]


@dataclass(frozen=True, slots=True)
class _Block:
    """Where rows stand: the names in reach, the output they write to, and where in it."""

    scope: Scope
    output: Output
    above: tuple[str, ...]
    rule: str

    @property
    def steps(self) -> tuple[str | int, ...]:
        """Where it stands, from the root: keys, and indexes of items."""
        return self.output.base + self.above

    @property
    def target(self) -> str:
        return self.output.target_of(self.above)


@dataclass(frozen=True, slots=True)
class Pick:
    """One row of a block, by its number; of an `each` one item, by its index.

    `place` is how many items have been written before that one.
    """

    row: int
    item: int | None = None
    place: int = 0


class RuleTable:
    """One run of an adapter's rows; `target` is where it was when something failed.

    With `picks`, outermost first, only those rows and items run.
    """

    def __init__(
        self,
        adapter: Adapter,
        budget: Budget,
        *,
        observer: Observer | None = None,
        picks: tuple[Pick, ...] = (),
    ) -> None:
        self._picks = list(reversed(picks))
        self._pick: Pick | None = None
        self._steps: tuple[str | int, ...] = ()
        self._adapter = adapter
        self._budget = budget
        self._observer = observer
        self._evaluator = Evaluator(budget)

    @property
    def target(self) -> str:
        """The pointer of what is being written."""
        return paths.join(tuple(str(step) for step in self._steps))

    def run(self, scope: Scope) -> Json:
        """Return the output of the whole table.

        Raises:
            Fault: a rule failed.
            OperationFailed: a bound was passed between two rules.
        """
        output = Output(self._budget)
        self._run_rows(self._adapter.rows, _Block(scope, output, (), ""))
        return output.take()

    def _run_rows(self, rows: tuple[Row, ...], block: _Block) -> None:
        pick = self._picks.pop() if self._picks else None
        for number, row in enumerate(rows):
            if pick is not None and pick.row != number:
                continue
            self._pick = pick
            place = _Block(
                scope=block.scope.with_names(_outer_names(row)),
                output=block.output,
                above=block.above + _parse(row.target),
                rule=f"{block.rule}/rules/{number}",
            )
            self._steps = place.steps
            self._budget.spend()
            outcome = "its `when` does not hold"
            if self._evaluator.is_true(row.when, place.scope, operation="when"):
                outcome = self._run_row(row, place)
            if self._observer is not None:
                self._observer(Visit(row, place.rule, place.target, place.scope, outcome))

    def _run_row(self, row: Row, place: _Block) -> str:
        """Run one row and return why it wrote nothing, or ""."""
        match row:
            case ValueRow(value=value):
                found = self._evaluator.evaluate(value, place.scope)
                self._write(found, value, place)
                return "its value is missing" if found is MISSING else ""
            case EachRow():
                return self._run_each(row, place)
            case WithRow():
                return self._run_with(row, place)
            case CopyRow():
                return self._run_copy(row, place)
            case GroupRow(rows=rows):
                self._run_rows(rows, place)
                return ""
            case _:
                assert_never(row)

    def _write(self, value: Value, blamed: Expression, place: _Block) -> None:
        try:
            place.output.write(place.above, value)
        except OperationFailed as failure:
            self._steps = (*place.steps, *_steps_to(failure.culprits, value))
            raise Fault("write", failure, blamed=(blamed,), scope=place.scope) from failure

    # Blocks

    def _run_with(self, row: WithRow, place: _Block) -> str:
        found = self._evaluator.evaluate(row.over, place.scope)
        if found is MISSING:
            return "its object is missing"
        if found is None:
            self._write(None, row.over, place)
            return ""
        if not isinstance(found, dict):
            failure = OperationFailed(
                f"{describe(found)}, not an object", _WITH_HELP, culprits=(found,)
            )
            raise Fault("with", failure, blamed=(row.over,), scope=place.scope)
        scope = Scope({row.name: Item(found, row.over, place.scope)}, place.scope)
        inner = scope.with_names(split(row.let, row.name)[1])
        self._run_rows(row.rows, _Block(inner, place.output, place.above, place.rule))
        return ""

    def _run_each(self, row: EachRow, place: _Block) -> str:
        found = self._evaluator.evaluate(row.each, place.scope)
        if found is MISSING or found is None:
            self._write(found, row.each, place)
            return "its array is missing" if found is MISSING else ""
        if not isinstance(found, list):
            help = "loop over entries(o)" if isinstance(found, dict) else "put it in [...]"
            failure = OperationFailed(f"{describe(found)}, not an array", help, culprits=(found,))
            raise Fault("each", failure, blamed=(row.each,), scope=place.scope)
        if len(place.steps) >= MAX_DEPTH:
            failure = OperationFailed(f"an output more than {MAX_DEPTH} deep")
            raise Fault("each", failure, blamed=(row.each,), scope=place.scope)
        items = self._items(row, found, place)
        self._steps = place.steps
        with blaming("write", (row.each,), place.scope):
            place.output.place(place.above, items)
        return ""

    def _items(
        self, row: EachRow, found: list[Value], place: _Block
    ) -> list[Json] | dict[str, Json]:
        items: list[Json] | dict[str, Json] = [] if row.key is None else {}
        inner_names = split(row.let, row.name)[1]
        pick, self._pick = self._pick or Pick(0), None
        for index, value in enumerate(found):
            if pick.item is not None and pick.item != index:
                continue
            number = pick.place + len(items)
            self._steps = place.steps if isinstance(items, dict) else (*place.steps, number)
            self._budget.spend()
            bound = Item(value, row.each, place.scope, found, index)
            scope = Scope({row.name: bound}, place.scope).with_names(inner_names)
            if not isinstance(value, dict):
                with blaming("each", (Name(row.name),), scope):
                    require_scalar(value)
            if self._evaluator.is_true(row.where, scope, operation="where"):
                self._add_item(row, items, scope, place, number=number)
        return items

    def _add_item(
        self,
        row: EachRow,
        items: list[Json] | dict[str, Json],
        scope: Scope,
        place: _Block,
        *,
        number: int,
    ) -> None:
        """Add an item at the end of an array, or at its key of a map."""
        if isinstance(items, list):
            item = self._item(row, scope, place, step=number)
            if item is not MISSING:
                items.append(item)
        else:
            key = self._key(row, scope, place)
            item = MISSING if key is MISSING else self._item(row, scope, place, step=_step(key))
            if item is not MISSING:
                items[key] = item

    def _key(self, row: EachRow, scope: Scope, place: _Block) -> Value:
        """Return the key of an item, or `MISSING` where it is left out."""
        assert row.key is not None
        key = self._evaluator.evaluate(row.key, scope)
        if key is MISSING:
            return key
        with blaming("key", (row.key,), scope):
            require_scalar(text_of(key, help=_KEY_OF_NULL if key is None else ""))
            self._budget.spend_output(len(key))
        if self._observer is not None:
            target = place.output.target_of((*place.above, _step(key)))
            self._observer(Visit(row, f"{place.rule}/key", target, scope))
        return key

    def _item(self, row: EachRow, scope: Scope, place: _Block, *, step: int | str) -> Value:
        """Return one finished item; `MISSING` where its value is."""
        self._steps = (*place.steps, step)
        output = Output(self._budget, base=self._steps)
        block = _Block(scope, output, (), place.rule)
        if row.value is None:
            self._run_rows(row.rows, block)
            return output.take()
        value = self._evaluator.evaluate(row.value, scope)
        if value is MISSING:
            return MISSING
        self._write(value, row.value, block)
        if self._observer is not None:
            self._observer(Visit(row, f"{place.rule}/value", block.target, scope))
        return output.take()

    # Copies

    def _run_copy(self, row: CopyRow, place: _Block) -> str:
        found = self._evaluator.evaluate(row.copy, place.scope)
        if found is MISSING:
            return "its object is missing"
        declared = self._declared_at(place.steps)
        if declared is None:
            return "the contract declares no such place"
        if found is None:
            self._write(None, row.copy, place)
            return ""
        if not isinstance(found, dict):
            failure = OperationFailed(
                f"{describe(found)}, not an object",
                "write a value, or `each` for an array",
                culprits=(found,),
            )
            raise Fault("copy", failure, blamed=(row.copy,), scope=place.scope)
        with blaming("copy", (row.copy,), place.scope):
            self._copy(row, found, declared, place)
        return ""

    def _copy(self, row: CopyRow, found: dict[str, Value], declared: Place, place: _Block) -> None:
        contract = self._adapter.declared
        excluded = [paths.parse(pointer) for pointer in row.excluded]
        self._budget.spend_on(found, is_deep=True)
        place.output.open_object(place.above)
        for key, value, below, left_out in contract.fields(found, declared, excluded):
            target = (*place.above, _step(key))
            projected = contract.project(value, below, left_out)
            try:
                place.output.write(target, projected)
            except OperationFailed as failure:
                self._steps = (
                    *place.steps,
                    target[-1],
                    *_steps_to(failure.culprits, projected),
                )
                raise

    def _declared_at(self, steps: tuple[str | int, ...]) -> Place | None:
        contract = self._adapter.declared
        place: Place | None = contract.root
        for step in steps:
            if place is None:
                return None
            if isinstance(step, int):
                place = contract.item(place, step)
            else:
                place = contract.field(place, paths.key_of(step))
        return place


_KEY_OF_NULL: Final = "not_null(x) leaves such an item out, default(x, 'a key') gives it a key"

_WITH_HELP: Final = "give it an object, or add `when`: is_object(x)"

_parse = functools.lru_cache(maxsize=4096)(paths.parse)


def _outer_names(row: Row) -> Bindings:
    """Return the names that a row binds once: those that do not read its item."""
    return split(row.let, row.name)[0] if isinstance(row, (EachRow, WithRow)) else row.let


def _step(key: str) -> str:
    """Return a key as a parsed token."""
    return paths.parse(paths.child("", key))[0]


def _steps_to(culprits: tuple[Value, ...], value: Value) -> tuple[str | int, ...]:
    """Return the steps down a value to the first place that holds a culprit; none are unknown."""
    waiting: list[tuple[tuple[str | int, ...], Value]] = [((), value)]
    while waiting:
        steps, part = waiting.pop()
        if isinstance(part, Table) or any(part is culprit for culprit in culprits):
            return steps
        if isinstance(part, dict):
            inner = [((*steps, _step(key)), item) for key, item in part.items()]
            waiting.extend(reversed(inner))
        elif isinstance(part, list):
            waiting.extend(((*steps, index), item) for index, item in reversed([*enumerate(part)]))
    return ()
