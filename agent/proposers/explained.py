"""What pairs explain, as rows of the table, with what speaks for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import path_of, read_of, reads_in
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Call,
    Conditional,
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Literal,
    Logic,
    Name,
    ObjectComprehension,
    ObjectDisplay,
    Row,
    ValueRow,
)
from agent.core.language.walk import bind
from agent.core.schema import Schema
from agent.core.synthesis.build import call, negate
from agent.core.synthesis.explanation import Open
from agent.core.synthesis.naming import fresh_name
from agent.proposers.place import is_always_made

_ABSENT = call("absent")


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Writes an expression as rows, as far as it is put together like the contract."""

    contract: Schema
    opened: Mapping[str, Open]
    unseen: Callable[[Open, tuple[Row, ...]], tuple[Row, ...]]
    left_to: Callable[[tuple[Row, ...], str], tuple[Row, ...]]
    safe: Callable[[Expression, str, Mapping[str, str]], Expression]
    """What makes the value of a contract path safe where its read may be absent."""

    there: Callable[[Expression, Mapping[str, str]], Expression | None]
    """The condition that a read is there, or None where it always is."""

    is_same: Callable[[str, str], bool]
    """Whether a source path has just the fields below it that the contract declares at a path."""

    said: Callable[[str], tuple[object] | None]
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
                when = self._holder_there(expression, at, scope)
                empty = ValueRow(target=target, value=ObjectDisplay(()), when=when)
                return (empty, self._group(expression, target, at, scope))
            case ArrayDisplay((ObjectDisplay() as item,)):
                when = self._needs(item, paths.items(at), scope)
                if self._is_opened(paths.items(at)):
                    # Only rows can be added to: an array of one is made of the payload as one.
                    rows = self._fields(item, paths.items(at), scope)
                    one = ArrayDisplay((Name("src"),))
                    return (EachRow(target, one, fresh_name(at, scope), rows=rows, when=when),)
                return (ValueRow(target=target, value=expression, when=when),)
            case ObjectDisplay() if expression.entries:
                when = self._holder_there(expression, at, scope)
                return (ValueRow(target=target, value=expression, when=when),)
            case Call("non_empty", (ArrayComprehension() as made,)):
                value = call("non_empty", self._filled(made, at, scope))
                return (ValueRow(target=target, value=value),)
            case ArrayComprehension() | ObjectComprehension():
                row = self._looped(expression, target=target, at=at, scope=scope)
            case Call("default", (ArrayComprehension() as made, ArrayDisplay(()))):
                row = self._each(made, ArrayDisplay(()), target=target, at=at, scope=scope)
            case _:
                row = None
        if row is not None:
            return (row,)
        copied = self._copied(expression, target=target, at=at, scope=scope)
        if copied:
            return copied
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
        said = self.said(at) if isinstance(made, ArrayComprehension) else None
        if said == (MISSING,):
            if made.loops[0].conditions:
                return ValueRow(
                    target=target, value=call("non_empty", self._filled(made, at, scope))
                )
            (first, *more) = made.loops
            made = replace(made, loops=(replace(first, over=call("non_empty", first.over)), *more))
        is_empty = said == ([],) or self._is_missed(made, at, scope)
        default = ArrayDisplay(()) if is_empty else None
        return self._each(made, default, target=target, at=at, scope=scope)

    def _filled(
        self, made: ArrayComprehension | ObjectComprehension, at: str, scope: Mapping[str, str]
    ) -> ArrayComprehension | ObjectComprehension:
        """Return a loop whose items have what pairs leave open too, where one value can say it."""
        row = self._each(made, None, target="", at=at, scope=scope)
        if row is None or not self._is_opened(paths.items(at)):
            return made
        entries = [_entry(one) for one in row.rows]
        known = [one for one in entries if one is not None]
        if len(known) < len(entries) or not known or isinstance(made, ObjectComprehension):
            return made
        return replace(made, item=ObjectDisplay(tuple(known)))

    def _is_missed(
        self,
        made: ArrayComprehension | ObjectComprehension,
        at: str,
        scope: Mapping[str, str],
    ) -> bool:
        """Return whether the contract requires a list and the source may have no array for it."""
        child = self.contract.field(at)
        is_list = isinstance(made, ArrayComprehension)
        if child is None or not is_list or not child.is_required or child.is_nullable:
            return False
        if not is_always_made(self.contract, at):
            return False
        return self.there(made.loops[0].over, scope) is not None

    def _copied(
        self, read: Expression, *, target: str, at: str, scope: Mapping[str, str]
    ) -> tuple[Row, ...]:
        """Return the rows of a read that may hold more or less than the contract declares there.

        Only what is declared is copied; declared fields that the source calls otherwise follow.
        """
        path = path_of(read, scope=scope)
        if path is None or self.is_same(path, at):
            return ()
        if self._is_object(at):
            rest = self._opened_rows(at, read, scope)
            copy = CopyRow(target=target, copy=read)
            return (copy, GroupRow(target=target, rows=rest)) if rest else (copy,)
        items = paths.items(at)
        if not self._is_object(items):
            return ()
        opened = self.opened.get(items)
        name = list(opened.scope.places)[-1] if opened else fresh_name(path, scope)
        inner = bind(scope, name, paths.items(path))
        rows = (CopyRow(target="", copy=Name(name)), *self._opened_rows(items, Name(name), inner))
        return (EachRow(target, read, name, rows=rows),)

    def _is_object(self, at: str) -> bool:
        """Return whether the contract has an object with named fields, and nothing else, there."""
        field = self.contract.field(at)
        named = [one for one in self.contract.children(at) if not one.path.endswith("/*")]
        return field is not None and field.types == {"object"} and bool(named)

    def _opened_rows(
        self, at: str, copied: Expression, scope: Mapping[str, str]
    ) -> tuple[Row, ...]:
        opened = self.opened.get(at)
        if opened is None or opened.scope.bound != dict(scope):
            return ()
        return self.unseen(opened, (CopyRow(target="", copy=copied),))

    def _has_rows(self, value: Expression, at: str) -> bool:
        """Return whether an object has something in it that is written by rows of its own."""
        if not isinstance(value, ObjectDisplay):
            return False
        return self._is_opened(at) or any(
            isinstance(part, (ObjectDisplay, ArrayComprehension, ObjectComprehension))
            for _, part in value.entries
        )

    def _is_opened(self, at: str) -> bool:
        """Return whether pairs leave something open at a contract path or below it."""
        return any(paths.is_within(target, at) for target in self.opened)

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

    def _holder_there(
        self, display: ObjectDisplay, at: str, scope: Mapping[str, str]
    ) -> Expression | None:
        """Return the presence of the one source object that holds all that an optional one reads.

        Without it there is nothing to put together, not even an empty object.
        """
        child = self.contract.field(at)
        holders = {paths.parent(path) for path in reads_in(display, scope=scope)}
        if child is None or child.is_required or not holders:
            return None
        shared = _around(holders)
        read = None if shared in scope.values() else read_of(shared, scope=scope)
        return None if read is None else self.there(read, scope)

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
        if opened is not None and opened.scope.bound == dict(scope):
            made += self.unseen(opened, tuple(made))
        return self.left_to(tuple(made), at)

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
        inner = bind(scope, name, _item_path(loop.over, scope))
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


def _entry(row: Row) -> tuple[Expression, Expression] | None:
    """Return a row that writes one field of an item as an entry of a display, or None."""
    steps = paths.parse(row.target)
    if not isinstance(row, ValueRow) or row.let or len(steps) != 1:
        return None
    value = row.value if row.when is None else Conditional(row.when, row.value, _ABSENT)
    return Literal(paths.key_of(steps[0])), value


def _item_path(over: Expression, scope: Mapping[str, str]) -> str | None:
    """Return the source path of the items of a loop; an array of one is made of a value."""
    match over:
        case ArrayDisplay((one,)):
            return path_of(one, scope=scope)
        case _:
            path = path_of(over, scope=scope)
            return None if path is None else paths.items(path)


def _around(places: Set[str]) -> str:
    """Return the innermost path that is, or is around, all of some paths."""
    around = next(iter(places))
    while not all(paths.is_within(place, around) for place in places):
        around = paths.parent(around)
    return around


def _all(conditions: tuple[Expression, ...]) -> Expression | None:
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else Logic("and", conditions)


def _only_when(row: Row, condition: Expression) -> Row:
    both = condition if row.when is None else Logic("and", (condition, row.when))
    return replace(row, when=both)
