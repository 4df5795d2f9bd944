"""Where a contract object is being fed: names in reach, and what the pairs expect there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import path_of, read_of
from agent.core.language.syntax import ArrayDisplay, Expression, Field
from agent.core.schema import FieldInfo, Schema
from agent.core.synthesis.examples import Example


@dataclass(frozen=True, slots=True)
class Place:
    """One object of the contract that rules are being written for.

    `base` is the contract path that row targets are relative to; `scope` the names in reach with
    their source paths; `context` the source object that matches this one; `examples` hold the
    expected value of `base`. `is_certain` tells that the object is always made, `is_owed` that the
    contract requires all that is around it. `stand` holds expressions that stand for source paths
    which no name is bound to: parts of the item that a loop is at.
    """

    base: str
    scope: Mapping[str, str]
    context: str
    examples: tuple[Example, ...]
    is_certain: bool = True
    is_owed: bool = True
    stand: Mapping[str, Expression] = field(default_factory=dict)

    @property
    def innermost(self) -> str:
        """Return the source path of the item that the innermost loop is at, or "" outside loops.

        An inner array is looked for there: a loop over an array of its own would multiply items.
        """
        return max((*self.scope.values(), *self.stand), key=len)

    def is_inside(self, path: str) -> bool:
        """Return whether a source path is a part of the item that the innermost loop is at."""
        inner = self.innermost
        bases = tuple(self.stand) if inner in self.stand else (inner,)
        return any(paths.is_within(path, base) for base in bases)

    def relative(self, target: str) -> str:
        """Return a full contract path as a row target."""
        return target[len(self.base) :]

    def examples_of(self, target: str) -> tuple[Example, ...]:
        """Return what the pairs expect at a contract path below `base`."""
        tokens = paths.parse(self.relative(target))
        return tuple(
            Example(example.bindings, _descend(example.expected, tokens))
            for example in self.examples
        )

    def inside(self, context: str, *, is_required: bool) -> Place:
        """Return the same place with another matching source object, for a child of it."""
        return replace(
            self,
            context=context,
            is_certain=self.is_certain and is_required,
            is_owed=self.is_owed and is_required,
        )

    def read(self, path: str) -> Expression | None:
        """Return the read of a source path from here, or None when an array stands between."""
        near = max(
            (base for base in self.stand if paths.is_within(path, base)), key=len, default=""
        )
        tokens = paths.parse(path[len(near) :])
        if not near or paths.ANY in tokens:
            return read_of(path, scope=self.scope)
        read = self.stand[near]
        for token in tokens:
            read = Field(read, paths.key_of(token))
        return read

    def may_be_absent(self, schema: Schema, path: str) -> bool:
        """Return whether the source may leave out a path, or leave out or null what holds it."""
        bases = (*self.scope.values(), *self.stand)
        base = max((b for b in bases if paths.is_within(path, b)), key=len)
        above = path
        while above != base:
            field = schema.field(above)
            if field is None or not field.is_required or (field.is_nullable and above != path):
                return True
            above = paths.parent(above)
        return False


def _descend(value: object, tokens: tuple[str, ...]) -> object:
    for token in tokens:
        if not isinstance(value, dict) or paths.key_of(token) not in value:
            return MISSING
        value = value[paths.key_of(token)]
    return value


def is_leaf(schema: Schema, field: FieldInfo) -> bool:
    """Return whether a field, and each of its items, has no named fields of its own."""
    below = named_children(schema, field.path)
    return not below and not named_children(schema, paths.items(field.path))


def named_children(schema: Schema, path: str) -> tuple[FieldInfo, ...]:
    """Return the children that have names: no array items and no map values."""
    return tuple(child for child in schema.children(path) if not child.path.endswith("/*"))


def is_always_made(contract: Schema, at: str) -> bool:
    """Return whether every object around a contract path, up to an item, is required."""
    above = paths.parent(at)
    while above and paths.last(above) != paths.ANY:
        field = contract.field(above)
        if field is None or not field.is_required:
            return False
        above = paths.parent(above)
    return True


def copies_whole(source: Schema, at: str, target: Schema, to: str, *, depth: int = 12) -> bool:
    """Return whether copying a source object gives all that the contract wants at a place.

    Every contract field below must stand in the source under the same name with no wider type,
    or be optional and absent from it.
    """
    given, wanted = source.field(at), target.field(to)
    if given is None or wanted is None or depth == 0:
        return given is not None and wanted is not None
    if not given.types <= wanted.types or (given.is_nullable and not wanted.is_nullable):
        return False
    if wanted.enum is not None and not set(map(repr, given.enum or ("",))) <= set(
        map(repr, wanted.enum)
    ):
        return False
    if wanted.has_const and not (given.has_const and given.const == wanted.const):
        return False
    for child in target.children(to):
        below = at + child.path[len(to) :]
        mine = source.field(below)
        if mine is None:
            if child.is_required:
                return False
            continue
        if child.is_required and not mine.is_required:
            return False
        if not copies_whole(source, below, target, child.path, depth=depth - 1):
            return False
    return True


def holds_more(source: Schema, at: str, target: Schema, to: str, *, depth: int = 12) -> bool:
    """Return whether a source object names fields that the contract does not name at a place.

    Where the contract names none, it takes any.
    """
    if depth == 0 or not target.children(to):
        return False
    is_named = bool(named_children(target, to))
    for child in source.children(at):
        below = to + child.path[len(at) :]
        if target.field(below) is None:
            if is_named and not child.path.endswith("/*"):
                return True
        elif holds_more(source, child.path, target, below, depth=depth - 1):
            return True
    return False


def items_path(each: Expression, place: Place) -> str | None:
    """Return the source path of the items; of a one-item display it is the item's own path."""
    if isinstance(each, ArrayDisplay) and len(each.items) == 1:
        return path_in(each.items[0], place)
    path = path_in(each, place)
    return None if path is None else paths.items(path)


def path_in(read: Expression, place: Place) -> str | None:
    """Return the source path that a read stands for at a place, or None."""
    return path_of(read, scope=place.scope)
