"""Walking a rule table: every row with its full target and the names in its reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core import paths
from agent.core.language.rewrite import SOURCE_SCOPE, Scope, path_of
from agent.core.language.scoping import split
from agent.core.language.syntax import Bindings, EachRow, GroupRow, Row, WithRow


@dataclass(frozen=True, slots=True)
class Place:
    """A row where it stands: its full target with `*`, its pointer, and the names in reach."""

    row: Row
    target: str
    rule: str
    scope: Scope


def places(
    rows: tuple[Row, ...], *, let: Bindings = (), scope: Scope = SOURCE_SCOPE
) -> Iterator[Place]:
    """Yield every row of a table, outer rows before the rows within them.

    `scope` has the names in reach of rows that stand within others.
    """
    yield from _places(rows, "", "", bind_all(scope, let))


def _places(rows: tuple[Row, ...], target: str, rule: str, scope: Scope) -> Iterator[Place]:
    for number, row in enumerate(rows):
        outer = bind_all(scope, outer_names(row))
        place = Place(row, target + row.target, f"{rule}/rules/{number}", outer)
        yield place
        match row:
            case EachRow():
                items, inner = paths.items(place.target), item_scope(row, place.scope)
                yield from _places(row.rows, items, place.rule, inner)
            case WithRow():
                inner = item_scope(row, place.scope)
                yield from _places(row.rows, place.target, place.rule, inner)
            case GroupRow():
                yield from _places(row.rows, place.target, place.rule, place.scope)
            case _:
                pass


def outer_names(row: Row) -> Bindings:
    """Return the names of a row's `let` that do not read its item."""
    return split(row.let, row.name)[0] if isinstance(row, (EachRow, WithRow)) else row.let


def item_scope(row: EachRow | WithRow, scope: Scope) -> Scope:
    """Return the names in reach of the rows within, from those in reach of the row itself."""
    if isinstance(row, WithRow):
        inner = bind(scope, row.name, path_of(row.over, scope=scope))
    else:
        base = path_of(row.each, scope=scope)
        inner = bind(scope, row.name, None if base is None else paths.items(base))
    return bind_all(inner, split(row.let, row.name)[1])


def bind(scope: Scope, name: str, path: str | None) -> Scope:
    """Return the scope with one more name, or without it when its path is not known."""
    inner = {key: value for key, value in scope.items() if key != name}
    return inner if path is None else {**inner, name: path}


def bind_all(scope: Scope, let: Bindings) -> Scope:
    """Return the scope with the names of a `let`."""
    for name, expression in let:
        scope = bind(scope, name, path_of(expression, scope=scope))
    return scope
