"""Where a rule table makes the value of one contract path, and how to put another in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from agent.core import paths
from agent.core.language.rewrite import Scope
from agent.core.language.syntax import (
    ArrayComprehension,
    Bindings,
    Call,
    CopyRow,
    EachRow,
    Expression,
    Field,
    GroupRow,
    Literal,
    Logic,
    Name,
    ObjectDisplay,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.language.walk import Place, item_scope, places

Put = Callable[[Expression], tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Site:
    """An expression that makes the value of a path; `put` gives the whole table with another.

    `scope` tells which source paths the names in the expression stand for.
    """

    value: Expression
    scope: Scope
    put: Put


def sites(
    rows: tuple[Row, ...],
    let: Bindings,
    target: str,
    *,
    is_array: Callable[[str], bool] = lambda _: True,
) -> Iterator[Site]:
    """Yield where the value at `target` is made, the later rows first.

    `is_array` tells whether items lie below a path: a map that is read whole is not looped over.
    Where rows have that very target, no other is looked at: one more row would clash with them.
    """
    found = list(places(rows, let=let))[::-1]
    own = [place for place in found if place.target == target]
    for place in own:
        yield from _own(rows, place)
    for place in found if not own else ():
        if paths.is_within(target, place.target):
            tokens = paths.parse(target[len(place.target) :])
            yield from _within(rows, place, tokens, is_array=is_array(place.target))


def _own(rows: tuple[Row, ...], place: Place) -> Iterator[Site]:
    row = place.row
    if isinstance(row, ValueRow):
        yield Site(row.value, place.scope, lambda e: put_rows(rows, place, replace(row, value=e)))


def _within(
    rows: tuple[Row, ...], place: Place, tokens: tuple[str, ...], *, is_array: bool
) -> Iterator[Site]:
    row = place.row
    match row:
        case ValueRow(value=value):
            yield from _parts(rows, place, row, value, tokens)
            if is_read(value) and paths.ANY not in tokens:
                yield from _override(rows, place, value, tokens)
            elif is_read(value) and tokens[0] == paths.ANY and is_array:
                yield from _unfolded(rows, place, row, tokens[1:])
        case EachRow(value=value) if value is not None and tokens[0] == paths.ANY:
            yield from _parts(rows, place, row, value, tokens[1:])
        case CopyRow(copy=read) if paths.ANY not in tokens:
            yield from _override(rows, place, read, tokens)
        case _:
            pass


def _parts(
    rows: tuple[Row, ...],
    place: Place,
    row: ValueRow | EachRow,
    value: Expression,
    tokens: tuple[str, ...],
) -> Iterator[Site]:
    """Yield the part of a row's written-out value that makes what is at `tokens`."""
    scope = item_scope(row, place.scope) if isinstance(row, EachRow) else place.scope
    for inner, fill in _in_expression(value, tokens):
        yield Site(inner, scope, _filling(rows, place, row, fill))


_Fill = Callable[[Expression], Expression]


def _filling(rows: tuple[Row, ...], place: Place, row: ValueRow | EachRow, fill: _Fill) -> Put:
    return lambda value: put_rows(rows, place, replace(row, value=fill(value)))


def _in_expression(
    value: Expression, tokens: tuple[str, ...]
) -> Iterator[tuple[Expression, _Fill]]:
    """Yield the part of a display or comprehension that makes what is at `tokens`."""
    if not tokens:
        yield value, lambda made: made
    elif isinstance(value, ArrayComprehension) and tokens[0] == paths.ANY:
        for inner, fill in _in_expression(value.item, tokens[1:]):
            yield inner, _item_of(value, fill)
    elif isinstance(value, ObjectDisplay):
        for number, (key, part) in enumerate(value.entries):
            if isinstance(key, Literal) and key.value == paths.key_of(tokens[0]):
                for inner, fill in _in_expression(part, tokens[1:]):
                    yield inner, _entry_of(value, number, fill)


def _item_of(value: ArrayComprehension, fill: _Fill) -> _Fill:
    return lambda made: replace(value, item=fill(made))


def _entry_of(display: ObjectDisplay, at: int, fill: _Fill) -> _Fill:
    return lambda made: _with_entry(display, at, fill(made))


def _with_entry(display: ObjectDisplay, at: int, value: Expression) -> ObjectDisplay:
    entries = list(display.entries)
    entries[at] = (entries[at][0], value)
    return ObjectDisplay(tuple(entries))


def _override(
    rows: tuple[Row, ...], place: Place, read: Expression, tokens: tuple[str, ...]
) -> Iterator[Site]:
    """Yield the field of an object that is written whole: a row of its own, after that one."""
    row = place.row
    assert isinstance(row, (ValueRow, CopyRow))
    if not is_read(read):
        return
    holder = read
    for token in tokens[:-1]:
        holder = Field(holder, paths.key_of(token))
    present: Expression = Call("present", (holder,))
    when = present if row.when is None else Logic("and", (row.when, present))
    target = row.target + paths.join(tokens)

    def put(value: Expression) -> tuple[Row, ...]:
        return put_rows(rows, place, row, ValueRow(target, value, when=when, let=row.let))

    yield Site(Field(holder, paths.key_of(tokens[-1])), place.scope, put)


def _unfolded(
    rows: tuple[Row, ...], place: Place, row: ValueRow, tokens: tuple[str, ...]
) -> Iterator[Site]:
    """Yield the item of an array that is written whole, made item by item instead."""
    name = free_name(place.scope)
    each = EachRow(row.target, row.value, name, when=row.when, let=row.let)
    item = Name(name)
    whole = replace(each, rows=(CopyRow("", item),)) if tokens else replace(each, value=item)
    below = paths.items("") + paths.join(tokens)
    for site in sites((replace(whole, target=""),), (), below):

        def put(value: Expression, site: Site = site) -> tuple[Row, ...]:
            (made,) = site.put(value)
            assert isinstance(made, EachRow)
            return put_rows(rows, place, replace(made, target=row.target))

        yield Site(site.value, item_scope(each, place.scope), put)


def free_name(scope: Scope) -> str:
    """Return a name for an item that nothing in reach bears."""
    names = ("item", *(f"item{number}" for number in range(2, len(scope) + 3)))
    return next(name for name in names if name not in scope)


def is_read(expression: Expression) -> bool:
    """Return whether an expression reads one field, and nothing else."""
    while isinstance(expression, Field):
        expression = expression.of
    return isinstance(expression, Name)


def put_rows(rows: tuple[Row, ...], place: Place, *made: Row) -> tuple[Row, ...]:
    """Return rows with others in place of the one at a place."""
    indexes = [int(token) for token in paths.parse(place.rule) if token.isdecimal()]
    return _replace_rows(rows, indexes, lambda _: made)


def replace_row(
    rows: tuple[Row, ...], indexes: list[int], change: Callable[[Row], Row]
) -> tuple[Row, ...]:
    """Return rows with the one at a chain of indexes changed."""
    return _replace_rows(rows, indexes, lambda row: (change(row),))


def _replace_rows(
    rows: tuple[Row, ...], indexes: list[int], change: Callable[[Row], tuple[Row, ...]]
) -> tuple[Row, ...]:
    at, rest = indexes[0], indexes[1:]
    row = rows[at]
    if rest:
        assert isinstance(row, (EachRow, WithRow, GroupRow))
        made: tuple[Row, ...] = (replace(row, rows=_replace_rows(row.rows, rest, change)),)
    else:
        made = change(row)
    return (*rows[:at], *made, *rows[at + 1 :])
