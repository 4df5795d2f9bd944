"""Rewriting expressions: reads replaced, everything else untouched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from agent.core import paths
from agent.core.language.syntax import (
    ArrayComprehension,
    Expression,
    Field,
    Index,
    Name,
    ObjectComprehension,
    Slice,
)

Scope = Mapping[str, str]
"""Names in reach, each with the source path (with `*`) that it stands for."""

SOURCE_SCOPE: Scope = {"src": ""}


def read_of(path: str, *, scope: Scope = SOURCE_SCOPE) -> Expression | None:
    """Return the read of a source path from the innermost name in `scope` that reaches it.

    None when a `*` stands between every name and the path.
    """
    bases = sorted(scope.items(), key=lambda pair: len(pair[1]), reverse=True)
    for name, base in bases:
        if paths.is_within(path, base):
            tokens = paths.parse(path[len(base) :])
            if paths.ANY in tokens:
                continue
            read: Expression = Name(name)
            for token in tokens:
                read = Field(read, paths.key_of(token))
            return read
    return None


def path_of(read: Expression, *, scope: Scope) -> str | None:
    """Return the source path of a chain of field and index reads, or None for anything else."""
    match read:
        case Name(name=name):
            return scope.get(name)
        case Field(of=of, key=key):
            base = path_of(of, scope=scope)
            return None if base is None else paths.child(base, key)
        case Index(of=of):
            base = path_of(of, scope=scope)
            return None if base is None else paths.items(base)
        case Slice(of=of):
            return path_of(of, scope=scope)
        case _:
            return None


def replace_reads(
    expression: Expression,
    change: Callable[[Expression, str], Expression],
    *,
    scope: Scope = SOURCE_SCOPE,
    is_deep: bool = True,
) -> Expression:
    """Return the expression with every longest read chain `r` of path `p` as `change(r, p)`.

    Names bound by comprehensions stand for the items of what they run over, unless `is_deep` is
    False: then reads from them stay as they are.
    """
    path = path_of(expression, scope=scope)
    if path is not None and isinstance(expression, (Name, Field)):
        return change(expression, path)
    if isinstance(expression, (ArrayComprehension, ObjectComprehension)):
        inner = dict(scope)
        loops = []
        for loop in expression.loops:
            over = replace_reads(loop.over, change, scope=inner, is_deep=is_deep)
            base = path_of(loop.over, scope=inner) if is_deep else None
            for name in loop.names:
                inner.pop(name, None)
                if base is not None and len(loop.names) == 1:
                    inner[name] = paths.items(base)
            conditions = tuple(
                replace_reads(condition, change, scope=inner, is_deep=is_deep)
                for condition in loop.conditions
            )
            loops.append(replace(loop, over=over, conditions=conditions))
        return _rebuilt(
            expression,
            lambda part: replace_reads(part, change, scope=inner, is_deep=is_deep),
            keep={"loops": tuple(loops)},
        )
    return _rebuilt(
        expression, lambda part: replace_reads(part, change, scope=scope, is_deep=is_deep)
    )


def replace_name(expression: Expression, name: str, by: Expression) -> Expression:
    """Return the expression with a name that it reads from outside as another expression."""

    def rooted(read: Any, _: str = "") -> Expression:
        return by if isinstance(read, Name) else replace(read, of=rooted(read.of))

    return replace_reads(expression, rooted, scope={name: ""}, is_deep=False)


def _rebuilt(
    node: Expression, change: Callable[[Any], Any], keep: Mapping[str, object] | None = None
) -> Expression:
    """Return a node with its child expressions changed; `keep` gives fields as they are to be."""
    parts = dict(keep or {})
    for part in fields(node):
        if part.name not in parts:
            parts[part.name] = _changed(getattr(node, part.name), change)
    return type(node)(**parts)  # type: ignore[arg-type]


def _changed(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(_changed(item, change) for item in value)
    return change(value) if is_dataclass(value) else value


def reads_in(expression: Expression, *, scope: Scope = SOURCE_SCOPE) -> tuple[str, ...]:
    """Return the source paths that an expression reads, in order, each once."""
    found: dict[str, None] = {}

    def note(read: Expression, path: str) -> Expression:
        found[path] = None
        return read

    replace_reads(expression, note, scope=scope)
    return tuple(found)


def names_in(expression: Expression) -> frozenset[str]:
    """Return the names that an expression reads from outside."""
    found: set[str] = set()

    def visit(node: Any, bound: frozenset[str]) -> None:
        if isinstance(node, Name):
            found.update({node.name} - bound)
        elif isinstance(node, (ArrayComprehension, ObjectComprehension)):
            for loop in node.loops:
                visit(loop.over, bound)
                bound = bound | set(loop.names)
                visit(loop.conditions, bound)
            for part in fields(node):
                if part.name != "loops":
                    visit(getattr(node, part.name), bound)
        elif isinstance(node, tuple):
            for item in node:
                visit(item, bound)
        elif is_dataclass(node):
            for part in fields(node):
                visit(getattr(node, part.name), bound)

    visit(expression, frozenset())
    return frozenset(found)
