"""Values that satisfy a goal: the choices of a formula made one after the other, type by type.

Everything that is said of one value is gathered for one JSON type at a time; `or` is split only
where the rest does not decide it. What is gathered goes to the rooms for numbers, texts, arrays
and objects, which ask for members of smaller goals. A goal that comes up again below itself is
cut: the smallest value of a goal holds no value of the same goal. So an empty and complete answer
proves that nothing satisfies the goal, recursion included.
"""

from __future__ import annotations

from typing import Final, assert_never

from agent.core.inclusion.arrays import array_members
from agent.core.inclusion.choices import Branch, Choices
from agent.core.inclusion.formulas import (
    Atom,
    Formula,
    OneOfValues,
    Pattern,
    Type,
)
from agent.core.inclusion.graph import FALSE, TRUE, Graph
from agent.core.inclusion.keywords import Expander
from agent.core.inclusion.members import NONE, Collector, Goal, Members
from agent.core.inclusion.membership import Membership, type_of
from agent.core.inclusion.numbers import number_members
from agent.core.inclusion.objects import object_members
from agent.core.inclusion.texts import text_members
from agent.core.inclusion.verdict import Obstacle
from agent.core.merging import value_key
from agent.core.values import Json

MAX_STEPS: Final = 60_000
"""Steps of one search; about a second of a slow machine."""

MAX_DEPTH: Final = 40
"""Deepest nesting of goals."""

_ORDER: Final = (Type.NULL, Type.BOOLEAN, Type.NUMBER, Type.STRING, Type.ARRAY, Type.OBJECT)


class OutOfSteps(Exception):
    """The search has used up its steps."""


class Search:
    """Looks for members of goals over one graph."""

    def __init__(self, graph: Graph, *, steps: int = MAX_STEPS) -> None:
        self._graph = graph
        self._steps = steps
        self._active: dict[Goal, None] = {}
        self._known: dict[Goal, tuple[int, Members]] = {}
        self.expander = Expander(graph)
        self.membership = Membership(graph, self.expander, self.spend)
        self.obstacle: Obstacle | None = None
        self._choices = Choices(self.expander, spend=self.spend, members=self.members)

    def spend(self, count: int = 1) -> None:
        """Count steps.

        Raises:
            OutOfSteps: there are none left.
        """
        self._steps -= count
        if self._steps < 0:
            self.note(self._choices.last.keyword, self._choices.last.pointer)
            raise OutOfSteps

    def note(self, keyword: str, pointer: str) -> None:
        """Remember what first kept the search from being complete."""
        if self.obstacle is None:
            self.obstacle = Obstacle(keyword, pointer)

    def is_member(self, goal: Goal, value: Json) -> bool:
        """Return whether a value satisfies all of a goal."""
        return all(self.membership.holds(literal, value) for literal in goal)

    def members(self, goal: Goal, want: int = 1) -> Members:
        """Return up to `want` different values that satisfy all of a goal.

        Raises:
            OutOfSteps: it took too long.
        """
        goal = goal - {TRUE}
        if FALSE in goal or any(-literal in goal for literal in goal):
            return NONE
        known = self._known.get(goal)
        is_enough = known is not None and (known[0] >= want or known[1].is_complete)
        if known is not None and is_enough and known[1].cuts <= self._active.keys():
            return _first(known[1], want)
        if goal in self._active:
            return Members(cuts=frozenset({goal}))
        self.spend()
        if len(self._active) >= MAX_DEPTH:
            self.note("nesting", "")
            return Members((), is_complete=False)
        self._active[goal] = None
        try:
            found = self._search(goal, want)
        finally:
            del self._active[goal]
        cuts = found.cuts - {goal}
        found = Members(found.values, found.is_complete, cuts)
        self._known[goal] = (want, found)
        return found

    def texts(
        self,
        goal: Goal,
        *,
        matched: tuple[str, ...],
        unmatched: tuple[str, ...],
        excluded: frozenset[str],
        want: int,
    ) -> Members:
        """Return up to `want` texts of a goal that match some patterns and not others."""
        collector = Collector(want)
        branch = Branch(Type.STRING)
        patterns: list[Formula] = [
            *(Atom(Type.STRING, Pattern(pattern), True) for pattern in matched),
            *(Atom(Type.STRING, Pattern(pattern), False) for pattern in unmatched),
        ]
        if not self._choices.take(branch, [*patterns, *sorted(goal)]):
            return collector.members()
        for made in self._choices.branches(branch):
            collector.add(self._texts_of(made, patterns, excluded, collector.missing))
            if collector.missing <= 0:
                collector.give_up()
                break
        return collector.members()

    def _texts_of(
        self, branch: Branch, patterns: list[Formula], excluded: frozenset[str], want: int
    ) -> Members:
        conditions = [*patterns, *branch.literals]
        if branch.listed:
            values = tuple(
                value
                for value in branch.listed[0].values
                if isinstance(value, str)
                and value not in excluded
                and all(self.membership.holds(one, value) for one in (*conditions, *branch.listed))
            )
            return _first(Members(values), want)
        barred = excluded.union(branch.barred)
        found = text_members(branch.atoms, excluded=barred, want=want)
        return self._filtered(branch, found, want) if branch.opaque else found

    def _search(self, goal: Goal, want: int) -> Members:
        collector = Collector(want)
        for type_ in _ORDER:
            branch = Branch(type_)
            if not self._choices.take(branch, sorted(goal)):
                continue
            for made in self._choices.branches(branch):
                collector.add(self._members_of(goal, made, collector.missing))
                if collector.missing <= 0:
                    collector.give_up()
                    return collector.members()
        return collector.members()

    # Values of one branch

    def _members_of(self, goal: Goal, branch: Branch, want: int) -> Members:
        self.spend()
        if branch.listed:
            return self._listed(goal, branch, want)
        found = self._typed(branch, want + len(branch.barred))
        if not branch.barred and not branch.opaque:
            return found
        return self._filtered(branch, found, want)

    def _listed(self, goal: Goal, branch: Branch, want: int) -> Members:
        """Return the listed values that satisfy the whole goal: all there are."""
        shortest = min(branch.listed, key=lambda one: len(one.values))
        values = [
            value
            for value in shortest.values
            if type_of(value) is branch.type and self.is_member(goal, value)
        ]
        return _first(Members(tuple(values)), want)

    def _filtered(self, branch: Branch, found: Members, want: int) -> Members:
        """Return the members that are not barred and that what is opaque admits."""
        collector = Collector(want)
        barred = OneOfValues(
            tuple(branch.barred), frozenset(map(value_key, branch.barred)), positive=False
        )
        for value in found.values:
            if not self.membership.holds(barred, value):
                continue
            if all(self.membership.holds(one, value) for one in branch.opaque):
                collector.add_value(value)
        collector.add(Members((), found.is_complete, found.cuts))
        if branch.opaque and not collector.members().is_complete:
            self.note(branch.opaque[0].keyword, branch.opaque[0].pointer)
        return collector.members()

    def _typed(self, branch: Branch, want: int) -> Members:
        match branch.type:
            case Type.NULL:
                return Members((None,))
            case Type.BOOLEAN:
                return Members((True, False))
            case Type.NUMBER:
                found = number_members(branch.atoms, want=want)
            case Type.STRING:
                found = text_members(branch.atoms, excluded=frozenset(), want=want)
            case Type.ARRAY:
                return array_members(self, branch.atoms, want=want)
            case Type.OBJECT:
                return object_members(self, branch.atoms, want=want)
            case _:
                assert_never(branch.type)
        if len(found.values) < want and not found.is_complete:
            for atom in branch.atoms:
                self.note(atom.keyword, atom.pointer)
        return found


def _first(found: Members, want: int) -> Members:
    if len(found.values) <= want:
        return found
    return Members(found.values[:want], False, found.cuts)
