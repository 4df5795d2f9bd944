"""Which rules narrow a value that they read: rounding, truncation, many-to-one tables.

A static walk of the rule table. What is narrowed in one place and kept whole in another, or taken
apart piece by piece, is no loss. Changes of case and of white space, fractions of a second and
aggregates (`sum`, `count`, `max`) are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace

from agent.core import paths
from agent.core.language.document import Adapter
from agent.core.language.rewrite import SOURCE_SCOPE, Scope, path_of, reads_in
from agent.core.language.scoping import split
from agent.core.language.syntax import (
    Arithmetic,
    ArrayComprehension,
    Bindings,
    Call,
    Comparison,
    Conditional,
    CopyRow,
    EachRow,
    Expression,
    Field,
    GroupRow,
    Index,
    Literal,
    Loop,
    Name,
    ObjectDisplay,
    Row,
    Slice,
    ValueRow,
    WithRow,
)
from agent.core.schema import Schema
from agent.core.values import json_type

_PIECES = {"slice": "slice", "part": "part", "extract": "extract", "first": "first", "last": "last"}
DAYS = frozenset({"iso_date", "format_date"})
"""Functions that may keep the day of a time."""

TABLES = frozenset({"lookup", "switch"})
"""Functions that give a value by the key that is met in a table."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """An expression that keeps less than what it reads, in what way, and by which `piece`.

    `operand` is what is lost from; `whole` is what stands to be narrowed, and `kept` what becomes
    of it. Of `items[0].sku` the skus are lost from, and the whole of `items` is narrowed; so it is
    of the first of those items that meet a condition.
    """

    operand: Expression
    way: str
    piece: str
    whole: Expression
    kept: Expression


@dataclass(frozen=True, slots=True)
class Loss:
    """A narrowed value: the target that gets it, the source path if known, and in what way.

    `narrowings` are the expressions that do so, the first of them in the `way`.
    """

    target: str
    source: str | None
    way: str
    narrowings: tuple[Narrowing, ...] = field(default=(), compare=False)

    @property
    def message(self) -> str:
        """Return the loss as a sentence."""
        return f"{self.target or '/'} gets {self.source or 'a value'} narrowed: {self.way}"


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is in reach where a row stands."""

    target: str
    scope: Scope
    lets: Mapping[str, Expression]

    def at(self, target: str) -> _Sight:
        return _Sight(self.target + target, self.scope, self.lets)

    def bind(self, name: str, path: str | None) -> _Sight:
        scope = {key: value for key, value in self.scope.items() if key != name}
        lets = {key: value for key, value in self.lets.items() if key != name}
        return _Sight(self.target, scope if path is None else {**scope, name: path}, lets)

    def let(self, bindings: Bindings) -> _Sight:
        sight = self
        for name, expression in bindings:
            path = path_of(expression, scope=sight.scope)
            sight = sight.bind(name, path)
            if path is None:
                sight = _Sight(sight.target, sight.scope, {**sight.lets, name: expression})
        return sight


@dataclass(frozen=True, slots=True)
class _Use:
    """A source value in the output: kept whole, or narrowed."""

    target: str
    source: str | None
    narrowing: Narrowing | None = None


def find_losses(adapter: Adapter, *, after: Schema) -> tuple[Loss, ...]:
    """Return the losses of an adapter, one per target and source path, in rule order."""
    sight = _Sight(target="", scope=SOURCE_SCOPE, lets={}).let(adapter.let)
    uses = [use for row in adapter.rows for use in _row_uses(row, sight, after)]
    kept = {use.source for use in uses if use.narrowing is None and use.source is not None}
    pieces: dict[str | None, set[str]] = {}
    for use in uses:
        if use.narrowing is not None and use.narrowing.piece:
            pieces.setdefault(use.source, set()).add(use.narrowing.piece)
    found: dict[tuple[str, str | None], list[Narrowing]] = {}
    for use in uses:
        is_kept = _is_kept(use.source, kept) or len(pieces.get(use.source, ())) > 1
        if use.narrowing is not None and not is_kept:
            found.setdefault((use.target, use.source), []).append(use.narrowing)
    return tuple(
        Loss(target, source, narrowings[0].way, tuple(narrowings))
        for (target, source), narrowings in found.items()
    )


def _is_kept(source: str | None, kept: set[str]) -> bool:
    return source is not None and any(paths.is_within(source, whole) for whole in kept)


def _row_uses(row: Row, sight: _Sight, after: Schema) -> Iterator[_Use]:
    inner_let: Bindings = ()
    outer_let = row.let
    if isinstance(row, (EachRow, WithRow)):
        outer_let, inner_let = split(row.let, row.name)
    sight = sight.let(outer_let).at(row.target)
    match row:
        case ValueRow():
            yield from _uses(row.value, sight, after)
        case CopyRow():
            if not row.excluded:
                yield from _uses(row.copy, sight, after)
        case GroupRow():
            yield from _rows_uses(row.rows, sight, after)
        case WithRow():
            inner = sight.bind(row.name, path_of(row.over, scope=sight.scope)).let(inner_let)
            yield from _rows_uses(row.rows, inner, after)
        case EachRow():
            path = path_of(row.each, scope=sight.scope)
            inner = sight.bind(row.name, None if path is None else paths.items(path))
            inner = inner.let(inner_let)
            if row.key is not None:
                yield from _uses(row.key, inner, after)
            inner = inner.at(f"/{paths.ANY}")
            if row.value is not None:
                yield from _uses(row.value, inner, after)
            yield from _rows_uses(row.rows, inner, after)


def _rows_uses(rows: tuple[Row, ...], sight: _Sight, after: Schema) -> Iterator[_Use]:
    for row in rows:
        yield from _row_uses(row, sight, after)


def _uses(expression: Expression, sight: _Sight, after: Schema) -> Iterator[_Use]:
    """Yield how the reads of a value expression reach the output."""
    narrowing = _narrowed(expression, sight, after)
    if narrowing is not None:
        operand = narrowing.operand
        if _has_reads(operand, sight):
            yield _Use(sight.target, _source_of(operand, sight), narrowing)
        for part in _value_parts(expression):
            if part is not operand:
                yield from _uses(part, sight, after)
        return
    path = path_of(expression, scope=sight.scope)
    if path is not None:
        yield _Use(sight.target, path)
    elif isinstance(expression, Name) and expression.name in sight.lets:
        inner = _Sight(sight.target, sight.scope, _without(sight.lets, expression.name))
        yield from _uses(sight.lets[expression.name], inner, after)
    elif not isinstance(expression, Comparison):
        for part in _value_parts(expression):
            yield from _uses(part, sight, after)


def _without(lets: Mapping[str, Expression], name: str) -> Mapping[str, Expression]:
    return {key: value for key, value in lets.items() if key != name}


def _source_of(operand: Expression, sight: _Sight) -> str | None:
    """Return the one source path that an operand is made of, or None."""
    path = path_of(operand, scope=sight.scope)
    reads = reads_in(operand, scope=sight.scope)
    return reads[0] if path is None and len(reads) == 1 else path


def _has_reads(expression: Expression, sight: _Sight) -> bool:
    return bool(reads_in(expression, scope=sight.scope)) or any(
        True for node in _nodes(expression) if isinstance(node, Name)
    )


def _narrowed(expression: Expression, sight: _Sight, after: Schema) -> Narrowing | None:
    """Return how an expression narrows its operand, or None."""
    if isinstance(expression, Field) and not isinstance(expression.of, Name):
        inner = _narrowed(expression.of, sight, after)
        return inner and replace(inner, operand=expression)
    found = _operand(expression, sight, after)
    if found is None:
        return None
    operand, way, piece = found
    return Narrowing(operand, way, piece, whole=_unfiltered(operand), kept=expression)


def _unfiltered(operand: Expression) -> Expression:
    match operand:
        case ArrayComprehension(loops=(Loop(over=over),)):
            return over
        case _:
            return operand


def _operand(
    expression: Expression, sight: _Sight, after: Schema
) -> tuple[Expression, str, str] | None:
    """Return (operand, way, piece) when an expression narrows its operand."""
    match expression:
        case Index(of=of, position=position):
            return of, "one item of many is taken", f"[{position}]"
        case Slice(of=of, start=start, end=end):
            return of, "a part of it is cut out", f"[{start}:{end}]"
        case Call(function=function) if function in _PIECES and expression.arguments:
            piece = f"{function}{expression.arguments[1:]}{expression.named}"
            return expression.arguments[0], f"{function}(...) keeps a part of it", piece
        case Call(function="round"):
            return expression.arguments[0], "it is rounded", ""
        case Call(function=function) if function in DAYS:
            return _day(expression, sight, after)
        case Call(function=function) if function in TABLES:
            return _table(expression, sight, after)
        case Arithmetic(operator="//" | "%", left=left):
            return left, f"{expression.operator} drops a part of it", expression.operator
        case Conditional() | Comparison():
            return _predicate(expression, sight, after)
        case _:
            return None


def _day(call: Call, sight: _Sight, after: Schema) -> tuple[Expression, str, str] | None:
    """Return the loss of a time of day, unless the source has none."""
    operand = call.arguments[0]
    path = path_of(operand, scope=sight.scope)
    info = after.field(path) if path is not None else None
    if info is not None and info.format == "date":
        return None
    if call.function == "format_date" and not _is_day_only(call):
        return None
    return operand, "the time of day is cut off", ""


def _is_day_only(call: Call) -> bool:
    pattern = call.arguments[1] if len(call.arguments) > 1 else dict(call.named).get("pattern")
    text = pattern.value if isinstance(pattern, Literal) else ""
    return isinstance(text, str) and not any(sign in text for sign in ("%H", "%I"))


def _domain(operand: Expression, sight: _Sight, after: Schema) -> frozenset[object] | None:
    """Return the values that a read can have, when the source schema lists them."""
    path = path_of(operand, scope=sight.scope)
    info = after.field(path) if path is not None else None
    if info is None:
        return None
    if info.enum is not None:
        return frozenset(_key(one) for one in info.enum if one is not None)
    return frozenset({_key(True), _key(False)}) if info.types == {"boolean"} else None


def _key(value: object) -> object:
    return (json_type(value), str(value))


def _table(call: Call, sight: _Sight, after: Schema) -> tuple[Expression, str, str] | None:
    """Return the loss of a table that gives one value for several keys that can come."""
    operand = call.arguments[0]
    named = dict(call.named)
    table = call.arguments[1] if len(call.arguments) > 1 else named.get("table", named.get("cases"))
    if not isinstance(table, ObjectDisplay):
        return operand, "a computed table may give one value for several", ""
    domain = _domain(operand, sight, after)
    entries = [(_key(key.value), value) for key, value in table.entries if isinstance(key, Literal)]
    reached = [value for key, value in entries if domain is None or key in domain]
    otherwise = named.get("otherwise", call.arguments[2] if len(call.arguments) > 2 else None)
    others = 2 if domain is None else len(domain - {key for key, _ in entries})
    if otherwise == operand:
        others = 0
    elif otherwise is not None and others:
        reached.append(otherwise)
    if len(set(reached)) < len(reached) or (otherwise is not None and others > 1):
        return operand, "several of its values become one", ""
    return None


def _predicate(
    expression: Conditional | Comparison, sight: _Sight, after: Schema
) -> tuple[Expression, str, str] | None:
    """Return the loss of a value that only decides between constants."""
    test = expression.condition if isinstance(expression, Conditional) else expression
    outcomes = {True, False} if isinstance(expression, Comparison) else _outcomes(expression)
    if not isinstance(test, Comparison) or outcomes is None:
        return None
    operand = test.right if isinstance(test.left, Literal) else test.left
    if Literal(None) in (test.left, test.right):
        return None
    domain = _domain(operand, sight, after)
    if domain is not None and len(domain) <= len(outcomes):
        return None
    return operand, "several of its values become one", ""


def _outcomes(expression: Expression) -> set[object] | None:
    """Return the constants that a chain of conditionals gives; None when it gives a read."""
    if isinstance(expression, Conditional):
        then, otherwise = _outcomes(expression.then), _outcomes(expression.otherwise)
        return None if then is None or otherwise is None else then | otherwise
    return {expression} if isinstance(expression, Literal) else None


def _value_parts(expression: Expression) -> Iterator[Expression]:
    """Yield the parts of an expression whose values reach its own value."""
    match expression:
        case Conditional(then=then, otherwise=otherwise):
            yield from (then, otherwise)
        case Comparison() | Index() | Slice() | Field():
            return
        case Call(function=function, arguments=arguments, named=named):
            is_narrowing = function in _PIECES or function in TABLES or function in DAYS
            skipped = 1 if is_narrowing or function in ("round", "present", "count") else 0
            yield from arguments[skipped:]
            yield from (value for _, value in named)
        case _:
            yield from _parts(expression)


def _parts(node: object) -> Iterator[Expression]:
    for part in fields(node):  # type: ignore[arg-type]
        yield from _expressions(getattr(node, part.name))


def _expressions(value: object) -> Iterator[Expression]:
    if isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
    elif is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Loop):
            yield value.over  # its conditions only decide whose values reach the output
        else:
            yield value  # type: ignore[misc]


def _nodes(expression: Expression) -> Iterator[Expression]:
    yield expression
    for part in _parts(expression):
        yield from _nodes(part)
