"""JavaScript: an adapter as one dependency-free module for an edge worker or a browser.

The module exports `adapt(payload)`, which takes and gives what `JSON.parse` gives. It throws an
`Error` named `PayloadRefused` with `target`, `operation`, `found` and `help`. JavaScript's own
numbers do not hold integers beyond 2^53 - 1: where such a one is read, made or written, it throws.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final, assert_never

from agent.core import paths
from agent.core.exporting import Exported
from agent.core.language.document import Adapter, adapter_fingerprint
from agent.core.language.scoping import SOURCE, split
from agent.core.language.syntax import (
    Bindings,
    CopyRow,
    EachRow,
    GroupRow,
    Row,
    ValueRow,
    WithRow,
)
from agent.exports.javascript_expressions import Expressions, Scope, quote
from agent.exports.notes import Notes
from agent.exports.places import UncountablePlaces, number_places
from agent.exports.runtimes import used_parts
from agent.exports.titles import titles
from agent.exports.zones import UnknownZone, zone_table

FILES: Final = (
    "values.js",
    "operators.js",
    "output.js",
    "functions.js",
    "text.js",
    "numbers.js",
    "dates.js",
    "date_patterns.js",
    "identity.js",
)
_DEFINES: Final = r"^(?:function|const|class) (\w+)"


class JavaScript:
    """The exporter to JavaScript."""

    name = "javascript"

    def export(self, adapter: Adapter) -> Exported:
        """Return the module.

        Raises:
            CannotExport: a rule has no faithful form in JavaScript.
        """
        notes = Notes("JavaScript")
        writer = _Writer(adapter, notes)
        program = writer.program()
        unfaithful = notes.unfaithful()
        runtime = used_parts(FILES, defines=_DEFINES, by=program)
        constants = writer.constants(f"{runtime}\n{program}")
        parts = (_head(adapter, unfaithful), _OPENING, constants, runtime, program, _CLOSING)
        return Exported("\n\n".join(part for part in parts if part) + "\n", unfaithful)


_OPENING: Final = "export const adapt = (() => {"
_CLOSING: Final = "return adapt;\n})();\n\nexport default adapt;"
_MAIN: Final = """\
function adapt(payload) {
  let at = [];
  try {
    requireDepth(payload);
    return run();
  } catch (failure) {
    throw refusal(failure, at);
  }

  function run() {
"""


def _head(adapter: Adapter, unfaithful: tuple[str, ...]) -> str:
    lines = [
        f"The adapter {adapter.name} from {adapter.source} to {adapter.consumer}.",
        f"Made by driftmend from {adapter_fingerprint(adapter)}; edit that, not this.",
        *(f"unfaithful: {note}" for note in unfaithful),
    ]
    return "\n".join(f"// {json.dumps(line)[1:-1]}" for line in lines)


@dataclass
class _Block:
    """Where rows stand: names in reach, the output variable, its base, and keys above."""

    scope: Scope
    output: str
    base: str
    above: tuple[str, ...]
    rule: str

    @property
    def keys(self) -> str:
        return json.dumps(list(self.above))

    @property
    def steps(self) -> str:
        inner = [*([f"...{self.base}"] if self.base else []), *map(quote, self.above)]
        return f"[{', '.join(inner)}]"


@dataclass
class _Writer:
    adapter: Adapter
    notes: Notes
    lines: list[str] = field(default_factory=list)
    depth: int = 2
    blocks: int = 0
    has_copy: bool = False

    def __post_init__(self) -> None:
        self._expressions = Expressions(self.notes)

    def program(self) -> str:
        """Return the function `adapt` and what it calls."""
        scope: Scope = {SOURCE: "payload"}
        self.notes.rule = "/let"
        scope = self._let(self.adapter.let, scope)
        self._add("const out = new Output([]);")
        self._rows(self.adapter.rows, _Block(scope, "out", "", (), ""))
        self._add("return out.take();")
        return _MAIN + "\n".join(self.lines) + "\n  }\n}"

    def constants(self, text: str) -> str:
        """Return the tables that the program reads."""
        found = []
        if self.has_copy:
            found.append(f"const PLACES = JSON.parse({quote(self._places())});")
        if "TITLES" in text:
            found.append(f"const TITLES = new Map({json.dumps(titles())});")
        if "ZONES" in text:
            found.append(f"const ZONES = {self._zones()};")
        return "\n".join(found)

    # Rows

    def _rows(self, rows: tuple[Row, ...], block: _Block) -> None:
        for number, row in enumerate(rows):
            rule = f"{block.rule}/rules/{number}"
            self.notes.rule = rule
            tokens = tuple(paths.key_of(token) for token in paths.parse(row.target))
            self._open("{")
            scope = self._let(_outer_names(row), block.scope)
            place = _Block(scope, block.output, block.base, block.above + tokens, rule)
            self._add(f"at = {place.steps};")
            if row.when is not None:
                test = self._expressions.truth(row.when, scope, operation="when")
                self._open(f"if ({test}) {{")
            self._row(row, place)
            if row.when is not None:
                self._close()
            self._close()

    def _row(self, row: Row, place: _Block) -> None:
        match row:
            case ValueRow(value=value):
                written = self._expressions.write(value, place.scope)
                self._add(f"{place.output}.write({place.keys}, {written});")
            case EachRow():
                self._each(row, place)
            case WithRow():
                self._with(row, place)
            case CopyRow():
                self._copy(row, place)
            case GroupRow(rows=rows):
                self._rows(rows, place)
            case _:
                assert_never(row)

    def _with(self, row: WithRow, place: _Block) -> None:
        name = f"v_{row.name}"
        self._add(f"const over = {self._expressions.write(row.over, place.scope)};")
        self._add(f"if (over === null) {place.output}.write({place.keys}, null);")
        self._open("else if (over !== MISSING) {")
        self._add(f"const {name} = blockObject(over);")
        scope = self._let(split(row.let, row.name)[1], {**place.scope, row.name: name})
        self._rows(row.rows, _Block(scope, place.output, place.base, place.above, place.rule))
        self._close()

    def _each(self, row: EachRow, place: _Block) -> None:
        self.blocks += 1
        number, name = self.blocks, f"v_{row.name}"
        self._add(f"const over = {self._expressions.write(row.each, place.scope)};")
        self._add(f"if (isNothing(over)) {place.output}.write({place.keys}, over);")
        self._open("else {")
        self._add(f"const items{number} = {'[]' if row.key is None else '{}'};")
        self._open(f"for (const {name} of blockArray(over, {place.steps}.length)) {{")
        steps = place.steps if row.key is not None else _below(place.steps, f"items{number}.length")
        self._add(f"at = {steps};")
        self._add(f"eachItem({name});")
        scope = self._let(split(row.let, row.name)[1], {**place.scope, row.name: name})
        self._item(row, scope, place, number)
        self._close()
        self._add(f"at = {place.steps};")
        self._add(f"{place.output}.place({place.keys}, items{number});")
        self._close()

    def _item(self, row: EachRow, scope: Scope, place: _Block, number: int) -> None:
        if row.where is not None:
            self._add(
                f"if (!{self._expressions.truth(row.where, scope, operation='where')}) continue;"
            )
        step = f"items{number}.length"
        if row.key is not None:
            step = f"key{number}"
            self._add(f"const {step} = itemKey({self._expressions.write(row.key, scope)});")
            self._add(f"if ({step} === MISSING) continue;")
        output = f"out{number}"
        self._add(f"const steps{number} = {_below(place.steps, step)};")
        self._add(f"at = steps{number};")
        self._add(f"const {output} = new Output(steps{number});")
        if row.value is None:
            block = _Block(scope, output, f"steps{number}", (), place.rule)
            self._rows(row.rows, block)
        else:
            written = self._expressions.write(row.value, scope)
            self._add(f"if (!{output}.write([], {written})) continue;")
        if row.key is None:
            self._add(f"items{number}.push({output}.take());")
        else:
            self._add(f"put(items{number}, {step}, {output}.take());")

    def _copy(self, row: CopyRow, place: _Block) -> None:
        self.has_copy = True
        self._places()
        found = self._expressions.write(row.copy, place.scope)
        excluded = json.dumps([list(paths.parse(pointer)) for pointer in row.excluded])
        self._add(f"copy(PLACES, {place.output}, {place.keys}, {found}, {excluded});")

    # Names and tables

    def _let(self, let: Bindings, scope: Scope) -> Scope:
        inner = {**scope, **{name: f"v_{name}()" for name, _ in let}}
        for name, value in let:
            self._add(f"const v_{name} = lazy(() => {self._expressions.write(value, inner)});")
        return inner

    def _places(self) -> str:
        try:
            return json.dumps(number_places(self.adapter.declared), separators=(",", ":"))
        except UncountablePlaces as reason:
            return self.notes.refuse("copy", str(reason))

    def _zones(self) -> str:
        found = {}
        for name in self._expressions.zones:
            try:
                found[name] = zone_table(name)
            except UnknownZone:
                continue
        return json.dumps(found, separators=(",", ":"))

    # Lines

    def _add(self, line: str) -> None:
        self.lines.append("  " * self.depth + line)

    def _open(self, line: str) -> None:
        self._add(line)
        self.depth += 1

    def _close(self) -> None:
        self.depth -= 1
        self._add("}")


def _below(steps: str, step: str) -> str:
    """Return the code of an array of steps with one step more."""
    return f"[{step}]" if steps == "[]" else f"{steps[:-1]}, {step}]"


def _outer_names(row: Row) -> Bindings:
    return split(row.let, row.name)[0] if isinstance(row, (EachRow, WithRow)) else row.let
