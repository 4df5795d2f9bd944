"""Reading the rules of an adapter document: every key, name, target and expression is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from agent.core.language.document_checks import (
    describe_type,
    fail,
    refuse_unknown,
    require_type,
    text_at,
    texts_of,
)
from agent.core.language.parser import parse
from agent.core.language.reading import MAX_DEPTH, MAX_INDEPENDENT_LOOPS, enter
from agent.core.language.scoping import (
    NO_LOOPS,
    SOURCE,
    Loops,
    children,
    free_names,
    name_problem,
    order,
    split,
)
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
from agent.core.language.targets import pointer_problem, require_no_clash, target_problem
from agent.core.values import Json

MAX_ROWS: Final = 10_000
"""Most rows of an adapter, nested ones included."""

MAX_ROW_DEPTH: Final = 32
"""Deepest nesting of rows."""

MAX_NAMES: Final = 500
"""Most names of one `let`."""

DEFAULT_NAME: Final = "item"
"""What `each` and `with` bind when no `as` says otherwise."""

_CONTEXT = frozenset({"target", "when", "let"})
_KINDS: Final[dict[str, frozenset[str]]] = {
    "value": frozenset({"value"}),
    "each": frozenset({"each", "as", "key", "where", "rules", "value"}),
    "with": frozenset({"with", "as", "rules"}),
    "copy": frozenset({"copy", "except"}),
    "rules": frozenset({"rules"}),
}


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a row stands in: names with the depth of what they stand for, and the loops around."""

    depths: Mapping[str, int]
    loops: Loops = NO_LOOPS
    row_depth: int = 0

    def bind(self, names: Mapping[str, int], loops: Loops) -> _Reach:
        return replace(self, depths={**self.depths, **names}, loops=loops)


def read_rows(document: Json) -> tuple[Bindings, tuple[Row, ...]]:
    """Return the top `let` and the rows of an adapter's document, or of `{"rules", "let"?}`.

    Raises:
        InvalidAdapter: a row breaks the language; `where` points at it.
    """
    if "rules" not in document:
        fail("/rules", "no rules", 'an adapter has "rules": […]')
    reader = _TableReader()
    reach = _Reach(depths={SOURCE: 0})
    let, inside, _ = reader.read_let(document.get("let", {}), reach, where="")
    return let, reader.read_rows(document["rules"], inside, where="")


class _TableReader:
    """Reads rows, and counts them."""

    def __init__(self) -> None:
        self._rows_left = MAX_ROWS

    def read_rows(self, rows: Json, reach: _Reach, *, where: str) -> tuple[Row, ...]:
        """Return the rows of one block."""
        require_type(rows, "array", f"{where}/rules")
        if reach.row_depth >= MAX_ROW_DEPTH:
            fail(f"{where}/rules", f"rows nested more than {MAX_ROW_DEPTH} deep")
        self._rows_left -= len(rows)
        if self._rows_left < 0:
            fail(f"{where}/rules", f"more than {MAX_ROWS} rows")
        inner = replace(reach, row_depth=reach.row_depth + 1)
        read = [
            self.read_row(row, inner, where=f"{where}/rules/{number}")
            for number, row in enumerate(rows)
        ]
        require_no_clash(read, where=where)
        return tuple(read)

    def read_row(self, row: Json, reach: _Reach, *, where: str) -> Row:
        """Return one row; which kind it is, its keys say."""
        require_type(row, "object", where)
        kind = _kind_of(row, where)
        refuse_unknown(row, _CONTEXT | _KINDS[kind], where)
        target = text_at(row, "target", where)
        if problem := target_problem(target):
            fail(f"{where}/target", problem, "targets are JSON Pointers to fields of objects")
        match kind:
            case "each":
                return self._read_each(row, reach, target=target, where=where)
            case "with":
                return self._read_with(row, reach, target=target, where=where)
            case _:
                return self._read_plain(row, reach, kind=kind, target=target, where=where)

    def _read_plain(
        self, row: dict[str, Json], reach: _Reach, *, kind: str, target: str, where: str
    ) -> Row:
        let, inside, _ = self.read_let(row.get("let", {}), reach, where=where)
        when = self._read_optional(row, "when", inside, where)
        if kind == "rules":
            rows = self.read_rows(row["rules"], inside, where=where)
            return GroupRow(target, rows, when=when, let=let)
        expression = self._read(row, kind, inside, where)
        if kind == "value":
            return ValueRow(target, expression, when=when, let=let)
        return CopyRow(target, expression, _read_excluded(row, where), when=when, let=let)

    def _read_each(self, row: dict[str, Json], reach: _Reach, *, target: str, where: str) -> Row:
        if ("rules" in row) == ("value" in row):
            fail(where, "`each` with both or neither of rules and value", "give one of the two")
        name = _read_name(row, where)
        let, outside, inside = self.read_let(row.get("let", {}), reach, where=where, name=name)
        each = self._read(row, "each", outside, where)
        loops = enter(each, (name,), outside.loops)
        if loops.depth > MAX_INDEPENDENT_LOOPS:
            found = f"more than {MAX_INDEPENDENT_LOOPS} loops over independent arrays"
            fail(f"{where}/each", found, "join them with index_by(list, 'key') and at(table, key)")
        inside = replace(inside, loops=Loops(loops.derived | inside.loops.derived, loops.depth))
        return EachRow(
            target,
            each,
            name,
            rows=self.read_rows(row["rules"], inside, where=where) if "rules" in row else (),
            value=self._read_optional(row, "value", inside, where),
            key=self._read_optional(row, "key", inside, where),
            where=self._read_optional(row, "where", inside, where),
            when=self._read_optional(row, "when", outside, where),
            let=let,
        )

    def _read_with(self, row: dict[str, Json], reach: _Reach, *, target: str, where: str) -> Row:
        if "rules" not in row:
            fail(where, "`with` without rules", "give the rules of the block")
        name = _read_name(row, where)
        let, outside, inside = self.read_let(row.get("let", {}), reach, where=where, name=name)
        over = self._read(row, "with", outside, where)
        if not free_names(over) & outside.loops.derived:
            inside = replace(inside, loops=outside.loops)
        return WithRow(
            target,
            over,
            name,
            self.read_rows(row["rules"], inside, where=where),
            when=self._read_optional(row, "when", outside, where),
            let=let,
        )

    # Names

    def read_let(
        self, let: Json, reach: _Reach, *, where: str, name: str = ""
    ) -> tuple[Bindings, _Reach, _Reach]:
        """Return a row's `let` in order, the reach outside its block, and the reach within.

        A block binds `name`; the names of the `let` that read it are in reach within only.
        """
        require_type(let, "object", f"{where}/let")
        if len(let) > MAX_NAMES:
            fail(f"{where}/let", f"more than {MAX_NAMES} names")
        within = _bind_item(reach, name)
        known = frozenset({*within.depths, *let})
        bindings = []
        for bound, text in let.items():
            _require_new(bound, name, where)
            at = f"{where}/let/{bound}"
            bindings.append((bound, _parse(text, names=known, loops=within.loops, where=at)))
        ordered = order(tuple(bindings), where=f"{where}/let")
        outer, _ = split(ordered, name)
        outside = _bind_all(reach, outer, where)
        return ordered, outside, _bind_all(within, ordered, where)

    # Expressions

    def _read(self, row: dict[str, Json], key: str, reach: _Reach, where: str) -> Expression:
        at = f"{where}/{key}"
        names = frozenset(reach.depths)
        expression = _parse(row[key], names=names, loops=reach.loops, where=at)
        _require_shallow(expression, reach.depths, at)
        return expression

    def _read_optional(
        self, row: dict[str, Json], key: str, reach: _Reach, where: str
    ) -> Expression | None:
        return self._read(row, key, reach, where) if key in row else None


def _kind_of(row: dict[str, Json], where: str) -> str:
    kinds = [kind for kind in _KINDS if kind in row]
    if len(kinds) > 1:
        kinds = [kind for kind in kinds if kind not in ("value", "rules")] or kinds
    if len(kinds) != 1:
        found = f"a row with {' and '.join(kinds)}" if kinds else "a row that writes nothing"
        fail(where, found, "a row has one of value, each, with, copy and rules")
    return kinds[0]


def _read_name(row: dict[str, Json], where: str) -> str:
    name = text_at({"as": DEFAULT_NAME, **row}, "as", where)
    if problem := name_problem(name):
        fail(f"{where}/as", problem, "choose another name")
    return name


def _require_new(bound: str, name: str, where: str) -> None:
    problem = name_problem(bound) or (f"{bound} is bound by `as` already" if bound == name else "")
    if problem:
        fail(f"{where}/let/{bound}", problem, "choose another name")


def _bind_item(reach: _Reach, name: str) -> _Reach:
    if not name:
        return reach
    return reach.bind({name: 0}, Loops(reach.loops.derived | {name}, reach.loops.depth))


def _bind_all(reach: _Reach, let: Bindings, where: str) -> _Reach:
    for name, expression in let:
        depth = _require_shallow(expression, reach.depths, f"{where}/let/{name}")
        is_derived = bool(free_names(expression) & reach.loops.derived)
        derived = reach.loops.derived | {name} if is_derived else reach.loops.derived - {name}
        reach = reach.bind({name: depth}, Loops(derived, reach.loops.depth))
    return reach


def _parse(text: Json, *, names: frozenset[str], loops: Loops, where: str) -> Expression:
    if not isinstance(text, str):
        fail(
            where,
            f"{describe_type(text)}, not an expression",
            'expressions are text: "1" or "\'a\'"',
        )
    return parse(text, names=names, where=where, loops=loops)


def _require_shallow(expression: Expression, depths: Mapping[str, int], where: str) -> int:
    """Return how deep an expression nests, through the names that it reads."""
    depth = _depth(expression, depths)
    if depth > MAX_DEPTH:
        fail(where, f"nesting more than {MAX_DEPTH} deep, through the names that it reads")
    return depth


def _depth(expression: Expression, depths: Mapping[str, int]) -> int:
    if isinstance(expression, Name):
        return 1 + depths.get(expression.name, 0)
    return 1 + max((_depth(part, depths) for part in children(expression)), default=0)


def _read_excluded(row: dict[str, Json], where: str) -> tuple[str, ...]:
    excluded = texts_of(row.get("except", []), f"{where}/except")
    for number, pointer in enumerate(excluded):
        if problem := pointer_problem(pointer) or ("the whole copy" if pointer == "" else ""):
            help = "write JSON Pointers within what is copied"
            fail(f"{where}/except/{number}", problem, help)
    return excluded
