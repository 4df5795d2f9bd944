"""Which part of the compiler writes which kind of expression."""

from __future__ import annotations

from typing import assert_never

from agent.core.language.compiler import calls, displays, loops, operators, reads
from agent.core.language.compiler.generator import Generator
from agent.core.language.compiler.values import Value, constant
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


def write_expression(gen: Generator, expression: Expression) -> Value:
    """Write the code of an expression, and return its value."""
    match expression:
        case Field(of=of, key=key):
            return reads.read_field(gen, gen.value(of), key)
        case Name(name=name):
            return gen.value(gen.lets[name])
        case Literal(value=value):
            return constant(value)
        case Call():
            return calls.write_call(gen, expression)
        case Index(of=of, position=position):
            return reads.read_item(gen, gen.value(of), position)
        case Slice(of=of):
            return reads.read_slice(gen, gen.value(of), expression)
        case ObjectDisplay():
            return displays.write_object(gen, expression)
        case ArrayDisplay():
            return displays.write_array(gen, expression)
        case ArrayComprehension() | ObjectComprehension():
            return loops.write_comprehension(gen, expression)
        case Conditional():
            return operators.write_conditional(gen, expression)
        case Comparison():
            return operators.write_comparison(gen, expression)
        case Logic():
            return operators.write_logic(gen, expression)
        case Not(operand=operand):
            return gen.boolean(f"not {gen.condition(operand)}")
        case Arithmetic():
            return operators.write_arithmetic(gen, expression)
        case Negative(operand=operand):
            return operators.write_negative(gen, gen.value(operand))
        case _:
            assert_never(expression)
