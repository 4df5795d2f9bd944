"""Expressions of the adapter language as jq filters: no result for missing, else one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, assert_never

from agent.core.language.functions import FUNCTIONS, Absence, Function
from agent.core.language.syntax import (
    Arithmetic,
    ArrayComprehension,
    ArrayDisplay,
    Call,
    Comparison,
    Conditional,
    Expression,
    Field,
    Index,
    Literal,
    Logic,
    Loop,
    Name,
    Negative,
    Not,
    ObjectComprehension,
    ObjectDisplay,
    Slice,
)
from agent.exports.notes import Notes
from agent.exports.patterns import Untranslatable, translate

LARGEST_SAFE: Final = 2**53 - 1

REFUSED: Final = {
    **dict.fromkeys(
        (
            *("parse_date", "iso_date", "iso_datetime", "format_date", "from_epoch", "to_epoch"),
            *("to_zone", "add_duration"),
        ),
        "jq has no dates with zones",
    ),
    **dict.fromkeys(("title", "snake", "camel", "kebab"), "jq knows the case of ASCII only"),
    **dict.fromkeys(("uuid5", "sha256"), "jq has no digests"),
    "unbase64": "jq reads broken base64 without a word",
    "index_by": "jq has no table whose keys are other than text",
    "extract": "jq does not tell a group that took no part from an empty one",
    "replace_pattern": "jq's patterns replace otherwise",
}
"""Functions that jq cannot do exactly, and why."""

_PRINTING: Final = frozenset({"text", "join", "format", "group_by", "from_entries"})

Scope = Mapping[str, str]
"""Names in reach, each with the filter that reads it."""


class Expressions:
    """Writes expressions."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def write(self, expression: Expression, scope: Scope) -> str:
        """Return the filter of an expression; what it is given does not matter."""
        match expression:
            case Name(name=name):
                return scope[name]
            case Literal():
                return self._literal(expression)
            case Field(of=of, key=key):
                return f"({self.write(of, scope)} | read_field({quote(key)}))"
            case Index(of=of, position=position):
                return f"({self.write(of, scope)} | read_item({position}))"
            case Slice(of=of, start=start, end=end):
                bounds = f"{json.dumps(start)}; {json.dumps(end)}"
                return f"({self.write(of, scope)} | read_slice({bounds}))"
            case ObjectDisplay(entries=entries):
                return self._object(entries, scope)
            case ArrayDisplay(items=items):
                return f"[{', '.join(self.write(item, scope) for item in items)}]"
            case ArrayComprehension(item=item, loops=loops):
                return self._loops(loops, self.write(item, _inner(loops, scope)), scope)
            case ObjectComprehension(key=key, value=value, loops=loops):
                inner = _inner(loops, scope)
                pairs = self._loops(loops, self._pair(key, value, inner), scope)
                return f"({pairs} | if . == null then . else make_object end)"
            case Call():
                return self._call(expression, scope)
            case _:
                return self._operator(expression, scope)

    def truth(self, condition: Expression, scope: Scope, *, operation: str) -> str:
        """Return the filter that asks whether a condition holds."""
        return f"([{self.write(condition, scope)}] | truth({quote(operation)}))"

    def _operator(
        self,
        expression: Conditional | Comparison | Logic | Not | Arithmetic | Negative,
        scope: Scope,
    ) -> str:
        match expression:
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                holds = self.truth(condition, scope, operation="if")
                taken, left = self.write(then, scope), self.write(otherwise, scope)
                return f"(if {holds} then {taken} else {left} end)"
            case Comparison(left=left, operator=operator, right=right):
                return f"({self._pair(left, right, scope, boxed=True)} | {_comparison(operator)})"
            case Logic(operator=operator, operands=operands):
                tests = [self.truth(item, scope, operation=operator) for item in operands]
                return f"({f' {operator} '.join(tests)})"
            case Not(operand=operand):
                return f"({self.truth(operand, scope, operation='not')} | not)"
            case Arithmetic(left=left, operator=operator, right=right):
                pair = self._pair(left, right, scope, boxed=True)
                return f"({pair} | calculate({quote(operator)}))"
            case Negative(operand=operand):
                return f"({self.write(operand, scope)} | negate)"
            case _:
                assert_never(expression)

    def _pair(
        self, left: Expression, right: Expression, scope: Scope, *, boxed: bool = False
    ) -> str:
        first, second = self.write(left, scope), self.write(right, scope)
        pair = f"[[{first}], [{second}]]"
        return pair if boxed else f"({pair} | select(all(.[]; . != [])) | map(.[0]))"

    def _literal(self, literal: Literal) -> str:
        value = literal.value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if abs(value) > LARGEST_SAFE:
                return self._notes.refuse(f"the number {value!r}", "jq holds 2^53 - 1 at most")
            if isinstance(value, float) and value.is_integer():
                return str(int(value))
        return quote(value) if isinstance(value, str) else f"({json.dumps(value)})"

    def _object(self, entries: tuple[tuple[Expression, Expression], ...], scope: Scope) -> str:
        for key, _ in entries:
            if isinstance(key, Literal) and not isinstance(key.value, str):
                return self._notes.refuse("{…}", "jq has no table whose keys are other than text")
        pairs = ", ".join(self._pair(key, value, scope) for key, value in entries)
        return f"([{pairs}] | make_object)"

    # Loops

    def _loops(self, loops: tuple[Loop, ...], made: str, scope: Scope) -> str:
        first, rest = loops[0], loops[1:]
        opened = _inner((first,), scope)
        body = self._round(first, opened)
        for loop in rest:
            over = self.write(loop.over, opened)
            opened = _inner((loop,), opened)
            body += f"([{over}] | inner)[] | {self._round(loop, opened)}"
        over = self.write(first.over, scope)
        return f"([{over}] | outer([.[] | {body}{made}]))"

    def _round(self, loop: Loop, scope: Scope) -> str:
        """Return what binds the names of a loop, and asks its conditions."""
        if len(loop.names) == 1:
            opening = f"scalar as $v_{loop.names[0]} | "
        else:
            names = ", ".join(f"$v_{name}" for name in loop.names)
            opening = f"unpack({len(loop.names)}) as [{names}] | "
        tests = [self.truth(test, scope, operation="if") for test in loop.conditions]
        return opening + (f"select({' and '.join(tests)}) | " if tests else "")

    # Calls

    def _call(self, call: Call, scope: Scope) -> str:
        function = FUNCTIONS[call.function]
        if call.function in REFUSED:
            return self._notes.refuse(call.function, REFUSED[call.function])
        self._mark(call)
        match call.function:
            case "coalesce":
                return self._coalesce(call.arguments, scope)
            case "absent":
                return "empty"
            case "default" | "if_missing":
                first, second = (self.write(item, scope) for item in call.arguments)
                return f"f_{call.function}({first}; {second})"
            case "lookup" | "switch" if isinstance(_table_of(call), ObjectDisplay):
                return self._cases(call, scope)
            case _:
                return self._plain_call(function, call, scope)

    def _coalesce(self, choices: tuple[Expression, ...], scope: Scope) -> str:
        written = "empty"
        for choice in reversed(choices):
            written = f"f_default({self.write(choice, scope)}; {written})"
        return written

    def _plain_call(self, function: Function, call: Call, scope: Scope) -> str:
        given: dict[str, Expression] = {}
        rest: list[Expression] = []
        for index, argument in enumerate(call.arguments):
            parameter = function.parameter_at(index)
            assert parameter is not None
            if parameter.is_variadic:
                rest.append(argument)
            else:
                given[parameter.name] = argument
        given.update(call.named)
        boxes: list[str] = []
        passed = []
        for item in function.parameters:
            if item.is_variadic:
                passed.append(f".[{len(boxes)}:{len(boxes) + len(rest)}]")
                boxes += [f"[{self.write(argument, scope)}]" for argument in rest]
            elif item.is_lazy:
                passed.append(self._lazy(function, given.get(item.name), scope))
            elif item.name not in given:
                passed.append("null")
            else:
                passed.append(f".[{len(boxes)}]")
                boxes.append(f"[{self._argument(call, item.name, given[item.name], scope)}]")
        made = f"f_{function.name}({'; '.join(passed)})"
        if function.absence is Absence.PROPAGATE:
            made = f"prop({made})"
        return f"([{', '.join(boxes)}] | {made})"

    def _lazy(self, function: Function, argument: Expression | None, scope: Scope) -> str:
        if argument is not None:
            return self.write(argument, scope)
        return (
            'fail("a key that the table does not know")' if function.name == "lookup" else "empty"
        )

    def _argument(self, call: Call, name: str, argument: Expression, scope: Scope) -> str:
        if name != "pattern":
            return self.write(argument, scope)
        if not (isinstance(argument, Literal) and isinstance(argument.value, str)):
            return self._notes.refuse(call.function, "a pattern that is not written as a text")
        try:
            translated = translate(argument.value, anchors=("\\A", "\\z"))
        except Untranslatable as reason:
            return self._notes.refuse(call.function, f"{argument.value!r} holds {reason}")
        return f"[{quote(translated.source)}]"

    def _cases(self, call: Call, scope: Scope) -> str:
        table = _table_of(call)
        assert isinstance(table, ObjectDisplay)
        cases: dict[str, str] = {}
        for key, value in table.entries:
            if not isinstance(key, Literal):
                return self._notes.refuse(call.function, "a key that is not written out")
            cases[self._literal(key)] = self.write(value, scope)
        named = dict(call.named)
        otherwise = named.get("otherwise", call.arguments[2] if len(call.arguments) > 2 else None)
        last = self._lazy(FUNCTIONS[call.function], otherwise, scope)
        tests = " el".join(f"if . == {key} then {value}" for key, value in cases.items())
        chosen = f"{tests} else {last} end" if cases else last
        asked = self.write(call.arguments[0], scope)
        if call.function == "lookup":
            return f"([[{asked}]] | prop(.[0] | key_of | {chosen}))"
        return f"([{asked}] | .[0] | (if is_container then . else scalar end) | {chosen})"

    def _mark(self, call: Call) -> None:
        if call.function in _PRINTING:
            self._notes.mark(
                call.function, "a number that is 1.0, read or computed, is printed as 1"
            )
        if call.function == "sum":
            self._notes.mark("sum", "fractions are rounded after each addition, not once")


def _table_of(call: Call) -> Expression | None:
    named = dict(call.named)
    return call.arguments[1] if len(call.arguments) > 1 else named.get("table", named.get("cases"))


def _inner(loops: tuple[Loop, ...], scope: Scope) -> Scope:
    return {**scope, **{name: f"$v_{name}" for loop in loops for name in loop.names}}


def _comparison(operator: str) -> str:
    match operator:
        case "==":
            return "equal"
        case "!=":
            return "(equal | not)"
        case "in":
            return "is_in"
        case "not in":
            return "(is_in | not)"
        case _:
            return f"compare({quote(operator)})"


def quote(text: str) -> str:
    r"""Return a jq text literal. `\(` would interpolate: a backslash is always written twice."""
    return json.dumps(text)
