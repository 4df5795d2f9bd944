"""Which declared source fields an inverse does not bring back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.core import paths
from agent.core.language.inverse.leaves import Leaf
from agent.core.language.inverse.records import Kind
from agent.core.schema import Schema
from agent.core.shapes.containers import field_of
from agent.core.shapes.lattice import meet
from agent.core.shapes.parts import Objects
from agent.core.shapes.reading import at_path
from agent.core.shapes.shape import Shape


@dataclass
class _Kept:
    """What comes back: whole values, arrays by their items, nulls.

    `above` are all parents of these, `invented` those that a lossy rule may write from nothing.
    """

    wholes: set[str] = field(default_factory=set)
    arrays: set[str] = field(default_factory=set)
    nulls: set[str] = field(default_factory=set)
    above: set[str] = field(default_factory=set)
    invented: set[str] = field(default_factory=set)

    def is_whole(self, path: str) -> bool:
        """Return whether a field is within a value that comes back whole."""
        while path not in self.wholes:
            if not path:
                return False
            path = paths.parent(path)
        return True


def lost_fields(schema: Schema, source: Shape, leaves: tuple[Leaf, ...]) -> tuple[str, ...]:
    """Return the source fields that exact leaves do not bring back, in reading order."""
    kept = _Kept()
    _keep(leaves, "", kept)
    lost = [path for info in schema.fields for path in _lost_at(info.path, source, kept)]
    if schema.is_truncated and "" not in kept.wholes:
        lost.insert(0, "")
    return tuple(dict.fromkeys(lost))


def _keep(leaves: tuple[Leaf, ...], base: str, kept: _Kept) -> None:
    for leaf in leaves:
        if not leaf.is_undone:
            continue
        read = base + leaf.read
        if leaf.undone.kind is not Kind.ISO:
            kept.invented.update(_parents(read))
            continue
        if leaf.is_null:
            kept.nulls.add(read)
            continue
        kept.above.update(_parents(read))
        if leaf.items is None:
            kept.wholes.add(read)
        else:
            kept.arrays.add(read)
            kept.above.add(paths.items(read))
            _keep(leaf.items, paths.items(read), kept)


def _parents(path: str) -> Iterator[str]:
    while path:
        path = paths.parent(path)
        yield path


def _lost_at(path: str, source: Shape, kept: _Kept) -> Iterator[str]:
    if kept.is_whole(path) or path in kept.arrays:
        return
    if path not in kept.above:
        yield path
        return
    shape = at_path(source, path)
    is_remade = _is_base(path) or _is_remade(shape, path, kept)
    is_invented = path in kept.invented and not _is_sure(source, path)
    is_null_lost = shape.parts.null and path not in kept.nulls
    if not is_remade or is_invented or is_null_lost:
        yield path
    if any(map(_is_open, shape.parts.objects)):
        yield paths.items(path)


def _is_base(path: str) -> bool:
    """Return whether a place is the payload or an item, which every output of it makes."""
    return path == "" or path.endswith(f"/{paths.ANY}")


def _is_sure(source: Shape, path: str) -> bool:
    """Return whether an object always stands at a place, within its item."""
    if at_path(source, path).parts.null:
        return False
    if _is_base(path):
        return True
    above, key = paths.parent(path), paths.last(path)
    variants = at_path(source, above).parts.objects
    is_required = all(field_of(variant, key, meet=meet).is_required for variant in variants)
    return is_required and _is_sure(source, above)


def _is_open(variant: Objects) -> bool:
    return bool(variant.patterned) or not variant.others.is_surely_nothing


def _is_remade(shape: Shape, path: str, kept: _Kept) -> bool:
    """Return whether an object always holds something that makes the inverse write it."""
    return all(_has_sure_part(variant, path, kept) for variant in shape.parts.objects)


def _has_sure_part(variant: Objects, path: str, kept: _Kept) -> bool:
    for name in variant.names:
        below = field_of(variant, name, meet=meet)
        part = paths.child(path, name)
        if not below.is_required:
            continue
        if part in kept.wholes or part in kept.arrays:
            return True
        is_null_lost = below.shape.parts.null and part not in kept.nulls
        if part in kept.above and not is_null_lost and _is_remade(below.shape, part, kept):
            return True
    return False
