"""What the rule of a function sees of a call: its arguments, each as far as it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from agent.core.language.syntax import Call, Expression
from agent.core.language.types.scope import Env, Inferrer
from agent.core.language.types.typed import MayFail, Typed
from agent.core.language.types.values import listed
from agent.core.shapes.parts import Arrays, Numbers, Objects, Texts
from agent.core.shapes.shape import Parts, Shape


@dataclass(frozen=True, slots=True)
class Site:
    """One call. Where the interpreter handles absence, the arguments are neither missing nor null.

    `waiting` are the arguments that are evaluated later, or only in part. What the call may refuse
    is added to `failures`.
    """

    call: Call
    positional: tuple[tuple[str, Typed], ...]
    named: tuple[tuple[str, Typed], ...]
    waiting: tuple[tuple[str, Expression], ...]
    typer: Inferrer
    env: Env
    failures: list[MayFail] = field(default_factory=list)

    def argument(self, name: str) -> Typed | None:
        """Return an evaluated argument, however it was given."""
        for found, typed in (*self.positional, *self.named):
            if found == name:
                return typed
        return None

    def shape(self, name: str) -> Shape:
        """Return the shape of an evaluated argument that has to be given."""
        typed = self.argument(name)
        assert typed is not None
        return typed.shape

    def many(self, name: str) -> tuple[Typed, ...]:
        """Return all arguments of a variadic parameter."""
        return tuple(typed for found, typed in self.positional if found == name)

    def later(self, name: str) -> Expression | None:
        """Return an argument that is not evaluated at once."""
        return dict(self.waiting).get(name)

    def fail(self, reason: str, expression: Expression | None = None) -> None:
        """Note that the call may refuse."""
        self.failures.append(MayFail(self.call.function, reason, expression or self.call))

    # Operands, each noting what else than the wanted type may come

    def text(self, name: str) -> Texts | None:
        """Return the texts of an argument."""
        return self.texts_of(self.shape(name))

    def texts_of(self, shape: Shape) -> Texts | None:
        """Return the texts of a shape."""
        if shape.parts != Parts(texts=shape.parts.texts):
            self.fail("not a text")
        return shape.parts.texts

    def number(self, name: str) -> Numbers | None:
        """Return the numbers of an argument."""
        shape = self.shape(name)
        if shape.parts != Parts(numbers=shape.parts.numbers):
            self.fail("not a number")
        return shape.parts.numbers

    def array(self, name: str) -> Arrays | None:
        """Return the arrays of an argument."""
        return self.arrays_of(self.shape(name))

    def arrays_of(self, shape: Shape) -> Arrays | None:
        """Return the arrays of a shape."""
        if shape.parts != Parts(arrays=shape.parts.arrays):
            self.fail("not an array")
        return shape.parts.arrays

    def objects(self, name: str) -> tuple[Objects, ...]:
        """Return the kinds of object of an argument."""
        return self.objects_of(self.shape(name))

    def objects_of(self, shape: Shape) -> tuple[Objects, ...]:
        """Return the kinds of object of a shape."""
        if shape.parts != Parts(objects=shape.parts.objects):
            self.fail("not an object")
        return shape.parts.objects

    def choice(self, name: str, fallback: str) -> str | None:
        """Return the one text that an argument is, or its default, or None when it may vary."""
        typed = self.argument(name)
        if typed is None:
            return fallback
        values = listed(typed.shape)
        if values is not None and len(values) == 1 and isinstance(values[0], str):
            return values[0]
        return None

    def integer(self, name: str) -> int | None:
        """Return the one integer that an argument is, or None when it may vary."""
        typed = self.argument(name)
        values = None if typed is None else listed(typed.shape)
        if values is not None and len(values) == 1 and type(values[0]) is int:
            return values[0]
        return None


Rule: TypeAlias = Callable[[Site], Typed]
