"""Turning Python's tree of one expression into ours, and refusing whatever is outside."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.core.language.functions import FUNCTIONS
from agent.core.language.refusals import (
    ARITHMETIC,
    COMPARISONS,
    OUTSIDE,
    OUTSIDE_OPERATORS,
    call_help,
    name_help,
)
from agent.core.language.scoping import Loops, free_names, name_problem
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
from agent.errors import InvalidExpression

MAX_DEPTH = 100
"""Deepest nesting of an expression."""

MAX_INDEPENDENT_LOOPS = 2
"""Most loops within each other over arrays that do not depend on each other."""

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
"""The integers of the language: 64 bits, signed."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an expression stands in: the names it may read, the loops around it, its depth."""

    names: frozenset[str]
    loops: Loops
    depth: int = 0


class Reader:
    """Reads the nodes of one text; `offset` is where Python's text begins in it."""

    def __init__(self, text: str, *, where: str, offset: int) -> None:
        self._lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text[offset:])
        self._where = where
        self._offset = offset

    def read(self, node: ast.expr, reach: Reach) -> Expression:
        """Return our tree of Python's node.

        Raises:
            InvalidExpression: the node, or one within it, is outside the language.
        """
        if reach.depth >= MAX_DEPTH:
            raise self._refusal(
                node, f"nesting more than {MAX_DEPTH} deep", "name the parts with `let`"
            )
        reach = replace(reach, depth=reach.depth + 1)
        match node:
            case ast.Name():
                return self._read_name(node, reach)
            case ast.Constant():
                return self._read_literal(node, node.value)
            case ast.Attribute():
                return self._read_attribute(node, reach)
            case ast.Subscript():
                return self._read_subscript(node, reach)
            case ast.List():
                return ArrayDisplay(tuple(self.read(item, reach) for item in node.elts))
            case ast.Dict():
                return self._read_object(node, reach)
            case ast.ListComp() | ast.DictComp():
                return self._read_comprehension(node, reach)
            case ast.Call():
                return self._read_call(node, reach)
            case _:
                return self._read_operation(node, reach)

    def _read_operation(self, node: ast.expr, reach: Reach) -> Expression:
        match node:
            case ast.IfExp():
                return Conditional(
                    condition=self.read(node.test, reach),
                    then=self.read(node.body, reach),
                    otherwise=self.read(node.orelse, reach),
                )
            case ast.Compare():
                return self._read_comparison(node, reach)
            case ast.BoolOp():
                operator = "and" if isinstance(node.op, ast.And) else "or"
                return Logic(operator, tuple(self.read(value, reach) for value in node.values))
            case ast.UnaryOp():
                return self._read_unary(node, reach)
            case ast.BinOp():
                return self._read_arithmetic(node, reach)
            case _:
                found, help = OUTSIDE.get(type(node), (f"a {type(node).__name__}", ""))
                raise self._refusal(node, found, help)

    # Reads

    def _read_name(self, node: ast.Name, reach: Reach) -> Expression:
        self._require_ascii(node, node.id)
        if node.id not in reach.names:
            raise self._refusal(
                node, f"the unknown name {node.id}", name_help(node.id, reach.names)
            )
        return Name(node.id)

    def _read_attribute(self, node: ast.Attribute, reach: Reach) -> Expression:
        self._require_ascii(node, node.attr)
        return Field(self.read(node.value, reach), node.attr)

    def _read_subscript(self, node: ast.Subscript, reach: Reach) -> Expression:
        of = self.read(node.value, reach)
        if isinstance(node.slice, ast.Slice):
            if node.slice.step is not None:
                raise self._refusal(node.slice, "a slice with a step", "filter by enumerate(list)")
            start, end = (self._read_bound(b) for b in (node.slice.lower, node.slice.upper))
            return Slice(of, start, end)
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return Field(of, self._text(key, key.value))
        return Index(of, self._read_position(key))

    def _read_bound(self, node: ast.expr | None) -> int | None:
        return None if node is None else self._read_position(node)

    def _read_position(self, node: ast.expr) -> int:
        is_negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        digits = node.operand if is_negative and isinstance(node, ast.UnaryOp) else node
        if not (isinstance(digits, ast.Constant) and type(digits.value) is int):
            raise self._refusal(
                node,
                "a key or position that is not written out",
                "write at(c, key) for a computed key or position",
            )
        value = -digits.value if is_negative else digits.value
        return self._integer(node, value)

    # Literals, displays

    def _read_literal(self, node: ast.expr, value: object) -> Literal:
        match value:
            case None | bool():
                return Literal(value)
            case int():
                return Literal(self._integer(node, value))
            case float() if math.isfinite(value):
                return Literal(value)
            case str():
                return Literal(self._text(node, value))
            case float():
                raise self._refusal(node, "a number too large for a float", "")
            case _:
                kind = "an ellipsis" if value is ... else f"a {type(value).__name__} literal"
                raise self._refusal(node, kind, "literals are text, numbers, True, False and None")

    def _integer(self, node: ast.expr, value: int) -> int:
        if not MIN_INTEGER <= value <= MAX_INTEGER:
            raise self._refusal(node, "an integer beyond 64 bits", "write it as text")
        return value

    def _text(self, node: ast.expr, value: str) -> str:
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise self._refusal(
                node, "half of a surrogate pair", r"write the character, or \U000xxxxx"
            )
        return value

    def _read_object(self, node: ast.Dict, reach: Reach) -> Expression:
        entries: list[tuple[Expression, Expression]] = []
        literals: set[Expression] = set()
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise self._refusal(value, "** in an object", "write merge(a, b)")
            name = self.read(key, reach)
            if isinstance(name, Literal) and name in literals:
                raise self._refusal(key, f"the key {name.value!r} twice", "remove one of the two")
            literals.add(name)
            entries.append((name, self.read(value, reach)))
        return ObjectDisplay(tuple(entries))

    # Comprehensions

    def _read_comprehension(self, node: ast.ListComp | ast.DictComp, reach: Reach) -> Expression:
        loops = []
        for generator in node.generators:
            loop, reach = self._read_loop(generator, reach)
            loops.append(loop)
        if isinstance(node, ast.ListComp):
            return ArrayComprehension(self.read(node.elt, reach), tuple(loops))
        key, value = self.read(node.key, reach), self.read(node.value, reach)
        return ObjectComprehension(key, value, tuple(loops))

    def _read_loop(self, node: ast.comprehension, reach: Reach) -> tuple[Loop, Reach]:
        if node.is_async:
            raise self._refusal(node.target, "an asynchronous loop", "remove `async`")
        over = self.read(node.iter, reach)
        names = self._read_targets(node.target)
        loops = enter(over, names, reach.loops)
        if loops.depth > MAX_INDEPENDENT_LOOPS:
            raise self._refusal(
                node.iter,
                f"more than {MAX_INDEPENDENT_LOOPS} loops over independent arrays",
                "join them with index_by(list, 'key') and at(table, key)",
            )
        inner = replace(reach, names=reach.names | frozenset(names), loops=loops)
        conditions = tuple(self.read(condition, inner) for condition in node.ifs)
        return Loop(names, over, conditions), inner

    def _read_targets(self, target: ast.expr) -> tuple[str, ...]:
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        names = []
        for part in parts:
            if not isinstance(part, ast.Name) or len(parts) not in (1, 2):
                raise self._refusal(
                    part, "a loop that binds more than names", "bind one name, or two"
                )
            self._require_ascii(part, part.id)
            problem = name_problem(part.id) or ("the same name twice" if part.id in names else "")
            if problem:
                raise self._refusal(part, problem, "choose another name")
            names.append(part.id)
        return tuple(names)

    # Operators

    def _read_comparison(self, node: ast.Compare, reach: Reach) -> Expression:
        operands = [self.read(operand, reach) for operand in (node.left, *node.comparators)]
        links: list[Expression] = []
        for index, operator in enumerate(node.ops):
            if type(operator) not in COMPARISONS:
                raise self._refusal(node, *OUTSIDE_OPERATORS[type(operator)])
            if index and not _is_plain(operands[index]):
                raise self._refusal(
                    node.comparators[index - 1],
                    "a chained comparison over more than a read",
                    "write a < b and b < c",
                )
            links.append(
                Comparison(operands[index], COMPARISONS[type(operator)], operands[index + 1])
            )
        return links[0] if len(links) == 1 else Logic("and", tuple(links))

    def _read_unary(self, node: ast.UnaryOp, reach: Reach) -> Expression:
        if isinstance(node.op, ast.Not):
            return Not(self.read(node.operand, reach))
        if not isinstance(node.op, ast.USub):
            raise self._refusal(node, *OUTSIDE_OPERATORS[type(node.op)])
        if isinstance(node.operand, ast.Constant) and type(node.operand.value) in (int, float):
            return self._read_literal(node, -node.operand.value)  # type: ignore[operator]
        operand = self.read(node.operand, reach)
        if isinstance(operand, Literal) and type(operand.value) in (int, float):
            return self._read_literal(node, -operand.value)  # type: ignore[operator]
        return Negative(operand)

    def _read_arithmetic(self, node: ast.BinOp, reach: Reach) -> Expression:
        if type(node.op) not in ARITHMETIC:
            raise self._refusal(node, *OUTSIDE_OPERATORS[type(node.op)])
        operator = ARITHMETIC[type(node.op)]
        left, right = self.read(node.left, reach), self.read(node.right, reach)
        for part, operand in ((node.left, left), (node.right, right)):
            found, help = _no_number(operand)
            if found:
                raise self._refusal(part, f"{found} as an operand of {operator}", help)
        return Arithmetic(left, operator, right)

    # Calls

    def _read_call(self, node: ast.Call, reach: Reach) -> Expression:
        if not isinstance(node.func, ast.Name):
            raise self._refusal(node, *call_help(node))
        self._require_ascii(node.func, node.func.id)
        function = FUNCTIONS.get(node.func.id)
        if function is None:
            found = f"the unknown function {node.func.id}"
            raise self._refusal(node.func, found, name_help(node.func.id, FUNCTIONS))
        named = self._read_named(node.keywords, reach)
        arguments = tuple(self.read(argument, reach) for argument in node.args)
        problem = function.problem(len(arguments), [name for name, _ in named])
        if problem:
            found = f"a call of {function.name} with {problem}"
            raise self._refusal(node, found, f"it is {function.signature}")
        return Call(function.name, arguments, named)

    def _read_named(
        self, keywords: Sequence[ast.keyword], reach: Reach
    ) -> tuple[tuple[str, Expression], ...]:
        named = []
        for keyword in keywords:
            if keyword.arg is None:
                raise self._refusal(keyword.value, "** in a call", "write the arguments out")
            self._require_ascii(keyword, keyword.arg)
            named.append((keyword.arg, self.read(keyword.value, reach)))
        return tuple(named)

    # Refusals

    def _require_ascii(self, node: ast.expr | ast.keyword, name: str) -> None:
        """Refuse a name that Python has normalised: `ﬁeld` would read the field `field`."""
        line = self._lines[(node.lineno if isinstance(node, ast.keyword) else _end(node)[0]) - 1]
        if isinstance(node, ast.keyword):
            written = line.encode()[node.col_offset :][: len(name.encode())]
        else:
            written = line.encode()[: _end(node)[1]][-len(name.encode()) :]
        if not name.isascii() or written != name.encode():
            help = "write ['…'] to read such a field" if isinstance(node, ast.Attribute) else ""
            raise self._refusal(node, "a name outside ASCII", help or "use letters, digits and _")

    def _refusal(self, node: ast.expr | ast.keyword, found: str, help: str) -> InvalidExpression:
        before = sum(len(line) for line in self._lines[: node.lineno - 1])
        line = self._lines[node.lineno - 1].encode()[: node.col_offset]
        return InvalidExpression(
            where=self._where,
            found=found,
            help=help,
            position=self._offset + before + len(line.decode(errors="replace")),
        )


def enter(over: Expression, names: tuple[str, ...], loops: Loops) -> Loops:
    """Return the loops within one more loop that binds `names` to the items of `over`."""
    is_independent = not (free_names(over) & loops.derived)
    return Loops(loops.derived | frozenset(names), loops.depth + is_independent)


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _is_plain(expression: Expression) -> bool:
    while isinstance(expression, (Field, Index)):
        expression = expression.of
    return isinstance(expression, (Name, Literal))


def _no_number(operand: Expression) -> tuple[str, str]:
    """Return what an operand is that is surely no number, and what would help."""
    match operand:
        case Literal(value=str()):
            return "text", "write join(…) or format(…); text is not repeated or added"
        case ArrayDisplay() | ArrayComprehension():
            return "an array", "write concat(a, b)"
        case ObjectDisplay() | ObjectComprehension():
            return "an object", "write merge(a, b)"
        case _:
            return "", ""
