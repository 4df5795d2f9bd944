"""Short constructors for expressions, so that a candidate reads like what it prints."""

from __future__ import annotations

from agent.core.language.syntax import (
    ArrayDisplay,
    Call,
    Comparison,
    Expression,
    Literal,
    Name,
    Not,
    ObjectDisplay,
    Scalar,
)
from agent.core.values import Json

V = Name("v")
"""Stands for the read that a conversion is about."""


def call(function: str, *arguments: Expression, **named: Scalar) -> Call:
    """Return a call; keyword arguments are literals."""
    return Call(function, arguments, tuple((key, Literal(value)) for key, value in named.items()))


def text(value: str) -> Literal:
    """Return a text literal."""
    return Literal(value)


def table(entries: dict[str, Json]) -> ObjectDisplay:
    """Return an object display of literals with text keys."""
    return ObjectDisplay(tuple((Literal(key), literal(value)) for key, value in entries.items()))


def literal(value: Json) -> Expression:
    """Return the expression that gives a JSON value."""
    if isinstance(value, dict):
        return table(value)
    if isinstance(value, list):
        return ArrayDisplay(tuple(literal(item) for item in value))
    return Literal(value)


def equals(left: Expression, value: Scalar) -> Comparison:
    """Return `left == value`."""
    return Comparison(left, "==", Literal(value))


def negate(condition: Expression) -> Expression:
    """Return the opposite of a condition, without a double negation."""
    return condition.operand if isinstance(condition, Not) else Not(condition)
