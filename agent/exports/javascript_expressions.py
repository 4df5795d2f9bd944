"""Expressions of the adapter language as JavaScript expressions over the runtime's functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, assert_never

from agent.core.language.functions import FUNCTIONS, Absence, Parameter
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

_PATTERNED: Final = frozenset({"matches", "extract", "replace_pattern"})
_PRINTING: Final = frozenset({"text", "join", "format", "group_by", "from_entries"})
_CASING: Final = frozenset({"upper", "lower", "title", "snake", "camel", "kebab"})
_TEXTUAL: Final = _CASING | {
    *("text", "join", "format", "replace", "replace_pattern", "part", "slice", "trim", "collapse"),
    *("pad", "iso_date", "iso_datetime", "format_date", "uuid5", "sha256", "base64", "unbase64"),
    "extract",
}

Scope = Mapping[str, str]
"""Names in reach, each with the JavaScript that reads it."""


class Expressions:
    """Writes expressions; `zones` are the time zones that they name."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self.zones: dict[str, None] = {}

    def write(self, expression: Expression, scope: Scope) -> str:
        """Return the JavaScript of an expression."""
        match expression:
            case Name(name=name):
                return scope[name]
            case Literal():
                return self._literal(expression)
            case Field(of=of, key=key):
                return f"readField({self.write(of, scope)}, {quote(key)})"
            case Index(of=of, position=position):
                return f"readItem({self.write(of, scope)}, {position})"
            case Slice(of=of, start=start, end=end):
                bounds = f"{_bound(start)}, {_bound(end)}"
                return f"readSlice({self.write(of, scope)}, {bounds})"
            case ObjectDisplay(entries=entries):
                return f"makeObject([{self._entries(entries, scope)}])"
            case ArrayDisplay(items=items):
                return f"makeArray([{', '.join(self.write(item, scope) for item in items)}])"
            case ArrayComprehension(item=item, loops=loops):
                return f"makeArray({self._loops(loops, (item,), scope)})"
            case ObjectComprehension(key=key, value=value, loops=loops):
                return f"makeObject({self._loops(loops, (key, value), scope)})"
            case Call():
                return self._call(expression, scope)
            case _:
                return self._operator(expression, scope)

    def truth(self, condition: Expression, scope: Scope, *, operation: str) -> str:
        """Return the JavaScript that asks whether a condition holds."""
        return f"truth({self.write(condition, scope)}, {quote(operation)})"

    def _operator(
        self,
        expression: Conditional | Comparison | Logic | Not | Arithmetic | Negative,
        scope: Scope,
    ) -> str:
        match expression:
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                holds = self.truth(condition, scope, operation="if")
                return f"({holds} ? {self.write(then, scope)} : {self.write(otherwise, scope)})"
            case Comparison(left=left, operator=operator, right=right):
                return _comparison(self.write(left, scope), operator, self.write(right, scope))
            case Logic(operator=operator, operands=operands):
                joint = " && " if operator == "and" else " || "
                tests = [self.truth(item, scope, operation=operator) for item in operands]
                return f"({joint.join(tests)})"
            case Not(operand=operand):
                return f"!{self.truth(operand, scope, operation='not')}"
            case Arithmetic(left=left, operator=operator, right=right):
                first, second = self.write(left, scope), self.write(right, scope)
                return f"calculate({first}, {quote(operator)}, {second})"
            case Negative(operand=operand):
                return f"negate({self.write(operand, scope)})"
            case _:
                assert_never(expression)

    def _literal(self, literal: Literal) -> str:
        value = literal.value
        if isinstance(value, float):
            return f"real({value!r})"
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_SAFE:
            reason = "JavaScript numbers hold integers up to 2^53 - 1 only"
            return self._notes.refuse(f"the number {value}", reason)
        return quote(value) if isinstance(value, str) else json.dumps(value)

    def _entries(self, entries: tuple[tuple[Expression, Expression], ...], scope: Scope) -> str:
        return ", ".join(
            f"[{self.write(key, scope)}, {self.write(value, scope)}]" for key, value in entries
        )

    # Loops

    def _loops(self, loops: tuple[Loop, ...], results: tuple[Expression, ...], scope: Scope) -> str:
        return self._loop("loop", loops, results, scope)

    def _loop(
        self, opening: str, loops: tuple[Loop, ...], results: tuple[Expression, ...], scope: Scope
    ) -> str:
        loop, rest = loops[0], loops[1:]
        over = self.write(loop.over, scope)
        inner = {**scope, **{name: f"v_{name}" for name in loop.names}}
        tests = [self.truth(test, inner, operation="if") for test in loop.conditions]
        if rest:
            body = self._loop("flat", rest, results, inner)
        else:
            made = ", ".join(self.write(result, inner) for result in results)
            body = f"[{made}]" if len(results) == 1 else f"[[{made}]]"
        if tests:
            body = f"{' && '.join(tests)} ? {body} : []"
        if len(loop.names) == 1:
            return f"{opening}({over}, (v_{loop.names[0]}) => ({body}))"
        names = ", ".join(f"v_{name}" for name in loop.names)
        unpacked = f"const [{names}] = unpack(item, index, {len(loop.names)})"
        return f"{opening}({over}, (item, index) => {{ {unpacked}; return {body}; }})"

    # Calls

    def _call(self, call: Call, scope: Scope) -> str:
        function = FUNCTIONS[call.function]
        self._note(call)
        given: dict[str, str] = {}
        rest: list[str] = []
        for index, argument in enumerate(call.arguments):
            parameter = function.parameter_at(index)
            assert parameter is not None
            written = self._argument(call, argument, parameter, scope)
            if parameter.is_variadic:
                rest.append(written)
            else:
                given[parameter.name] = written
        for name, argument in call.named:
            parameter = function.parameter_named(name)
            assert parameter is not None
            given[name] = self._argument(call, argument, parameter, scope)
        fixed = [
            given.get(item.name, "undefined")
            for item in function.parameters
            if not item.is_variadic
        ]
        while not rest and fixed and fixed[-1] == "undefined":
            fixed.pop()
        opening = "call" if function.absence is Absence.PROPAGATE else "named"
        arguments = ", ".join((*fixed, *rest))
        return f"{opening}({quote(function.name)}, f_{function.name}, [{arguments}])"

    def _argument(
        self, call: Call, argument: Expression, parameter: Parameter, scope: Scope
    ) -> str:
        if call.function in _PATTERNED and parameter.name == "pattern":
            return self._pattern(call, argument)
        if parameter.is_lazy:
            return f"() => ({self.write(argument, scope)})"
        if parameter.is_table and isinstance(argument, ObjectDisplay):
            return self._lazy_table(argument, scope)
        if parameter.name in ("zone", "assume_zone") and isinstance(argument, Literal):
            self.zones[str(argument.value)] = None
        return self.write(argument, scope)

    def _lazy_table(self, display: ObjectDisplay, scope: Scope) -> str:
        entries = ", ".join(
            f"[{self.write(key, scope)}, () => ({self.write(value, scope)})]"
            for key, value in display.entries
        )
        return f"new Table([{entries}].filter(([key]) => key !== MISSING), true)"

    def _pattern(self, call: Call, argument: Expression) -> str:
        if not (isinstance(argument, Literal) and isinstance(argument.value, str)):
            return self._notes.refuse(call.function, "a pattern that is not written as a text")
        try:
            translated = translate(argument.value)
        except Untranslatable as reason:
            return self._notes.refuse(
                call.function, f"the RE2 pattern {argument.value!r} holds {reason}"
            )
        if call.function == "replace_pattern" and translated.may_be_empty:
            return self._notes.refuse(
                call.function, f"the pattern {argument.value!r} may match nothing at all"
            )
        # As an object literal, a group named __proto__ would be no field.
        names = f"JSON.parse({quote(json.dumps(translated.names))})"
        return f"[{quote(translated.source)}, {translated.groups}, {names}]"

    def _note(self, call: Call) -> None:
        """Mark what the function may give that the reference would not."""
        if call.function in _CASING:
            self._notes.mark(
                call.function,
                "letters whose case is newer than Unicode 14 have the case that the engine knows",
            )
        if call.function in _PRINTING and not all(map(_is_text, call.arguments)):
            self._notes.mark(
                call.function, "a number that the payload writes as 1.0 is read, and printed, as 1"
            )
        unit = dict(call.named).get("unit")
        if call.function == "to_epoch" and unit == Literal("ns"):
            self._notes.refuse("to_epoch", "nanoseconds are beyond 2^53 - 1")


def _is_text(expression: Expression) -> bool:
    """Return whether an expression gives text, or an array of it, whatever the payload."""
    match expression:
        case Literal(value=value):
            return not isinstance(value, float)
        case Call(function="default" | "if_missing" | "coalesce", arguments=arguments):
            return all(map(_is_text, arguments))
        case Call(function="split"):
            return True
        case Call(function="lookup", arguments=(_, ObjectDisplay(entries=entries))):
            return all(_is_text(value) for _, value in entries)
        case Call(function=function):
            return function in _TEXTUAL
        case Conditional(then=then, otherwise=otherwise):
            return _is_text(then) and _is_text(otherwise)
        case _:
            return False


def _comparison(left: str, operator: str, right: str) -> str:
    match operator:
        case "==":
            return f"named('==', equal, [{left}, {right}])"
        case "!=":
            return f"!named('!=', equal, [{left}, {right}])"
        case "in":
            return f"named('in', isIn, [{left}, {right}])"
        case "not in":
            return f"!named('not in', isIn, [{left}, {right}])"
        case _:
            return f"compare({left}, {quote(operator)}, {right})"


def _bound(position: int | None) -> str:
    return "undefined" if position is None else str(position)


def quote(text: str) -> str:
    """Return a JavaScript text literal, all in ASCII."""
    return json.dumps(text)
