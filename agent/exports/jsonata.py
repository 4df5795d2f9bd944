"""JSONata: an adapter as one expression, for the subset that JSONata does exactly.

JSONata unwraps arrays of one item and flattens nested ones wherever a path or an array constructor
touches them: neither is used on a payload's values here. What it cannot do exactly is refused, when
it is exported or when it runs. The expression fails with `$error`, whose message is a JSON text of
`target` and `found`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, assert_never

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
from agent.exports.jsonata_calls import Scope
from agent.exports.jsonata_expressions import Expressions
from agent.exports.jsonata_text import quote
from agent.exports.notes import Notes
from agent.exports.places import UncountablePlaces, number_places
from agent.exports.runtimes import used_parts

FILES: Final = ("values.jsonata", "functions.jsonata", "text.jsonata")
_DEFINES: Final = r"^\$(\w+) :="
_KEPT_NAMES: Final = frozenset({"__proto__", "_jsonata_lambda", "_jsonata_function"})
"""Names of fields that JSONata keeps for itself."""


class Jsonata:
    """The exporter to JSONata."""

    name = "jsonata"

    def export(self, adapter: Adapter) -> Exported:
        """Return the expression.

        Raises:
            CannotExport: a rule has no faithful form in JSONata.
        """
        notes = Notes("JSONata")
        writer = _Writer(adapter, notes)
        program = writer.program()
        unfaithful = notes.unfaithful()
        runtime = used_parts(FILES, defines=_DEFINES, by=program)
        name = json.dumps(f"{adapter.name} from {adapter.source} to {adapter.consumer}")
        head = f"/* The adapter {name.replace('*/', '* /')}. */"
        parts = (_OPENING, writer.constants(), runtime, program)
        body = "\n\n".join(part for part in parts if part)
        return Exported(f"{head}\n{body}\n{_CLOSING}\n", unfaithful)


# The context is a number: of a context that is an array, JSONata makes an object for every item.
_OPENING: Final = "(\n$v_src := $;\n$context := 0;\n$state := $context.("
_CLOSING: Final = ');\n$exists($state.v) ? $lookup($state, "v") : {}\n)'


@dataclass(frozen=True)
class _Block:
    """Where rows stand: names in reach, the JSONata of the pointer so far, and keys above."""

    scope: Scope
    base: str
    above: tuple[str, ...]
    rule: str
    outer: tuple[str | None, ...] = ()
    """The contract's keys above `base`; None stands for an item."""

    @property
    def target(self) -> str:
        return f"{self.base} & {quote(paths.join(self.above))}" if self.above else self.base


class _Writer:
    """Rows thread a state: an object with the field `v`, or without it."""

    def __init__(self, adapter: Adapter, notes: Notes) -> None:
        self._adapter = adapter
        self._notes = notes
        self._expressions = Expressions(notes)
        self._places: dict[str, Any] = {}

    def program(self) -> str:
        """Return the statements from payload to state."""
        self._notes.rule = "/let"
        names, scope = self._let(self._adapter.let, {SOURCE: "$v_src"})
        rows = self._rows(self._adapter.rows, _Block(scope, quote(""), (), ""))
        return f'$t := "";\n$scalar($t, $v_src);\n{names}{rows}'

    def constants(self) -> str:
        """Return the table that copies read."""
        if not self._places:
            return ""
        return f"$places_of_contract := {json.dumps(self._places, separators=(',', ':'))};"

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
        place = _Block(scope, block.base, block.above + tokens, rule, block.outer)
        body = self._body(row, place)
        if row.when is not None:
            body = f"{self._expressions.truth(row.when, scope)} ? {body} : $s"
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
                return self._copy(row, place)
            case _:
                assert_never(row)

    def _inner_rows(self, rows: tuple[Row, ...], place: _Block) -> str:
        lines = [f"$s := {self._row(row, number, place)};" for number, row in enumerate(rows)]
        return f"({' '.join(lines)} $s)"

    def _write(self, value: Expression, place: _Block) -> str:
        written = self._expressions.write(value, place.scope)
        return f"($x := $safe($t, {written}); {self._store(place)})"

    def _store(self, place: _Block, *, made: str = "$x") -> str:
        """Return the state with `$x` written at the place; a missing one deletes.

        `made` is what is written there, in place of `$n`, which stands there already.
        """
        keys = tuple(paths.key_of(token) for token in place.above)
        for key in _KEPT_NAMES.intersection(keys):
            return self._notes.refuse("target", f"JSONata cannot write a field named {key}")
        if not keys:
            return f'($n := $whole($s); $exists($x) ? {{"v": {made}}} : {{}})'
        cut = f"$drop($n, {quote(keys[-1])})"
        for key in reversed(keys):
            made = f"$set($t, $n, {quote(key)}, function($n) {{ {made} }})"
        for key in reversed(keys[:-1]):
            cut = f"$cut($n, {quote(key)}, function($n) {{ {cut} }})"
        kept = f'"v" in $keys($s) ? {{"v": {cut}}} : $s'
        return f'($n := $whole($s); $exists($x) ? {{"v": {made}}} : ({kept}))'

    def _with(self, row: WithRow, place: _Block) -> str:
        name = f"$v_{row.name}"
        names, scope = self._let(split(row.let, row.name)[1], {**place.scope, row.name: name})
        inner = _Block(scope, place.base, place.above, place.rule, place.outer)
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
        outer = (*place.outer, *place.above, None)
        inner = _Block(scope, f'{place.target} & "/*"', (), place.rule, outer)
        if row.value is None:
            made = f"$taken({self._rows(row.rows, inner)})"
        else:
            made = f"$safe($t, {self._expressions.write(row.value, scope)})"
        if row.where is not None:
            made = f"{self._expressions.truth(row.where, scope)} ? {made} : $nil"
        items = f'($t := $t & "/*"; {name} := $scalar($t, {name}); {names}{made})'
        loop = f"$every($array($t, $over), function({name}) {{ {items} }})"
        return f"($over := {over}; $x := $empty($over) ? $over : {loop}; {self._store(place)})"

    def _copy(self, row: CopyRow, place: _Block) -> str:
        over = self._expressions.write(row.copy, place.scope)
        number = self._declared_at((*place.outer, *place.above))
        if number is None:
            return f"({over}; $s)"
        excluded = json.dumps([list(paths.parse(pointer)) for pointer in row.excluded])
        kept = f"$projected($t, $places_of_contract, $object($t, $over), {number}, {excluded})"
        written = f"($x := $safe($t, {kept}); {self._store(place, made='$copied($t, $n, $x)')})"
        return (
            f'($over := {over}; $exists($over) ? ($type($over) = "null" '
            f"? ($x := null; {self._store(place)}) : {written}) : $s)"
        )

    def _declared_at(self, keys: tuple[str | None, ...]) -> int | None:
        """Return the number of the contract's place at some keys, None when there is none."""
        try:
            self._places = self._places or number_places(self._adapter.declared)
        except UncountablePlaces as reason:
            self._notes.refuse("copy", str(reason))
            return None
        place: int | None = self._places["root"]
        for key in keys:
            if not place:
                return place
            fields, others, first, items = self._places[str(place)]
            if key is None and first:
                self._notes.refuse("copy", "into items that the contract declares one by one")
            place = items if key is None else fields.get(paths.key_of(key), others)
        return place


def _outer_names(row: Row) -> Bindings:
    return split(row.let, row.name)[0] if isinstance(row, (EachRow, WithRow)) else row.let
