"""Feeding a contract field by field: objects, arrays, maps and leaves, down the tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from agent.core import paths
from agent.core.language.rewrite import reads_in
from agent.core.language.syntax import (
    ArrayDisplay,
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Logic,
    Name,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.language.syntax import Field as FieldRead
from agent.core.language.walk import bind
from agent.core.matching.names import own_name
from agent.core.matching.score import name_similarity
from agent.core.proposing import Evidence, EvidenceKind, RuleNote, Task, Unfed
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Example, Read, value_of
from agent.core.synthesis.explaining import Explainer
from agent.core.synthesis.explanation import Open
from agent.core.synthesis.scope import Scope
from agent.proposers.agreeing import item_examples, lengths_agree, or_empty, projects, stays_silent
from agent.proposers.assigning import assign
from agent.proposers.choosing import (
    FLOOR,
    Candidate,
    Choice,
    candidates,
    choice_from,
    choice_of,
    choose_by_pairs,
    constant_choice,
    default_choice,
    guard,
    has_pairs,
)
from agent.proposers.explained import RowWriter
from agent.proposers.history import GONE_FLOOR, History, absence_confidence
from agent.proposers.kept import is_fed, kept_below
from agent.proposers.place import (
    Place,
    copies_whole,
    first_item_read,
    fresh_name,
    is_leaf,
    items_path,
    named_children,
    path_in,
)

Similarity = Callable[[FieldInfo, FieldInfo, bool], float]
"""Score of (source field, contract field, parents are matched), 0 to 1."""

CONTAINER_FLOOR = 0.33
COPY_FLOOR = 0.6
INDEXED_DISCOUNT = 0.75
MAX_DEPTH = 16
SEEN_VALUES = 20


@dataclass(slots=True)
class Feeding:
    """One pass over a contract; collects notes and unfed fields while it writes rows."""

    task: Task
    similarity: Similarity
    name: str
    history: History
    notes: list[RuleNote] = field(default_factory=list)
    unfed: list[Unfed] = field(default_factory=list)
    sources: tuple[FieldInfo, ...] = ()
    _scopes: dict[int, Scope] = field(default_factory=dict, init=False)
    _fields: dict[str, FieldInfo] = field(init=False)
    _targets: dict[str, FieldInfo] = field(init=False)
    _explainer: Explainer = field(init=False)
    _likenesses: dict[tuple[str, str, bool], float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.sources = _with_seen_values(self.task)
        schema = self.task.contract.schema
        self._fields = {one.path: one for one in self.sources}
        self._targets = {one.path: one for one in schema.fields}
        self._explainer = Explainer(schema, self._likeness, self._fields, self._may_copy)

    def _likeness(self, source: str, target: str, is_near: bool) -> float:
        """Return the score of two paths; a path that no schema declares goes by its name."""
        key = (source, target, is_near)
        known = self._likenesses.get(key)
        if known is None:
            one, other = self._fields.get(source), self._targets.get(target)
            if one is not None and other is not None:
                known = self.similarity(one, other, is_near)
            else:
                known = 0.9 * name_similarity(source, target)
            self._likenesses[key] = known
        return known

    def _may_copy(self, source: str, target: str) -> bool:
        """Return whether all of a source object or array is what the contract declares there."""
        schema = self.task.contract.schema
        return schema.field(target) is None or copies_whole(self.task.after, source, schema, target)

    def _unseen(self, opened: Open) -> tuple[Row, ...]:
        """Return rows for fields that no pair shows, by names: they stay silent in the pairs."""
        scope = opened.scope
        place = Place(
            base=opened.target,
            scope=scope.places,
            context=list(scope.places.values())[-1],
            examples=tuple(Example(row, {}) for row in scope.rows),
            is_certain=False,
        )
        children = [
            child
            for child in named_children(self.task.contract.schema, opened.target)
            if child.path in opened.names
        ]
        chosen = self._assigned(children, place)
        return tuple(row for child in children for row in self._child(child, place, chosen))

    def _explained(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return the row that explains every pair of a contract field, or none."""
        examples = place.examples_of(child.path) if child.path else place.examples
        if not has_pairs(examples):
            return ()
        scope = self._scopes.get(id(place.examples))
        if scope is None:
            rows = tuple(example.bindings for example in place.examples)
            scope = self._scopes[id(place.examples)] = Scope(place.scope, rows)
        made = self._explainer.explain(
            child.path, [example.expected for example in examples], scope
        )
        if made is None:
            return ()
        for part in made.parts:
            self._note(part.target, choice_from(part.solution, part.others))
        opened = {one.target: one for one in made.opens}
        writer = RowWriter(self.task.contract.schema, opened, self._unseen)
        return writer.rows(
            made.expression,
            target=place.relative(child.path),
            at=child.path,
            scope=place.scope,
        )

    def root(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Return the rows for the whole contract; `rows` are kept and completed."""
        target = self.task.contract.schema.field("")
        if target is None:
            return rows
        examples = tuple(
            Example({"src": payload}, expected) for payload, expected in self.task.pairs()
        )
        place = Place(base="", scope={"src": ""}, context="", examples=examples)
        if not rows and not self._is_declared(examples):
            explained = self._explained(target, place)
            if explained:
                return explained
        if "object" in target.types:
            return self._object(target, rows, place)
        return rows or self._any(target, place)

    def _is_declared(self, examples: Sequence[Example]) -> bool:
        """Return whether all that pairs show at the root are fields that the contract names."""
        named = {
            paths.key_of(paths.last(child.path))
            for child in named_children(self.task.contract.schema, "")
        }
        return all(
            isinstance(example.expected, dict) and example.expected.keys() <= named
            for example in examples
        )

    # objects

    def _object(self, target: FieldInfo, rows: tuple[Row, ...], place: Place) -> tuple[Row, ...]:
        """Return rows for every child of an object, the given ones first."""
        if len(paths.parse(target.path)) > MAX_DEPTH:
            return rows
        completed = tuple(self._complete(row, place) for row in rows)
        return completed + self._lacking(target, rows, place)

    def _lacking(self, target: FieldInfo, rows: tuple[Row, ...], place: Place) -> tuple[Row, ...]:
        """Return rows for what the given ones leave open of an object."""
        after = self.task.after
        open_children = [
            child
            for child in named_children(self.task.contract.schema, target.path)
            if not is_fed(child.path, rows, place, after)
        ]
        kept = {child.path: kept_below(child.path, rows, place, after) for child in open_children}
        chosen = self._assigned([child for child in open_children if not kept[child.path]], place)
        made: list[Row] = []
        for child in open_children:
            if kept[child.path]:
                made += self._rest(child, kept[child.path], place)
            else:
                made += self._child(child, place, chosen)
        return tuple(made)

    def _rest(self, child: FieldInfo, rows: tuple[Row, ...], place: Place) -> tuple[Row, ...]:
        """Return a group with what rows that write a part of an object leave open of it."""
        inside = replace(
            place,
            base=child.path,
            examples=place.examples_of(child.path),
            is_certain=place.is_certain and child.is_required,
        )
        source = self._container(child, place, "object")
        if source is not None:
            inside = replace(inside, context=source.path)
        made = self._lacking(child, rows, inside)
        when = None if child.is_required else self._presence(made, inside)
        return (GroupRow(target=place.relative(child.path), rows=made, when=when),) if made else ()

    def _complete(self, row: Row, place: Place) -> Row:
        """Return a kept row with the rows that its inner object still lacks."""
        schema = self.task.contract.schema
        full = place.base + row.target
        match row:
            case EachRow(value=None):
                item = schema.field(paths.items(full))
                if item is None:
                    return row
                inner = self._item_place(row.each, row.name, full, place)
                return replace(row, rows=self._object(item, row.rows, inner))
            case GroupRow() | WithRow():
                target = schema.field(full)
                if target is None:
                    return row
                inside = replace(place, base=full, examples=place.examples_of(full))
                if isinstance(row, WithRow):
                    over = path_in(row.over, place)
                    inside = replace(inside, scope=bind(place.scope, row.name, over))
                return replace(row, rows=self._object(target, row.rows, inside))
            case _:
                return row

    def _child(self, child: FieldInfo, place: Place, chosen: dict[str, Choice]) -> tuple[Row, ...]:
        schema = self.task.contract.schema
        explained = self._explained(child, place)
        if explained:
            return explained
        if child.path in chosen:
            return self._value(child, chosen[child.path], place)
        if named_children(schema, child.path):
            return self._child_object(child, place)
        if "array" in child.types and not is_leaf(schema, child):
            return self._array(child, place)
        return self._leaf(child, place)

    def _child_object(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return a copy where one gives all, else a group with the rows of the object."""
        examples = place.examples_of(child.path)
        source = self._container(child, place, "object")
        if source is not None and self._copy_fits(source, child, examples):
            self._note(child.path, _copied(source))
            return (CopyRow(target=place.relative(child.path), copy=source.expression),)
        mark = (len(self.notes), len(self.unfed))
        context = source.path if source is not None else place.context
        inside = place.inside(context, is_certain=place.is_certain and child.is_required)
        rows = self._object(child, (), replace(inside, base=child.path, examples=examples))
        missing = [one for one in self.unfed[mark[1] :] if one.is_required]
        if not child.is_required and (missing or not rows):
            del self.notes[mark[0] :]
            del self.unfed[mark[1] :]
            self._leave(child)
            return ()
        if not rows:
            return ()
        when = None if child.is_required else self._presence(rows, replace(inside, base=child.path))
        return (GroupRow(target=place.relative(child.path), rows=rows, when=when),)

    def _presence(self, rows: tuple[Row, ...], place: Place) -> Expression | None:
        """Return the condition under which an optional object has all that it requires."""
        schema, needed = self.task.contract.schema, []
        for row in rows:
            child = schema.field(place.base + row.target)
            if child is None or not child.is_required or not isinstance(row, ValueRow):
                continue
            if row.when is not None:
                needed.append(row.when)
            for path in reads_in(row.value, scope=place.scope):
                read, source = place.read(path), self.task.after.field(path)
                is_nullable = source is not None and source.is_nullable
                if read is None or not (is_nullable or place.may_be_absent(self.task.after, path)):
                    continue
                needed.append(call("present", call("not_null", read) if is_nullable else read))
        unique = tuple(dict.fromkeys(needed))
        if not unique:
            return None
        return unique[0] if len(unique) == 1 else Logic("and", unique)

    def _copy_fits(self, source: Read, target: FieldInfo, examples: Sequence[Example]) -> bool:
        contract = self.task.contract.schema
        if source.prior < COPY_FLOOR or not copies_whole(
            self.task.after, source.path, contract, target.path
        ):
            return False
        return all(
            projects(value_of(source.expression, example.bindings), example.expected)
            for example in examples
        )

    def _container(self, target: FieldInfo, place: Place, kind: str) -> Read | None:
        """Return the source object or array that is most like a contract one."""
        found = [
            read
            for read in self._reads(target, place, kinds=frozenset({kind}))
            if read.prior >= CONTAINER_FLOOR and read.path
        ]
        return found[0] if found else None

    # arrays

    def _array(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return one row that makes the items, or the leaf treatment where items are scalars."""
        schema = self.task.contract.schema
        item = schema.field(paths.items(child.path))
        if item is None or not named_children(schema, item.path):
            return self._leaf(child, place)
        examples = place.examples_of(child.path)
        for read in self._array_sources(child, item, place, examples):
            if not stays_silent(read.expression, examples):
                continue
            mark = (len(self.notes), len(self.unfed))
            row = self._each(child, item, read, place)
            lacking = any(one.is_required for one in self.unfed[mark[1] :])
            if row.rows and (not lacking or child.is_required):
                self._note(
                    child.path,
                    Choice(
                        read.expression,
                        (read.path,),
                        min(0.95, 0.4 + 0.6 * read.prior),
                        _liked(read),
                    ),
                )
                return (row,)
            del self.notes[mark[0] :]
            del self.unfed[mark[1] :]
        self._leave(child)
        return ()

    def _array_sources(
        self, child: FieldInfo, item: FieldInfo, place: Place, examples: Sequence[Example]
    ) -> list[Read]:
        found = [
            replace(
                read, prior=max(read.prior, 0.5 * read.prior + 0.5 * self._coverage(read, item))
            )
            for read in self._reads(child, place, kinds=frozenset({"array"}))
            if named_children(self.task.after, paths.items(read.path))
            and paths.is_within(read.path, place.innermost)
        ]
        aligned = [read for read in found if lengths_agree(read, examples)]
        ranked = sorted(aligned or found, key=lambda read: (-read.prior, read.path))
        usable = [read for read in ranked if read.prior >= CONTAINER_FLOOR or aligned]
        if usable:
            return usable[:3]
        objects = self._reads(child, place, kinds=frozenset({"object"}))
        return [
            replace(read, expression=ArrayDisplay((read.expression,)), prior=read.prior * 0.9)
            for read in objects[:2]
            if read.prior >= FLOOR and named_children(self.task.after, read.path)
        ]

    def _coverage(self, read: Read, item: FieldInfo) -> float:
        """Return how well the items' fields find partners in a source array's items."""
        wanted = named_children(self.task.contract.schema, item.path)
        given = named_children(self.task.after, paths.items(read.path))
        if not wanted or not given:
            return 0.0
        best = [max(self.similarity(g, w, True) for g in given) for w in wanted]
        return sum(score for score in best if score >= FLOOR) / len(best)

    def _each(self, child: FieldInfo, item: FieldInfo, read: Read, place: Place) -> EachRow:
        name = fresh_name(own_name(read.path), place)
        inner = self._item_place(read.expression, name, child.path, place)
        items_path = paths.items(read.path)
        whole = Read(Name(name), items_path, item, 1.0)
        if self._copy_fits(whole, item, inner.examples):
            self._note(item.path, _copied(whole))
            rows: tuple[Row, ...] = (CopyRow(target="", copy=Name(name)),)
        else:
            rows = self._object(item, (), inner)
        each = or_empty(read.expression, place.examples_of(child.path))
        return EachRow(target=place.relative(child.path), each=each, name=name, rows=rows)

    def _values_of_items(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return a row that takes one field of every object of a source array, or none."""
        item = self.task.contract.schema.field(paths.items(child.path))
        if item is None or has_pairs(place.examples_of(child.path)):
            return ()
        for read in self._reads(child, place, kinds=frozenset({"array"})):
            items = named_children(self.task.after, paths.items(read.path))
            alike = [
                one for one in items if is_leaf(self.task.after, one) and one.types <= item.types
            ]
            if read.prior < FLOOR or not alike:
                continue
            best = max(alike, key=lambda one: (self.similarity(one, item, True), one.path))
            name = fresh_name(own_name(read.path), place)
            value = FieldRead(Name(name), paths.last(best.path))
            evidence = (*_liked(read), Evidence(EvidenceKind.NAME, f"its items' {best.path}"))
            choice = Choice(
                value, (best.path,), 0.5 * read.prior, evidence, is_ambiguous=len(alike) > 1
            )
            self._note(child.path, choice)
            return (EachRow(place.relative(child.path), read.expression, name, value=value),)
        return ()

    def _item_place(self, each: Expression, name: str, target: str, place: Place) -> Place:
        path = items_path(each, place)
        return Place(
            base=paths.items(target),
            scope=bind(place.scope, name, path),
            context=path or place.context,
            examples=item_examples(each, name, place.examples_of(target)),
        )

    # leaves

    def _assigned(self, children: Sequence[FieldInfo], place: Place) -> dict[str, Choice]:
        """Return the choices that pairs explain, and an assignment of the rest by score."""
        schema = self.task.contract.schema
        chosen: dict[str, Choice] = {}
        unpaired: list[FieldInfo] = []
        for child in children:
            examples = place.examples_of(child.path)
            if named_children(schema, child.path) and not has_pairs(examples):
                continue
            if has_pairs(examples):
                made = self._by_pairs(child, place, examples)
                if made is not None:
                    chosen[child.path] = made
            elif is_leaf(schema, child):
                unpaired.append(child)
        offers = {
            child.path: self._offers(child, place)
            for child in unpaired
            if constant_choice(child) is None
        }
        for path, (best, rest) in assign(offers).items():
            if path not in self.history.gone or best.score >= self._floor_of_gone(best):
                chosen[path] = choice_of(best, rest)
        return chosen

    def _floor_of_gone(self, best: Candidate) -> float:
        """Return the score that a stand-in for a removed field needs: a new field is likelier."""
        before = self.task.before
        is_new = before is not None and all(before.field(path) is None for path in best.paths)
        return FLOOR if is_new else GONE_FLOOR

    def _offers(self, child: FieldInfo, place: Place) -> list[Candidate]:
        """Return the candidates for a leaf that no pair shows; where it is absent they are too."""
        examples = place.examples_of(child.path)
        found = candidates(child, self._alike_reads(child, place), self.task.priors)
        return [one for one in found if stays_silent(one.expression, examples)]

    def _by_pairs(
        self, child: FieldInfo, place: Place, examples: Sequence[Example]
    ) -> Choice | None:
        schema = self.task.contract.schema
        if not is_leaf(schema, child):
            return None
        return choose_by_pairs(examples, self._reads(child, place, indexed=True))

    def _leaf(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return the row of a leaf that neither pairs nor names gave an expression for."""
        choice = constant_choice(child) if child.is_required else None
        if choice is None and child.is_required and not has_pairs(place.examples_of(child.path)):
            choice = default_choice(child)
        if choice is None and has_pairs(place.examples_of(child.path)):
            offers = candidates(child, self._alike_reads(child, place), self.task.priors)
            if offers and offers[0].score >= FLOOR:
                choice = replace(
                    choice_of(offers[0], offers[1:]), confidence=0.1, is_ambiguous=True
                )
        if choice is not None:
            return self._value(child, choice, place)
        rows = self._values_of_items(child, place) if "array" in child.types else ()
        if not rows:
            self._leave(child)
        return rows

    def _value(self, child: FieldInfo, choice: Choice, place: Place) -> tuple[Row, ...]:
        sources = [self.task.after.field(path) for path in choice.paths]
        expression = guard(
            choice,
            child,
            may_be_absent=any(place.may_be_absent(self.task.after, path) for path in choice.paths),
            is_nullable=any(source is not None and source.is_nullable for source in sources),
            is_certain=place.is_certain,
        )
        self._note(child.path, replace(choice, expression=expression))
        return (ValueRow(target=place.relative(child.path), value=expression, when=choice.when),)

    def _any(self, target: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return the rows of a root that is no object."""
        examples = place.examples_of(target.path)
        if has_pairs(examples):
            made = self._by_pairs(target, place, examples)
            if made is not None:
                return self._value(target, made, place)
        if "array" in target.types:
            return self._array(target, place)
        return self._leaf(target, place)

    def _alike_reads(self, target: FieldInfo, place: Place) -> list[Read]:
        """Return the fields in reach that could pass as a leaf: no array of objects."""
        return [
            read
            for read in self._reads(target, place)
            if "array" not in read.field.types
            or not named_children(self.task.after, paths.items(read.path))
        ]

    def _reads(
        self,
        target: FieldInfo,
        place: Place,
        *,
        kinds: frozenset[str] | None = None,
        indexed: bool = False,
    ) -> list[Read]:
        """Return the source fields in reach, most alike first."""
        found = []
        for source in self.sources:
            if kinds is not None and not source.types & kinds:
                continue
            in_context = paths.parent(source.path) == place.context
            read = place.read(source.path)
            if read is not None:
                prior = self.similarity(source, target, in_context)
                found.append(Read(read, source.path, source, prior))
            elif indexed and (first := first_item_read(source.path, place)) is not None:
                prior = self.similarity(source, target, in_context) * INDEXED_DISCOUNT
                found.append(Read(first, source.path, source, prior))
        return sorted(found, key=lambda read: (-read.prior, read.path))

    # what is said about it

    def _note(self, target: str, choice: Choice) -> None:
        self.notes.append(
            RuleNote(
                target=target,
                confidence=round(choice.confidence, 3),
                evidence=choice.evidence,
                alternatives=choice.alternatives,
                is_lossy=choice.is_lossy,
                is_ambiguous=choice.is_ambiguous,
                proposer=self.name,
            )
        )

    def _leave(self, child: FieldInfo) -> None:
        said = f" ({child.description[:120]})" if child.description else ""
        self.unfed.append(
            Unfed(
                path=child.path,
                is_required=child.is_required,
                question=f"Which field of {self.task.source} holds {child.path}{said} now?",
            )
        )
        if not child.is_required:
            confidence = absence_confidence(self.history, child.path)
            text = "optional, and nothing feeds it: it stays absent"
            self.notes.append(
                RuleNote(
                    child.path,
                    confidence,
                    (Evidence(EvidenceKind.CONTRACT, text),),
                    proposer=self.name,
                )
            )


def _with_seen_values(task: Task) -> tuple[FieldInfo, ...]:
    """Return the source fields with the values that samples show among their examples."""
    payloads = [sample.payload for sample in task.samples]
    seen = []
    for one in task.after.fields:
        values = [value for payload in payloads for _, value in paths.find(payload, one.path)]
        scalars = [value for value in values if isinstance(value, (str, int, float))]
        seen.append(replace(one, examples=(*one.examples, *scalars[:SEEN_VALUES])))
    return tuple(seen)


def _copied(source: Read) -> Choice:
    text = f"{source.path or 'the payload'} has every field that the contract declares here"
    sure = min(0.97, 0.5 + source.prior / 2)
    return Choice(source.expression, (source.path,), sure, (Evidence(EvidenceKind.TYPE, text),))


def _liked(read: Read) -> tuple[Evidence, ...]:
    text = f"{read.path} is like the array by name and by its items' fields ({read.prior:.2f})"
    return (Evidence(EvidenceKind.NAME, text),)
