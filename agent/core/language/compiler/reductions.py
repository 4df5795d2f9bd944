"""Which parts of a table run once over one array: they can share one loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from agent.core.language.compiler.code import Known
from agent.core.language.functions import FUNCTIONS
from agent.core.language.scoping import children, split
from agent.core.language.syntax import (
    ArrayComprehension,
    Call,
    Conditional,
    EachRow,
    Expression,
    Field,
    GroupRow,
    Literal,
    Logic,
    Name,
    ObjectComprehension,
    Row,
)

AGGREGATES: Final = frozenset({"count", "sum", "any", "all", "min", "max"})


@dataclass(frozen=True, slots=True)
class Reduction:
    """One loop over one array: `kind` says what becomes of its rounds.

    `known` is what its result is remembered by; `key` and `value` are names of fields. `path` are
    the numbers of the rows that it was found in, outermost first.
    """

    known: Known
    kind: str
    over: Expression
    names: tuple[str, ...] = ()
    conditions: tuple[Expression, ...] = ()
    item: Expression | None = None
    key_item: Expression | None = None
    key: str = ""
    value: str | None = None
    path: tuple[int, ...] = ()


def reduction_of(known: Known) -> Reduction | None:
    """Return the single loop that an expression or row is, or None."""
    match known:
        case EachRow():
            conditions = () if known.where is None else (known.where,)
            kind = "each" if known.key is None else "keyed"
            return Reduction(known, kind, known.each, (known.name,), conditions, key_item=known.key)
        case ArrayComprehension(item=item, loops=(loop,)):
            return Reduction(known, "array", loop.over, loop.names, loop.conditions, item)
        case ObjectComprehension(key=key, value=value, loops=(loop,)):
            return Reduction(
                known, "object", loop.over, loop.names, loop.conditions, value, key_item=key
            )
        case Call(function=function, arguments=(ArrayComprehension(item=item, loops=(loop,)),)):
            if function in AGGREGATES and not known.named:
                return Reduction(known, function, loop.over, loop.names, loop.conditions, item)
            return None
        case Call(function="group_by" | "index_by"):
            return _keyed(known)
        case _:
            return None


def _keyed(call: Call) -> Reduction | None:
    given = dict(call.named)
    if len(call.arguments) > 2:
        return None
    key = given.pop("key", call.arguments[1] if len(call.arguments) == 2 else None)
    value = given.pop("value", Literal(None))
    if given or not isinstance(key, Literal) or not isinstance(key.value, str):
        return None
    if not isinstance(value, Literal) or not isinstance(value.value, str | None):
        return None
    return Reduction(call, call.function, call.arguments[0], key=key.value, value=value.value)


def of_rows(rows: tuple[Row, ...], lets: Mapping[str, Expression]) -> list[Reduction]:
    """Return the loops that running some rows always runs, lets that they read included."""
    scanner = _Scanner(dict(lets))
    return list(scanner.rows(rows))


@dataclass
class _Scanner:
    lets: dict[str, Expression]

    def rows(self, rows: tuple[Row, ...]) -> Iterator[Reduction]:
        for number, row in enumerate(rows):
            for found in self.row(row):
                yield replace(found, path=(number, *found.path))

    def row(self, row: Row) -> Iterator[Reduction]:
        if row.when is not None:
            yield from self.scan(row.when)
            return
        if isinstance(row, GroupRow):
            yield from self.rows(row.rows)
            return
        if isinstance(row, EachRow):
            found = reduction_of(row)
            assert found is not None
            yield found
        names = ("each",) if isinstance(row, EachRow) else ("value", "over", "copy")
        for name in names:
            expression = getattr(row, name, None)
            if expression is not None:
                yield from self.scan(expression)

    def scan(self, expression: Expression) -> Iterator[Reduction]:
        """Yield the loops that an expression always runs, itself included."""
        found = reduction_of(expression)
        if found is not None:
            yield found
            yield from self.scan(found.over)
            return
        for part in self._always(expression):
            yield from self.scan(part)

    def _always(self, expression: Expression) -> Iterator[Expression]:
        match expression:
            case Name(name=name):
                if name in self.lets:
                    yield self.lets.pop(name)
            case Conditional(condition=condition):
                yield condition
            case Logic(operands=operands):
                yield operands[0]
            case ArrayComprehension(loops=loops) | ObjectComprehension(loops=loops):
                yield loops[0].over
            case Call():
                yield from _always_given(expression)
            case _:
                yield from children(expression)


def _always_given(call: Call) -> Iterator[Expression]:
    function = FUNCTIONS[call.function]
    for index, argument in enumerate(call.arguments):
        parameter = function.parameter_at(index)
        is_first = call.function == "coalesce" and index == 0
        if is_first or parameter is None or not (parameter.is_lazy or parameter.is_table):
            yield argument
    for name, argument in call.named:
        parameter = function.parameter_named(name)
        if parameter is None or not (parameter.is_lazy or parameter.is_table):
            yield argument


# What a loop can take out of itself


_WORTH: Final = (
    frozenset(
        [
            "index_by",
            "group_by",
            "from_entries",
            "sort_by",
            "distinct",
            "concat",
            "flatten",
            "entries",
        ]
    )
    | AGGREGATES
)


def invariants(
    reduction: Reduction, bound: Mapping[str, object], lets: Mapping[str, Expression]
) -> Iterator[Expression]:
    """Yield what every round would compute again: reads, joins and sums that it does not change.

    `bound` are the names with values, `lets` those with expressions.
    """
    finder = _Invariants(bound, dict(lets), set(reduction.names))
    if isinstance(reduction.known, EachRow):
        row = reduction.known
        inner = dict(split(row.let, row.name)[1])
        finder.local |= inner.keys()
        for expression in (*inner.values(), *reduction.conditions, row.key, row.value):
            if expression is not None:
                yield from finder.find(expression)
        yield from finder.rows(row.rows)
        return
    for part in (*reduction.conditions, reduction.item, reduction.key_item):
        if part is not None:
            yield from finder.find(part)


@dataclass
class _Invariants:
    bound: Mapping[str, object]
    lets: dict[str, Expression]
    local: set[str]

    def rows(self, rows: tuple[Row, ...]) -> Iterator[Expression]:
        for row in rows:
            names = {name for name, _ in row.let}
            if hasattr(row, "name"):
                names.add(row.name)
            self.local |= names
            for _, expression in row.let:
                yield from self.find(expression)
            for attribute in ("when", "value", "each", "over", "copy", "where", "key"):
                found = getattr(row, attribute, None)
                if found is not None:
                    yield from self.find(found)
            yield from self.rows(getattr(row, "rows", ()))

    def find(self, expression: Expression) -> Iterator[Expression]:
        """Yield the largest parts of an expression that are worth computing beforehand."""
        if isinstance(expression, Name):
            name = expression.name
            if name in self.lets and name not in self.local:
                yield expression
            return
        is_read = isinstance(expression, Field)
        is_work = isinstance(expression, ArrayComprehension) or (
            isinstance(expression, Call) and expression.function in _WORTH
        )
        if (is_read or is_work) and self._is_outer(expression, frozenset()):
            yield expression
            return
        if isinstance(expression, (ArrayComprehension, ObjectComprehension)):
            self.local |= {name for loop in expression.loops for name in loop.names}
        for part in children(expression):
            yield from self.find(part)

    def _is_outer(self, expression: Expression, inner: frozenset[str]) -> bool:
        """Return whether an expression reads names from outside the loop only."""
        if isinstance(expression, Name):
            name = expression.name
            if name in inner:
                return True
            return name not in self.local and (name in self.bound or name in self.lets)
        if isinstance(expression, (ArrayComprehension, ObjectComprehension)):
            inner |= {name for loop in expression.loops for name in loop.names}
        return all(self._is_outer(part, inner) for part in children(expression))
