"""Calls of the adapter language in JSONata: its functions over the runtime's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from agent.core.language.functions import FUNCTIONS, Absence, Function, Parameter
from agent.core.language.syntax import Call, Expression, Literal, ObjectDisplay
from agent.exports.jsonata_text import boxed, quote, write_literal, write_pattern
from agent.exports.notes import Notes
from agent.exports.patterns import Translated, Untranslatable, translate

Scope: TypeAlias = Mapping[str, str]
"""Names in reach, each with the JSONata that reads it."""

REFUSED: Final = {
    **dict.fromkeys(
        (
            *("parse_date", "iso_date", "iso_datetime", "format_date", "from_epoch", "to_epoch"),
            *("to_zone", "add_duration"),
        ),
        "JSONata has no dates with zones",
    ),
    **dict.fromkeys(("uuid5", "sha256"), "JSONata has no digests"),
    "unbase64": "JSONata reads broken base64 without a word",
}
"""Functions that JSONata cannot do exactly, and why."""

_KINDS: Final = {
    "is_text": "string",
    "is_number": "number",
    "is_boolean": "boolean",
    "is_object": "object",
    "is_array": "array",
}
_PATTERNED: Final = frozenset({"matches", "extract", "replace_pattern"})
_PRINTING: Final = frozenset({"text", "join", "format", "group_by", "from_entries"})
_BRACES: Final = re.compile(r"\{\{|\}\}|\{\}|[{}]|[^{}]+")
_GROUPS: Final = re.compile(r"\\(\\|[0-9]|)|[^\\]+", re.DOTALL)


class Calls:
    """Writes calls; `write` writes the expressions within."""

    def __init__(self, notes: Notes, write: Callable[[Expression, Scope], str]) -> None:
        self._notes = notes
        self._write = write

    def write(self, call: Call, scope: Scope) -> str:
        """Return the JSONata of a call."""
        name = call.function
        if name in REFUSED:
            return self._notes.refuse(name, REFUSED[name])
        if name in _PRINTING:
            self._notes.mark(name, "a number that is 1.0, read or computed, is printed as 1")
        match name:
            case "absent":
                return "$nil"
            case "default" | "coalesce" | "if_missing":
                return self._default(call, scope)
            case "present" | "not_null" | "is_null":
                return _tested(name, self._write(call.arguments[0], scope))
            case "lookup" | "switch" if isinstance(_table_of(call), ObjectDisplay):
                return self._cases(call, scope)
            case "format":
                return self._format(call, scope)
            case _ if name in _PATTERNED:
                return self._patterned(call, scope)
            case _:
                return self._plain(FUNCTIONS[name], call, scope)

    def _default(self, call: Call, scope: Scope) -> str:
        test = "$exists($d)" if call.function == "if_missing" else "$not($empty($d))"
        written = "$nil" if call.function == "coalesce" else ""
        for argument in reversed(call.arguments):
            one = self._write(argument, scope)
            written = f"($d := {one}; {test} ? $d : {written})" if written else one
        return written

    # Calls of the runtime

    def _plain(self, function: Function, call: Call, scope: Scope) -> str:
        given, rest = _assign(function, call)
        bindings: dict[str, str] = {}
        passed = []
        for parameter in function.parameters:
            if parameter.is_variadic:
                names = [f"$r{index}" for index in range(len(rest))]
                bindings.update(zip(names, self._all(rest, scope), strict=True))
                passed.append(boxed(names))
            elif parameter.name not in given:
                passed.append("$nil")
            elif parameter.is_lazy:
                written = self._write(given[parameter.name], scope)
                passed.append(f"function() {{ {written} }}")
            else:
                name = f"$a_{parameter.name}"
                bindings[name] = self._write(given[parameter.name], scope)
                passed.append(name)
        return _guarded(function, bindings, _called(function, passed))

    def _all(self, arguments: list[Expression], scope: Scope) -> list[str]:
        return [self._write(argument, scope) for argument in arguments]

    def _format(self, call: Call, scope: Scope) -> str:
        template, *parts = call.arguments
        if not (isinstance(template, Literal) and isinstance(template.value, str)):
            return self._notes.refuse("format", "a template that is not written as a text")
        names = [f"$r{index}" for index in range(len(parts))]
        pieces = _template_pieces(template.value)
        made = '$fail($t, "another number of {} than of values, or a single brace")'
        if pieces is not None and len(pieces) == len(parts) + 1:
            texts = [f"$text_form($t, {name}) & " for name in names]
            quoted = [quote(piece) for piece in pieces]
            made = " & ".join(a + b for a, b in zip(["", *texts], quoted, strict=True))
        written = dict(zip(names, self._all(parts, scope), strict=True))
        return _guarded(FUNCTIONS["format"], written, made)

    # Tables that are written out

    def _cases(self, call: Call, scope: Scope) -> str:
        """Return a chain of tests in place of a table; of one key, the last case counts."""
        table = _table_of(call)
        assert isinstance(table, ObjectDisplay)
        cases: dict[str, str] = {}
        for key, value in table.entries:
            if not isinstance(key, Literal):
                return self._notes.refuse(call.function, "a key that is not written out")
            cases[write_literal(key, self._notes)] = self._write(value, scope)
        is_lookup = call.function == "lookup"
        given, _ = _assign(FUNCTIONS[call.function], call)
        last = '$fail($t, "a key that the table does not know")' if is_lookup else "$nil"
        if "otherwise" in given:
            last = self._write(given["otherwise"], scope)
        chain = "".join(f"$k = {key} ? {value} : " for key, value in cases.items()) + last
        asked = self._write(call.arguments[0], scope)
        if is_lookup:
            return f"($k := {asked}; $empty($k) ? $k : ($k := $key($t, $k); {chain}))"
        return f"($k := {asked}; $k := $exists($k) ? $scalar($t, $k) : null; {chain})"

    # Patterns

    def _patterned(self, call: Call, scope: Scope) -> str:
        function = FUNCTIONS[call.function]
        given, _ = _assign(function, call)
        pattern = given["pattern"]
        if not (isinstance(pattern, Literal) and isinstance(pattern.value, str)):
            return self._notes.refuse(call.function, "a pattern that is not written as a text")
        try:
            translated = translate(pattern.value)
        except Untranslatable as reason:
            return self._notes.refuse(call.function, f"{pattern.value!r} holds {reason}")
        written = write_pattern(translated.source)
        if written is None or (call.function != "matches" and translated.may_be_empty):
            why = "holds letters beyond U+FFFF" if written is None else "may match nothing"
            return self._notes.refuse(call.function, f"{pattern.value!r} {why}")
        return self._matched(call, written, translated, scope)

    def _matched(self, call: Call, pattern: str, translated: Translated, scope: Scope) -> str:
        function = FUNCTIONS[call.function]
        given, _ = _assign(function, call)
        passed = ["$a_s", pattern]
        if call.function == "extract":
            group = _group_of(given.get("group"), translated)
            if group is None:
                return self._notes.refuse("extract", "a group that is not written out")
            passed.append(str(group))
        if call.function == "replace_pattern":
            template = _template_of(given["b"], translated.groups)
            if template is None:
                return self._notes.refuse(
                    "replace_pattern", "a replacement that is not written as a text"
                )
            passed.append(f"function($m) {{ {template} }}")
        asked = {"$a_s": self._write(given["s"], scope)}
        return _guarded(function, asked, _called(function, passed))


def _assign(function: Function, call: Call) -> tuple[dict[str, Expression], list[Expression]]:
    """Return the arguments of a call by parameter, and those of a parameter that takes many."""
    given: dict[str, Expression] = {}
    rest: list[Expression] = []
    for index, argument in enumerate(call.arguments):
        parameter = function.parameter_at(index)
        assert isinstance(parameter, Parameter)
        if parameter.is_variadic:
            rest.append(argument)
        else:
            given[parameter.name] = argument
    given.update(call.named)
    return given, rest


def _called(function: Function, passed: list[str]) -> str:
    """Return the call of the runtime's function; `is_…` are one function with a type."""
    if function.name in _KINDS:
        return f"$f_is({', '.join(passed)}, {quote(_KINDS[function.name])})"
    opening = [] if function.name == "non_empty" else ["$t"]
    return f"$f_{function.name}({', '.join([*opening, *passed])})"


def _guarded(function: Function, bindings: dict[str, str], made: str) -> str:
    """Return a block that evaluates arguments in order; missing in, missing out; null likewise."""
    names = list(bindings)
    if function.absence is Absence.PROPAGATE and names:
        present = " and ".join(f"$exists({name})" for name in names)
        null = " or ".join(f'$type({name}) = "null"' for name in names)
        made = f"{present} ? ({null} ? null : {made}) : $nil"
    written = "".join(f"{name} := {value}; " for name, value in bindings.items())
    return f"({written}{made})"


def _tested(name: str, written: str) -> str:
    match name:
        case "present":
            return f"$exists({written})"
        case "not_null":
            return f'($d := {written}; $type($d) = "null" ? $nil : $d)'
        case _:
            return f'($d := {written}; $exists($d) ? $type($d) = "null" : false)'


def _table_of(call: Call) -> Expression | None:
    named = dict(call.named)
    return call.arguments[1] if len(call.arguments) > 1 else named.get("table", named.get("cases"))


def _template_pieces(template: str) -> list[str] | None:
    """Return the pieces around `{}` of a template, or None when a brace stands alone."""
    pieces = [""]
    for piece in _BRACES.findall(template):
        if piece in ("{", "}"):
            return None
        if piece == "{}":
            pieces.append("")
        else:
            pieces[-1] += piece[0] if piece in ("{{", "}}") else piece
    return pieces


def _group_of(group: Expression | None, translated: Translated) -> int | None:
    if group is None:
        return min(translated.groups, 1)
    value = group.value if isinstance(group, Literal) else None
    number = translated.names.get(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    return number if 0 <= number <= translated.groups else None


def _template_of(template: Expression, groups: int) -> str | None:
    r"""Return the JSONata of a replacement, where `\1` is group 1 of `$m`."""
    if not (isinstance(template, Literal) and isinstance(template.value, str)):
        return None
    pieces = []
    for match in _GROUPS.finditer(template.value):
        escaped = match.group(1)
        if escaped is None or escaped == "\\":
            pieces.append(quote(escaped or match.group()))
        elif escaped == "" or int(escaped) > groups:
            return None
        elif escaped == "0":
            pieces.append('$lookup($m, "match")')
        else:
            pieces.append(f'$lookup($m, "groups")[{int(escaped) - 1}]')
    return " & ".join(pieces) or '""'
