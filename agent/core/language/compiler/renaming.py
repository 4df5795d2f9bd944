"""No name for two things: what a generated function remembers of a name holds wherever it stands.

Equal expressions become one object, so that what is known of one is found by its identity. A `let`
and the name of a block get names of their own, wherever else they are used; the names of
loops only where they would hide another, so that loops over one array can share their reads.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar, cast

from agent.core.language.compiler.code import CannotCompile
from agent.core.language.document import Adapter
from agent.core.language.scoping import parts_of, split
from agent.core.language.syntax import (
    ArrayComprehension,
    Bindings,
    EachRow,
    Expression,
    GroupRow,
    Loop,
    Name,
    ObjectComprehension,
    Row,
    WithRow,
)

_Node = TypeVar("_Node")
Names: TypeAlias = Mapping[str, str]
"""The names in reach, each with the one that it has from now on."""


def unshadow(adapter: Adapter) -> tuple[tuple[Row, ...], dict[str, Expression]]:
    """Return rows of the same meaning in which no name hides another, and all that `let` names.

    Raises:
        CannotCompile: the adapter is so large that generating its function would take seconds.
    """
    renamer = _Renamer()
    names, _ = renamer.let(adapter.let, {"src": "src"})
    return renamer.rows(adapter.rows, names), renamer.lets


MOST_ROWS = 2_000
MOST_NODES = 20_000


@dataclass
class _Renamer:
    count: int = 0
    rows_seen: int = 0
    taken: set[str] = field(default_factory=set)
    lets: dict[str, Expression] = field(default_factory=dict)
    nodes: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def loop_name(self, name: str, names: Names) -> str:
        """Return the name that a loop binds: its own where that hides nothing."""
        return self._number(name) if name in names.values() or name in self.taken else name

    def own_name(self, name: str, names: Names) -> str:
        """Return a name that nothing else has."""
        found = self._number(name) if name in names.values() or name in self.taken else name
        self.taken.add(found)
        return found

    def _number(self, name: str) -> str:
        self.count += 1
        return f"{name} {self.count}"

    def let(self, let: Bindings, names: Names) -> tuple[Names, Bindings]:
        bound: list[tuple[str, Expression]] = []
        for name, expression in let:
            renamed = self.expression(expression, names)
            names = {**names, name: self.own_name(name, names)}
            bound.append((names[name], renamed))
        self.lets.update(bound)
        return names, tuple(bound)

    def rows(self, rows: tuple[Row, ...], names: Names) -> tuple[Row, ...]:
        return tuple(self.row(row, names) for row in rows)

    def row(self, row: Row, names: Names) -> Row:
        self.rows_seen += 1
        if self.rows_seen > MOST_ROWS:
            raise CannotCompile(f"more than {MOST_ROWS} rows")
        if not isinstance(row, (EachRow, WithRow)):
            names, let = self.let(row.let, names)
            changed: dict[str, Any] = {"let": let, "when": self._maybe(row.when, names)}
            if isinstance(row, GroupRow):
                return replace(row, rows=self.rows(row.rows, names), **changed)
            return replace(row, **changed, **self._parts(row, names, ("value", "copy")))
        outer, inner = split(row.let, row.name)
        names, outer = self.let(outer, names)
        changed = {
            "when": self._maybe(row.when, names),
            **self._parts(row, names, ("each", "over")),
        }
        naming = self.loop_name if isinstance(row, EachRow) else self.own_name
        name = naming(row.name, names)
        names = {**names, row.name: name}
        names, inner = self.let(inner, names)
        return replace(
            row,
            name=name,
            let=(*outer, *inner),
            rows=self.rows(row.rows, names),
            **changed,
            **self._parts(row, names, ("where", "key", "value")),
        )

    def _parts(self, row: Row, names: Names, attributes: tuple[str, ...]) -> dict[str, Any]:
        return {
            name: self._maybe(getattr(row, name), names)
            for name in attributes
            if hasattr(row, name)
        }

    def _maybe(self, expression: Expression | None, names: Names) -> Expression | None:
        return None if expression is None else self.expression(expression, names)

    def expression(self, expression: Expression, names: Names) -> Expression:
        """Return an expression with its names replaced: equal ones are one object from now on."""
        match expression:
            case Name(name=name):
                return self._one(Name, (names.get(name, name),))
            case ArrayComprehension(item=item):
                inner, loops = self._loops(expression.loops, names)
                return self._one(ArrayComprehension, (self.expression(item, inner), loops))
            case ObjectComprehension(key=key, value=value):
                inner, loops = self._loops(expression.loops, names)
                parts = (self.expression(key, inner), self.expression(value, inner), loops)
                return self._one(ObjectComprehension, parts)
            case _:
                kind = type(expression)
                parts = tuple(
                    self._part(getattr(expression, name), names)
                    for name in parts_of(cast("Hashable", kind))
                )
                return self._one(kind, parts)

    def _one(self, kind: type[_Node], parts: tuple[Any, ...]) -> _Node:
        """Return the one node of a kind with these parts, which are such nodes themselves."""
        key = (kind, *map(_identity, parts))
        node = self.nodes.get(key)
        if node is None:
            if len(self.nodes) > MOST_NODES:
                raise CannotCompile(f"more than {MOST_NODES} different expressions")
            node = self.nodes[key] = kind(*parts)
        return node

    def _loops(self, loops: tuple[Loop, ...], names: Names) -> tuple[Names, tuple[Loop, ...]]:
        renamed = []
        for loop in loops:
            over = self.expression(loop.over, names)
            own = {name: self.loop_name(name, names) for name in loop.names}
            names = {**names, **own}
            conditions = tuple(self.expression(each, names) for each in loop.conditions)
            bound = tuple(own[name] for name in loop.names)
            renamed.append(self._one(Loop, (bound, over, conditions)))
        return names, tuple(renamed)

    def _part(self, part: Any, names: Names) -> Any:
        if isinstance(part, tuple):
            return tuple(self._part(item, names) for item in part)
        return self.expression(part, names) if isinstance(part, Expression) else part


def _identity(part: Any) -> Any:
    """Return what tells a part of a node from others: nodes are told apart by identity."""
    if isinstance(part, tuple):
        return tuple(map(_identity, part))
    return (type(part), part) if isinstance(part, _PLAIN) else id(part)


_PLAIN = (str, bool, int, float, type(None))
