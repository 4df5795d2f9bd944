"""What names stand for while an adapter runs, and where in the payload that came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from agent.core.language.absence import Value
from agent.core.language.syntax import Bindings, Expression
from agent.errors import InvalidAdapter


@dataclass(frozen=True, slots=True)
class Whole:
    """A value given from outside, such as `src`."""

    value: Value


@dataclass(frozen=True, slots=True)
class Item:
    """What a loop or block binds: item `index` of `container`, which `over` gave in `scope`.

    A block's name has no index: it stands for what `over` gave.
    """

    value: Value
    over: Expression
    scope: Scope
    container: Value = None
    index: int | None = None


class Named:
    """A name of a `let`: evaluated when it is first read, and once."""

    __slots__ = ("expression", "is_busy", "is_known", "scope", "value")

    def __init__(self, expression: Expression, scope: Scope) -> None:
        self.expression = expression
        self.scope = scope
        self.is_known = False
        self.is_busy = False
        self.value: Value = None


Binding: TypeAlias = Whole | Item | Named


class Scope:
    """Names with their bindings, around them the names of the scope outside."""

    __slots__ = ("_bindings", "_outer")

    def __init__(self, bindings: Mapping[str, Binding], outer: Scope | None = None) -> None:
        self._bindings = bindings
        self._outer = outer

    def find(self, name: str) -> Binding:
        """Return what the nearest scope binds to `name`.

        Raises:
            InvalidAdapter: no scope binds it; an adapter that was read from text has no such name.
        """
        scope: Scope | None = self
        while scope is not None:
            binding = scope._bindings.get(name)
            if binding is not None:
                return binding
            scope = scope._outer
        raise InvalidAdapter(where="", found=f"the unknown name {name}", help="bind it with `let`")

    def with_names(self, let: Bindings) -> Scope:
        """Return the scope within a `let`."""
        if not let:
            return self
        bindings: dict[str, Binding] = {}
        inner = Scope(bindings, self)
        for name, expression in let:
            bindings[name] = Named(expression, inner)
        return inner
