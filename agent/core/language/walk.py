"""Walking a rule table: every row with its full target and the names in its reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core import paths
from agent.core.language.rewrite import SOURCE_SCOPE, Scope, path_of
from agent.core.language.syntax import Bindings, EachRow, GroupRow, Row, WithRow


@dataclass(frozen=True, slots=True)
class Place:
    """A row where it stands: its full target with `*`, its pointer, and the names in reach."""

    row: Row
    target: str
    rule: str
    scope: Scope


def places(rows: tuple[Row, ...], *, let: Bindings = ()) -> Iterator[Place]:
    """Yield every row of a table, outer rows before the rows within them."""
    yield from _places(rows, "", "", bind_all(SOURCE_SCOPE, let))


def _places(rows: tuple[Row, ...], target: str, rule: str, scope: Scope) -> Iterator[Place]:
    for number, row in enumerate(rows):
        place = Place(row, target + row.target, f"{rule}/rules/{number}", bind_all(scope, row.let))
        yield place
        match row:
            case EachRow():
                inner = bind(place.scope, row.name, _items(path_of(row.each, scope=place.scope)))
                yield from _places(row.rows, paths.items(place.target), place.rule, inner)
            case WithRow():
                inner = bind(place.scope, row.name, path_of(row.over, scope=place.scope))
                yield from _places(row.rows, place.target, place.rule, inner)
            case GroupRow():
                yield from _places(row.rows, place.target, place.rule, place.scope)
            case _:
                pass


def _items(path: str | None) -> str | None:
    return None if path is None else paths.items(path)


def bind(scope: Scope, name: str, path: str | None) -> Scope:
    """Return the scope with one more name, or without it when its path is not known."""
    inner = {key: value for key, value in scope.items() if key != name}
    return inner if path is None else {**inner, name: path}


def bind_all(scope: Scope, let: Bindings) -> Scope:
    """Return the scope with the names of a `let`."""
    for name, expression in let:
        scope = bind(scope, name, path_of(expression, scope=scope))
    return scope
