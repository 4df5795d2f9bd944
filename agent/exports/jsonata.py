"""JSONata: an adapter as one expression, for the subset that JSONata does exactly.

JSONata unwraps arrays of one item and flattens nested ones wherever a path or an array constructor
touches them: neither is used on a payload's values here. What it cannot do exactly is refused. The
expression fails with `$error`, whose message is a JSON text of `target` and `found`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, assert_never

from agent.core import paths
from agent.core.exporting import Exported
from agent.core.language.document import Adapter
from agent.core.language.scoping import SOURCE, split
from agent.core.language.syntax import (
    Bindings,
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Row,
    ValueRow,
    WithRow,
)
from agent.exports.jsonata_expressions import Expressions, Scope, quote
from agent.exports.notes import Notes
from agent.exports.runtimes import used_parts

_DEFINES: Final = r"^\$(\w+) :="


class Jsonata:
    """The exporter to JSONata."""

    name = "jsonata"

    def export(self, adapter: Adapter) -> Exported:
        """Return the expression.

        Raises:
            CannotExport: a rule has no faithful form in JSONata.
        """
        notes = Notes("JSONata")
        program = _Writer(notes).program(adapter)
        unfaithful = notes.unfaithful()
        runtime = used_parts(("functions.jsonata",), defines=_DEFINES, by=program)
        name = json.dumps(f"{adapter.name} from {adapter.source} to {adapter.consumer}")
        head = f"/* The adapter {name.replace('*/', '* /')}. */"
        return Exported(f"{head}\n(\n{runtime}\n\n{program}\n)\n", unfaithful)


@dataclass(frozen=True)
class _Block:
    """Where rows stand: names in reach, the JSONata of the pointer so far, and keys above."""

    scope: Scope
    base: str
    above: tuple[str, ...]
    rule: str

    @property
    def target(self) -> str:
        return f"{self.base} & {quote(paths.join(self.above))}" if self.above else self.base


class _Writer:
    """Rows thread a state: an object with the field `v`, or without it."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._expressions = Expressions(notes)

    def program(self, adapter: Adapter) -> str:
        """Return the statements from payload to output."""
        self._notes.rule = "/let"
        names, scope = self._let(adapter.let, {SOURCE: "$v_src"})
        rows = self._rows(adapter.rows, _Block(scope, '""', (), ""))
        return f"$v_src := $;\n{names}$taken({rows})"

    def _rows(self, rows: tuple[Row, ...], block: _Block) -> str:
        """Return a block that gives the state after some rows."""
        lines = ["$s := {};"]
        for number, row in enumerate(rows):
            lines.append(f"$s := {self._row(row, number, block)};")
        return "(\n" + "\n".join(lines) + "\n$s)"

    def _row(self, row: Row, number: int, block: _Block) -> str:
        rule = f"{block.rule}/rules/{number}"
        self._notes.rule = rule
        names, scope = self._let(_outer_names(row), block.scope)
        tokens = tuple(paths.parse(row.target))
        place = _Block(scope, block.base, block.above + tokens, rule)
        body = self._body(row, place)
        if row.when is not None:
            body = f"$truth($t, {self._expressions.write(row.when, scope)}) ? {body} : $s"
        return f"($t := {place.target}; {names}{body})"

    def _let(self, let: Bindings, scope: Scope) -> tuple[str, Scope]:
        """Return the functions of a `let`: what is not read is never evaluated, nor fails."""
        inner = {**scope, **{name: f"$v_{name}($t)" for name, _ in let}}
        written = (
            f"$v_{name} := function($t) {{ {self._expressions.write(value, inner)} }};\n"
            for name, value in let
        )
        return "".join(written), inner

    def _body(self, row: Row, place: _Block) -> str:
        match row:
            case ValueRow(value=value):
                return self._write(value, place)
            case EachRow():
                return self._each(row, place)
            case WithRow():
                return self._with(row, place)
            case GroupRow(rows=rows):
                return self._inner_rows(rows, place)
            case CopyRow():
                return self._notes.refuse("copy", "JSONata does not carry what a contract declares")
            case _:
                assert_never(row)

    def _inner_rows(self, rows: tuple[Row, ...], place: _Block) -> str:
        lines = [f"$s := {self._row(row, number, place)};" for number, row in enumerate(rows)]
        return f"({' '.join(lines)} $s)"

    def _write(self, value: Expression, place: _Block) -> str:
        written = self._expressions.write(value, place.scope)
        return f"($x := $safe($t, {written}); {self._store(place)})"

    def _store(self, place: _Block) -> str:
        """Return the state with `$x` written at the place; a missing one deletes."""
        keys = tuple(paths.key_of(token) for token in place.above)
        if "__proto__" in keys:
            return self._notes.refuse("target", "JSONata cannot write a field named __proto__")
        if not keys:
            return '($exists($x) ? {"v": $x} : {})'
        made, cut = "$x", f"$drop($n, {quote(keys[-1])})"
        for key in reversed(keys):
            made = f"$set($t, $n, {quote(key)}, function($n) {{ {made} }})"
        for key in reversed(keys[:-1]):
            cut = f"$cut($n, {quote(key)}, function($n) {{ {cut} }})"
        kept = f'"v" in $keys($s) ? {{"v": {cut}}} : $s'
        return f'($n := $whole($s); $exists($x) ? {{"v": {made}}} : ({kept}))'

    def _with(self, row: WithRow, place: _Block) -> str:
        name = f"$v_{row.name}"
        names, scope = self._let(split(row.let, row.name)[1], {**place.scope, row.name: name})
        inner = _Block(scope, place.base, place.above, place.rule)
        over = self._expressions.write(row.over, place.scope)
        stored = f"($x := null; {self._store(place)})"
        rows = self._inner_rows(row.rows, inner)
        return (
            f'($over := {over}; $exists($over) ? ($type($over) = "null" ? {stored} '
            f": ({name} := $object($t, $over); {names}{rows})) : $s)"
        )

    def _each(self, row: EachRow, place: _Block) -> str:
        if row.key is not None:
            return self._notes.refuse("key", "JSONata groups keys that repeat")
        name = f"$v_{row.name}"
        names, scope = self._let(split(row.let, row.name)[1], {**place.scope, row.name: name})
        over = self._expressions.write(row.each, place.scope)
        # An index would be that of the output; it is not known before the items are counted.
        inner = _Block(scope, f'{place.target} & "/*"', (), place.rule)
        if row.value is None:
            made = f"$taken({self._rows(row.rows, inner)})"
        else:
            made = f"$safe($t, {self._expressions.write(row.value, scope)})"
        if row.where is not None:
            made = f"$truth($t, {self._expressions.write(row.where, scope)}) ? {made} : $nil"
        items = f'($t := $t & "/*"; {name} := $scalar($t, {name}); {names}{made})'
        loop = f"$every($array($t, $over), function({name}) {{ {items} }})"
        return f"($over := {over}; $x := $empty($over) ? $over : {loop}; {self._store(place)})"


def _outer_names(row: Row) -> Bindings:
    return split(row.let, row.name)[0] if isinstance(row, (EachRow, WithRow)) else row.let
