"""Generated operators: comparisons, logic, arithmetic, conditional expressions."""

from __future__ import annotations

from contextlib import ExitStack

from agent.core.language import operators
from agent.core.language.compiler import kinds
from agent.core.language.compiler.generator import REFUSE, Generator
from agent.core.language.compiler.values import Value
from agent.core.language.functions.operands import LARGEST_INTEGER, SMALLEST_INTEGER
from agent.core.language.syntax import (
    Arithmetic,
    ArrayDisplay,
    Comparison,
    Conditional,
    Expression,
    Literal,
    Logic,
)

# Truth


def write_logic(gen: Generator, logic: Logic) -> Value:
    """Return `and` or `or`: the next operand is looked at only while nothing is decided."""
    is_or = logic.operator == "or"
    name = gen.code.assign(gen.condition(logic.operands[0]))
    with ExitStack() as nested:
        for operand in logic.operands[1:]:
            nested.enter_context(gen.block(f"if {'not ' if is_or else ''}{name}:"))
            gen.code.line(f"{name} = {gen.condition(operand)}")
    return Value(name, kinds.BOOLEAN, is_tidy=True, depth=gen.code.loops)


def write_conditional(gen: Generator, expression: Conditional) -> Value:
    """Return the branch that the condition takes."""
    condition = gen.condition(expression.condition)
    return choose(gen, condition, expression.then, expression.otherwise)


def choose(
    gen: Generator, condition: str, then: Expression | Value, otherwise: Expression | Value
) -> Value:
    """Return one of two values, of which only the one that is taken is computed."""
    name = gen.code.name()
    with gen.block(f"if {condition}:"):
        first = then if isinstance(then, Value) else gen.value(then)
        first_code = gen.plain(first)
        gen.code.line(f"{name} = {first_code}")
    with gen.block("else:"):
        second = otherwise if isinstance(otherwise, Value) else gen.value(otherwise)
        gen.code.line(f"{name} = {gen.plain(second)}")
    return either(name, first, second)


def either(name: str, first: Value, second: Value) -> Value:
    """Return what is known of a value that is one of two."""
    kind = first.kinds | second.kinds
    both = (first, second)
    is_scalar = not kind & ~(kinds.SCALAR | kinds.MISSING)
    numeric = [each for each in both if each.has(kinds.NUMBER)]
    texts = [each for each in both if each.has(kinds.TEXT)]
    return Value(
        name,
        kind,
        low=_least([each.low for each in numeric]),
        high=_most([each.high for each in numeric]),
        longest=_most([each.longest for each in texts]),
        depth=min(first.depth, second.depth),
        is_shared=not is_scalar,
        is_tidy=is_scalar,
    )


def _least(bounds: list[int | None]) -> int | None:
    known = [bound for bound in bounds if bound is not None]
    return min(known) if known and len(known) == len(bounds) else None


def _most(bounds: list[int | None]) -> int | None:
    known = [bound for bound in bounds if bound is not None]
    return max(known) if known and len(known) == len(bounds) else None


# Comparisons


def write_comparison(gen: Generator, expression: Comparison) -> Value:
    """Return whether a comparison holds."""
    operator = expression.operator
    if operator.endswith("in") and (found := _in_literals(gen, expression)) is not None:
        return found
    left, right = gen.value(expression.left), gen.value(expression.right)
    if operator in ("==", "!="):
        equal = _equality(left, right)
        if equal is not None:
            return gen.boolean(equal if operator == "==" else f"not ({equal})")
    elif operator in ("<", "<=", ">", ">=") and _are_ordered(left, right):
        tests = [*left.presences(), *right.presences(), f"{left.code} {operator} {right.code}"]
        return gen.boolean(" and ".join(tests))
    held = gen.code.hold(operators.compare, "compare")
    first, second = gen.plain(left), gen.plain(right)
    for value, code in ((left, first), (right, second)):
        if value.has(kinds.CONTAINER | kinds.TABLE):
            gen.charge_size(code)
    return gen.boolean(f"{held}({first}, {operator!r}, {second})")


def _in_literals(gen: Generator, expression: Comparison) -> Value | None:
    """Return whether a text is one of some literal texts."""
    right = expression.right
    if not isinstance(right, ArrayDisplay) or not all(
        isinstance(item, Literal) and isinstance(item.value, str) for item in right.items
    ):
        return None
    left = gen.value(expression.left)
    if not left.is_within(kinds.SCALAR | kinds.MISSING):
        return None
    held = gen.code.hold(frozenset(item.value for item in right.items))  # type: ignore[union-attr]
    is_not = "not " if expression.operator == "not in" else ""
    return gen.boolean(f"{is_not}{left.code} in {held}")


def _equality(left: Value, right: Value) -> str | None:
    """Return the code of an equality that Python decides as the language does, or None."""
    if left.parts is not None or right.parts is not None or left.pairs or right.pairs:
        return None
    both = left.kinds | right.kinds
    if both & (kinds.TABLE | kinds.DATE):
        return None
    if left.has(kinds.CONTAINER) and right.has(kinds.CONTAINER):
        return None
    if both & kinds.BOOLEAN and both & kinds.NUMBER:
        return None
    equal = f"{left.code} == {right.code}"
    if right.code == "None":
        return f"{left.code} is None" if left.has(kinds.NULL) else "False"
    if left.has(kinds.MISSING) and right.has(kinds.MISSING):
        return f"{left.code} is not M and {equal}"
    return equal


def _are_ordered(left: Value, right: Value) -> bool:
    return any(
        left.is_within(kind | kinds.NOTHING) and right.is_within(kind | kinds.NOTHING)
        for kind in (kinds.NUMBER, kinds.TEXT)
    )


# Arithmetic


def write_arithmetic(gen: Generator, expression: Arithmetic) -> Value:
    """Return the result of an operation on numbers."""
    left, right = gen.value(expression.left), gen.value(expression.right)
    operator = expression.operator
    if not (left.is_within(kinds.NUMBER) and right.is_within(kinds.NUMBER)):
        held = gen.code.hold(operators.calculate, "calculate")
        call = f"{held}({gen.plain(left)}, {operator!r}, {gen.plain(right)})"
        nothing = (left.kinds | right.kinds) & kinds.NOTHING
        return gen.made(call, kinds.NUMBER | nothing)
    kind = _kind_of_result(left, operator, right)
    low, high = _bounds_of_result(left, operator, right)
    result = gen.made(
        f"{left.code} {operator} {right.code}",
        kind,
        low=low,
        high=high,
        is_likely_integer=operator in "+-*" and _is_whole(left) and _is_whole(right),
    )
    if not result.is_bounded:
        _check_range(gen, result)
    return result


def _is_whole(value: Value) -> bool:
    return value.is_likely_integer or value.is_within(kinds.INTEGER)


def _kind_of_result(left: Value, operator: str, right: Value) -> int:
    if operator == "/" or kinds.FLOAT in (left.kinds, right.kinds):
        return kinds.FLOAT
    if left.kinds == right.kinds == kinds.INTEGER:
        return kinds.INTEGER
    return kinds.NUMBER


def _bounds_of_result(left: Value, operator: str, right: Value) -> tuple[int | None, int | None]:
    """Return bounds of a result, None where it may be beyond what a number holds."""
    if not (left.is_bounded and right.is_bounded):
        return None, None
    one = (left.low or 0, left.high or 0)
    two = (right.low or 0, right.high or 0)
    match operator:
        case "+":
            low, high = one[0] + two[0], one[1] + two[1]
        case "-":
            low, high = one[0] - two[1], one[1] - two[0]
        case "*":
            corners = [a * b for a in one for b in two]
            low, high = min(corners), max(corners)
        case "/" | "//" if two[0] >= 1 or two[1] <= -1:
            most = max(abs(one[0]), abs(one[1]))
            low, high = -most - 1, most + 1
        case _:
            return None, None
    # A float is rounded, so that it may lie a little beyond the exact bound.
    slack = (
        0 if left.kinds == right.kinds == kinds.INTEGER else 1 + max(abs(low), abs(high)) // 2**50
    )
    low, high = low - slack, high + slack
    return (low, high) if low > SMALLEST_INTEGER and high < LARGEST_INTEGER else (None, None)


def _check_range(gen: Generator, result: Value) -> None:
    name = result.code
    if result.kinds == kinds.INTEGER:
        gen.code.line(f"if not {SMALLEST_INTEGER} <= {name} <= {LARGEST_INTEGER}: {REFUSE}")
    elif result.kinds == kinds.FLOAT:
        gen.code.line(f"if {name} - {name} != 0.0: {REFUSE}")
    else:
        is_large = f"not {SMALLEST_INTEGER} <= {name} <= {LARGEST_INTEGER}"
        is_endless = f"{name} - {name} != 0.0"
        gen.code.line(f"if ({is_large} if type({name}) is int else {is_endless}): {REFUSE}")


def write_negative(gen: Generator, operand: Value) -> Value:
    """Return a number with its sign changed; missing and null stay."""
    if (
        operand.is_within(kinds.NUMBER)
        and operand.low is not None
        and operand.low > SMALLEST_INTEGER
    ):
        high = None if operand.high is None else -operand.high
        return gen.made(f"-{operand.code}", operand.kinds, low=high, high=-operand.low)
    held = gen.code.hold(operators.negate, "negate")
    kind = kinds.NUMBER | operand.kinds & kinds.NOTHING
    return gen.made(f"{held}({gen.plain(operand)})", kind)
