"""Contract maps fed by names: what gives their keys, and what their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.syntax import EachRow, Expression, Index, Literal, Name, Row
from agent.core.language.syntax import Field as FieldRead
from agent.core.language.walk import bind
from agent.core.matching.names import own_name
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.naming import fresh_name
from agent.core.synthesis.told_entries import Entries, most_told, told_entries
from agent.proposers.choosing import Choice, choice_of, has_pairs
from agent.proposers.grouping import grouped
from agent.proposers.history import History
from agent.proposers.item_sources import ItemSource, ItemSources
from agent.proposers.leaves import Leaves
from agent.proposers.notebook import Notebook
from agent.proposers.place import Place, copies_whole, is_leaf, named_children
from agent.proposers.reach import CONTAINER_FLOOR, Reach
from agent.proposers.sifting import is_left_out, left_out, sifted, which_items
from agent.proposers.source_fields import names_a_key


@dataclass(frozen=True, slots=True)
class MapSource:
    """The items that become entries; `key` reads the key of an item that is bound to its name."""

    items: ItemSource
    key: Callable[[str], Expression]
    key_path: str


@dataclass(slots=True)
class Maps:
    """Writes one row per contract map that no source map gives as it is."""

    reach: Reach
    notebook: Notebook
    leaves: Leaves
    fields: Callable[[FieldInfo, Place, tuple[Row, ...]], tuple[Row, ...]]
    history: History

    def rows(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return the row that makes the entries of a map, or none."""
        schema = self.reach.task.contract.schema
        value = schema.field(paths.items(child.path))
        if value is None or has_pairs(place.examples_of(child.path)):
            return ()
        made = grouped(child, place, self.reach, self.notebook)
        if made:
            return made
        is_open = place.is_owed and child.is_required and child.path not in self.history.gone
        for source in self._sources(child, value, place):
            if source.items.prior < CONTAINER_FLOOR and not is_open:
                continue
            if self._is_given(source, value):
                return ()
            mark = self.notebook.mark()
            row = self._each(child, value, source, place)
            if row is not None and (child.is_required or not self.notebook.lacks(mark)):
                self._note(child, source, row)
                return (row,)
            self.notebook.go_back(mark)
        return ()

    def _is_given(self, source: MapSource, value: FieldInfo) -> bool:
        """Return whether a source map can be taken over as it is."""
        after, contract = self.reach.task.after, self.reach.task.contract.schema
        return self.reach.is_map(source.items.path) and copies_whole(
            after, source.items.items, contract, value.path
        )

    def _note(self, child: FieldInfo, source: MapSource, row: EachRow) -> None:
        text = f"{source.items.path} is like the map, and {source.key_path} tells its items apart"
        prior = source.items.prior
        evidence = (Evidence(EvidenceKind.NAME, f"{text} ({prior:.2f})"),)
        signals = Signals(Ground.LOOP, likeness=prior)
        paths_read = (source.items.path, source.key_path)
        is_ambiguous = not self.reach.is_map(source.items.path) or prior < CONTAINER_FLOOR
        made = Choice(
            source.items.each,
            paths_read,
            signals,
            evidence,
            is_ambiguous=is_ambiguous or row.where is not None or is_left_out(row),
            question=which_items(row),
        )
        self.notebook.note(child.path, made)

    def _each(
        self, child: FieldInfo, value: FieldInfo, source: MapSource, place: Place
    ) -> EachRow | None:
        name = fresh_name(source.items.path, place.scope)
        path = None if source.items.parts else source.items.items
        inner = Place(
            base=value.path,
            scope=bind(place.scope, name, path),
            context=source.items.items,
            examples=(),
            is_owed=place.is_owed and child.is_required,
            stand={**place.stand, **source.items.standing(name)},
        )
        row = EachRow(place.relative(child.path), source.items.each, name, key=source.key(name))
        row = left_out(row, child, source.items.path, place, self.reach)
        if named_children(self.reach.task.contract.schema, value.path):
            rows = self.fields(value, inner, ())
            return sifted(replace(row, rows=rows), child, inner, self.reach) if rows else None
        choice = self._value(child, value, source, inner)
        if choice is None:
            return None
        self.notebook.note(value.path, choice)
        return replace(row, value=choice.expression)

    def _value(
        self, child: FieldInfo, value: FieldInfo, source: MapSource, inner: Place
    ) -> Choice | None:
        """Return what gives a plain value: what is most like it, but not the key."""
        offers = [
            one
            for one in self.leaves.offers(value, inner, lowest=0.0)
            if one.score > 0.0
            and source.key_path not in one.paths
            and all(paths.is_within(path, source.items.items) for path in one.paths)
        ]
        told = told_entries(child.description)
        said = told and most_told(told.value, [one.read.field for one in offers])
        same = [
            one
            for one in offers
            if (said and one.read.field is said)
            or (value.format and one.read.field.format == value.format)
        ]
        best = same or offers
        return choice_of(best[0], best[1:]) if best else None

    def _sources(self, child: FieldInfo, value: FieldInfo, place: Place) -> list[MapSource]:
        found = [
            *self._of_maps(child, value, place),
            *self._of_arrays(child, value, place),
            *self._of_pairs(child, value, place),
        ]
        return sorted(found, key=lambda one: (-one.items.prior, one.items.path))

    def _of_maps(self, child: FieldInfo, value: FieldInfo, place: Place) -> Iterator[MapSource]:
        sources = ItemSources(self.reach)
        for one in sources.maps(child, value, place):
            key = next(path for path, steps in one.parts.items() if steps == ("key",))
            yield MapSource(one, lambda name: FieldRead(Name(name), "key"), key)

    def _of_arrays(self, child: FieldInfo, value: FieldInfo, place: Place) -> Iterator[MapSource]:
        """Yield arrays of objects that have a field to tell them apart."""
        after = self.reach.task.after
        for one in ItemSources(self.reach).arrays(child, value, place):
            key = self._key(child, one)
            if key is not None and after.field(key.path) is not None:
                yield MapSource(one, _key_read(key, told_entries(child.description)), key.path)

    def _key(self, child: FieldInfo, source: ItemSource) -> FieldInfo | None:
        """Return the field that tells items apart: one that the map speaks of, or is called so."""
        after = self.reach.task.after
        needed = [one for one in named_children(after, source.items) if one.is_required]
        given = [one for one in needed if is_leaf_text(one)]
        told = told_entries(child.description)
        if told is not None:
            parts = [one for one in needed if one.types == {"array"} and is_leaf(after, one)]
            best = most_told(told.key, [*given, *parts] if told.separator else given)
            if best is not None:
                return best
        said = [one for one in given if own_name(one.path) in child.description]
        named = [one for one in given if names_a_key(one.path)]
        return next(iter((*said, *named)), None)

    def _of_pairs(self, child: FieldInfo, value: FieldInfo, place: Place) -> Iterator[MapSource]:
        """Yield two arrays of plain values side by side, the first called what the map is."""
        if not is_leaf(self.reach.task.contract.schema, value):
            return
        for one, other in ItemSources(self.reach).side_by_side(child, place):
            parts = {one.items: (0,), other.items: (1,)}
            joined = ItemSource(
                call("zip", one.each, other.each), one.path, other.items, one.prior, parts
            )
            yield MapSource(joined, lambda name: Index(Name(name), 0), one.items)


def _key_read(key: FieldInfo, told: Entries | None) -> Callable[[str], Expression]:
    """Return what reads the key of an item that is bound to a name."""

    def read(name: str) -> Expression:
        field = FieldRead(Name(name), own_name(key.path))
        if "array" in key.types and told is not None:
            return call("join", Literal(told.separator), field)
        return field if "string" in key.types else call("text", field)

    return read


def is_leaf_text(field: FieldInfo) -> bool:
    """Return whether a field holds plain texts or numbers that can be keys."""
    return field.types <= {"string", "integer"}


def is_map(field: FieldInfo, value: FieldInfo | None) -> bool:
    """Return whether a contract field is an object with keys that are data."""
    return "object" in field.types and value is not None and value.in_map
