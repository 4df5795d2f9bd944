"""What pairs explain, as rows of the table, with what speaks for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import path_of
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Call,
    Conditional,
    EachRow,
    Expression,
    GroupRow,
    Literal,
    Logic,
    ObjectComprehension,
    ObjectDisplay,
    Row,
    ValueRow,
)
from agent.core.language.walk import bind
from agent.core.schema import Schema
from agent.core.synthesis.build import call, negate
from agent.core.synthesis.explanation import Open

_ABSENT = call("absent")


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Writes an expression as rows, as far as it is put together like the contract."""

    contract: Schema
    opened: Mapping[str, Open]
    unseen: Callable[[Open, tuple[Row, ...]], tuple[Row, ...]]
    safe: Callable[[Expression, str, Mapping[str, str]], Expression]
    """What makes the value of a contract path safe where its read may be absent."""

    there: Callable[[Expression, Mapping[str, str]], Expression | None]
    """The condition that a read is there, or None where it always is."""

    said: Callable[[str], tuple[object, ...]]
    """What the contract says of a path with nothing in it."""

    def rows(
        self, expression: Expression, *, target: str, at: str, scope: Mapping[str, str]
    ) -> tuple[Row, ...]:
        """Return the rows for a contract path; `target` is relative to the row around them."""
        match expression:
            case Conditional(condition=condition, then=then, otherwise=other) if other == _ABSENT:
                inner = self.rows(then, target=target, at=at, scope=scope)
                return tuple(_only_when(row, condition) for row in inner)
            case Conditional(condition=condition, then=then, otherwise=other) if self._has_rows(
                then, at
            ) and self._has_rows(other, at):
                yes = self.rows(then, target=target, at=at, scope=scope)
                no = self.rows(other, target=target, at=at, scope=scope)
                return (
                    *(_only_when(row, condition) for row in yes),
                    *(_only_when(row, negate(condition)) for row in no),
                )
            case Call("non_empty", (ObjectDisplay() as display,)):
                return (self._group(display, target, at, scope),)
            case ObjectDisplay() if self._is_never_empty(expression, at):
                return (self._group(expression, target, at, scope),)
            case ObjectDisplay() if self._has_rows(expression, at):
                empty = ValueRow(target=target, value=ObjectDisplay(()))
                return (empty, self._group(expression, target, at, scope))
            case ArrayDisplay((ObjectDisplay() as item,)):
                when = self._needs(item, paths.items(at), scope)
                return (ValueRow(target=target, value=expression, when=when),)
            case ArrayComprehension() | ObjectComprehension():
                row = self._looped(expression, target=target, at=at, scope=scope)
            case Call("default", (ArrayComprehension() as made, ArrayDisplay(()))):
                row = self._each(made, ArrayDisplay(()), target=target, at=at, scope=scope)
            case _:
                row = None
        if row is not None:
            return (row,)
        return (ValueRow(target=target, value=self.safe(expression, at, scope)),)

    def _looped(
        self,
        made: ArrayComprehension | ObjectComprehension,
        *,
        target: str,
        at: str,
        scope: Mapping[str, str],
    ) -> Row | None:
        """Return the row of a loop; over nothing it gives what the contract says of that."""
        said = self.said(at) if isinstance(made, ArrayComprehension) else ()
        if said == (MISSING,):
            if made.loops[0].conditions:
                return ValueRow(target=target, value=call("non_empty", made))
            (first, *more) = made.loops
            made = replace(made, loops=(replace(first, over=call("non_empty", first.over)), *more))
        default = ArrayDisplay(()) if said == ([],) else None
        return self._each(made, default, target=target, at=at, scope=scope)

    def _has_rows(self, value: Expression, at: str) -> bool:
        """Return whether an object has something in it that is written by rows of its own."""
        if not isinstance(value, ObjectDisplay):
            return False
        return any(paths.is_within(target, at) for target in self.opened) or any(
            isinstance(part, (ObjectDisplay, ArrayComprehension, ObjectComprehension))
            for _, part in value.entries
        )

    def _needs(
        self, display: ObjectDisplay, at: str, scope: Mapping[str, str]
    ) -> Expression | None:
        """Return the presence of what the contract requires of an object that is put together."""
        needed: list[Expression] = []
        for key, value in display.entries:
            child = self.contract.field(paths.child(at, str(key.value)))  # type: ignore[union-attr]
            path = path_of(value, scope=scope)
            if child is not None and child.is_required and path is not None:
                is_there = self.there(value, scope)
                needed += [] if is_there is None else [is_there]
        return _all(tuple(needed))

    def _is_never_empty(self, display: ObjectDisplay, at: str) -> bool:
        """Return whether the contract requires some field that the display writes."""
        written = {key.value for key, _ in display.entries if isinstance(key, Literal)}
        return any(
            child.is_required and paths.key_of(paths.last(child.path)) in written
            for child in self.contract.children(at)
        )

    def _group(
        self, display: ObjectDisplay, target: str, at: str, scope: Mapping[str, str]
    ) -> GroupRow:
        return GroupRow(target=target, rows=self._fields(display, at, scope))

    def _fields(self, display: ObjectDisplay, at: str, scope: Mapping[str, str]) -> tuple[Row, ...]:
        made: list[Row] = []
        for key, value in display.entries:
            assert isinstance(key, Literal)
            name = str(key.value)
            made += self.rows(
                value, target=paths.child("", name), at=paths.child(at, name), scope=scope
            )
        opened = self.opened.get(at)
        if opened is not None and dict(opened.scope.places) == dict(scope):
            made += self.unseen(opened, tuple(made))
        return tuple(made)

    def _each(
        self,
        made: ArrayComprehension | ObjectComprehension,
        default: Expression | None,
        *,
        target: str,
        at: str,
        scope: Mapping[str, str],
    ) -> EachRow | None:
        if len(made.loops) != 1 or len(made.loops[0].names) != 1:
            return None
        loop = made.loops[0]
        (name,) = loop.names
        over = path_of(loop.over, scope=scope)
        inner = bind(scope, name, None if over is None else paths.items(over))
        each = loop.over if default is None else Call("default", (loop.over, default))
        where = _all(loop.conditions)
        item = made.item if isinstance(made, ArrayComprehension) else made.value
        key = made.key if isinstance(made, ObjectComprehension) else None
        when = self._presence(loop.over, at, scope)
        if isinstance(item, ObjectDisplay) and item.entries:
            rows = self._fields(item, paths.items(at), inner)
            return EachRow(target, each, name, rows=rows, key=key, where=where, when=when)
        return EachRow(target, each, name, value=item, key=key, where=where, when=when)

    def _presence(self, over: Expression, at: str, scope: Mapping[str, str]) -> Expression | None:
        """Return the condition under which an optional array of just one value is there."""
        child = self.contract.field(at)
        if child is None or child.is_required or not isinstance(over, ArrayDisplay):
            return None
        return self.there(over.items[0], scope) if len(over.items) == 1 else None


def _all(conditions: tuple[Expression, ...]) -> Expression | None:
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else Logic("and", conditions)


def _only_when(row: Row, condition: Expression) -> Row:
    both = condition if row.when is None else Logic("and", (condition, row.when))
    return replace(row, when=both)
