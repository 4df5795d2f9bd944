"""The text of a generated function while it is written: lines, names, and what is known so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeAlias

from agent.core.language.compiler.values import Value
from agent.core.language.syntax import EachRow, Expression

Known: TypeAlias = Expression | EachRow
"""What a value is remembered by: an expression, or a row that writes an array."""


DEEPEST: Final = 80
"""Blocks within each other; Python allows 100 levels of indentation."""


class CannotCompile(Exception):
    """An adapter has something that the compiler leaves to the reference interpreter."""


class Step(NamedTuple):
    """A row that a line was written for, by its number in its block.

    Of an `each` also the names of its item (or key), of what it runs over, and of its result.
    """

    row: int
    item: str = ""
    over: str = ""
    result: str = ""


Origin: TypeAlias = tuple[Step, ...]
"""The rows that a line was written for, outermost first."""


class Code:
    """Lines of Python in nested blocks, with the objects that they name.

    A name stands for one thing throughout, and equal expressions are one object: `unshadow` has
    seen to that.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.origins: list[Origin] = []
        self.origin: Origin = ()
        self.objects: dict[str, Any] = {}
        self._held: dict[int, str] = {}
        self._scopes: list[dict[int, Value]] = [{}]
        self._indent = 1
        self._count = 0
        self.loops = 0

    def line(self, text: str) -> None:
        """Add a line to the block that is being written."""
        self.lines.append("    " * self._indent + text)
        self.origins.append(self.origin)

    def name(self, hint: str = "t") -> str:
        """Return a name that nothing else has."""
        self._count += 1
        return f"{hint}{self._count}"

    def assign(self, expression: str, hint: str = "t") -> str:
        """Add an assignment and return the name that it gives a value to."""
        name = self.name(hint)
        self.line(f"{name} = {expression}")
        return name

    def hold(self, value: Any, hint: str = "O") -> str:
        """Return the name by which the code reaches an object."""
        name = self._held.get(id(value))
        if name is None:
            name = self._held[id(value)] = self.name(hint)
            self.objects[name] = value
        return name

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a block; what is computed within is known within."""
        self.line(head)
        self._indent += 1
        if self._indent > DEEPEST:
            raise CannotCompile("blocks too deep within each other")
        self._scopes.append({})
        before = len(self.lines)
        try:
            yield
        finally:
            if len(self.lines) == before:
                self.line("pass")
            self._scopes.pop()
            self._indent -= 1

    @property
    def level(self) -> int:
        """How many blocks are open."""
        return self._indent

    def insert(self, at: int, texts: Iterable[str]) -> None:
        """Add lines before the line number `at`, in the block that is being written now."""
        added = ["    " * self._indent + text for text in texts]
        self.lines[at:at] = added
        self.origins[at:at] = [self.origin] * len(added)

    def remember(self, known: Known, value: Value) -> Value:
        """Keep a value for the rest of the block."""
        self._scopes[-1][id(known)] = value
        return value

    def recall(self, known: Known) -> Value | None:
        """Return a value that was computed where this block can see it."""
        for scope in reversed(self._scopes):
            found = scope.get(id(known))
            if found is not None:
                return found
        return None
