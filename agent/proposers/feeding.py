"""Feeding a contract field by field: objects, arrays, maps and leaves, down the tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from agent.core import paths
from agent.core.language.rewrite import names_in, reads_in
from agent.core.language.syntax import (
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Literal,
    Logic,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.language.syntax import Field as FieldRead
from agent.core.language.walk import bind
from agent.core.proposing import Task
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Example, Read
from agent.core.synthesis.explanation import Open
from agent.core.synthesis.naming import fresh_name
from agent.core.synthesis.scope import Scope
from agent.proposers.agreeing import stays_silent
from agent.proposers.analogies import Analogies
from agent.proposers.arms import Arms, alternative
from agent.proposers.arrays import Arrays
from agent.proposers.choosing import Choice, copied, has_pairs
from agent.proposers.history import History
from agent.proposers.kept import is_fed, kept_below, source_around
from agent.proposers.kinds import Kinds
from agent.proposers.leaves import Leaves
from agent.proposers.leftover import left_for, remaining, unread_children
from agent.proposers.maps import Maps, is_map
from agent.proposers.notebook import Notebook
from agent.proposers.paired import Paired
from agent.proposers.place import Place, named_children, path_in
from agent.proposers.reach import Reach, Similarity
from agent.proposers.sequences import next_item

MAX_DEPTH = 16


@dataclass(slots=True)
class Feeding:
    """One pass over a contract; collects notes and unfed fields while it writes rows."""

    task: Task
    similarity: Similarity
    name: str
    history: History
    notebook: Notebook = field(init=False)
    _reach: Reach = field(init=False)
    _analogies: Analogies = field(init=False)
    _paired: Paired = field(init=False)
    _arrays: Arrays = field(init=False)
    _leaves: Leaves = field(init=False)
    _arms: Arms = field(init=False)
    _maps: Maps = field(init=False)
    _kinds: Kinds = field(init=False)

    def __post_init__(self) -> None:
        self.notebook = Notebook(
            self.task.source, self.name, self.history, is_paired=bool(self.task.pairs())
        )
        self._reach = Reach(self.task, self.similarity)
        self._analogies = Analogies(self._reach)
        self._kinds = Kinds(self._reach)
        self._paired = Paired(
            self._reach, self.notebook, self._unseen, self._kinds.left_to, self._analogies
        )
        self._arrays = Arrays(self._reach, self.notebook, self._completed, self.history)
        self._arms = Arms(self.task.after)
        self._leaves = Leaves(self._reach, self.notebook, self._arrays, self.history)
        self._maps = Maps(self._reach, self.notebook, self._leaves, self._completed, self.history)

    def _unseen(self, opened: Open, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Return rows for fields that no pair shows, by names: they stay silent in the pairs.

        `rows` write the fields beside them, and tell which source object matches this one.
        """
        scope = opened.scope
        place = Place(
            base=opened.target,
            scope=scope.bound,
            context=_context(rows, scope),
            examples=tuple(Example(row, {}) for row in scope.rows),
            is_certain=False,
            is_owed=False,
            stand=scope.standing,
        )
        children = [
            child
            for child in named_children(self.task.contract.schema, opened.target)
            if child.path in opened.names
        ]
        chosen = {
            path: choice if self._is_namesake(path, choice) else replace(choice, is_ambiguous=True)
            for path, choice in self._leaves.assigned(children, place).items()
        }
        made: list[Row] = []
        for child in children:
            made += (
                self._other_arm(child, (*rows, *made), place)
                or self._next_item(child, children, rows, place)
                or self._child(child, place, chosen)
            )
        return tuple(made)

    def _next_item(
        self, child: FieldInfo, unseen: Sequence[FieldInfo], rows: Sequence[Row], place: Place
    ) -> tuple[Row, ...]:
        """Return the row of the item after those that the fields beside this one take."""
        contract = self.task.contract.schema
        choice = next_item(child, unseen, rows, place, contract=contract)
        return () if choice is None else self._leaves.value(child, choice, place)

    def _other_arm(self, child: FieldInfo, rows: Sequence[Row], place: Place) -> tuple[Row, ...]:
        """Return the row of what a field beside this one does not take of a union."""
        schema = self.task.contract.schema
        for row in rows:
            beside = schema.field(place.base + row.target)
            if beside is None or not isinstance(row, ValueRow):
                continue
            made = self._arms.other_arm(child, beside, row.value, place.scope)
            if made is not None and stays_silent(made, place.examples_of(child.path)):
                self.notebook.note(child.path, alternative(made, beside.path))
                return (ValueRow(target=place.relative(child.path), value=made),)
        return ()

    def _is_namesake(self, path: str, choice: Choice) -> bool:
        """Return whether a choice takes over one field of the same name and type as it is."""
        target = self.task.contract.schema.field(path)
        sources = [self.task.after.field(read) for read in choice.paths]
        return target is not None and all(
            source is not None
            and source.types == target.types
            and paths.last(source.path) == paths.last(path)
            and isinstance(choice.expression, FieldRead)
            for source in sources
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
            explained = self._paired.rows(target, place)
            if explained:
                return explained
        if not rows and is_map(target, self.task.contract.schema.field("/*")):
            made = self._maps.rows(target, place)
            if made:
                return made
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

    def _completed(self, target: FieldInfo, place: Place, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Return the rows of an object with those that they leave open."""
        return self._object(target, rows, place)

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
        chosen = self._leaves.assigned(
            [child for child in open_children if not kept[child.path]], place
        )
        made: list[Row] = []
        unmade: list[FieldInfo] = []
        for child in open_children:
            if kept[child.path]:
                made += self._rest(child, kept[child.path], place)
                continue
            mark = self.notebook.mark()
            found = (
                self._other_arm(child, made, place)
                or self._next_item(child, open_children, made, place)
                or self._child(child, place, chosen)
            )
            if not found and not child.is_required and child.path in self.history.gone:
                self.notebook.go_back(mark)
                unmade.append(child)
            made += found
        return (
            *self._kinds.left_to(tuple(made), place.base),
            *self._left_over(unmade, (*rows, *made), place),
        )

    def _left_over(
        self, unmade: Sequence[FieldInfo], rows: tuple[Row, ...], place: Place
    ) -> Iterator[Row]:
        """Yield rows for fields whose source is gone, from the one new field left for each."""
        after, before = self.task.after, self.task.before
        contract = self.task.contract.schema
        unread = [
            source
            for source in unread_children(rows, place, after, contract)
            if before is not None and before.field(source.path) is None
        ]
        left = left_for(unmade, unread, contract, after)
        for child in unmade:
            source = left.get(child.path)
            read = None if source is None else place.read(source.path)
            if read is None or not stays_silent(read, place.examples_of(child.path)):
                self.notebook.leave(child)
                continue
            assert source is not None
            yield from self._leaves.value(child, remaining(read, source), place)

    def _rest(self, child: FieldInfo, rows: tuple[Row, ...], place: Place) -> tuple[Row, ...]:
        """Return a group with what rows that write a part of an object leave open of it."""
        source = self._reach.container(child, place, "object")
        context = source.path if source is not None else place.context
        inside = replace(
            place.inside(context, is_required=child.is_required),
            base=child.path,
            examples=place.examples_of(child.path),
        )
        made = self._lacking(child, rows, inside)
        when = None if child.is_required else self._presence(made, inside, source)
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
                inner = self._arrays.item_place(row.each, row.name, full, place)
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
        explained = self._paired.rows(child, place)
        if explained:
            return explained
        alike = self._analogies.choice(child, place)
        if alike is None and is_map(child, schema.field(paths.items(child.path))):
            made = self._maps.rows(child, place)
            if made:
                return made
        if alike is not None or child.path in chosen:
            return self._leaves.value(child, alike or chosen[child.path], place)
        if named_children(schema, child.path):
            return self._child_object(child, place)
        if self._holds_objects(child):
            return self._arrays.rows(child, place)
        kind = self._kinds.choice(child, place)
        return self._leaves.value(child, kind, place) if kind else self._leaves.leaf(child, place)

    def _child_object(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return a copy where one gives all, else a group with the rows of the object."""
        examples = place.examples_of(child.path)
        one = self._arrays.picked_of(child, place)
        if one:
            return one
        source = self._reach.container(child, place, "object")
        if source is not None and self._reach.copy_fits(source, child, examples):
            self.notebook.note(child.path, copied(source))
            copy = CopyRow(target=place.relative(child.path), copy=source.expression)
            return (copy, *self._rest(child, (replace(copy, target=""),), place))
        if source is None:
            first = self._arrays.first_of(child, place)
            if first:
                return first
        if source is not None and child.is_required and child.is_nullable:
            made = self._object_or_null(child, source, place)
            if made:
                return made
        mark = self.notebook.mark()
        context = source.path if source is not None else place.context
        inside = place.inside(context, is_required=child.is_required)
        rows = self._object(child, (), replace(inside, base=child.path, examples=examples))
        if not child.is_required and (self.notebook.lacks(mark) or not rows):
            self.notebook.go_back(mark)
            self.notebook.leave(child)
            return ()
        if not rows:
            return ()
        inside = replace(inside, base=child.path)
        when = None if child.is_required else self._presence(rows, inside, source)
        return (GroupRow(target=place.relative(child.path), rows=rows, when=when),)

    def _object_or_null(self, child: FieldInfo, source: Read, place: Place) -> tuple[Row, ...]:
        """Return a block over a source object that may be missing or null: then it is null too."""
        if has_pairs(place.examples_of(child.path)) or not self._presence_of(source.path, place):
            return ()
        name = fresh_name(source.path, place.scope)
        scope = bind(place.scope, name, source.path)
        mark = self.notebook.mark()
        inside = replace(
            place, base=child.path, scope=scope, context=source.path, examples=(), stand={}
        )
        rows = self._object(child, (), inside)
        if not rows or self.notebook.lacks(mark):
            self.notebook.go_back(mark)
            return ()
        over = source.expression
        if place.may_be_absent(self.task.after, source.path):
            over = call("if_missing", over, Literal(None))
        return (WithRow(place.relative(child.path), over=over, name=name, rows=rows),)

    def _presence(
        self, rows: tuple[Row, ...], place: Place, source: Read | None
    ) -> Expression | None:
        """Return the condition under which an optional object has all that it requires.

        An object of constants stands for the source object that it is like, where that is.
        """
        if source is not None and not any(_is_read(row) for row in rows):
            is_there = self._presence_of(source.path, place)
            return is_there[0] if is_there else None
        schema, needed = self.task.contract.schema, []
        for row in rows:
            child = schema.field(place.base + row.target)
            if child is None or not child.is_required or not isinstance(row, ValueRow):
                continue
            if row.when is not None:
                needed.append(row.when)
            for path in reads_in(row.value, scope=place.scope):
                needed += self._presence_of(path, place)
        unique = tuple(dict.fromkeys(needed))
        if not unique:
            return None
        return unique[0] if len(unique) == 1 else Logic("and", unique)

    def _presence_of(self, path: str, place: Place) -> tuple[Expression, ...]:
        """Return the condition that a source path is there, or none where it always is."""
        read = place.read(path)
        is_there = None if read is None else self._reach.presence(read, path, place.scope)
        return () if is_there is None else (is_there,)

    def _any(self, target: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return the rows of a root that is no object."""
        explained = self._paired.rows(target, place)
        if explained:
            return explained
        if self._holds_objects(target):
            return self._arrays.rows(target, place)
        return self._leaves.leaf(target, place)

    def _holds_objects(self, field: FieldInfo) -> bool:
        """Return whether a field is an array of objects with named fields."""
        schema = self.task.contract.schema
        return "array" in field.types and bool(named_children(schema, paths.items(field.path)))


def _is_read(row: Row) -> bool:
    """Return whether a row takes anything from the source."""
    return not isinstance(row, ValueRow) or bool(names_in(row.value))


def _context(rows: Sequence[Row], scope: Scope) -> str:
    """Return the source object that matches one of the contract: of an entry it is the value."""
    parts = scope.parts.get(list(scope.places)[-1])
    return parts[-1][0] if parts else source_around(rows, scope.bound)
