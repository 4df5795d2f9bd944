"""jq: an adapter as one program, for a shell pipeline or anything that embeds jq 1.7 or later.

Missing is "no result" there, so that nothing turns into null by itself; where both matter, values
stand in boxes, `[]` or `[value]`. The program fails with an object of `target` and `found`.
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
from agent.exports.jq_expressions import Expressions, Scope
from agent.exports.notes import Notes
from agent.exports.places import UncountablePlaces, number_places
from agent.exports.runtimes import used_parts

_FILES: Final = ("values.jq", "functions.jq")
_DEFINES: Final = r"^def (\w+)"


class Jq:
    """The exporter to jq."""

    name = "jq"

    def export(self, adapter: Adapter) -> Exported:
        """Return the program.

        Raises:
            CannotExport: a rule has no faithful form in jq.
        """
        notes = Notes("jq")
        program = _Writer(adapter, notes).program()
        notes.rule = ""
        notes.mark("payload", "half of a surrogate pair is not refused: jq puts U+FFFD for it")
        unfaithful = notes.unfaithful()
        runtime = used_parts(_FILES, defines=_DEFINES, by=program)
        head = [f"The adapter {adapter.name} from {adapter.source} to {adapter.consumer}."]
        head += [f"unfaithful: {note}" for note in unfaithful]
        comments = "\n".join(f"# {json.dumps(line)[1:-1]}" for line in head)
        return Exported(f"{comments}\n\n{runtime}\n\n{program}\n", unfaithful)


@dataclass(frozen=True)
class _Block:
    """Where rows stand: names in reach, the variable of the item's steps, and keys above."""

    scope: Scope
    base: str
    above: tuple[str, ...]
    rule: str

    @property
    def keys(self) -> str:
        return json.dumps(list(self.above))

    @property
    def steps(self) -> str:
        return f"({self.base} + {self.keys})" if self.base else self.keys


@dataclass
class _Writer:
    adapter: Adapter
    notes: Notes
    blocks: int = 0

    def __post_init__(self) -> None:
        self._expressions = Expressions(self.notes)

    def program(self) -> str:
        """Return the filter from payload to output."""
        scope: Scope = {SOURCE: "$v_src"}
        self.notes.rule = "/let"
        names, scope = self._let(self.adapter.let, scope)
        rows = self._rows(self.adapter.rows, _Block(scope, "", (), ""))
        opening = ". as $v_src\n| require_depth(512) as $_\n"
        return f"{opening}{names}| []\n{rows}| take"

    def _rows(self, rows: tuple[Row, ...], block: _Block) -> str:
        return "".join(self._row(row, number, block) for number, row in enumerate(rows))

    def _row(self, row: Row, number: int, block: _Block) -> str:
        rule = f"{block.rule}/rules/{number}"
        self.notes.rule = rule
        tokens = tuple(paths.key_of(token) for token in paths.parse(row.target))
        names, scope = self._let(_outer_names(row), block.scope)
        place = _Block(scope, block.base, block.above + tokens, rule)
        body = self._body(row, place)
        if row.when is not None:
            test = self._expressions.truth(row.when, scope, operation="when")
            body = f"if {test} then {body} else . end"
        shown = f"{place.steps} | pointer"
        return f"| at(. as $out\n{names}| $out | {body}; {shown})\n"

    def _body(self, row: Row, place: _Block) -> str:
        match row:
            case ValueRow(value=value):
                return f"write({place.keys}; {self._box(value, place.scope)})"
            case EachRow():
                return self._each(row, place)
            case WithRow():
                return self._with(row, place)
            case CopyRow():
                return self._copy(row, place)
            case GroupRow(rows=rows):
                return f"(.\n{self._rows(rows, place)})"
            case _:
                assert_never(row)

    def _with(self, row: WithRow, place: _Block) -> str:
        names, scope = self._let(
            split(row.let, row.name)[1], {**place.scope, row.name: f"$v_{row.name}"}
        )
        inner = _Block(scope, place.base, place.above, place.rule)
        rows = self._rows(row.rows, inner)
        return (
            f"({self._box(row.over, place.scope)} as $over | if $over == [] then . "
            f"elif $over[0] == null then write({place.keys}; [null]) "
            f"else ($over[0] | object_of) as $v_{row.name} | . as $out\n{names}| $out\n{rows} end)"
        )

    def _each(self, row: EachRow, place: _Block) -> str:
        self.blocks += 1
        names, scope = self._let(
            split(row.let, row.name)[1], {**place.scope, row.name: f"$v_{row.name}"}
        )
        inner = _Block(scope, f"$steps{self.blocks}", (), place.rule)
        made = self._add_item if row.key is None else self._add_field
        empty, opening, item, at = made(row, inner, place)
        if row.where is not None:
            test = self._expressions.truth(row.where, scope, operation="where")
            item = f"if {test} then {item} else . end"
        loop = (
            f"reduce ($over[0] | array_of | .[]) as $v_{row.name} ({empty}; . as $items {opening}"
            f"| at(($v_{row.name} | scalar) as $_\n{names}| $items | {item}; {at} | pointer))"
        )
        return (
            f"({self._box(row.each, place.scope)} as $over | if $over | is_nothing "
            f"then write({place.keys}; $over) else write({place.keys}; [{loop}]) end)"
        )

    def _add_item(self, row: EachRow, inner: _Block, place: _Block) -> tuple[str, str, str, str]:
        """Return an empty array, what names the steps, what adds an item, and where it is."""
        opening = f"\n| ({place.steps} + [length]) as {inner.base} "
        return "[]", opening, f". + [{self._made(row, inner)}]", inner.base

    def _add_field(self, row: EachRow, inner: _Block, place: _Block) -> tuple[str, str, str, str]:
        """Return an empty map, nothing, what adds a field, and where the map is."""
        assert row.key is not None
        key = f"({self._box(row.key, inner.scope)} | map(text_of)) as $key"
        named = f"({place.steps} + $key) as {inner.base}"
        field = f". as $items | [{self._made(row, inner)}] as $made | $items"
        added = "if $made == [] then . else .[$key[0]] = $made[0] end"
        at = f"at({field} | {added}; {inner.base} | pointer)"
        return "{}", "", f"{key} | if $key == [] then . else {named} | {at} end", place.steps

    def _made(self, row: EachRow, inner: _Block) -> str:
        """Return the filter that gives one finished item, or nothing where its value is missing."""
        if row.value is None:
            return f"[]\n{self._rows(row.rows, inner)}| take"
        return f"{self._box(row.value, inner.scope)}[] | safe"

    def _copy(self, row: CopyRow, place: _Block) -> str:
        try:
            places = json.dumps(number_places(self.adapter.declared), separators=(",", ":"))
        except UncountablePlaces as reason:
            return self.notes.refuse("copy", str(reason))
        excluded = json.dumps([list(paths.parse(pointer)) for pointer in row.excluded])
        found = self._box(row.copy, place.scope)
        return f"copy({places}; {place.steps}; {place.keys}; {found}; {excluded})"

    def _box(self, expression: Expression, scope: Scope) -> str:
        return f"[{self._expressions.write(expression, scope)}]"

    def _let(self, let: Bindings, scope: Scope) -> tuple[str, Scope]:
        """Return the bindings of a `let`: values in boxes, or the failure that a read repeats."""
        inner = {**scope, **{name: f"($v_{name} | named)" for name, _ in let}}
        lines = [
            f"| (try {self._box(value, inner)} catch {{caught: .}}) as $v_{name}\n"
            for name, value in let
        ]
        return "".join(lines), inner


def _outer_names(row: Row) -> Bindings:
    return split(row.let, row.name)[0] if isinstance(row, (EachRow, WithRow)) else row.let
