"""What the items of a contract array, or the entries of a map, could be made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.core import paths
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Conditional,
    Expression,
    Index,
    Loop,
    Name,
)
from agent.core.language.syntax import Field as FieldRead
from agent.core.matching.score import name_similarity
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Example, Read
from agent.core.synthesis.naming import fresh_name
from agent.proposers.agreeing import lengths_agree
from agent.proposers.choosing import FLOOR
from agent.proposers.place import Place, named_children
from agent.proposers.reach import CONTAINER_FLOOR, Reach
from agent.proposers.source_fields import key_path

MAX_TRIED = 3

OTHER_KIND = 0.8
"""What is left of a name's likeness where a map, an object or a text stands for an array."""

PAIRED_ARRAYS = 0.6
"""From this likeness on two arrays side by side are what two fields of the items are called."""


@dataclass(frozen=True, slots=True)
class ItemSource:
    """An expression that gives the items, and what is known of them.

    `path` is the source field that they come from, and `items` the path of one item. `parts` are
    source paths that stand in a part of the item, each with the steps to it: the key and the
    value of an entry, the halves of a pair.
    """

    each: Expression
    path: str
    items: str
    prior: float
    parts: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)

    def standing(self, name: str) -> dict[str, Expression]:
        """Return what stands for source paths within an item that is called `name`."""
        return {path: _stepped(Name(name), steps) for path, steps in self.parts.items()}


def _stepped(read: Expression, steps: Sequence[str | int]) -> Expression:
    for step in steps:
        read = Index(read, step) if isinstance(step, int) else FieldRead(read, step)
    return read


@dataclass(slots=True)
class ItemSources:
    """Finds item sources, the most alike first."""

    reach: Reach

    def alike(
        self, child: FieldInfo, item: FieldInfo, place: Place, examples: Sequence[Example]
    ) -> list[ItemSource]:
        """Return the sources that are called what the array is called, or hold such fields."""
        found = [
            _plain(replace(read, prior=self._prior(read.prior, paths.items(read.path), item)))
            for read in self._arrays(child, place)
        ]
        aligned = [
            one for one in found if lengths_agree(Read(one.each, one.path, child, 1.0), examples)
        ]
        ranked = sorted(aligned or found, key=lambda one: (-one.prior, one.path))
        usable = [one for one in ranked if one.prior >= CONTAINER_FLOOR or aligned]
        if usable:
            return usable[:MAX_TRIED]
        return self._other_kinds(child, item, place)[:MAX_TRIED]

    def likeliest(self, child: FieldInfo, item: FieldInfo, place: Place) -> list[ItemSource]:
        """Return the sources that hold most of what the items need, whatever they are called."""
        found = [_plain(read) for read in self._arrays(child, place, is_strict=False)]
        found += self._flat(child, place)
        found += [_entries(read) for read in self._maps(child, place)]
        found += self._scalars(child, place)
        found += [_alone(read) for read in self._objects(child, place)[:MAX_TRIED]]
        scored = [
            replace(one, prior=0.3 * one.prior + 0.7 * self._coverage(one.items, item, 0.0))
            for one in found
        ]
        return sorted(scored, key=lambda one: (-one.prior, one.path))[:MAX_TRIED]

    def maps(self, child: FieldInfo, value: FieldInfo, place: Place) -> list[ItemSource]:
        """Return the source maps for a contract map, with their entries as items."""
        return [
            _entries(replace(read, prior=self._prior(read.prior, paths.items(read.path), value)))
            for read in self._maps(child, place)
        ]

    def arrays(self, child: FieldInfo, value: FieldInfo, place: Place) -> list[ItemSource]:
        """Return the arrays of objects for a contract map, by names whatever their kind."""
        found = [_plain(read) for read in self._arrays(child, place)]
        return [replace(one, prior=self._renamed(one, child, value)) for one in found]

    def side_by_side(
        self, child: FieldInfo, place: Place
    ) -> Iterator[tuple[ItemSource, ItemSource]]:
        """Yield two arrays of plain values, alone in their object, one called what a map is."""
        arrays = self._scalars(child, place)
        for one in arrays:
            others = [
                other
                for other in arrays
                if other.path != one.path and paths.parent(other.path) == paths.parent(one.path)
            ]
            alike = name_similarity(one.path, child.path)
            if len(others) == 1 and alike >= PAIRED_ARRAYS:
                yield replace(one, prior=alike * OTHER_KIND), others[0]

    def _other_kinds(self, child: FieldInfo, item: FieldInfo, place: Place) -> list[ItemSource]:
        """Return maps, parallel arrays, arrays of texts and objects that are called so."""
        found = [
            replace(one, prior=self._renamed(one, child, item))
            for one in (
                *(_entries(read) for read in self._maps(child, place)),
                *self._scalars(child, place),
                *(_alone(read) for read in self._objects(child, place)),
            )
        ]
        named = [one for one in found if one.prior >= FLOOR]
        pairs = self._pairs(item, place)
        return [*pairs, *sorted(named, key=lambda one: (-one.prior, one.path))]

    def _renamed(self, source: ItemSource, child: FieldInfo, item: FieldInfo) -> float:
        alike = OTHER_KIND * name_similarity(source.path, child.path)
        return self._prior(max(source.prior, alike), source.items, item)

    def _arrays(self, child: FieldInfo, place: Place, *, is_strict: bool = True) -> list[Read]:
        """Return the arrays of objects in reach: not of an outer item, which would multiply."""
        return [
            read
            for read in self.reach.reads(child, place, kinds=frozenset({"array"}))
            if named_children(self.reach.task.after, paths.items(read.path))
            and (not is_strict or paths.is_within(read.path, place.innermost))
        ]

    def _objects(self, child: FieldInfo, place: Place) -> list[Read]:
        return [
            read
            for read in self.reach.reads(child, place, kinds=frozenset({"object"}))
            if read.path and named_children(self.reach.task.after, read.path)
        ]

    def _maps(self, child: FieldInfo, place: Place) -> list[Read]:
        found = self.reach.reads(child, place, kinds=frozenset({"object"}))
        return [read for read in found if self.reach.is_map(read.path)]

    def _scalars(self, child: FieldInfo, place: Place) -> list[ItemSource]:
        """Return the arrays of plain values in reach."""
        after = self.reach.task.after
        return [
            _plain(read)
            for read in self.reach.reads(child, place, kinds=frozenset({"array"}))
            if after.field(paths.items(read.path)) is not None
            and not named_children(after, paths.items(read.path))
        ]

    def _flat(self, child: FieldInfo, place: Place) -> Iterator[ItemSource]:
        """Yield the items of arrays that stand in the items of another, one after the other."""
        after = self.reach.task.after
        for source in self.reach.sources:
            tokens = paths.parse(source.path)
            if "array" not in source.types or tokens.count(paths.ANY) != 1:
                continue
            outer = paths.join(tokens[: tokens.index(paths.ANY)])
            read = place.read(outer)
            field = after.field(outer)
            if read is None or field is None or "array" not in field.types:
                continue
            if place.read(source.path) is not None:
                continue
            name = fresh_name(outer, place.scope)
            within: Expression = Name(name)
            for token in tokens[tokens.index(paths.ANY) + 1 :]:
                within = FieldRead(within, paths.key_of(token))
            inner = fresh_name(source.path, (*place.scope, name))
            each = ArrayComprehension(
                Name(inner), (Loop((name,), read, ()), Loop((inner,), within, ()))
            )
            prior = self.reach.similarity(source, child, False)
            yield ItemSource(each, source.path, paths.items(source.path), prior)

    def _pairs(self, item: FieldInfo, place: Place) -> list[ItemSource]:
        """Return two arrays of plain values side by side that are called what two fields are."""
        wanted = named_children(self.reach.task.contract.schema, item.path)
        if len(wanted) != 2:
            return []
        arrays = self._scalars(item, place)
        best = [
            max(
                ((name_similarity(one.path, field.path), one) for one in arrays),
                key=lambda pair: (pair[0], pair[1].path),
                default=None,
            )
            for field in wanted
        ]
        left, right = best
        if left is None or right is None or min(left[0], right[0]) < PAIRED_ARRAYS:
            return []
        one, other = left[1], right[1]
        if one.path == other.path or paths.parent(one.path) != paths.parent(other.path):
            return []
        parts = {one.items: (0,), other.items: (1,)}
        each = call("zip", one.each, other.each)
        return [ItemSource(each, one.path, one.items, min(left[0], right[0]), parts)]

    def _prior(self, alone: float, items: str, item: FieldInfo) -> float:
        return max(alone, 0.5 * alone + 0.5 * self._coverage(items, item, FLOOR))

    def _coverage(self, items: str, item: FieldInfo, floor: float) -> float:
        """Return how well the items' fields find partners in what is below a source path."""
        wanted = named_children(self.reach.task.contract.schema, item.path)
        after = self.reach.task.after
        given = named_children(after, items)
        if not given:
            given = tuple(one for one in (after.field(items),) if one is not None)
        if not wanted or not given:
            return 0.0
        best = [max(self.reach.similarity(g, w, True) for g in given) for w in wanted]
        return sum(score for score in best if score >= floor) / len(best)


def _plain(read: Read) -> ItemSource:
    """The items of an array; where one item may stand alone for an array, it is the only one."""
    each = read.expression
    if read.field.types - {"array"}:
        each = Conditional(call("is_array", each), each, call("non_empty", ArrayDisplay((each,))))
    return ItemSource(each, read.path, paths.items(read.path), read.prior)


def _alone(read: Read) -> ItemSource:
    """One object as the only item."""
    return ItemSource(ArrayDisplay((read.expression,)), read.path, read.path, read.prior * 0.9)


def _entries(read: Read) -> ItemSource:
    items = paths.items(read.path)
    parts: dict[str, tuple[str | int, ...]] = {items: ("value",), key_path(read.path): ("key",)}
    return ItemSource(call("entries", read.expression), read.path, items, read.prior, parts)
