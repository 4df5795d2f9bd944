"""Expressions of the adapter language in JSONata, as far as it does them exactly."""

from __future__ import annotations

from typing import assert_never

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
from agent.exports.jsonata_calls import Calls, Scope
from agent.exports.jsonata_text import boxed, quote, write_literal
from agent.exports.notes import Notes


class Expressions:
    """Writes expressions; `$t` holds the target that they are for."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._calls = Calls(notes, self.write)

    def write(self, expression: Expression, scope: Scope) -> str:
        """Return the JSONata of an expression."""
        match expression:
            case Name(name=name):
                return scope[name]
            case Literal():
                return write_literal(expression, self._notes)
            case Field(of=of, key=key):
                return f"$field($t, {self.write(of, scope)}, {quote(key)})"
            case Index(of=of, position=position):
                return f"$item($t, {self.write(of, scope)}, {position})"
            case Slice(of=of, start=start, end=end):
                bounds = f"{_bound(start)}, {_bound(end)}"
                return f"$sliced($t, {self.write(of, scope)}, {bounds})"
            case ObjectDisplay(entries=entries):
                pairs = [self._pair(key, value, scope) for key, value in entries]
                return f"$made($t, {boxed(pairs)})"
            case ArrayDisplay(items=items):
                return boxed([self.write(item, scope) for item in items])
            case ArrayComprehension(item=item, loops=loops):
                return self._loops(loops, self.write(item, _inner(loops, scope)), scope)
            case ObjectComprehension(key=key, value=value, loops=loops):
                pair = self._pair(key, value, _inner(loops, scope))
                return f"$made($t, {self._loops(loops, pair, scope)})"
            case Call():
                return self._calls.write(expression, scope)
            case _:
                return self._operator(expression, scope)

    def truth(self, condition: Expression, scope: Scope) -> str:
        """Return the JSONata that asks whether a condition holds."""
        return f"$truth($t, {self.write(condition, scope)})"

    def _operator(
        self,
        expression: Conditional | Comparison | Logic | Not | Arithmetic | Negative,
        scope: Scope,
    ) -> str:
        match expression:
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                holds = self.truth(condition, scope)
                return f"({holds} ? {self.write(then, scope)} : {self.write(otherwise, scope)})"
            case Comparison(left=left, operator=operator, right=right):
                return _comparison(self.write(left, scope), operator, self.write(right, scope))
            case Logic(operator=operator, operands=operands):
                return self._logic(operator, operands, scope)
            case Not(operand=operand):
                return f"$not({self.truth(operand, scope)})"
            case Arithmetic(left=left, operator=operator, right=right):
                first, second = self.write(left, scope), self.write(right, scope)
                return f"$calculated($t, {first}, {quote(operator)}, {second})"
            case Negative(operand=operand):
                return f"$negated($t, {self.write(operand, scope)})"
            case _:
                assert_never(expression)

    def _logic(self, operator: str, operands: tuple[Expression, ...], scope: Scope) -> str:
        *first, last = (self.truth(operand, scope) for operand in operands)
        written = last
        for test in reversed(first):
            taken = f"{written} : false" if operator == "and" else f"true : {written}"
            written = f"({test} ? {taken})"
        return written

    def _pair(self, key: Expression, value: Expression, scope: Scope) -> str:
        return f"$pair({self.write(key, scope)}, {self.write(value, scope)})"

    # Loops

    def _loops(self, loops: tuple[Loop, ...], made: str, scope: Scope) -> str:
        """Return the array of what the rounds make; each loop but the last makes arrays of it."""
        over = self.write(loops[0].over, scope)
        looped = f"$looped($t, {over}, {self._round(loops, made, scope)})"
        return looped if len(loops) == 1 else f"$flattened({looped})"

    def _round(self, loops: tuple[Loop, ...], made: str, scope: Scope) -> str:
        loop, rest = loops[0], loops[1:]
        inner = _inner((loop,), scope)
        body = made
        if rest:
            body = f"($u := {self._loops(rest, made, inner)}; $empty($u) ? [] : $u)"
        for test in reversed(loop.conditions):
            body = f"({self.truth(test, inner)} ? {body} : $nil)"
        if len(loop.names) == 1:
            return f"function($v_{loop.names[0]}) {{ {body} }}"
        names = " ".join(f"$v_{name} := $item($t, $u, {at});" for at, name in enumerate(loop.names))
        return f"function($u) {{ ($u := $unpack($t, $u, {len(loop.names)}); {names} {body}) }}"


def _inner(loops: tuple[Loop, ...], scope: Scope) -> Scope:
    return {**scope, **{name: f"$v_{name}" for loop in loops for name in loop.names}}


def _bound(position: int | None) -> str:
    return "$nil" if position is None else str(position)


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
