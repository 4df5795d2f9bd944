"""What names stand for while types are inferred, and what conditions have told of expressions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, TypeAlias

from agent.core.language.syntax import (
    Arithmetic,
    Bindings,
    Call,
    Expression,
    Field,
    Index,
    Literal,
    Name,
    Slice,
)
from agent.core.language.types.typed import Typed, join_values


@dataclass(frozen=True, slots=True)
class Given:
    """A name whose values are known; `symbol` is its own among all names of one inference."""

    symbol: str
    typed: Typed


@dataclass(frozen=True, slots=True)
class Let:
    """A name of a `let`: its expression, with the names that it reads."""

    symbol: str
    expression: Expression
    names: Mapping[str, Binding]


Binding: TypeAlias = Given | Let


@dataclass(frozen=True, slots=True)
class Env:
    """The names in reach, what is known of some expressions beside, and whether it is reached.

    The keys of `known` are expressions whose names are symbols: what is known of one is what it
    is whenever it is evaluated here, and evaluating it here cannot fail.
    """

    names: Mapping[str, Binding]
    known: Mapping[Expression, Typed] = field(default_factory=dict)
    is_dead: bool = False

    def dead(self) -> Env:
        """Return this scope where nothing can happen."""
        return replace(self, is_dead=True)


class Inferrer(Protocol):
    """What the parts of the inference ask of each other."""

    def infer(self, expression: Expression, env: Env) -> Typed:
        """Return what is known of an expression before it runs."""

    def spend(self) -> bool:
        """Count a step, and return whether there are steps left."""


_numbers: Final = itertools.count()


def new_symbol(name: str) -> str:
    """Return a symbol that no other name has: no name has a `#` in it."""
    return f"{name}#{next(_numbers)}"


def bind(env: Env, names: Mapping[str, Typed]) -> Env:
    """Return the scope within which names stand for values."""
    bound = {name: Given(new_symbol(name), typed) for name, typed in names.items()}
    is_dead = env.is_dead or any(typed.is_impossible for typed in names.values())
    return replace(env, names={**env.names, **bound}, is_dead=is_dead)


def with_let(env: Env, let: Bindings) -> Env:
    """Return the scope within a `let`, whose names read only those before them."""
    names = dict(env.names)
    for name, expression in let:
        names[name] = Let(new_symbol(name), expression, dict(names))
    return replace(env, names=names) if let else env


def key_of(expression: Expression, names: Mapping[str, Binding]) -> Expression | None:
    """Return an expression with symbols for names, or None when nothing is kept of such ones.

    A name of a `let` that has a key of its own stands for it.
    """
    match expression:
        case Name(name=name):
            return _key_of_name(name, names)
        case Literal():
            return expression
        case Field(of=of, key=key):
            found = key_of(of, names)
            return None if found is None else Field(found, key)
        case Index(of=of, position=position):
            found = key_of(of, names)
            return None if found is None else Index(found, position)
        case Slice(of=of, start=start, end=end):
            found = key_of(of, names)
            return None if found is None else Slice(found, start, end)
        case Arithmetic(left=left, operator=operator, right=right):
            one, two = key_of(left, names), key_of(right, names)
            return None if one is None or two is None else Arithmetic(one, operator, two)
        case Call():
            return _key_of_call(expression, names)
        case _:
            return None


def _key_of_name(name: str, names: Mapping[str, Binding]) -> Expression | None:
    binding = names.get(name)
    if isinstance(binding, Let):
        return key_of(binding.expression, binding.names) or Name(binding.symbol)
    return None if binding is None else Name(binding.symbol)


def _key_of_call(call: Call, names: Mapping[str, Binding]) -> Expression | None:
    arguments, named = [], []
    for argument in call.arguments:
        found = key_of(argument, names)
        if found is None:
            return None
        arguments.append(found)
    for name, argument in call.named:
        found = key_of(argument, names)
        if found is None:
            return None
        named.append((name, found))
    return Call(call.function, tuple(arguments), tuple(named))


def join_envs(left: Env, right: Env) -> Env:
    """Return the scope after either of two ways; what is known on both stays known."""
    if left.is_dead or right.is_dead:
        return right if left.is_dead else left
    known = {
        key: join_values(typed, right.known[key])
        for key, typed in left.known.items()
        if key in right.known
    }
    return replace(left, known=known)
