"""The meaning of expressions: one tree and the names in its reach give a value or `MISSING`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, assert_never

from agent.core.language.absence import MISSING, Instant, OperationFailed, Table, Value
from agent.core.language.bounds import Budget, require_scalar
from agent.core.language.functions import FUNCTIONS, Absence, Parameter
from agent.core.language.functions.operands import describe
from agent.core.language.operators import (
    calculate,
    compare,
    is_true,
    negate,
    read_field,
    read_item,
    read_slice,
)
from agent.core.language.scopes import Item, Named, Scope
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
from agent.errors import InvalidAdapter

_DEEP: Final = frozenset({"distinct", "one_of"})
"""Functions that look at everything within their operands, not only at the first level."""


class Fault(Exception):
    """An operation failed; `blamed` are the expressions whose source is to be named."""

    def __init__(
        self,
        operation: str,
        failure: OperationFailed,
        *,
        blamed: tuple[Expression, ...],
        scope: Scope,
    ) -> None:
        super().__init__(operation, failure)
        self.operation = operation
        self.failure = failure
        self.blamed = blamed
        self.scope = scope


@contextmanager
def blaming(operation: str, blamed: tuple[Expression, ...], scope: Scope) -> Iterator[None]:
    """Turn a failed operation within into a `Fault` that blames some expressions."""
    try:
        yield
    except OperationFailed as failure:
        raise Fault(operation, failure, blamed=blamed, scope=scope) from failure


class Evaluator:
    """Evaluates expressions within one run's budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def evaluate(self, expression: Expression, scope: Scope) -> Value:
        """Return the value of an expression, or `MISSING`.

        Raises:
            Fault: an operation refused its operands, or a bound was passed.
        """
        try:
            self._budget.spend()
            return self._evaluate(expression, scope)
        except OperationFailed as failure:
            raise Fault(
                name_of(expression), failure, blamed=_blamed(expression), scope=scope
            ) from failure

    def is_true(self, condition: Expression | None, scope: Scope, *, operation: str) -> bool:
        """Return whether a condition holds; no condition holds always."""
        if condition is None:
            return True
        value = self.evaluate(condition, scope)
        with blaming(operation, (condition,), scope):
            return is_true(value)

    def _evaluate(self, expression: Expression, scope: Scope) -> Value:
        match expression:
            case Field(of=of, key=key):
                return read_field(self.evaluate(of, scope), key)
            case Name(name=name):
                return self._value_of(name, scope)
            case Literal(value=value):
                return value
            case Call():
                return self._call(expression, scope)
            case Index(of=of, position=position):
                return read_item(self.evaluate(of, scope), position)
            case Slice(of=of, start=start, end=end):
                return self._budget.admit(read_slice(self.evaluate(of, scope), start, end))
            case ObjectDisplay(entries=entries):
                return self._make_object(self._pairs(entries, scope))
            case ArrayDisplay(items=items):
                values = [self.evaluate(item, scope) for item in items]
                return self._budget.admit([value for value in values if value is not MISSING])
            case ArrayComprehension() | ObjectComprehension():
                return self._comprehend(expression, scope)
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                holds = self.is_true(condition, scope, operation="if")
                return self.evaluate(then if holds else otherwise, scope)
            case Comparison(left=left, operator=operator, right=right):
                return self._compare(left, operator, right, scope)
            case Logic(operator=operator, operands=operands):
                return self._combine(operator, operands, scope)
            case Not(operand=operand):
                return not self.is_true(operand, scope, operation="not")
            case Arithmetic(left=left, operator=operator, right=right):
                return self._calculate(left, operator, right, scope)
            case Negative(operand=operand):
                return negate(self.evaluate(operand, scope))
            case _:
                assert_never(expression)

    def _value_of(self, name: str, scope: Scope) -> Value:
        binding = scope.find(name)
        if not isinstance(binding, Named):
            return binding.value
        if binding.is_busy:
            raise InvalidAdapter(where="", found=f"the name {name} depends on itself")
        if not binding.is_known:
            binding.is_busy = True
            binding.value = self.evaluate(binding.expression, binding.scope)
            binding.is_known, binding.is_busy = True, False
        return binding.value

    # Operators

    def _calculate(self, left: Expression, operator: str, right: Expression, scope: Scope) -> Value:
        first, second = self.evaluate(left, scope), self.evaluate(right, scope)
        try:
            return calculate(first, operator, second)
        except OperationFailed as failure:
            blamed = _at_fault(((left, first), (right, second)), failure)
            raise Fault(operator, failure, blamed=blamed, scope=scope) from failure

    def _compare(self, left: Expression, operator: str, right: Expression, scope: Scope) -> bool:
        first, second = self.evaluate(left, scope), self.evaluate(right, scope)
        self._budget.spend_on(second, is_deep=True)
        rounds = len(second) if operator.endswith("in") and isinstance(second, list) else 1
        if isinstance(first, (list, dict)):
            self._budget.spend(rounds * self._budget.measure(first)[1])
        return compare(first, operator, second)

    def _combine(self, operator: str, operands: tuple[Expression, ...], scope: Scope) -> bool:
        decides = operator == "or"
        for operand in operands:
            if self.is_true(operand, scope, operation=operator) is decides:
                return decides
        return not decides

    # Displays and comprehensions

    def _pairs(
        self, entries: tuple[tuple[Expression, Expression], ...], scope: Scope
    ) -> Iterator[tuple[Value, Value]]:
        for key, value in entries:
            yield self.evaluate(key, scope), self.evaluate(value, scope)

    def _make_object(self, pairs: Iterator[tuple[Value, Value]]) -> Value:
        """Return an object, or a table when some key is another scalar than a text."""
        there = [pair for pair in pairs if pair[0] is not MISSING and pair[1] is not MISSING]
        if all(isinstance(key, str) for key, _ in there):
            return self._budget.admit(dict(there))
        self._budget.admit([value for _, value in there])
        _require_keys(key for key, _ in there)
        return Table(there)

    def _comprehend(
        self, expression: ArrayComprehension | ObjectComprehension, scope: Scope
    ) -> Value:
        first = self.evaluate(expression.loops[0].over, scope)
        if first is MISSING or first is None:
            return first
        scopes = self.scopes_of(expression.loops, first, scope)
        if isinstance(expression, ArrayComprehension):
            items = [self.evaluate(expression.item, inner) for inner in scopes]
            return self._budget.admit([item for item in items if item is not MISSING])
        return self._make_object(
            (self.evaluate(expression.key, inner), self.evaluate(expression.value, inner))
            for inner in scopes
        )

    def scopes_of(self, loops: tuple[Loop, ...], over: Value, scope: Scope) -> Iterator[Scope]:
        """Yield the scope of every round; an inner array that is missing or null has no items."""
        loop, rest = loops[0], loops[1:]
        for inner in self._rounds(loop, over, scope):
            if not all(self.is_true(test, inner, operation="if") for test in loop.conditions):
                continue
            if not rest:
                yield inner
                continue
            below = self.evaluate(rest[0].over, inner)
            if below is not MISSING and below is not None:
                yield from self.scopes_of(rest, below, inner)

    def _rounds(self, loop: Loop, over: Value, scope: Scope) -> Iterator[Scope]:
        with blaming("for", (loop.over,), scope):
            if not isinstance(over, list):
                raise OperationFailed(
                    f"{describe(over)}, not an array", _loop_help(over), culprits=(over,)
                )
            for index, item in enumerate(over):
                self._budget.spend()
                yield self._bind(loop, over, index, item, scope)

    def _bind(self, loop: Loop, over: Value, index: int, item: Value, scope: Scope) -> Scope:
        require_scalar(item)
        if len(loop.names) == 1:
            return Scope({loop.names[0]: Item(item, loop.over, scope, over, index)}, scope)
        if not isinstance(item, list) or len(item) != len(loop.names):
            raise OperationFailed(
                f"item {index} is {describe(item)}, not an array of {len(loop.names)}",
                "zip gives such pairs; enumerate and entries give objects",
                culprits=(item,),
            )
        return Scope(
            {
                name: Item(part, loop.over, scope, item, place)
                for place, (name, part) in enumerate(zip(loop.names, item, strict=True))
            },
            scope,
        )

    # Calls

    def _call(self, call: Call, scope: Scope) -> Value:
        function = FUNCTIONS[call.function]
        arguments = [
            self._argument(argument, function.parameter_at(index), scope)
            for index, argument in enumerate(call.arguments)
        ]
        named = {
            name: self._argument(argument, function.parameter_named(name), scope)
            for name, argument in call.named
        }
        given = (*arguments, *named.values())
        if function.absence is Absence.PROPAGATE:
            if any(argument is MISSING for argument in given):
                return MISSING
            if any(argument is None for argument in given):
                return None
        for argument in given:
            self._budget.spend_on(argument, is_deep=call.function in _DEEP)
        try:
            result = function.call(*arguments, **named)
            self._budget.spend_on(result, is_deep=False)
            return self._budget.admit(result)
        except OperationFailed as failure:
            written = (*call.arguments, *(argument for _, argument in call.named))
            blamed = _at_fault(tuple(zip(written, given, strict=True)), failure)
            raise Fault(call.function, failure, blamed=blamed, scope=scope) from failure

    def _argument(
        self, argument: Expression, parameter: Parameter | None, scope: Scope
    ) -> Value | Callable[[], Value]:
        if parameter is not None and parameter.is_lazy:
            return self._later(argument, scope)
        if parameter is not None and parameter.is_table and isinstance(argument, ObjectDisplay):
            keyed = [(self.evaluate(key, scope), value) for key, value in argument.entries]
            return Table(
                ((key, self._later(value, scope)) for key, value in keyed if key is not MISSING),
                is_lazy=True,
            )
        return self.evaluate(argument, scope)

    def _later(self, expression: Expression, scope: Scope) -> Callable[[], Value]:
        return lambda: self.evaluate(expression, scope)


def _loop_help(over: Value) -> str:
    return "loop over entries(o)" if isinstance(over, dict) else "ask first: is_array(x)"


def _require_keys(keys: Iterable[Value]) -> None:
    for key in keys:
        if isinstance(key, (list, dict, Instant, Table)):
            raise OperationFailed(
                f"{describe(key)} as a key",
                "write a text, a number, a boolean or None",
                culprits=(key,),
            )


# Naming what failed


def name_of(expression: Expression) -> str:
    """Return what an expression does, for a message."""
    match expression:
        case Call(function=function):
            return function
        case Arithmetic(operator=operator) | Comparison(operator=operator):
            return operator
        case Negative():
            return "-"
        case Field(key=key):
            return f"read of {key!r}"
        case Index(position=position):
            return f"read of [{position}]"
        case Slice():
            return "slice"
        case ObjectDisplay():
            return "{...}"
        case ObjectComprehension():
            return "{... for ...}"
        case ArrayDisplay():
            return "[...]"
        case ArrayComprehension():
            return "[... for ...]"
        case _:
            return "evaluate"


def _blamed(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Field(of=of) | Index(of=of) | Slice(of=of):
            return (of, expression)
        case _:
            return (expression,)


def _at_fault(
    operands: tuple[tuple[Expression, Value], ...], failure: OperationFailed
) -> tuple[Expression, ...]:
    """Return the operands that hold what is at fault; all of them where that is not known."""
    if not failure.culprits:
        failure.culprits = _described(operands, failure.found)
    for depth in range(_DEEPEST_CULPRIT):
        found = tuple(
            operand
            for operand, value in operands
            if any(_holds(value, culprit, depth) for culprit in failure.culprits)
        )
        if found:
            return found
    return tuple(operand for operand, _ in operands)


_DEEPEST_CULPRIT: Final = 3
"""A function may refuse an operand, an item of it, or a field of an item."""


def _described(operands: tuple[tuple[Expression, Value], ...], found: str) -> tuple[Value, ...]:
    """Return the first operand that a failure speaks of."""
    said = (value for _, value in operands if found.startswith(describe(value)))
    return tuple(itertools.islice(said, 1))


def _holds(value: Value, culprit: Value, depth: int) -> bool:
    if depth == 0 or not isinstance(value, (list, dict)):
        return value is culprit
    parts = value.values() if isinstance(value, dict) else value
    return any(_holds(part, culprit, depth - 1) for part in parts)
