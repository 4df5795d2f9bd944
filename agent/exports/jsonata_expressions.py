"""Expressions of the adapter language in JSONata, as far as it does them exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, assert_never

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
    Name,
    Negative,
    Not,
    ObjectComprehension,
    ObjectDisplay,
    Slice,
)
from agent.exports.notes import Notes

LARGEST_SAFE: Final = 2**53 - 1

_KINDS: Final = {
    "is_text": "string",
    "is_number": "number",
    "is_boolean": "boolean",
    "is_object": "object",
    "is_array": "array",
}
_ENDS: Final = frozenset({"first", "last"})
_PLAIN: Final = frozenset({"count", "only", "enumerate"})
_CASES: Final = {"upper": "$uppercase", "lower": "$lowercase"}

Scope = Mapping[str, str]
"""Names in reach, each with the JSONata that reads it."""


class Expressions:
    """Writes expressions; `$t` holds the target that they are for."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def write(self, expression: Expression, scope: Scope) -> str:
        """Return the JSONata of an expression."""
        match expression:
            case Name(name=name):
                return scope[name]
            case Literal():
                return self._literal(expression)
            case Field(of=of, key=key):
                return f"$field($t, {self.write(of, scope)}, {quote(key)})"
            case Index(of=of, position=position):
                return f"$item($t, {self.write(of, scope)}, {position})"
            case ObjectDisplay(entries=entries):
                return self._object(entries, scope)
            case ArrayDisplay(items=items):
                return self._array(items, scope)
            case ArrayComprehension():
                return self._comprehension(expression, scope)
            case ObjectComprehension():
                return self._notes.refuse("{… for …}", "JSONata groups keys that repeat")
            case Slice():
                return self._notes.refuse("[:]", "JSONata unwraps arrays of one item")
            case Call():
                return self._call(expression, scope)
            case _:
                return self._operator(expression, scope)

    def _operator(
        self,
        expression: Conditional | Comparison | Logic | Not | Arithmetic | Negative,
        scope: Scope,
    ) -> str:
        match expression:
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                holds = self._truth(condition, scope)
                return f"({holds} ? {self.write(then, scope)} : {self.write(otherwise, scope)})"
            case Comparison(left=left, operator=operator, right=right):
                return _comparison(self.write(left, scope), operator, self.write(right, scope))
            case Logic(operator=operator, operands=operands):
                return self._logic(operator, operands, scope)
            case Not(operand=operand):
                return f"$not({self._truth(operand, scope)})"
            case Arithmetic(left=left, operator=operator, right=right):
                if operator in ("//", "%"):
                    return self._notes.refuse(operator, "JSONata rounds towards zero")
                first, second = self.write(left, scope), self.write(right, scope)
                return f"$calculated($t, {first}, {quote(operator)}, {second})"
            case Negative(operand=operand):
                return f"$negated($t, {self.write(operand, scope)})"
            case _:
                assert_never(expression)

    def _truth(self, condition: Expression, scope: Scope) -> str:
        return f"$truth($t, {self.write(condition, scope)})"

    def _logic(self, operator: str, operands: tuple[Expression, ...], scope: Scope) -> str:
        *first, last = (self._truth(operand, scope) for operand in operands)
        written = last
        for test in reversed(first):
            taken = f"{written} : false" if operator == "and" else f"true : {written}"
            written = f"({test} ? {taken})"
        return written

    def _literal(self, literal: Literal) -> str:
        value = literal.value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if abs(value) > LARGEST_SAFE:
                return self._notes.refuse(f"the number {value!r}", "JSONata holds 2^53 - 1 at most")
            return f"({value!r})"
        return quote(value) if isinstance(value, str) else json.dumps(value)

    def _object(self, entries: tuple[tuple[Expression, Expression], ...], scope: Scope) -> str:
        fields: dict[str, str] = {}
        for key, value in entries:
            if not (isinstance(key, Literal) and isinstance(key.value, str)):
                return self._notes.refuse("{…}", "a key that is not written out as a text")
            if key.value in fields or key.value == "__proto__":
                return self._notes.refuse("{…}", f"the key {key.value!r}")
            fields[key.value] = self.write(value, scope)
        return "{" + ", ".join(f"{quote(key)}: {value}" for key, value in fields.items()) + "}"

    def _array(self, items: tuple[Expression, ...], scope: Scope) -> str:
        written = "[]"
        for item in items:
            written = f"$append({written}, $wrap({self.write(item, scope)}))"
        return written

    def _comprehension(self, expression: ArrayComprehension, scope: Scope) -> str:
        loop = expression.loops[0]
        if len(expression.loops) > 1 or len(loop.names) > 1:
            return self._notes.refuse("[… for …]", "more than one loop or name")
        name = f"$v_{loop.names[0]}"
        inner = {**scope, loop.names[0]: name}
        made = self.write(expression.item, inner)
        for test in reversed(loop.conditions):
            made = f"({self._truth(test, inner)} ? {made} : $nil)"
        return f"$looped($t, {self.write(loop.over, scope)}, function({name}) {{ {made} }})"

    # Calls

    def _call(self, call: Call, scope: Scope) -> str:
        if any(name != "otherwise" for name, _ in call.named):
            return self._notes.refuse(call.function, "an argument by name")
        arguments, name = call.arguments, call.function
        if name in ("default", "if_missing", "coalesce", "lookup", "switch"):
            return self._lazy_call(call, scope)
        if name == "absent":
            return "$nil"
        written = [self.write(argument, scope) for argument in arguments]
        if name in ("present", "not_null", "is_null") or name in _KINDS:
            return _tested(name, written[0])
        if name in _CASES:
            return f"$f_ascii($t, {written[0]}, {_CASES[name]})"
        if name in _ENDS:
            otherwise = self._otherwise(call, 1, scope)
            return f"$f_{name}($t, {written[0]}, function() {{ {otherwise} }})"
        if name in _PLAIN:
            return f"$f_{name}($t, {written[0]})"
        if name in ("require", "fail") and isinstance(arguments[-1], Literal):
            opening = f"$f_require($t, {written[0]}" if name == "require" else "$fail($t"
            return f"{opening}, {written[-1]})"
        return self._notes.refuse(name, "JSONata has no exact form of it")

    def _otherwise(self, call: Call, position: int, scope: Scope) -> str:
        if len(call.arguments) > position:
            return self.write(call.arguments[position], scope)
        named = dict(call.named)
        return self.write(named["otherwise"], scope) if named else "$nil"

    def _lazy_call(self, call: Call, scope: Scope) -> str:
        match call.function:
            case "default" | "coalesce":
                written = "$nil" if call.function == "coalesce" else ""
                for argument in reversed(call.arguments):
                    one = self.write(argument, scope)
                    test = f"($d := {one}; $empty($d) ? {written} : $d)"
                    written = test if written else one
                return written
            case "if_missing":
                first, second = (self.write(argument, scope) for argument in call.arguments)
                return f"($d := {first}; $exists($d) ? $d : {second})"
            case _:
                return self._table(call, scope)

    def _table(self, call: Call, scope: Scope) -> str:
        """Return a chain of tests in place of a table that is written out."""
        table = call.arguments[1] if len(call.arguments) > 1 else None
        if not isinstance(table, ObjectDisplay):
            return self._notes.refuse(call.function, "a table that is not written out")
        cases: dict[str, str] = {}
        for key, value in table.entries:
            if not isinstance(key, Literal):
                return self._notes.refuse(call.function, "a key that is not written out")
            cases[self._literal(key)] = self.write(value, scope)
        is_lookup = call.function == "lookup"
        last = self._otherwise(call, 2, scope)
        if is_lookup and last == "$nil" and len(call.arguments) < 3 and not call.named:
            last = '$fail($t, "a key that the table does not know")'
        chain = "".join(f"$d = {key} ? {value} : " for key, value in cases.items()) + last
        asked = self.write(call.arguments[0], scope)
        if is_lookup:
            return f"$lifted({asked}, function($k) {{ ($d := $key($t, $k); {chain}) }})"
        return f"($d := {asked}; $d := $exists($d) ? $scalar($t, $d) : null; {chain})"


def _tested(name: str, written: str) -> str:
    match name:
        case "present":
            return f"$exists({written})"
        case "not_null":
            return f'($d := {written}; $type($d) = "null" ? $nil : $d)'
        case "is_null":
            return f'($d := {written}; $exists($d) ? $type($d) = "null" : false)'
        case _:
            return f"$f_is({written}, {quote(_KINDS[name])})"


def _comparison(left: str, operator: str, right: str) -> str:
    match operator:
        case "==":
            return f"$equal($t, {left}, {right})"
        case "!=":
            return f"$not($equal($t, {left}, {right}))"
        case "in":
            return f"$among($t, {left}, {right})"
        case "not in":
            return f"$not($among($t, {left}, {right}))"
        case _:
            return f"$ordered($t, {left}, {quote(operator)}, {right})"


def quote(text: str) -> str:
    """Return a JSONata text literal, all in ASCII."""
    return json.dumps(text)
