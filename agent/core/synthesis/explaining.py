"""The simplest expression for a contract field, and all below it, that explains every pair.

The contract is walked from the root. Objects are put together from their fields, arrays and maps
from the items of something that the payload holds, leaves from reads and their conversions. Where
no one expression explains all examples, a condition divides them. Whatever comes out has been run
on every example: an explanation gives exactly what was expected there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import names_in
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Call,
    Conditional,
    Expression,
    Literal,
    Loop,
    ObjectComprehension,
    ObjectDisplay,
)
from agent.core.schema import FieldInfo, Schema
from agent.core.synthesis.build import call, negate
from agent.core.synthesis.examples import Example, Read, Solution, equal, value_of
from agent.core.synthesis.predicates import Predicate, predicates, separating
from agent.core.synthesis.scope import Column, Scope
from agent.core.synthesis.search import rank, solve_columns
from agent.core.synthesis.sequences import Source, sequences

MAX_DEPTH: Final = 12
MAX_BRANCHES: Final = 2
MAX_DIVISIONS: Final = 24
MAX_SOURCES: Final = 6
BRANCH_COST: Final = 1.5
TUPLE_COST: Final = 1.0
STRANGE_COST: Final = 4.0
"""A copy of an object that may hold what the contract does not declare, or lack what it does."""

GOOD_ENOUGH: Final = 6.0
"""An explanation of a leaf that costs less is not compared with conditional ones."""

Likeness = Callable[[str, str, bool], float]
"""Score of (source path, contract path, whether what holds them is matched), 0 to 1."""


@dataclass(frozen=True, slots=True)
class Part:
    """What explains one contract field: the solution that was taken, and others."""

    target: str
    solution: Solution
    others: tuple[Solution, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """An expression that gives what is expected in every example, and why each part of it."""

    expression: Expression
    cost: float
    parts: tuple[Part, ...] = ()


Fallback = Callable[[FieldInfo, Scope, Sequence[object]], Explanation | None]
"""Feeds a field that no pair shows, or nothing."""


@dataclass(slots=True)
class Explainer:
    """Explains the fields of one contract from pairs."""

    contract: Schema
    likeness: Likeness
    fields: dict[str, FieldInfo]
    fallback: Fallback
    may_copy: Callable[[str, str], bool]
    work: int = 120_000
    failed: list[str] = field(default_factory=list)
    _names: int = 0
    _kept: list[Scope] = field(default_factory=list)
    _order: dict[tuple[str, int], list[Column]] = field(default_factory=dict)
    _known: dict[tuple[object, ...], Explanation | None] = field(default_factory=dict)

    def explain(
        self, target: str, wanted: Sequence[object], scope: Scope, *, branches: int = MAX_BRANCHES
    ) -> Explanation | None:
        """Return what gives the wanted value in every example (`MISSING`: none), or None."""
        if self.work < 0 or not any(value is not MISSING for value in wanted):
            return None
        if len(paths.parse(target)) > MAX_DEPTH:
            return None
        key = (target, id(scope), tuple(map(repr, wanted)), branches)
        if key not in self._known:
            self._kept.append(scope)
            found = self._whole(target, wanted, scope, branches)
            if found is None and branches > 0:
                found = self._divided(target, wanted, scope, branches)
            self._known[key] = found
        return self._known[key]

    # One expression for all examples

    def _whole(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        present = [value for value in wanted if value is not MISSING and value is not None]
        if present and all(isinstance(value, dict) for value in present):
            return self._object(target, wanted, scope, branches)
        if present and all(isinstance(value, list) for value in present):
            return self._array(target, wanted, scope, branches)
        if any(isinstance(value, (dict, list)) for value in present):
            return self._leaf(target, wanted, scope)
        leaf = self._leaf(target, wanted, scope)
        if leaf is None or leaf.cost < GOOD_ENOUGH or branches == 0:
            return leaf
        other = self._divided(target, wanted, scope, branches)
        return min((one for one in (leaf, other) if one), key=lambda one: one.cost)

    def _leaf(self, target: str, wanted: Sequence[object], scope: Scope) -> Explanation | None:
        """Return the best explanation by reads and conversions."""
        self.work -= len(wanted) * min(len(scope.columns), 150)
        examples = [Example(row, value) for row, value in zip(scope.rows, wanted, strict=True)]
        columns = [
            (self._read(target, one, scope), one.values) for one in self._ranked(target, scope)
        ]
        solutions = solve_columns(examples, columns, self.contract.field(target))
        for solution in solutions:
            expression = solution.expression
            if solution.when is not None:
                expression = Conditional(solution.when, expression, call("absent"))
            if self._gives(expression, wanted, scope):
                others = tuple(one for one in solutions if one is not solution)[:6]
                part = Part(target, solution, others)
                return Explanation(expression, rank(solution), (part,))
        return None

    def _ranked(self, target: str, scope: Scope) -> list[Column]:
        """Return the reads of a scope, those most like the target first."""
        key = (target, id(scope))
        if key not in self._order:
            self._kept.append(scope)
            self._order[key] = sorted(
                scope.columns, key=lambda one: one.cost * 0.2 - self._prior(target, one, scope)
            )
        return self._order[key]

    def _read(self, target: str, column: Column, scope: Scope) -> Read:
        info = self.fields.get(column.path) or FieldInfo(
            column.path, frozenset(), is_required=False, is_nullable=False
        )
        prior = self._prior(target, column, scope)
        return Read(column.expression, column.path, info, prior, column.cost)

    def _prior(self, target: str, column: Column, scope: Scope) -> float:
        is_near = any(
            place and paths.parent(column.path) == place for place in scope.places.values()
        )
        return self.likeness(column.said, target, is_near)

    def _gives(self, expression: Expression, wanted: Sequence[object], scope: Scope) -> bool:
        return all(
            equal(value_of(expression, row), value)
            for row, value in zip(scope.rows, wanted, strict=True)
        )

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
            display = self._display(named, wanted, scope, branches)
            if display is not None:
                whole = self._present(display, wanted, scope)
                found += [whole] if whole is not None else []
        else:
            mapped = self._map(target, wanted, scope, branches)
            found += [mapped] if mapped is not None else []
        return min(found, key=lambda one: one.cost, default=None)

    def _copied(self, target: str, wanted: Sequence[object], scope: Scope) -> Explanation | None:
        """Return an object or array that is there as it is wanted."""
        for column in self._ranked(target, scope):
            if all(equal(value, want) for value, want in zip(column.values, wanted, strict=True)):
                prior = self._prior(target, column, scope)
                size = sum(len(value) for value in wanted if isinstance(value, (dict, list)))
                if not size and prior < 0.5:
                    continue
                cost = column.cost + (0.0 if self.may_copy(column.path, target) else STRANGE_COST)
                solution = Solution(column.expression, (column.path,), cost, prior, 2, "as it is")
                return Explanation(column.expression, rank(solution), (Part(target, solution),))
        return None

    def _display(
        self,
        named: dict[str, FieldInfo],
        wanted: Sequence[object],
        scope: Scope,
        branches: int,
    ) -> Explanation | None:
        """Return an object put together from its declared fields, or None when one fails.

        Where the object is absent its fields are not looked at: a condition has to hold there.
        """
        is_there = [isinstance(value, dict) for value in wanted]
        inside = scope if all(is_there) else scope.only(is_there)
        entries: list[tuple[Expression, Expression]] = []
        parts: list[Part] = []
        cost = 0.0
        for key, child in named.items():
            own = [value.get(key, MISSING) for value in wanted if isinstance(value, dict)]
            if any(value is not MISSING for value in own):
                made = self.explain(child.path, own, inside, branches=branches)
                if made is None:
                    self.failed.append(child.path)
                    return None
            else:
                made = self.fallback(child, inside, own)
                if made is None:
                    continue
            entries.append((Literal(key), made.expression))
            parts += made.parts
            cost += made.cost
        return Explanation(ObjectDisplay(tuple(entries)), cost, tuple(parts))

    def _present(
        self, made: Explanation, wanted: Sequence[object], scope: Scope
    ) -> Explanation | None:
        """Return an object that is absent where it should be."""
        options = [made]
        if any(value is MISSING for value in wanted):
            options.append(
                replace(made, expression=call("non_empty", made.expression), cost=made.cost + 0.2)
            )
        for option in options:
            if self._gives(option.expression, wanted, scope):
                return option
        shown = [value is not MISSING for value in wanted]
        if all(shown):
            return None
        for one in separating(scope.columns, shown):
            option = self._conditional(one, made)
            if self._gives(option.expression, wanted, scope):
                return option
        return None

    def _conditional(self, when: Predicate, made: Explanation) -> Explanation:
        chosen = Conditional(when.expression, made.expression, call("absent"))
        return replace(made, expression=chosen, cost=made.cost + when.cost)

    # Arrays and maps

    def _array(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        found = [self._copied(target, wanted, scope), self._leaf(target, wanted, scope)]
        if _is_tuple(wanted):
            listed = self._listed(target, wanted, scope, 0)
            found.append(listed and replace(listed, cost=listed.cost + TUPLE_COST))
        best = min((one for one in found if one), key=lambda one: one.cost, default=None)
        if best is not None and best.cost < GOOD_ENOUGH / 2:
            return best
        for source in self._sources(target, wanted, scope):
            made = self._looped(target, wanted, scope, source=source, branches=branches)
            if made is not None and (best is None or made.cost < best.cost):
                best = made
            if best is not None and best.cost < GOOD_ENOUGH:
                break
        if best is None:
            best = self._listed(target, wanted, scope, branches)
        return best

    def _sources(self, target: str, wanted: Sequence[object], scope: Scope) -> Iterator[Source]:
        """Yield what the items could be made of, the likeliest first."""
        found = []
        for one in sequences(scope):
            fit = one.fit(wanted)
            if fit > 0:
                found.append((one.cost - 2 * fit - 3 * self.likeness(one.said, target, False), one))
        found.sort(key=lambda pair: pair[0])
        yield from (one for _, one in found[:MAX_SOURCES])

    def _looped(
        self,
        target: str,
        wanted: Sequence[object],
        scope: Scope,
        *,
        source: Source,
        branches: int,
    ) -> Explanation | None:
        """Return an array with one item for each item of a source, or for some of them."""
        name = self._fresh()
        for when, items, cost in self._filters(source, wanted, scope, name):
            flat: list[object] = []
            for own, value in zip(items, wanted, strict=True):
                flat += value if isinstance(value, list) else [MISSING] * len(own)
            inside = scope.inside(name, source.path, items)
            is_wanted = [
                isinstance(value, list)
                for own, value in zip(items, wanted, strict=True)
                for _ in own
            ]
            inside = inside if all(is_wanted) else inside.only(is_wanted)
            flat = [value for value, is_in in zip(flat, is_wanted, strict=True) if is_in]
            if not flat:
                continue
            item = self.explain(paths.items(target), flat, inside, branches=min(branches, 1))
            if item is None:
                continue
            loop = Loop((name,), source.expression, when)
            made = Explanation(
                ArrayComprehension(item.expression, (loop,)),
                item.cost
                + cost
                + source.cost
                + 3 * (1 - self.likeness(source.said, target, False)),
                item.parts,
            )
            whole = self._complete(made, wanted, scope)
            if whole is not None:
                return whole
        return None

    def _complete(
        self, made: Explanation, wanted: Sequence[object], scope: Scope
    ) -> Explanation | None:
        """Return an array or map that is empty or absent where it should be."""
        is_array = any(isinstance(one, list) for one in wanted)
        empty = ArrayDisplay(()) if is_array else ObjectDisplay(())
        value, cost = made.expression, made.cost
        options = [
            made,
            replace(made, expression=Call("default", (value, empty)), cost=cost + 0.5),
            replace(made, expression=call("not_null", value), cost=cost + 0.3),
            replace(made, expression=call("non_empty", value), cost=cost + 0.3),
        ]
        for option in options:
            if self._gives(option.expression, wanted, scope):
                return option
        shown = [value is not MISSING for value in wanted]
        if not all(shown):
            for one in separating(scope.columns, shown):
                option = self._conditional(one, made)
                if self._gives(option.expression, wanted, scope):
                    return option
        return None

    def _filters(
        self, source: Source, wanted: Sequence[object], scope: Scope, name: str
    ) -> Iterator[tuple[tuple[Expression, ...], list[list[Any]], float]]:
        """Yield conditions on items that leave as many as are wanted, none first."""
        items = [list(own) for own in source.items]
        lengths = [len(value) if isinstance(value, list) else None for value in wanted]
        if all(
            count is None or len(own) == count for own, count in zip(items, lengths, strict=True)
        ):
            yield (), items, 0.0
            return
        inside = scope.inside(name, source.path, items)
        own_columns = [one for one in inside.columns if _reads(one.expression, name)]
        tried = 0
        for one in predicates(own_columns):
            for holds, expression, extra in (
                (one.holds, one.expression, 0.0),
                (tuple(not held for held in one.holds), negate(one.expression), 0.2),
            ):
                kept = _kept(items, holds)
                if _have(kept, lengths):
                    tried += 1
                    yield (expression,), kept, one.cost + extra
                if tried >= 4:
                    return

    def _listed(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        """Return a short array whose places are explained one by one."""
        longest = max((len(value) for value in wanted if isinstance(value, list)), default=0)
        if not 0 < longest <= 4:
            return None
        is_there = [isinstance(value, list) for value in wanted]
        inside = scope if all(is_there) else scope.only(is_there)
        items: list[Expression] = []
        parts: list[Part] = []
        cost = 1.0
        for index in range(longest):
            own = [
                value[index] if index < len(value) else MISSING
                for value in wanted
                if isinstance(value, list)
            ]
            made = self.explain(paths.items(target), own, inside, branches=min(branches, 1))
            if made is None:
                return None
            items.append(made.expression)
            parts += made.parts
            cost += made.cost
        whole = Explanation(ArrayDisplay(tuple(items)), cost, tuple(parts))
        return self._complete(whole, wanted, scope)

    def _map(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        """Return an object whose keys come from the items of a source."""
        copied = self._copied(target, wanted, scope)
        if copied is not None:
            return copied
        best: Explanation | None = None
        for source in self._sources(target, wanted, scope):
            made = self._keyed(target, wanted, scope, source=source, branches=branches)
            if made is not None and (best is None or made.cost < best.cost):
                best = made
        return best

    def _keyed(
        self,
        target: str,
        wanted: Sequence[object],
        scope: Scope,
        *,
        source: Source,
        branches: int,
    ) -> Explanation | None:
        name = self._fresh()
        for when, items, cost in self._filters(source, wanted, scope, name):
            inside = scope.inside(name, source.path, items)
            for key, keys, key_cost in _key_reads(inside, name):
                values = _by_key(items, keys, wanted)
                if values is None:
                    continue
                item = self.explain(paths.items(target), values, inside, branches=min(branches, 1))
                if item is None:
                    continue
                loop = Loop((name,), source.expression, when)
                made = Explanation(
                    ObjectComprehension(key, item.expression, (loop,)),
                    item.cost + cost + key_cost + self._source_cost(source, target),
                    item.parts,
                )
                whole = self._complete(made, wanted, scope)
                if whole is not None:
                    return whole
        return None

    def _source_cost(self, source: Source, target: str) -> float:
        return source.cost + 3 * (1 - self.likeness(source.said, target, False))

    def _fresh(self) -> str:
        self._names += 1
        return f"item{self._names}" if self._names > 1 else "item"

    # Conditions between two expressions

    def _divided(
        self, target: str, wanted: Sequence[object], scope: Scope, branches: int
    ) -> Explanation | None:
        """Return `A if condition else B`, with the condition and both sides as simple as can be."""
        if len(wanted) < 2:
            return None
        best: Explanation | None = None
        is_flat = not any(isinstance(value, (dict, list)) for value in wanted)
        most = MAX_DIVISIONS if is_flat else MAX_DIVISIONS // 4
        for number, one in enumerate(predicates(self._ranked(target, scope))):
            if number >= most or (best is not None and best.cost < one.cost + BRANCH_COST):
                break
            made = self._either(target, wanted, scope, when=one, branches=branches - 1)
            if made is not None and (best is None or made.cost < best.cost):
                best = made
        return best

    def _either(
        self,
        target: str,
        wanted: Sequence[object],
        scope: Scope,
        *,
        when: Predicate,
        branches: int,
    ) -> Explanation | None:
        sides: list[Explanation] = []
        for side in (True, False):
            chosen = [held is side for held in when.holds]
            own = [value for value, is_in in zip(wanted, chosen, strict=True) if is_in]
            if all(value is MISSING for value in own):
                sides.append(Explanation(call("absent"), 0.0))
                continue
            made = self.explain(target, own, scope.only(chosen), branches=branches)
            if made is None:
                return None
            sides.append(made)
        expression = Conditional(when.expression, sides[0].expression, sides[1].expression)
        cost = when.cost + BRANCH_COST + sides[0].cost + sides[1].cost
        if not self._gives(expression, wanted, scope):
            return None
        return Explanation(expression, cost, (*sides[0].parts, *sides[1].parts))


def _is_tuple(wanted: Sequence[object]) -> bool:
    """Return whether arrays are all of one short length, two or more scalars."""
    arrays = [value for value in wanted if isinstance(value, list)]
    lengths = {len(value) for value in arrays}
    return (
        len(lengths) == 1
        and 2 <= max(lengths) <= 4
        and not any(isinstance(item, (dict, list)) for value in arrays for item in value)
    )


def _have(items: Sequence[Sequence[Any]], lengths: Sequence[int | None]) -> bool:
    """Return whether there are as many items as are wanted, where some are."""
    return all(
        count is None or len(own) == count for own, count in zip(items, lengths, strict=True)
    )


def _reads(expression: Expression, name: str) -> bool:
    return name in names_in(expression)


def _kept(items: list[list[Any]], holds: Sequence[bool]) -> list[list[Any]]:
    flags = iter(holds)
    return [[item for item in own if next(flags)] for own in items]


def _key_reads(inside: Scope, name: str) -> Iterator[tuple[Expression, tuple[object, ...], float]]:
    """Yield what could be the key of each item, as it is and respelled."""
    columns = [one for one in inside.columns if one.is_scalar and _reads(one.expression, name)]
    for column in columns:
        yield column.expression, column.values, column.cost
    for column in columns[:20]:
        for function in ("lower", "upper", "kebab", "snake", "camel", "text"):
            expression = call(function, column.expression)
            values = tuple(value_of(expression, row) for row in inside.rows)
            yield expression, values, column.cost + 0.8


def _by_key(
    items: list[list[Any]], keys: Sequence[object], wanted: Sequence[object]
) -> list[object] | None:
    """Return the value that is wanted for each item, or None when the keys are not these."""
    values: list[object] = []
    at = 0
    for own, value in zip(items, wanted, strict=True):
        mine = keys[at : at + len(own)]
        at += len(own)
        if not isinstance(value, dict):
            values += [MISSING] * len(own)
            continue
        if not all(isinstance(key, str) for key in mine) or set(mine) != value.keys():
            return None
        values += [value[key] for key in mine]
    return values if any(one is not MISSING for one in values) else None
