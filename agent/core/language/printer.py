"""Writing an expression: the one canonical text of a tree.

Quotes are single, parentheses stand only where the tree needs them, and every character that a
screen would not show as itself is escaped. `parse(print_expression(e)) == e` for every tree that
`parse` can give.
"""

from __future__ import annotations

import keyword
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
    Scalar,
    Slice,
)

_CONDITIONAL, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(9)
_ESCAPES = {"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


def print_expression(expression: Expression) -> str:
    """Return the canonical text of an expression."""
    return _print(expression, _CONDITIONAL)


def _print(expression: Expression, least: int) -> str:
    """Return the text, in parentheses when it binds less tightly than `least`."""
    text = _text_of(expression)
    return text if _strength(expression) >= least else f"({text})"


def _strength(expression: Expression) -> int:
    match expression:
        case Conditional():
            return _CONDITIONAL
        case Logic(operator=operator):
            return _OR if operator == "or" else _AND
        case Not():
            return _NOT
        case Comparison():
            return _COMPARISON
        case Arithmetic(operator=operator):
            return _SUM if operator in "+-" else _PRODUCT
        case Negative():
            return _SIGN
        case Literal(value=int() | float() as value) if not isinstance(value, bool):
            # `5.a` would be no read of a field, and `-5 .a` the negation of one.
            return _SIGN
        case _:
            return _ATOM


def _text_of(expression: Expression) -> str:
    match expression:
        case Name(name=name):
            return name
        case Literal(value=value):
            return print_scalar(value)
        case Field(of=of, key=key):
            return _print(of, _ATOM) + _text_of_key(key)
        case Index(of=of, position=position):
            return f"{_print(of, _ATOM)}[{position}]"
        case Slice(of=of, start=start, end=end):
            first, last = ("" if bound is None else str(bound) for bound in (start, end))
            return f"{_print(of, _ATOM)}[{first}:{last}]"
        case ObjectDisplay() | ArrayDisplay() | ArrayComprehension() | ObjectComprehension():
            return _text_of_collection(expression)
        case Call(function=function, arguments=arguments, named=named):
            given = [print_expression(argument) for argument in arguments]
            given += [f"{name}={print_expression(argument)}" for name, argument in named]
            return f"{function}({', '.join(given)})"
        case _:
            return _text_of_operation(expression)


def _text_of_operation(
    expression: Conditional | Comparison | Logic | Not | Arithmetic | Negative,
) -> str:
    match expression:
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            taken, test = _print(then, _OR), _print(condition, _OR)
            return f"{taken} if {test} else {_print(otherwise, _CONDITIONAL)}"
        case Comparison(left=left, operator=operator, right=right):
            return f"{_print(left, _SUM)} {operator} {_print(right, _SUM)}"
        case Logic(operator=operator, operands=operands):
            least = (_OR if operator == "or" else _AND) + 1
            return f" {operator} ".join(_print(operand, least) for operand in operands)
        case Not(operand=operand):
            return f"not {_print(operand, _NOT)}"
        case Arithmetic(left=left, operator=operator, right=right):
            strength = _strength(expression)
            return f"{_print(left, strength)} {operator} {_print(right, strength + 1)}"
        case Negative(operand=operand):
            return f"-{_print(operand, _SIGN)}"
        case _:
            assert_never(expression)


def _text_of_collection(
    expression: ObjectDisplay | ArrayDisplay | ArrayComprehension | ObjectComprehension,
) -> str:
    match expression:
        case ObjectDisplay(entries=entries):
            return "{" + ", ".join(_text_of_entry(key, value) for key, value in entries) + "}"
        case ArrayDisplay(items=items):
            return "[" + ", ".join(print_expression(item) for item in items) + "]"
        case ArrayComprehension(item=item, loops=loops):
            return f"[{print_expression(item)}{_text_of_loops(loops)}]"
        case ObjectComprehension(key=key, value=value, loops=loops):
            return "{" + _text_of_entry(key, value) + _text_of_loops(loops) + "}"
        case _:
            assert_never(expression)


def _text_of_entry(key: Expression, value: Expression) -> str:
    return f"{print_expression(key)}: {print_expression(value)}"


def _text_of_loops(loops: tuple[Loop, ...]) -> str:
    return "".join(
        f" for {', '.join(loop.names)} in {_print(loop.over, _OR)}"
        + "".join(f" if {_print(condition, _OR)}" for condition in loop.conditions)
        for loop in loops
    )


def _text_of_key(key: str) -> str:
    is_plain = key.isascii() and key.isidentifier() and not keyword.iskeyword(key)
    return f".{key}" if is_plain else f"[{print_scalar(key)}]"


def print_scalar(value: Scalar) -> str:
    """Return a scalar as an expression writes it: None, True, 1, 1.0, 'text'."""
    return _quote(value) if isinstance(value, str) else repr(value)


def _quote(text: str) -> str:
    return "'" + "".join(_escape(character) for character in text) + "'"


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
