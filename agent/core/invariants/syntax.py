"""The form of an invariant: as much of CEL as it takes to say how much work it is."""

from __future__ import annotations

import difflib
import itertools
import re
from dataclasses import dataclass
from typing import TypeAlias

from agent.core.invariants.functions import FUNCTIONS, NAMESPACES, REPLACED

EXPRESSION_LIMIT = 2_000
"""Longest expression, in characters."""

TOKEN_LIMIT = 500
"""Most words and signs in one expression: the library follows a chain of operators by recursion,
and a few thousand of them end the process on a small stack."""

NESTING_LIMIT = 24
"""Deepest nesting, and longest chain of steps, in one expression."""

LOOPS = {"all": 1, "exists": 1, "exists_one": 1, "map": 2, "filter": 1}
"""The macros, with the most expressions that each takes after its variable."""

_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=", "in")
_LEVELS = (("||",), ("&&",), _COMPARISONS, ("+", "-"), ("*", "/", "%"))
_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
      | (?P<text>[rR]?(?:\"\"\"(?s:.*?)\"\"\"|'''(?s:.*?)'''
          |\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'))
      | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>&&|\|\||[<>=!]=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE,
)


class Unreadable(Exception):
    """An expression is no invariant; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number or a word such as true; `length` in characters."""

    length: int


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a value: a field, or what stands at an index."""

    of: Expression
    index: Expression | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """Operators of one level of binding over their operands; `?` is a conditional."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `FUNCTIONS`; what stands before the dot is its first argument."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """A macro that walks over a value, such as `lines.all(l, l.cents > 0)`."""

    macro: str
    over: Expression
    variable: str
    bodies: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Display:
    """A list or map written out; the keys of a map are parts too."""

    parts: tuple[Expression, ...]


Expression: TypeAlias = Literal | Name | Step | Operation | Call | Loop | Display


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def parse(text: str) -> Expression:
    """Return the tree of an expression.

    Raises:
        Unreadable: it is too long or too deep, or calls what no invariant may call.
    """
    if len(text) > EXPRESSION_LIMIT:
        raise Unreadable(f"is longer than {EXPRESSION_LIMIT:,} characters")
    return _Parser(text).whole()


def as_run(text: str) -> str:
    """Return the expression with calls of what is `REPLACED` turned into calls of its other."""
    tokens = _tokens(text)
    pairs = itertools.pairwise(tokens)
    calls = [one for one, after in pairs if one.text in REPLACED and after.text == "("]
    for call in reversed(calls):
        end = call.column + len(call.text)
        text = text[: call.column] + REPLACED[call.text] + text[end:]
    return text


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(f"column {at + 1}: {text[at]!r} is not understood")
        if match.lastgroup and match.lastgroup != "space":
            found.append(_Token(match.lastgroup, match.group(), at))
        if len(found) > TOKEN_LIMIT:
            raise Unreadable(f"has more than {TOKEN_LIMIT} words and signs")
        at = match.end()
    return [*found, _Token("end", "", len(text))]


class _Parser:
    """Reads tokens from left to right; what is nested too deep is refused, never followed."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Expression:
        tree = self._expression()
        if self._next.kind != "end":
            raise self._fault(f"{self._next.text!r} is one too many")
        return tree

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _has(self, *signs: str) -> bool:
        """Take the next token when it is one of `signs`."""
        if self._next.kind in ("sign", "name") and self._next.text in signs:
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._has(sign):
            raise self._fault(f"{sign!r} is missing")

    def _fault(self, text: str) -> Unreadable:
        return Unreadable(f"column {self._next.column + 1}: {text}")

    def _expression(self) -> Expression:
        self._depth += 1
        if self._depth > NESTING_LIMIT:
            raise self._fault(f"nested deeper than {NESTING_LIMIT} levels")
        tree = self._binary(0)
        if self._has("?"):
            first = self._binary(0)
            self._expect(":")
            tree = Operation("?", (tree, first, self._expression()))
        self._depth -= 1
        return tree

    def _binary(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self._unary()
        operands, operators = [self._binary(level + 1)], []
        while self._next.text in _LEVELS[level] and self._next.kind in ("sign", "name"):
            operators.append(self._take().text)
            operands.append(self._binary(level + 1))
        if not operators:
            return operands[0]
        # A chain is only as harmless as its worst operator: `+` joins lists and texts.
        return Operation("+" if "+" in operators else operators[0], tuple(operands))

    def _unary(self) -> Expression:
        while self._has("!", "-"):
            pass
        tree = self._primary()
        for _ in range(NESTING_LIMIT):
            if self._has("."):
                tree = self._member(tree)
            elif self._has("["):
                tree = Step(tree, self._expression())
                self._expect("]")
            else:
                return tree
        raise self._fault(f"a chain of more than {NESTING_LIMIT} steps")

    def _member(self, tree: Expression) -> Expression:
        if self._next.kind != "name":
            raise self._fault("a field's name is missing after '.'")
        name = self._take()
        if not self._has("("):
            return Step(tree)
        if name.text in LOOPS:
            return self._loop(name.text, tree)
        if isinstance(tree, Name) and tree.name in NAMESPACES:
            return self._call(f"{tree.name}.{name.text}", name, ())
        return self._call(name.text, name, (tree,))

    def _loop(self, macro: str, over: Expression) -> Expression:
        if self._next.kind != "name":
            raise self._fault(f"{macro} needs the name of a variable first")
        variable = self._take().text
        self._expect(",")
        bodies = self._list(")")
        if not 0 < len(bodies) <= LOOPS[macro]:
            raise self._fault(f"{macro} takes a variable and {LOOPS[macro]} expression(s)")
        return Loop(macro, over, variable, bodies)

    def _call(self, function: str, name: _Token, before: tuple[Expression, ...]) -> Expression:
        if function not in FUNCTIONS:
            near = difflib.get_close_matches(function, [*FUNCTIONS, *LOOPS], n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise Unreadable(
                f"column {name.column + 1}: {function} is no function of invariants{meant}"
            )
        pattern = self._next
        call = Call(function, (*before, *self._list(")")))
        if function == "matches":
            self._require_pattern(call, pattern, is_method=bool(before))
        return call

    def _require_pattern(self, call: Call, token: _Token, *, is_method: bool) -> None:
        """Refuse patterns that come with the payload."""
        is_plain = is_method and len(call.arguments) == 2 and token.kind == "text"
        if not is_plain or not isinstance(call.arguments[1], Literal):
            raise Unreadable(
                f"column {token.column + 1}: matches takes a pattern that is written out, "
                r"as in sku.matches(r'^[A-Z]+\d$')"
            )

    def _primary(self) -> Expression:
        token = self._next
        if token.kind in ("text", "number"):
            self._at += 1
            return Literal(len(token.text))
        if token.kind == "name":
            self._at += 1
            if self._has("("):
                return self._call(token.text, token, ())
            is_word = token.text in ("true", "false", "null")
            return Literal(len(token.text)) if is_word else Name(token.text)
        if self._has("("):
            tree = self._expression()
            self._expect(")")
            return tree
        if self._has("["):
            return Display(self._list("]"))
        if self._has("{"):
            return Display(self._list("}"))
        raise self._fault(f"{token.text!r} is not expected here" if token.text else "it breaks off")

    def _list(self, closing: str) -> tuple[Expression, ...]:
        parts: list[Expression] = []
        while not self._has(closing):
            parts.append(self._expression())
            if closing == "}" and self._has(":"):
                parts.append(self._expression())
            if not self._has(","):
                self._expect(closing)
                break
        return tuple(parts)


def names_in(tree: Expression) -> frozenset[str]:
    """Return the names of variables that an expression reads from outside."""
    match tree:
        case Name(name=name):
            return frozenset((name,))
        case Loop(over=over, variable=variable, bodies=bodies):
            inside = frozenset[str]().union(*(names_in(body) for body in bodies))
            return names_in(over) | (inside - {variable})
        case _:
            return frozenset[str]().union(*(names_in(part) for part in parts_of(tree)))


def parts_of(tree: Expression) -> tuple[Expression, ...]:
    """Return the expressions right below one."""
    match tree:
        case Literal() | Name():
            return ()
        case Step(of=of, index=index):
            return (of,) if index is None else (of, index)
        case Operation(operands=parts) | Call(arguments=parts) | Display(parts=parts):
            return parts
        case Loop(over=over, bodies=bodies):
            return (over, *bodies)
