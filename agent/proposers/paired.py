"""Contract fields that paired samples explain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.rewrite import names_in, path_of
from agent.core.language.syntax import ArrayDisplay, Call, EachRow, Expression, Field, Literal, Row
from agent.core.matching.names import own_name
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.conversions import fixed_value
from agent.core.synthesis.examples import Read
from agent.core.synthesis.explaining import Explainer
from agent.core.synthesis.explanation import Open
from agent.core.synthesis.positions import said_positions
from agent.core.synthesis.scope import Scope
from agent.proposers.analogies import Analogies
from agent.proposers.arms import Arms, holder_asked
from agent.proposers.choosing import Choice, choice_from, guard, has_pairs
from agent.proposers.explained import RowWriter
from agent.proposers.notebook import Notebook
from agent.proposers.place import Place, is_always_made, named_children
from agent.proposers.reach import Reach
from agent.proposers.sifting import sifted_too, which_items

NAMESAKE = 0.5
"""From this likeness on a source field of the same name and type stands for a constant."""


@dataclass(slots=True)
class Paired:
    """Writes the rows that explain all pairs; `unseen` feeds the fields that no pair shows."""

    reach: Reach
    notebook: Notebook
    unseen: Callable[[Open, tuple[Row, ...]], tuple[Row, ...]]
    left_to: Callable[[tuple[Row, ...], str], tuple[Row, ...]]
    """What leaves to rows of one kind what they take, of the rows of a contract object."""

    analogies: Analogies
    _scopes: dict[int, tuple[Place, Scope]] = field(default_factory=dict, init=False)
    _explainer: Explainer = field(init=False)
    _arms: Arms = field(init=False)
    _positions: frozenset[str] = field(init=False)
    _closed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        schema = self.reach.task.contract.schema
        reach = self.reach
        self._explainer = Explainer(schema, reach.likeness, reach.fields, reach.may_copy)
        self._arms = Arms(reach.task.after)
        self._positions = said_positions(reach.fields.values())
        self._closed = frozenset(path for path, one in reach.fields.items() if one.enum is not None)

    def rows(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return the row that explains every pair of a contract field, or none."""
        examples = place.examples_of(child.path)
        if not has_pairs(examples):
            return ()
        wanted = [example.expected for example in examples]
        made = self._explainer.explain_field(child.path, wanted, self._scope(place))
        if made is None:
            return ()
        for part in made.parts:
            self.notebook.note(part.target, choice_from(part.solution, part.others))
        self.analogies.remember(made.expression, child.path, place.scope)
        opened = {one.target: one for one in made.opens}
        writer = RowWriter(
            self.reach.task.contract.schema,
            opened,
            self.unseen,
            self.left_to,
            self._safe,
            self._there,
            self.reach.is_same,
            self._said,
        )
        rows = writer.rows(
            self._arms.completed(made.expression, place.scope),
            target=place.relative(child.path),
            at=child.path,
            scope=place.scope,
        )
        return tuple(self._sifted(row, child, place) for row in rows)

    def _sifted(self, row: Row, child: FieldInfo, place: Place) -> Row:
        """Return a row with what the contract says of the items it wants and no pair denies."""
        if not isinstance(row, EachRow) or row.target != place.relative(child.path):
            return row
        found = sifted_too(row, child, place, self.reach)
        if found != row:
            question = which_items(found)
            signals = Signals(Ground.PAIRS)
            choice = Choice(row.each, (), signals, (), is_ambiguous=True, question=question)
            self.notebook.note(child.path, choice)
        return found

    def _safe(self, value: Expression, at: str, scope: Mapping[str, str]) -> Expression:
        """Return a read as it is, or made safe where the source may leave it out or null it."""
        if isinstance(value, (Literal, ArrayDisplay)) and not names_in(value):
            return self._unless_given(value, at, scope)
        after, contract = self.reach.task.after, self.reach.task.contract.schema
        path, target = path_of(holder_asked(value), scope=scope), contract.field(at)
        source = None if path is None else after.field(path)
        if path is None or source is None or target is None:
            return value
        if self._is_blank_left_out(source, target, is_there=not self._may_be_absent(path, scope)):
            shown = call("not_null", value) if source.is_nullable else value
            return call("non_empty", shown)
        return guard(
            Choice(self._arms.taken(value, target, scope), (path,), Signals(Ground.PAIRS), ()),
            target,
            may_be_absent=self._may_be_absent(path, scope),
            is_nullable=source.is_nullable,
            is_certain=is_always_made(contract, at),
            said=self.reach.said_for_nothing(target),
            source=source,
        )

    def _is_blank_left_out(self, source: FieldInfo, target: FieldInfo, *, is_there: bool) -> bool:
        """Return whether an optional text is left out when empty: nothing else makes it absent.

        Its source is always there, or null: what is left out when it is null is not written when
        it is empty either.
        """
        if target.is_required or target.is_nullable or not is_there:
            return False
        if not source.types == target.types == {"string"} or target.enum is not None:
            return False
        return not any(
            value == ""
            for _, expected in self.reach.task.pairs()
            for _, value in paths.find(expected, target.path)
        )

    def _unless_given(self, value: Expression, at: str, scope: Mapping[str, str]) -> Expression:
        """Return a constant, or the source field of its name where that is there.

        A field that no pair shows is no reason to take what pairs show without it for all there is.
        """
        target = self.reach.task.contract.schema.field(at)
        if target is None or target.enum is not None or fixed_value(target) is not None:
            return value
        place = Place(base="", scope=scope, context="", examples=())
        for read in self.reach.reads(target, place, kinds=target.types):
            if read.prior < NAMESAKE:
                break
            is_called_so = own_name(read.path) == own_name(at)
            if is_called_so and read.field.types == target.types and not self._is_shown(read.path):
                function = "default" if read.field.is_nullable else "if_missing"
                return Call(function, (self._as_declared(read, at), value))
        return value

    def _as_declared(self, read: Read, at: str) -> Expression:
        """Return a read, or the one object in it that holds just what the contract declares."""
        if read.field.types != {"object"} or self.reach.may_copy(read.path, at):
            return read.expression
        inside = [
            one
            for one in named_children(self.reach.task.after, read.path)
            if one.types == {"object"} and self.reach.may_copy(one.path, at)
        ]
        if len(inside) != 1:
            return read.expression
        return Field(read.expression, paths.last(inside[0].path))

    def _is_shown(self, path: str) -> bool:
        """Return whether some pair holds a value at a source path."""
        return any(
            value is not None
            for payload, _ in self.reach.task.pairs()
            for _, value in paths.find(payload, path)
        )

    def _may_be_absent(self, path: str, scope: Mapping[str, str]) -> bool:
        place = Place(base="", scope=scope, context="", examples=())
        return place.may_be_absent(self.reach.task.after, path)

    def _there(self, read: Expression, scope: Mapping[str, str]) -> Expression | None:
        path = path_of(read, scope=scope)
        return None if path is None else self.reach.presence(read, path, scope)

    def _said(self, at: str) -> tuple[object] | None:
        target = self.reach.task.contract.schema.field(at)
        return None if target is None else self.reach.said_for_nothing(target)

    def _scope(self, place: Place) -> Scope:
        """Return what can be read at a place, found out once."""
        known = self._scopes.get(id(place.examples))
        if known is None:
            rows = tuple(example.bindings for example in place.examples)
            scope = Scope(place.scope, rows, self._positions, closed=self._closed)
            known = self._scopes[id(place.examples)] = (place, scope)
        return known[1]
