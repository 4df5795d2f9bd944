"""Contract arrays fed by names: which source array, and what its items give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.syntax import (
    CopyRow,
    EachRow,
    Expression,
    Index,
    Literal,
    Name,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.language.syntax import Field as FieldRead
from agent.core.language.walk import bind
from agent.core.matching.names import own_name, stems
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Read
from agent.core.synthesis.naming import fresh_name
from agent.proposers.agreeing import item_examples, or_empty, stays_silent
from agent.proposers.choosing import FLOOR, Choice, copied, has_pairs
from agent.proposers.history import History
from agent.proposers.item_sources import ItemSource, ItemSources
from agent.proposers.languages import root_descriptions, said_language, tagged, tagged_text
from agent.proposers.notebook import Notebook
from agent.proposers.picking import pick_of, picks
from agent.proposers.place import Place, is_leaf, items_path, named_children
from agent.proposers.reach import Reach
from agent.proposers.sifting import is_left_out, left_out, ordered, sifted, which_items
from agent.proposers.tagging import joined_by_tag


@dataclass(slots=True)
class Arrays:
    """Writes one row per contract array; `fields` completes the rows of an item."""

    reach: Reach
    notebook: Notebook
    fields: Callable[[FieldInfo, Place, tuple[Row, ...]], tuple[Row, ...]]
    history: History
    sources: ItemSources = field(init=False)

    def __post_init__(self) -> None:
        self.sources = ItemSources(self.reach)

    def rows(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return one row that makes the items, or none; items are objects."""
        schema = self.reach.task.contract.schema
        item = schema.field(paths.items(child.path))
        assert item is not None
        examples = place.examples_of(child.path)
        made = self._tagged(child, place) or joined_by_tag(child, place, self.reach, self.notebook)
        if made:
            return made
        for source in self.sources.alike(child, item, place, examples):
            if not stays_silent(source.each, examples):
                continue
            row = self._tried(child, item, source, place)
            if row is not None:
                return (row,)
        if self._is_open(child, place):
            for source in self.sources.likeliest(child, item, place):
                row = self._tried(child, item, source, place, is_ambiguous=True)
                if row is not None:
                    return (row,)
        self.notebook.leave(child)
        return ()

    def _tagged(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return a row that puts a plain text beside the language that a schema says it is in."""
        task = self.reach.task
        names = tagged(task.contract.schema, child.path)
        language = said_language(child.description, *reversed(root_descriptions(task)))
        if names is None or language is None or has_pairs(place.examples_of(child.path)):
            return ()
        texts = self.reach.reads(child, place, kinds=frozenset({"string"}))
        if not texts or texts[0].prior < FLOOR:
            return ()
        read = texts[0]
        made = tagged_text(read.expression, names, language)
        evidence = (*_liked(read), Evidence(EvidenceKind.CONTRACT, f"texts are in {language}"))
        self.notebook.note(
            child.path,
            Choice(made, (read.path,), Signals(Ground.NAMES, likeness=read.prior), evidence),
        )
        is_there = place.may_be_absent(task.after, read.path)
        when = call("present", read.expression) if is_there else None
        return (ValueRow(place.relative(child.path), made, when=when),)

    def _is_open(self, child: FieldInfo, place: Place) -> bool:
        """Return whether an array has to be there and neither a pair nor a removal speaks of it."""
        return (
            place.is_owed
            and child.is_required
            and child.path not in self.history.gone
            and not has_pairs(place.examples_of(child.path))
        )

    def _tried(
        self,
        child: FieldInfo,
        item: FieldInfo,
        source: ItemSource,
        place: Place,
        *,
        is_ambiguous: bool = False,
    ) -> EachRow | None:
        """Return the row over a source, or None where it gives nothing or lacks what is needed."""
        mark = self.notebook.mark()
        row = self._each(child, item, source, place)
        if row.rows and (child.is_required or not self.notebook.lacks(mark)):
            said = f"{source.path} is like the array by name and by its items' fields"
            choice = Choice(
                source.each,
                (source.path,),
                Signals(Ground.LOOP, likeness=source.prior),
                (Evidence(EvidenceKind.NAME, f"{said} ({source.prior:.2f})"),),
                is_ambiguous=is_ambiguous or row.where is not None or is_left_out(row),
                question=which_items(row),
            )
            self.notebook.note(child.path, choice)
            return row
        self.notebook.go_back(mark)
        return None

    def _each(self, child: FieldInfo, item: FieldInfo, source: ItemSource, place: Place) -> EachRow:
        name = fresh_name(source.path, place.scope)
        inner = self._inside(source, name, child.path, place)
        whole = Read(Name(name), source.items, item, 1.0)
        rows = self.fields(item, inner, ()) if source.parts else self._item_rows(item, whole, inner)
        if rows and isinstance(rows[0], CopyRow):
            self.notebook.note(item.path, copied(whole))
        examples = place.examples_of(child.path)
        each = or_empty(source.each, examples)
        row = EachRow(target=place.relative(child.path), each=each, name=name, rows=rows)
        if has_pairs(examples):
            return row
        if not source.parts:
            read = Read(each, source.path, child, source.prior)
            pick = pick_of(child, read, place, self.reach)
            row = row if pick is None else replace(row, where=pick.condition())
        row = left_out(row, child, source.path, place, self.reach)
        return ordered(sifted(row, child, inner, self.reach), child, inner, self.reach)

    def _inside(self, source: ItemSource, name: str, target: str, place: Place) -> Place:
        """Return the place of the items of a source."""
        path = None if source.parts else source.items
        inner = self.item_place(source.each, name, target, place, path=path)
        return replace(inner, context=source.items, stand={**inner.stand, **source.standing(name)})

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
        if child.is_required or has_pairs(examples):
            return ()
        read = self.reach.container(child, place, "array")
        if read is None or read.prior < FLOOR:
            read = self._namesake(child, place)
        if read is None:
            return ()
        if not named_children(self.reach.task.after, paths.items(read.path)):
            return ()
        return self._one_item(child, place, read, Index(read.expression, 0), _liked(read))

    def _namesake(self, child: FieldInfo, place: Place) -> Read | None:
        """Return the array beside the matching fields that has the very name of an object."""
        path = paths.child(place.context, own_name(child.path))
        reads = self.reach.reads(child, place, kinds=frozenset({"array"}))
        found = (replace(one, prior=FLOOR) for one in reads if one.path == path)
        return next(found, None)

    def picked_of(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return a row that makes an object of the item of an array that it is called after."""
        if has_pairs(place.examples_of(child.path)):
            return ()
        for pick in picks(child, place, self.reach):
            if not pick.rest & stems(own_name(pick.holder.path)):
                continue
            item = call("first", pick.items())
            if child.is_required and place.is_certain:
                item = call("require", item, Literal(f"the contract requires {child.path}"))
            evidence = (Evidence(EvidenceKind.NAME, pick.said),)
            made = self._one_item(child, place, pick.holder, item, evidence)
            if made:
                return made
        return ()

    def _one_item(
        self,
        child: FieldInfo,
        place: Place,
        read: Read,
        item: Expression,
        evidence: tuple[Evidence, ...],
    ) -> tuple[Row, ...]:
        """Return the row of an object that is one item of an array, or none."""
        if not stays_silent(item, place.examples_of(child.path)):
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
            item,
            (read.path,),
            Signals(Ground.LOOP, likeness=read.prior, is_doubtful=True),
            evidence,
            is_lossy=True,
            is_ambiguous=True,
        )
        self.notebook.note(child.path, taken)
        return (WithRow(place.relative(child.path), over=item, name=name, rows=rows),)

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

    def item_place(
        self, each: Expression, name: str, target: str, place: Place, *, path: str | None = None
    ) -> Place:
        """Return the place of the items of a loop; `path` is theirs where `each` does not say."""
        path = path or items_path(each, place)
        owner = self.reach.task.contract.schema.field(target)
        return Place(
            base=paths.items(target),
            scope=bind(place.scope, name, path),
            context=path or place.context,
            examples=item_examples(each, name, place.examples_of(target)),
            is_owed=place.is_owed and (owner is None or owner.is_required),
            stand=place.stand,
        )


def _liked(read: Read) -> tuple[Evidence, ...]:
    text = f"{read.path} is like the array by name and by its items' fields ({read.prior:.2f})"
    return (Evidence(EvidenceKind.NAME, text),)
