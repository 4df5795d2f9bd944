"""Reading one expression: Python's grammar by `ast`, turned at once into the closed union.

What is outside the language is refused with its position, what was found, and what would help.
"""

from __future__ import annotations

import ast
import re
import threading
import warnings

from agent.core.language.reading import MAX_DEPTH, Reach, Reader
from agent.core.language.scoping import NO_LOOPS, SOURCE, Loops
from agent.core.language.syntax import Expression
from agent.errors import InvalidExpression

MAX_LENGTH = 20_000
"""Longest expression, in characters."""

_WARNINGS = threading.Lock()
_KEYWORD_READ = re.compile(
    r"\.\s*(False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except"
    r"|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while"
    r"|with|yield)\b"
)
_OTHER_LANGUAGES = (
    ("&&", "write `and`"),
    ("||", "write `or`, or coalesce(a, b) for a default"),
    ("??", "write default(a, b)"),
    ("===", "write =="),
    ("!==", "write !="),
    ("?.", "write a plain read: reading a field of missing or null gives missing"),
    ("=>", "write a comprehension: [… for x in …]"),
    ("?", "write `a if condition else b`"),
    ("!", "write `not`"),
    ("$", "names start with a letter; the payload is src"),
    ("`", "quote text with '…'"),
)


def parse(
    text: str,
    *,
    names: frozenset[str] = frozenset({SOURCE}),
    where: str = "",
    loops: Loops = NO_LOOPS,
) -> Expression:
    """Return the syntax tree of an expression that may read `names`.

    `where` is the place of the text in its document, for errors; `loops` are the loops around it.

    Raises:
        InvalidExpression: the text is outside the language; `position` is its 0-based offset.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidExpression(
            where=where,
            found=f"an expression of {len(text)} characters; at most {MAX_LENGTH} are read",
            help="name its parts with `let`",
            position=MAX_LENGTH,
        )
    offset = len(text) - len(text.lstrip())
    tree = _parse_python(text[offset:], where=where, offset=offset)
    return Reader(text, where=where, offset=offset).read(tree, Reach(names, loops))


def _parse_python(text: str, *, where: str, offset: int) -> ast.expr:
    try:
        with _WARNINGS, warnings.catch_warnings():
            # An odd escape such as '\d' is text to Python, with a warning that no one here reads.
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise _refuse_syntax(text, error, where=where, offset=offset) from None
    except (RecursionError, MemoryError):
        raise _too_deep(where) from None
    except ValueError as error:
        raise InvalidExpression(
            where=where, found=f"text that no expression holds ({error})", position=offset
        ) from None


def _too_deep(where: str) -> InvalidExpression:
    return InvalidExpression(
        where=where,
        found=f"an expression nested more than {MAX_DEPTH} deep",
        help="name its parts with `let`",
    )


def _refuse_syntax(text: str, error: SyntaxError, *, where: str, offset: int) -> InvalidExpression:
    if not text.strip():
        return InvalidExpression(where=where, found="an empty expression", help="write a value")
    keyword = _KEYWORD_READ.search(text)
    if keyword:
        help = f"{keyword[1]} is a word of the language; write ['{keyword[1]}'] to read the field"
        found, position = f"the read of .{keyword[1]}", keyword.start()
    else:
        found, position = _describe(error), _position(text, error)
        help = _help_for(text, position)
    return InvalidExpression(where=where, found=found, help=help, position=offset + position)


def _describe(error: SyntaxError) -> str:
    message = (error.msg or "invalid syntax").removeprefix("invalid syntax. ")
    return f"no expression: {message}"


def _position(text: str, error: SyntaxError) -> int:
    if not error.offset:
        return len(text)
    lines = text.splitlines(keepends=True)
    line = max(1, error.lineno or 1)
    start = sum(len(part) for part in lines[: line - 1])
    return max(0, min(start + error.offset - 1, len(text)))


def _help_for(text: str, position: int) -> str:
    if text[position : position + 1] == "=":
        return "write == to compare, and `let` to name a value"
    return next((help for mark, help in _OTHER_LANGUAGES if mark in text), "")
