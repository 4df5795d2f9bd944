"""The simplest expression for a contract field, and all below it, that explains every pair.

The contract is walked from the root. Objects are put together from their fields, arrays and maps
from the items of something that the payload holds, leaves from reads and their conversions. Where
no one expression explains all examples, a condition divides them. Whatever comes out has been run
on every example: an explanation gives exactly what was expected there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.syntax import Conditional, Literal, ObjectDisplay
from agent.core.matching.names import own_name
from agent.core.schema import FieldInfo, Schema
from agent.core.synthesis.alignment import scalars_of
from agent.core.synthesis.alternatives import first_given
from agent.core.synthesis.build import call, equals
from agent.core.synthesis.coherence import coherent
from agent.core.synthesis.columns import holds_objects
from agent.core.synthesis.dividing import BRANCH_COST, divided
from agent.core.synthesis.examples import Example, Solution, distinct_count, equal
from agent.core.synthesis.explanation import (
    Explanation,
    Likeness,
    Open,
    Part,
    complete,
    gives,
)
from agent.core.synthesis.fixed_keys import fixed_keys, with_keys
from agent.core.synthesis.itemwise import GOOD_ENOUGH, Itemwise, is_tuple
from agent.core.synthesis.joined_texts import joined_text
from agent.core.synthesis.named_reads import NamedReads
from agent.core.synthesis.naming import fresh_name
from agent.core.synthesis.narrowing import parts_of
from agent.core.synthesis.predicates import predicates
from agent.core.synthesis.problem import rank
from agent.core.synthesis.scope import Column, Scope
from agent.core.synthesis.search import MAX_READS, solve
from agent.core.synthesis.told_chains import told_solution
from agent.core.synthesis.wanted import is_flat, is_single, leaves_first

WORK: Final = 160_000
"""Values looked at for one contract, about 10,000 a second."""

FIELD_WORK: Final = 40_000
"""What one field may cost of that."""

LEAST_WORK: Final = 4_000
"""What one field may cost that comes after fields that have used up the budget."""

DIVIDED_SHARE: Final = 3
"""The work that is left goes by this before the conditions of one value are searched."""

MAX_DEPTH: Final = 12
MAX_BRANCHES: Final = 2
TUPLE_COST: Final = 1.0
STRANGE_COST: Final = 4.0
"""A copy of an object that may hold what the contract does not declare, or lack what it does."""


@dataclass(slots=True)
class Explainer:
    """Explains the fields of one contract from pairs."""

    contract: Schema
    likeness: Likeness
    fields: dict[str, FieldInfo]
    may_copy: Callable[[str, str], bool]
    work: int = WORK
    field_work: int = FIELD_WORK
    least_work: int = LEAST_WORK
    _left: int = 0
    _is_narrow: bool = False
    _kept: list[Scope] = field(default_factory=list)
    _known: dict[tuple[object, ...], Explanation | None] = field(default_factory=dict)
    _stuck: set[tuple[object, ...]] = field(default_factory=set)
    _itemwise: Itemwise = field(init=False)
    _reads: NamedReads = field(init=False)
    _names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._itemwise = Itemwise(self)
        self._reads = NamedReads(self.contract, self.likeness, self.fields)
        self._names = frozenset(own_name(one.path) for one in self.contract.fields)

    def explain_field(
        self, target: str, wanted: Sequence[object], scope: Scope
    ) -> Explanation | None:
        """Return what `explain` does within the budget of one field, or None.

        What one field spends is taken from the budget of all. What all that can be read does not
        explain is looked for again in the part of it that holds most of what is wanted.
        """
        for self._is_narrow in (False, True):
            granted = self._left = max(min(self.work, self.field_work), self.least_work)
            made = self.explain(target, wanted, scope)
            self.work -= granted - self._left
            if made is not None or is_flat(wanted):
                return made
        return None

    def spend(self, steps: int) -> bool:
        """Take steps out of the budget of the field; return whether some are left."""
        if self._left > 0:
            self._left -= steps
        return self._left > 0

    def explain(
        self, target: str, wanted: Sequence[object], scope: Scope, *, branches: int = MAX_BRANCHES
    ) -> Explanation | None:
        """Return what gives the wanted value in every example (`MISSING`: none), or None."""
        if self._left <= 0 or not any(value is not MISSING for value in wanted):
            return None
        if len(paths.parse(target)) > MAX_DEPTH:
            return None
        key = (target, id(scope), tuple(map(repr, wanted)), branches, self._is_narrow)
        if key not in self._known:
            self._kept.append(scope)
            found = None
            for part in self._parts(target, wanted, scope):
                found = found or self._whole(target, wanted, part, branches=branches)
                if found is None and branches > 0 and not self._is_stuck(target, wanted, part):
                    found = self._divided(target, wanted, part, branches)
            if found is None and self._left <= 0:
                return None
            self._known[key] = found
        return self._known[key]

    def _is_stuck(self, target: str, wanted: Sequence[object], scope: Scope) -> bool:
        """Return whether a plain value in an object is known to have no explanation.

        Conditions have been tried on that value itself: dividing the object would try them again.
        """
        return (target, id(scope), tuple(map(repr, wanted))) in self._stuck

    def _parts(self, target: str, wanted: Sequence[object], scope: Scope) -> Sequence[Scope]:
        """Return where an explanation is looked for."""
        if not self._is_narrow or is_flat(wanted):
            return (scope,)
        asked = [scalars_of(value) - self._names for value in wanted]
        parts = parts_of(asked, scope, lambda one: self._reads.prior(target, one, scope))
        return (*parts, scope) if scope.hidden else tuple(parts)

    # One expression for all examples

    def _whole(
        self, target: str, wanted: Sequence[object], scope: Scope, *, branches: int
    ) -> Explanation | None:
        present = [value for value in wanted if value is not MISSING and value is not None]
        if present and all(isinstance(value, dict) for value in present):
            return self._object(target, wanted, scope, branches)
        if present and all(isinstance(value, list) for value in present):
            return self._array(target, wanted, scope, branches)
        if any(isinstance(value, (dict, list)) for value in present):
            leaf = self._leaf(target, wanted, scope)
            return leaf or self._one_or_many(target, wanted, scope, branches)
        leaf = self._leaf(target, wanted, scope)
        if leaf is None or leaf.cost >= GOOD_ENOUGH:
            joined = joined_text(target, wanted, scope, itemwise=self._itemwise)
            leaf = _cheapest(leaf, joined)
        is_settled = leaf is None or leaf.cost < GOOD_ENOUGH or distinct_count(wanted) == 1
        if is_settled or branches == 0:
            return leaf
        other = self._divided(target, wanted, scope, branches)
        return _cheapest(leaf, other)

    def _leaf(self, target: str, wanted: Sequence[object], scope: Scope) -> Explanation | None:
        """Return the best explanation by reads and conversions."""
        found = self._solved(target, wanted, scope, self._reads.field(target))
        if found is not None:
            self._reads.feed(target, frozenset(found.parts[0].solution.paths))
        return found

    def explain_key(
        self, target: str, wanted: Sequence[object], scope: Scope
    ) -> Explanation | None:
        """Return what gives the keys of a map, or None."""
        return self._solved(target, wanted, scope, None)

    def _solved(
        self, target: str, wanted: Sequence[object], scope: Scope, field: FieldInfo | None
    ) -> Explanation | None:
        if not self.spend(len(wanted) * min(len(scope.columns), MAX_READS)):
            return None
        examples = [Example(row, value) for row, value in zip(scope.rows, wanted, strict=True)]
        columns = [
            (self._reads.read(target, one, scope), one.values)
            for one in self._reads.ranked(target, scope)
        ]
        beside = [] if field is None else self.contract.children(paths.parent(target))
        solutions = solve(examples, columns, field, beside)
        said = self._reads.description_of(target)
        told = told_solution(field, said, wanted, scope=scope, fields=self.fields)
        solutions = tuple(sorted((*told, *solutions), key=rank))
        for solution in solutions:
            expression = solution.expression
            if solution.when is not None:
                expression = Conditional(solution.when, expression, call("absent"))
            if gives(expression, wanted, scope):
                others = tuple(one for one in solutions if one is not solution)
                part = Part(target, solution, others)
                return Explanation(expression, rank(solution), (part,))
        return None

    # Objects

    def _object(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        named = {
            paths.key_of(paths.last(child.path)): child
            for child in self.contract.children(target)
            if not child.path.endswith("/*")
        }
        keys = {key for value in wanted if isinstance(value, dict) for key in value}
        found = []
        copied = self._copied(target, wanted, scope)
        if copied is not None:
            found.append(copied)
        if keys <= named.keys():
            display = self._display(target, named, wanted, scope, branches)
            if display is not None:
                whole = complete(display, target, wanted, scope)
                if whole is not None and copied is not None and copied.cost >= STRANGE_COST:
                    return whole
                found += [whole] if whole is not None else []
        else:
            mapped = self._itemwise.keyed(target, wanted, scope, branches=branches)
            mapped = mapped or self._fixed(target, named, wanted, scope, branches)
            found += [mapped] if mapped is not None else []
        if not any(found):
            return self._first_given(target, wanted, scope)
        return _cheapest(*found)

    def _first_given(
        self, target: str, wanted: Sequence[object], scope: Scope
    ) -> Explanation | None:
        """Return what is read from whichever of several fields is there."""
        ranked = self._reads.ranked(target, scope)
        return first_given(
            target,
            wanted,
            scope,
            columns=[one for one in ranked if one.cost == 0 and self.may_copy(one.path, target)],
            prior=lambda one: self._reads.prior(target, one, scope),
            rest=lambda own, part: self._whole(target, own, part, branches=0),
        )

    def _fixed(
        self,
        target: str,
        named: dict[str, FieldInfo],
        wanted: Sequence[object],
        scope: Scope,
        branches: int,
    ) -> Explanation | None:
        """Return a map with keys that are always the same, or the same for one kind of values."""
        value, around = self.contract.field(paths.items(target)), self.contract.field(target)
        said = "" if around is None else around.description
        keys = fixed_keys(wanted, scope, named=frozenset(named), fields=self.fields, said=said)
        if value is None or keys is None:
            return None
        every = named | dict.fromkeys(keys, value)
        display = self._display(target, every, wanted, scope, branches)
        made = None if display is None else complete(display, target, wanted, scope)
        if made is None:
            return None
        made = with_keys(made, target, keys)
        # Keys that only some payloads have are likelier those of one kind of values.
        is_varied = len({frozenset(value) for value in wanted if isinstance(value, dict)}) > 1
        is_tried = is_varied and branches > 0
        other = self._divided(target, wanted, scope, branches) if is_tried else None
        return other if other is not None and other.cost < made.cost else made

    def _copied(self, target: str, wanted: Sequence[object], scope: Scope) -> Explanation | None:
        """Return an object or array that is there as it is wanted."""
        for column in self._reads.ranked(target, scope):
            if all(equal(value, want) for value, want in zip(column.values, wanted, strict=True)):
                prior = self._reads.prior(target, column, scope)
                size = sum(len(value) for value in wanted if isinstance(value, (dict, list)))
                if not size and prior < 0.5:
                    continue
                cost = column.cost + (0.0 if self.may_copy(column.path, target) else STRANGE_COST)
                solution = Solution(column.expression, (column.path,), cost, prior, 2, "as it is")
                opens = self._not_copied(target, column, scope)
                return Explanation(
                    column.expression, rank(solution), (Part(target, solution),), opens
                )
        return None

    def _not_copied(self, target: str, column: Column, scope: Scope) -> tuple[Open, ...]:
        """Return the declared fields of an object, or of items, that a copy cannot give."""
        if column.path not in self.fields:
            return ()
        place, path, inside = target, column.path, scope
        if any(isinstance(value, list) for value in column.values):
            place, path = paths.items(target), paths.items(column.path)
            items = [value if isinstance(value, list) else () for value in column.values]
            inside = scope.inside(fresh_name(column.said, scope.places), path, items)
        lacking = tuple(
            child.path
            for child in self.contract.children(place)
            if not child.path.endswith("/*")
            and not self._is_given(path + child.path[len(place) :], child)
        )
        return (Open(place, lacking, inside),) if lacking and inside.rows else ()

    def _is_given(self, path: str, child: FieldInfo) -> bool:
        """Return whether a source path holds only what the contract takes for a field."""
        source = self.fields.get(path)
        taken = child.types | ({"integer"} if "number" in child.types else set())
        return source is not None and source.types <= taken

    def _display(
        self,
        target: str,
        named: dict[str, FieldInfo],
        wanted: Sequence[object],
        scope: Scope,
        branches: int,
    ) -> Explanation | None:
        """Return an object put together from its declared fields, or None when one fails.

        Where the object is absent its fields are not looked at: a condition has to hold there.
        """
        is_there = [isinstance(value, dict) for value in wanted]
        inside = scope.only(is_there)
        made: dict[str, Explanation] = {}
        for key, child in leaves_first(named, wanted):
            own = [value.get(key, MISSING) for value in wanted if isinstance(value, dict)]
            found = self.explain(child.path, own, inside, branches=branches)
            if found is None:
                if is_flat(own) and not child.path.endswith("/*"):
                    self._stuck.add((target, id(scope), tuple(map(repr, wanted))))
                return None
            made[key] = found
        made = coherent(made)
        unseen = [child.path for key, child in named.items() if key not in made]
        shown = [made[key] for key in named if key in made]
        entries = [(Literal(key), made[key].expression) for key in named if key in made]
        parts = [part for one in shown for part in one.parts]
        opens = [opened for one in shown for opened in one.opens]
        cost = sum(one.cost for one in shown)
        if unseen:
            opens.append(Open(target, tuple(unseen), inside))
        return Explanation(ObjectDisplay(tuple(entries)), cost, tuple(parts), tuple(opens))

    def _array(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        found = [self._copied(target, wanted, scope)]
        if not holds_objects(wanted):
            found.append(self._leaf(target, wanted, scope))
        if is_tuple(wanted):
            listed = self._itemwise.listed(target, wanted, scope, 0)
            found.append(listed and replace(listed, cost=listed.cost + TUPLE_COST))
        elif is_single(wanted):
            listed = self._itemwise.listed(target, wanted, scope, 0)
            found.append(listed if listed and not _reads_items(listed, scope) else None)
        best = _cheapest(*found)
        if best is not None and best.cost < GOOD_ENOUGH / 2:
            return best
        if best is None:
            best = self._first_given(target, wanted, scope)
        looped = self._itemwise.looped(target, wanted, scope, best=best, branches=branches)
        if looped is not None:
            return looped
        both = self._itemwise.concatenated(target, wanted, scope)
        if both is not None and both.cost < GOOD_ENOUGH:
            return both
        listed = self._itemwise.listed(target, wanted, scope, branches)
        return _cheapest(both, listed)

    def _one_or_many(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        """Return an array that is written as its only item where it has just one."""
        arrays = [value for value in wanted if isinstance(value, list)]
        if not arrays or any(len(value) == 1 for value in arrays):
            return None
        listed = [
            value if value is MISSING or value is None or isinstance(value, list) else [value]
            for value in wanted
        ]
        made = self._array(target, listed, scope, branches)
        if made is None:
            return None
        is_one = equals(call("count", made.expression), 1)
        either = Conditional(is_one, call("first", made.expression), made.expression)
        if not gives(either, wanted, scope):
            return None
        return replace(made, expression=either, cost=made.cost + BRANCH_COST)

    # Conditions between two expressions

    def _divided(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        """Return `A if condition else B`, with the condition and both sides as simple as can be."""
        # A side that is an object is not divided again: what is in it may be.
        explain = self.explain if is_flat(wanted) else self._whole
        held = self._left
        # One value of many conditions must not use up what the fields beside it need.
        granted = self._left = held // DIVIDED_SHARE if is_flat(wanted) else held
        found = divided(
            predicates(self._reads.ranked(target, scope), self._reads.field(target)),
            target,
            wanted,
            scope,
            lambda own, part: explain(target, own, part, branches=branches - 1),
        )
        self._left = held - (granted - self._left)
        return found


def _cheapest(*found: Explanation | None) -> Explanation | None:
    return min((one for one in found if one), key=lambda one: one.cost, default=None)


def _reads_items(made: Explanation, scope: Scope) -> bool:
    """Return whether an explanation reads from an array that could be gone through instead."""
    depth = max(place.count(paths.ANY) for place in scope.places.values())
    return any(path.count(paths.ANY) > depth for part in made.parts for path in part.solution.paths)
