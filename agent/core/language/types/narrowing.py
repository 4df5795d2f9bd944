"""What a condition tells of the expressions in it, when it holds and when it does not.

The language is pure: within one scope an expression has one value, however often it is written.
So whatever a condition says of it holds wherever the condition guards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from agent.core.language.functions import FUNCTIONS, Absence
from agent.core.language.syntax import (
    ArrayDisplay,
    Call,
    Comparison,
    Expression,
    Field,
    Index,
    Literal,
    Logic,
    Name,
    Not,
)
from agent.core.language.types.ordering import compared
from agent.core.language.types.scope import Env, Inferrer, Let, join_envs, key_of
from agent.core.language.types.typed import ABSENT, Typed, join_values, value_or_missing
from agent.core.language.types.values import either_form, singleton
from agent.core.shapes.containers import field_of
from agent.core.shapes.lattice import is_nothing, join, join_all, meet
from agent.core.shapes.parts import Field as FieldShape
from agent.core.shapes.parts import make_arrays, make_objects
from agent.core.shapes.reading import minus_value
from agent.core.shapes.shape import (
    EVERYTHING,
    FALSE,
    NOTHING,
    NULL,
    TEXT,
    TRUE,
    Parts,
    integers,
    of_parts,
    without,
)

_OPPOSITES: Final = {
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "not in": "in",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}
_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}

_TYPE_TESTS: Final[dict[str, Callable[[Parts], Parts]]] = {
    "is_text": lambda parts: Parts(texts=parts.texts),
    "is_number": lambda parts: Parts(numbers=parts.numbers),
    "is_boolean": lambda parts: Parts(booleans=parts.booleans),
    "is_object": lambda parts: Parts(objects=parts.objects),
    "is_array": lambda parts: Parts(arrays=parts.arrays),
}
_TYPE_LEFT: Final[dict[str, dict[str, object]]] = {
    "is_text": {"texts": None},
    "is_number": {"numbers": None},
    "is_boolean": {"booleans": frozenset()},
    "is_object": {"objects": ()},
    "is_array": {"arrays": None},
}


def assume(typer: Inferrer, condition: Expression | None, env: Env, *, holds: bool) -> Env:
    """Return the scope in which a condition has been evaluated and holds, or does not."""
    if condition is None:
        return env if holds else env.dead()
    if env.is_dead or not typer.spend():
        return env
    typed = typer.infer(condition, env)
    is_possible = (
        True in typed.shape.parts.booleans
        if holds
        else False in typed.shape.parts.booleans or typed.may_be_nothing
    )
    if not is_possible:
        return env.dead()
    match condition:
        case Not(operand=operand):
            return assume(typer, operand, env, holds=not holds)
        case Logic(operator=operator, operands=operands):
            return _assume_logic(typer, operator, operands, env, holds=holds)
        case Comparison(left=left, operator=operator, right=right):
            used = operator if holds else _OPPOSITES[operator]
            is_negated = not holds and used in _MIRRORED
            return _assume_comparison(typer, (left, used, right), env, is_negated=is_negated)
        case Call():
            env = _assume_call(typer, condition, env, holds=holds)
    kept = TRUE if holds else meet(typed.shape, join(FALSE, NULL))
    return narrow(typer, condition, Typed(kept, typed.may_be_missing and not holds), env)


def _assume_logic(
    typer: Inferrer, operator: str, operands: tuple[Expression, ...], env: Env, *, holds: bool
) -> Env:
    if (operator == "and") == holds:
        for operand in operands:
            env = assume(typer, operand, env, holds=holds)
        return env
    ways = env.dead()
    for operand in operands:
        ways = join_envs(ways, assume(typer, operand, env, holds=holds))
        env = assume(typer, operand, env, holds=not holds)
    return ways


# Comparisons


def _assume_comparison(
    typer: Inferrer,
    comparison: tuple[Expression, str, Expression],
    env: Env,
    *,
    is_negated: bool,
) -> Env:
    left, operator, right = comparison
    one, two = typer.infer(left, env), typer.infer(right, env)
    match operator:
        case "==":
            env = narrow(typer, left, Typed(meet(one.shape, either_form(two.shape))), env)
            return narrow(typer, right, Typed(meet(two.shape, either_form(one.shape))), env)
        case "!=":
            env = narrow(typer, left, _unlike(one, two), env)
            return narrow(typer, right, _unlike(two, one), env)
        case "in":
            return _assume_in(typer, left, right, env)
        case "not in":
            return narrow(typer, left, _outside(one, right, typer, env), env)
        case _:
            env = narrow(typer, left, _ordered(one, operator, two, is_negated), env)
            return narrow(typer, right, _ordered(two, _MIRRORED[operator], one, is_negated), env)


def _unlike(typed: Typed, other: Typed) -> Typed:
    """Return what is not equal to the other, where that is one value."""
    typed = value_or_missing(typed)
    alone = None if other.may_be_missing else singleton(other.shape)
    return typed if alone is None else replace(typed, shape=minus_value(typed.shape, alone[0]))


def _assume_in(typer: Inferrer, left: Expression, right: Expression, env: Env) -> Env:
    one, two = typer.infer(left, env), typer.infer(right, env)
    parts = two.shape.parts
    allowed = NOTHING
    if parts.arrays is not None:
        allowed = either_form(join_all((*parts.arrays.first, parts.arrays.rest)))
    if parts.objects or parts.texts is not None:
        allowed = join_all((allowed, TEXT))
    if parts.tables is not None:
        allowed = EVERYTHING
    present = without(meet(one.shape, allowed), null=False)
    env = narrow(typer, left, Typed(present), env)
    key = singleton(present) if not present.is_surely_nothing else None
    if key is not None and isinstance(key[0], str) and two.shape.parts.arrays is None:
        container = narrow_field(two, key[0], Typed(EVERYTHING), others=_not_objects(parts))
        return narrow(typer, right, Typed(container.shape), env)
    return narrow(typer, right, Typed(without(two.shape, null=False)), env)


def _not_objects(parts: Parts) -> Parts:
    return replace(parts, objects=(), null=False)


def _outside(typed: Typed, right: Expression, typer: Inferrer, env: Env) -> Typed:
    """Return what is none of the items of an array display; null is never in an array."""
    typed = value_or_missing(typed)
    if not isinstance(right, ArrayDisplay):
        return typed
    shape = typed.shape
    for item in right.items:
        other = typer.infer(item, env)
        alone = None if other.may_be_missing else singleton(other.shape)
        if alone is not None and alone[0] is not None:
            shape = minus_value(shape, alone[0])
    return replace(typed, shape=shape)


def _ordered(typed: Typed, operator: str, other: Typed, is_negated: bool) -> Typed:
    """Return what compares so with the other; when negated, null and missing are possible."""
    if is_negated and other.may_be_nothing:
        return value_or_missing(typed)
    kept = compared(typed.shape, operator, other.shape)
    if not is_negated:
        return Typed(kept)
    nothing = Typed(meet(typed.shape, NULL), typed.may_be_missing)
    return join_values(Typed(kept), nothing)


# Calls


def _assume_call(typer: Inferrer, call: Call, env: Env, *, holds: bool) -> Env:
    function = FUNCTIONS[call.function]
    if call.function == "present":
        return _assume_present(typer, call.arguments[0], env, holds=holds)
    if call.function == "is_null":
        typed = typer.infer(call.arguments[0], env)
        if holds:
            return narrow(typer, call.arguments[0], Typed(meet(typed.shape, NULL)), env)
        rest = Typed(without(typed.shape, null=False), typed.may_be_missing)
        return narrow(typer, call.arguments[0], rest, env)
    if call.function in _TYPE_TESTS:
        return _assume_type(typer, call, env, holds=holds)
    if holds and function.absence is Absence.PROPAGATE:
        for index, argument in enumerate(call.arguments):
            parameter = function.parameter_at(index)
            if parameter is None or parameter.is_lazy or parameter.is_table:
                continue
            typed = typer.infer(argument, env)
            env = narrow(typer, argument, Typed(without(typed.shape, null=False)), env)
    return env


def _assume_present(typer: Inferrer, operand: Expression, env: Env, *, holds: bool) -> Env:
    typed = typer.infer(operand, env)
    return narrow(typer, operand, Typed(typed.shape) if holds else ABSENT, env)


def _assume_type(typer: Inferrer, call: Call, env: Env, *, holds: bool) -> Env:
    operand = call.arguments[0]
    typed = typer.infer(operand, env)
    if holds:
        kept = of_parts(_TYPE_TESTS[call.function](typed.shape.parts))
        return narrow(typer, operand, Typed(kept), env)
    left = without(typed.shape, **_TYPE_LEFT[call.function])
    return narrow(typer, operand, Typed(left, typed.may_be_missing), env)


# Narrowing


def narrow(typer: Inferrer, expression: Expression, typed: Typed, env: Env) -> Env:
    """Return the scope in which an expression has been evaluated and is as typed.

    What that says of the object or array that it was read from is told as well.
    """
    if env.is_dead:
        return env
    if typed.is_impossible:
        return env.dead()
    key = key_of(expression, env.names)
    if key is None or isinstance(key, Literal):
        return env
    env = replace(env, known={**env.known, key: value_or_missing(typed)})
    match expression:
        case Name(name=name) if isinstance(binding := env.names.get(name), Let):
            inner = narrow(typer, binding.expression, typed, replace(env, names=binding.names))
            return replace(inner, names=env.names)
        case Field(of=of, key=field):
            whole = typer.infer(of, env)
            return narrow(typer, of, narrow_field(whole, field, typed), env)
        case Index(of=of, position=position):
            return _narrow_index(typer, of, position, typed, env)
        case Call(function="count", arguments=(items,)):
            return _narrow_count(typer, items, typed, env)
        case _:
            return env


def narrow_field(whole: Typed, key: str, field: Typed, *, others: Parts | None = None) -> Typed:
    """Return what an object may be whose field is as typed; `others` is what else it may be."""
    variants = []
    for variant in whole.shape.parts.objects:
        had = field_of(variant, key, meet=meet)
        shape = meet(had.shape, field.shape)
        if is_nothing(shape):
            shape = NOTHING
        is_there = had.is_required or not field.may_be_missing
        fields = {**dict(variant.fields), key: FieldShape(shape, is_there)}
        made = make_objects(replace(variant, fields=tuple(fields.items())))
        variants += [] if made is None else [made]
    kept = others or Parts(null=whole.shape.parts.null and field.may_be_missing)
    return Typed(
        of_parts(replace(kept, objects=tuple(variants))),
        whole.may_be_missing and field.may_be_missing,
    )


def _narrow_index(typer: Inferrer, of: Expression, position: int, typed: Typed, env: Env) -> Env:
    """Tell of an array that an item is there."""
    if typed.may_be_missing:
        return env
    whole = typer.infer(of, env)
    array = whole.shape.parts.arrays
    needed = position + 1 if position >= 0 else -position
    if array is not None:
        first = array.first
        if 0 <= position < len(first):
            met = meet(first[position], typed.shape)
            first = (*first[:position], met, *first[position + 1 :])
        array = make_arrays(replace(array, first=first, shortest=max(array.shortest, needed)))
    return narrow(typer, of, Typed(of_parts(Parts(arrays=array))), env)


def _narrow_count(typer: Inferrer, items: Expression, typed: Typed, env: Env) -> Env:
    """Tell of an array or object how many items or fields it has."""
    numbers = meet(typed.shape, integers(0)).parts.numbers
    if numbers is None or numbers.low is None:
        return env.dead()
    whole = typer.infer(items, env)
    fewest, most = int(numbers.low), None if numbers.high is None else int(numbers.high)
    parts = whole.shape.parts
    array, variants = parts.arrays, parts.objects
    if array is not None:
        lengths = [length for length in (array.longest, most) if length is not None]
        longest = min(lengths, default=None)
        array = make_arrays(replace(array, shortest=max(array.shortest, fewest), longest=longest))
    made = [
        make_objects(replace(variant, fewest=max(variant.fewest, fewest))) for variant in variants
    ]
    kept = Parts(
        null=parts.null and fewest == 0,
        arrays=array,
        objects=tuple(variant for variant in made if variant is not None),
    )
    return narrow(typer, items, Typed(of_parts(kept), whole.may_be_missing and fewest == 0), env)
