"""Names: which ones an expression reads, and in which order the names of a `let` depend.

A `let` is a set: a name may read any other name of it, in whatever order they are written, as long
as there is no circle. The `let` of an `each` or `with` row may also read the row's `as` name; a
name that does so, directly or not, is bound for each item, and the others once for the row.
"""

from __future__ import annotations

import functools
import keyword
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, cast

from agent.core.language.functions import FUNCTIONS
from agent.core.language.syntax import (
    ArrayComprehension,
    Bindings,
    Expression,
    Loop,
    Name,
    ObjectComprehension,
)
from agent.errors import InvalidAdapter

SOURCE = "src"
"""The name of the whole payload."""


@dataclass(frozen=True, slots=True)
class Loops:
    """The loops around an expression: names that stand for parts of what is looped over, and how
    many of the loops run over arrays that are independent of each other."""

    derived: frozenset[str] = frozenset()
    depth: int = 0


NO_LOOPS = Loops()


def name_problem(name: object) -> str:
    """Return why `let`, `as` or a comprehension cannot bind `name`, or ""."""
    if not isinstance(name, str) or not (name.isascii() and name.isidentifier()):
        return f"{name!r} is not a name of ASCII letters, digits and _"
    if keyword.iskeyword(name):
        return f"{name} is a word of the language"
    if name == SOURCE or name in FUNCTIONS:
        return (
            f"{name} is {'the payload' if name == SOURCE else 'a function'} and cannot be rebound"
        )
    return ""


def free_names(expression: Expression) -> frozenset[str]:
    """Return the names that an expression reads and does not bind itself."""
    match expression:
        case Name(name=name):
            return frozenset({name})
        case ArrayComprehension(item=item, loops=loops):
            return _names_of_loops((item,), loops)
        case ObjectComprehension(key=key, value=value, loops=loops):
            return _names_of_loops((key, value), loops)
        case _:
            return frozenset().union(*(free_names(part) for part in children(expression)))


def _names_of_loops(results: tuple[Expression, ...], loops: tuple[Loop, ...]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    for loop in loops:
        found |= free_names(loop.over) - bound
        bound |= frozenset(loop.names)
        for condition in loop.conditions:
            found |= free_names(condition) - bound
    for result in results:
        found |= free_names(result) - bound
    return found


def children(expression: Expression) -> Iterator[Expression]:
    """Yield the expressions directly within `expression`, left to right."""
    for name in parts_of(cast("Hashable", type(expression))):
        yield from _expressions(getattr(expression, name))


def expressions_within(part: object) -> Iterator[Expression]:
    """Yield the expressions of a row or of a `let`, those of rows within included."""
    if isinstance(part, Expression):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from expressions_within(item)
    elif is_dataclass(part):
        for name in parts_of(cast("Hashable", type(part))):
            yield from expressions_within(getattr(part, name))


@functools.cache
def parts_of(node: Hashable) -> tuple[str, ...]:
    """Return the names of the attributes of a kind of node."""
    return tuple(part.name for part in fields(cast("Any", node)))


def _expressions(value: object) -> Iterator[Expression]:
    if isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
    elif isinstance(value, Loop):
        yield value.over
        yield from value.conditions
    elif isinstance(value, Expression):
        yield value


def order(let: Bindings, *, where: str) -> Bindings:
    """Return the names of a `let` so that each reads only those before it.

    Names that do not depend on each other stay in the order of writing.

    Raises:
        InvalidAdapter: a name depends on itself.
    """
    known = {name for name, _ in let}
    needs = {name: free_names(expression) & known for name, expression in let}
    waiting, done = dict(let), dict[str, Expression]()
    while waiting:
        before = len(done)
        for name in list(waiting):
            if needs[name] <= done.keys():
                done[name] = waiting.pop(name)
        if len(done) == before:
            raise InvalidAdapter(
                where=where,
                found=f"the names {', '.join(sorted(waiting))} depend on each other in a circle",
                help="a name may read src, outer names, and names of its `let` that do not read it",
            )
    return tuple(done.items())


@functools.lru_cache(maxsize=4096)
def split(let: Bindings, name: str) -> tuple[Bindings, Bindings]:
    """Return the names of an ordered `let` that do not read `name`, and those that do."""
    derived = {name}
    outer, inner = [], []
    for bound, expression in let:
        if free_names(expression) & derived:
            derived.add(bound)
            inner.append((bound, expression))
        else:
            outer.append((bound, expression))
    return tuple(outer), tuple(inner)
