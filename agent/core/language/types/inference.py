"""Abstract interpretation: what each expression may give, before any payload is there.

The same walk as the reference interpreter's, over sets of values (`core/shapes`) in place of
values. It is sound within the printed limits of the language: integers of 64 bits, finite
numbers, text without half surrogates, and the bounds on depth, size and work, whose refusals are
none of the failures here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from agent.core.language.types.arithmetic import calculated, negated
from agent.core.language.types.calls import infer_call
from agent.core.language.types.comparing import compare_typed
from agent.core.language.types.displays import (
    infer_array,
    infer_array_loop,
    infer_object,
    infer_object_loop,
)
from agent.core.language.types.narrowing import assume
from agent.core.language.types.reading import read_field_typed, read_item_typed, read_slice_typed
from agent.core.language.types.scope import Env, Given, Let, bind, key_of
from agent.core.language.types.typed import (
    NEVER,
    MayFail,
    Typed,
    join_typed,
    merge_failures,
    with_failures,
)
from agent.core.shapes.lattice import join, meet
from agent.core.shapes.shape import EVERYTHING, NULL, Parts, Shape, literal, of_parts, without

MAX_STEPS: Final = 200_000
"""Steps of one inference; when they are spent, everything is possible."""

TOO_LONG: Final = Typed(
    EVERYTHING,
    may_be_missing=True,
    failures=(MayFail("infer", f"more than {MAX_STEPS} steps of inference"),),
)


def infer(expression: Expression, scope: Mapping[str, Shape]) -> Typed:
    """Return what an expression may give whose names stand for values of some shapes."""
    names = {name: Typed(shape) for name, shape in scope.items()}
    return Typer().infer(expression, bind(Env({}), names))


class Typer:
    """Infers within one budget of steps; each name of a `let` is inferred once per scope."""

    def __init__(self, *, steps: int = MAX_STEPS) -> None:
        self._steps = steps
        self._lets: dict[tuple[str, int], tuple[object, Typed]] = {}

    def spend(self) -> bool:
        """Count a step, and return whether there are steps left."""
        self._steps -= 1
        return self._steps > 0

    def infer(self, expression: Expression, env: Env) -> Typed:
        """Return what an expression may give in a scope."""
        if env.is_dead:
            return NEVER
        if not self.spend():
            return TOO_LONG
        typed = self._infer(expression, env)
        if not env.known or isinstance(expression, Literal):
            return typed
        key = key_of(expression, env.names)
        known = None if key is None else env.known.get(key)
        if known is None:
            return typed
        is_missing = typed.may_be_missing and known.may_be_missing
        return Typed(meet(typed.shape, known.shape), is_missing)

    def _infer(self, expression: Expression, env: Env) -> Typed:
        match expression:
            case Field(of=of, key=key):
                return read_field_typed(self.infer(of, env), key, expression)
            case Name(name=name):
                return self._name(name, env)
            case Literal(value=value):
                return Typed(literal(value))
            case Call():
                return infer_call(self, expression, env)
            case Index(of=of, position=position):
                return read_item_typed(self.infer(of, env), position, expression)
            case Slice(of=of):
                return read_slice_typed(self.infer(of, env), expression)
            case ObjectDisplay():
                return infer_object(self, expression, env)
            case ArrayDisplay():
                return infer_array(self, expression, env)
            case ArrayComprehension():
                return infer_array_loop(self, expression, env)
            case ObjectComprehension():
                return infer_object_loop(self, expression, env)
            case Conditional():
                return self._conditional(expression, env)
            case Comparison():
                return self._comparison(expression, env)
            case Logic():
                return self._logic(expression, env)
            case Not(operand=operand):
                return self._not(operand, env)
            case Arithmetic():
                return self._arithmetic(expression, env)
            case Negative(operand=operand):
                return self._negative(expression, operand, env)
            case _:
                assert_never(expression)

    def _name(self, name: str, env: Env) -> Typed:
        binding = env.names[name]
        match binding:
            case Given(typed=typed):
                return typed
            case Let(symbol=symbol, expression=expression, names=names):
                key = (symbol, id(env.known))
                if key not in self._lets:
                    typed = self.infer(expression, replace(env, names=names))
                    self._lets[key] = (env.known, typed)
                return self._lets[key][1]
            case _:
                assert_never(binding)

    # Truth

    def condition(self, expression: Expression, env: Env, *, operation: str) -> Typed:
        """Return the truth of a condition: missing and null count as false, others fail."""
        typed = self.infer(expression, env)
        parts = typed.shape.parts
        truths = parts.booleans | (frozenset({False}) if typed.may_be_nothing else frozenset())
        failures = typed.failures
        if parts != Parts(null=parts.null, booleans=parts.booleans):
            failure = MayFail(operation, "no boolean as a condition", expression)
            failures = merge_failures((failures, (failure,)))
        return Typed(of_parts(Parts(booleans=truths)), failures=failures)

    def _conditional(self, expression: Conditional, env: Env) -> Typed:
        condition = expression.condition
        truth = self.condition(condition, env, operation="if")
        then = self.infer(expression.then, assume(self, condition, env, holds=True))
        otherwise = self.infer(expression.otherwise, assume(self, condition, env, holds=False))
        return with_failures(join_typed(then, otherwise), truth.failures)

    def _comparison(self, expression: Comparison, env: Env) -> Typed:
        left, right = self.infer(expression.left, env), self.infer(expression.right, env)
        shape, refused = compare_typed(left, expression.operator, right)
        return self._result(expression, expression.operator, (left, right), shape, refused)

    def _result(
        self,
        expression: Expression,
        operation: str,
        operands: tuple[Typed, ...],
        shape: Shape,
        refused: tuple[str, ...],
        may_be_missing: bool = False,
    ) -> Typed:
        own = tuple(MayFail(operation, reason, expression) for reason in refused)
        failures = merge_failures((*(operand.failures for operand in operands), own))
        return Typed(shape, may_be_missing, failures)

    def _logic(self, expression: Logic, env: Env) -> Typed:
        decides = expression.operator == "or"
        truths: set[bool] = set()
        failures: tuple[MayFail, ...] = ()
        for operand in expression.operands:
            truth = self.condition(operand, env, operation=expression.operator)
            failures = merge_failures((failures, truth.failures))
            if decides in truth.shape.parts.booleans:
                truths.add(decides)
            env = assume(self, operand, env, holds=not decides)
        if not env.is_dead:
            truths.add(not decides)
        return Typed(of_parts(Parts(booleans=frozenset(truths))), failures=failures)

    def _not(self, operand: Expression, env: Env) -> Typed:
        truth = self.condition(operand, env, operation="not")
        turned = frozenset(not value for value in truth.shape.parts.booleans)
        return replace(truth, shape=of_parts(Parts(booleans=turned)))

    # Arithmetic

    def _arithmetic(self, expression: Arithmetic, env: Env) -> Typed:
        left, right = self.infer(expression.left, env), self.infer(expression.right, env)
        if left.is_impossible or right.is_impossible:
            return with_failures(NEVER, left.failures, right.failures)
        one, two = without(left.shape, null=False), without(right.shape, null=False)
        shape, refused = calculated(one, expression.operator, two)
        if left.shape.parts.null or right.shape.parts.null:
            shape = join(shape, NULL)
        may_be_missing = left.may_be_missing or right.may_be_missing
        return self._result(
            expression, expression.operator, (left, right), shape, refused, may_be_missing
        )

    def _negative(self, expression: Expression, operand: Expression, env: Env) -> Typed:
        typed = self.infer(operand, env)
        shape, refused = negated(without(typed.shape, null=False))
        if typed.shape.parts.null:
            shape = join(shape, NULL)
        return self._result(expression, "-", (typed,), shape, refused, typed.may_be_missing)
