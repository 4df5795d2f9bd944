"""Contract arrays fed by names: which source array, and what its items give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.syntax import (
    ArrayDisplay,
    CopyRow,
    EachRow,
    Expression,
    Index,
    Name,
    Row,
    WithRow,
)
from agent.core.language.syntax import Field as FieldRead
from agent.core.language.walk import bind
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo
from agent.core.synthesis.examples import Example, Read
from agent.core.synthesis.naming import fresh_name
from agent.proposers.agreeing import item_examples, lengths_agree, or_empty, stays_silent
from agent.proposers.choosing import FLOOR, Choice, copied, has_pairs
from agent.proposers.notebook import Notebook
from agent.proposers.place import Place, is_leaf, items_path, named_children
from agent.proposers.reach import CONTAINER_FLOOR, Reach

MAX_TRIED = 3


@dataclass(slots=True)
class Arrays:
    """Writes one row per contract array; `fields` completes the rows of an item."""

    reach: Reach
    notebook: Notebook
    fields: Callable[[FieldInfo, Place, tuple[Row, ...]], tuple[Row, ...]]

    def rows(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return one row that makes the items, or none; items are objects."""
        schema = self.reach.task.contract.schema
        item = schema.field(paths.items(child.path))
        assert item is not None
        examples = place.examples_of(child.path)
        for read in self._array_sources(child, item, place, examples):
            if not stays_silent(read.expression, examples):
                continue
            mark = self.notebook.mark()
            row = self._each(child, item, read, place)
            lacking = self.notebook.lacks(mark)
            if row.rows and (not lacking or child.is_required):
                self.notebook.note(
                    child.path,
                    Choice(
                        read.expression,
                        (read.path,),
                        Signals(Ground.LOOP, likeness=read.prior),
                        _liked(read),
                    ),
                )
                return (row,)
            self.notebook.go_back(mark)
        self.notebook.leave(child)
        return ()

    def _array_sources(
        self, child: FieldInfo, item: FieldInfo, place: Place, examples: Sequence[Example]
    ) -> list[Read]:
        found = [
            replace(
                read, prior=max(read.prior, 0.5 * read.prior + 0.5 * self._coverage(read, item))
            )
            for read in self.reach.reads(child, place, kinds=frozenset({"array"}))
            if named_children(self.reach.task.after, paths.items(read.path))
            and paths.is_within(read.path, place.innermost)
        ]
        aligned = [read for read in found if lengths_agree(read, examples)]
        ranked = sorted(aligned or found, key=lambda read: (-read.prior, read.path))
        usable = [read for read in ranked if read.prior >= CONTAINER_FLOOR or aligned]
        if usable:
            return usable[:MAX_TRIED]
        objects = self.reach.reads(child, place, kinds=frozenset({"object"}))
        return [
            replace(read, expression=ArrayDisplay((read.expression,)), prior=read.prior * 0.9)
            for read in objects[:2]
            if read.prior >= FLOOR and named_children(self.reach.task.after, read.path)
        ]

    def _coverage(self, read: Read, item: FieldInfo) -> float:
        """Return how well the items' fields find partners in a source array's items."""
        wanted = named_children(self.reach.task.contract.schema, item.path)
        given = named_children(self.reach.task.after, paths.items(read.path))
        if not wanted or not given:
            return 0.0
        best = [max(self.reach.similarity(g, w, True) for g in given) for w in wanted]
        return sum(score for score in best if score >= FLOOR) / len(best)

    def _each(self, child: FieldInfo, item: FieldInfo, read: Read, place: Place) -> EachRow:
        name = fresh_name(read.path, place.scope)
        inner = self.item_place(read.expression, name, child.path, place)
        whole = Read(Name(name), paths.items(read.path), item, 1.0)
        rows = self._item_rows(item, whole, inner)
        if rows and isinstance(rows[0], CopyRow):
            self.notebook.note(item.path, copied(whole))
        each = or_empty(read.expression, place.examples_of(child.path))
        return EachRow(target=place.relative(child.path), each=each, name=name, rows=rows)

    def _item_rows(self, item: FieldInfo, whole: Read, inner: Place) -> tuple[Row, ...]:
        """Return the rows of an item: a copy, where that fits, and what a copy leaves open."""
        if not self.reach.copy_fits(whole, item, inner.examples):
            return self.fields(item, inner, ())
        return self.fields(item, inner, (CopyRow(target="", copy=whole.expression),))

    def first_of(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return a row that makes an optional object of the first item of an array, or none.

        The contract has room for one item only: what else the array holds is lost.
        """
        examples = place.examples_of(child.path)
        read = self.reach.container(child, place, "array")
        if read is None or read.prior < FLOOR or child.is_required or has_pairs(examples):
            return ()
        if not named_children(self.reach.task.after, paths.items(read.path)):
            return ()
        first = Index(read.expression, 0)
        if not stays_silent(first, examples):
            return ()
        name = fresh_name(read.path, place.scope)
        inner = Place(
            base=child.path,
            scope=bind(place.scope, name, paths.items(read.path)),
            context=paths.items(read.path),
            examples=(),
        )
        mark = self.notebook.mark()
        whole = Read(Name(name), inner.context, child, 1.0)
        rows = self._item_rows(child, whole, inner)
        if not rows or self.notebook.lacks(mark):
            self.notebook.go_back(mark)
            return ()
        taken = Choice(
            first,
            (read.path,),
            Signals(Ground.LOOP, likeness=read.prior, is_doubtful=True),
            _liked(read),
            is_lossy=True,
            is_ambiguous=True,
        )
        self.notebook.note(child.path, taken)
        return (WithRow(place.relative(child.path), over=first, name=name, rows=rows),)

    def values_of_items(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return a row that takes one field of every object of a source array, or none."""
        item = self.reach.task.contract.schema.field(paths.items(child.path))
        if item is None or has_pairs(place.examples_of(child.path)):
            return ()
        for read in self.reach.reads(child, place, kinds=frozenset({"array"})):
            items = named_children(self.reach.task.after, paths.items(read.path))
            alike = [
                one
                for one in items
                if is_leaf(self.reach.task.after, one) and one.types <= item.types
            ]
            if read.prior < FLOOR or not alike:
                continue
            best = max(alike, key=lambda one: (self.reach.similarity(one, item, True), one.path))
            name = fresh_name(read.path, place.scope)
            value = FieldRead(Name(name), paths.last(best.path))
            evidence = (*_liked(read), Evidence(EvidenceKind.NAME, f"its items' {best.path}"))
            choice = Choice(
                value,
                (best.path,),
                Signals(Ground.NAMES, likeness=read.prior),
                evidence,
                is_ambiguous=len(alike) > 1,
            )
            self.notebook.note(child.path, choice)
            return (EachRow(place.relative(child.path), read.expression, name, value=value),)
        return ()

    def item_place(self, each: Expression, name: str, target: str, place: Place) -> Place:
        """Return the place of the items of a loop."""
        path = items_path(each, place)
        return Place(
            base=paths.items(target),
            scope=bind(place.scope, name, path),
            context=path or place.context,
            examples=item_examples(each, name, place.examples_of(target)),
        )


def _liked(read: Read) -> tuple[Evidence, ...]:
    text = f"{read.path} is like the array by name and by its items' fields ({read.prior:.2f})"
    return (Evidence(EvidenceKind.NAME, text),)
