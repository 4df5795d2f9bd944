"""What Python has and the language has not, each with what to write instead."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable

from agent.core.language.functions import FUNCTIONS

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}

ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}

OUTSIDE: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("a lambda", "functions take values; write a comprehension"),
    ast.NamedExpr: ("an assignment", "name the value with `let`"),
    ast.Starred: ("a starred argument", "write join(sep, list), concat(a, b) or merge(a, b)"),
    ast.JoinedStr: ("an f-string", "write format('a/{}', x) or join('', a, b)"),
    ast.Tuple: ("a tuple", "write a list: […]"),
    ast.Set: ("a set", "write a list: […]"),
    ast.GeneratorExp: ("a generator", "put it in brackets: [… for … in …]"),
    ast.SetComp: ("a set comprehension", "write distinct([… for … in …])"),
    ast.Await: ("an await", "an expression computes from the payload alone"),
    ast.Yield: ("a yield", "write a comprehension"),
    ast.YieldFrom: ("a yield", "write a comprehension"),
}

OUTSIDE_OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Is: ("the comparison `is`", "write == None, or is_null(x)"),
    ast.IsNot: ("the comparison `is not`", "write != None, or not is_null(x)"),
    ast.Pow: ("the operator **", "write the product out, or scale(x, n) for powers of ten"),
    ast.MatMult: ("the operator @", ""),
    ast.BitAnd: ("the operator &", "write `and`"),
    ast.BitOr: ("the operator |", "write `or`, or merge(a, b)"),
    ast.BitXor: ("the operator ^", "write !="),
    ast.LShift: ("the operator <<", ""),
    ast.RShift: ("the operator >>", ""),
    ast.Invert: ("the operator ~", "write `not`"),
    ast.UAdd: ("a unary +", "leave it out, or write number(s)"),
}

_OTHER_NAMES = {
    "null": "write None",
    "none": "write None",
    "undefined": "write absent()",
    "true": "write True",
    "false": "write False",
    "payload": "the payload is src",
    "len": "write count(x)",
    "str": "write text(x)",
    "int": "write integer(x) or number(s)",
    "float": "write number(s)",
    "bool": "write boolean(s)",
    "map": "write a comprehension",
    "filter": "write a comprehension with `if`",
    "sorted": "write sort_by(list, 'key')",
    "reversed": "write sort_by(list, 'key', descending=True)",
    "range": "write enumerate(list)",
    "dict": "write {…}",
    "list": "write […]",
    "now": "an adapter knows no clock; read a time from the payload",
    "concatenate": "write join(sep, parts…)",
}

_METHODS = {
    "strip": "trim",
    "startswith": "starts_with",
    "endswith": "ends_with",
    "get": "at",
    "items": "entries",
    "format": "format",
}


def name_help(name: str, known: Iterable[str]) -> str:
    """Return what to write instead of an unknown name, given those that are known there."""
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    if name in FUNCTIONS:
        return f"it is a function: write {FUNCTIONS[name].signature}"
    close = difflib.get_close_matches(name[:60], sorted(known), n=1)
    if close:
        return f"did you mean {close[0]}?"
    if len(names := sorted(known)) <= 8:
        return f"known here: {', '.join(names)}"
    return "it is not one of the closed set of functions"


def call_help(node: ast.Call) -> tuple[str, str]:
    """Return what a call of something other than a function is, and what to write instead."""
    if isinstance(node.func, ast.Attribute):
        method = node.func.attr
        name = _METHODS.get(method, method)
        found = f"a call of the method {method}"
        if name in FUNCTIONS:
            return found, f"write {FUNCTIONS[name].signature}"
        return found, "call functions by name: upper(src.a)"
    return "a call of a value", "call functions by name: upper(src.a)"
