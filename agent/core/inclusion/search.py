"""Values that satisfy a goal: the choices of a formula made one after the other, type by type.

Everything that is said of one value is gathered for one JSON type at a time; `or` is split only
where the rest does not decide it. What is gathered goes to the rooms for numbers, texts, arrays
and objects, which ask for members of smaller goals. A goal that comes up again below itself is
cut: the smallest value of a goal holds no value of the same goal. So an empty and complete answer
proves that nothing satisfies the goal, recursion included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never

from agent.core.inclusion.arrays import array_members
from agent.core.inclusion.formulas import (
    And,
    Atom,
    Formula,
    OneOfValues,
    Opaque,
    Or,
    Pattern,
    Type,
    Types,
)
from agent.core.inclusion.graph import FALSE, TRUE, Graph, Literal
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


@dataclass(slots=True)
class Branch:
    """What is said of a value of one type, once all choices are made."""

    type: Type
    literals: set[Literal] = field(default_factory=set)
    atoms: dict[Atom, None] = field(default_factory=dict)
    choices: list[Or] = field(default_factory=list)
    listed: list[OneOfValues] = field(default_factory=list)
    barred: list[Json] = field(default_factory=list)
    opaque: list[Opaque] = field(default_factory=list)

    def copy(self) -> Branch:
        """Return a branch that can go another way."""
        return Branch(
            self.type,
            set(self.literals),
            dict(self.atoms),
            list(self.choices),
            list(self.listed),
            list(self.barred),
            list(self.opaque),
        )


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
        self._choice = Obstacle("", "")

    def spend(self) -> None:
        """Count one step.

        Raises:
            OutOfSteps: there are none left.
        """
        self._steps -= 1
        if self._steps < 0:
            self.note(self._choice.keyword, self._choice.pointer)
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
        if not self._take(branch, [*patterns, *sorted(goal)]):
            return collector.members()
        for made in self._branches(branch):
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
            if not self._take(branch, sorted(goal)):
                continue
            for made in self._branches(branch):
                collector.add(self._members_of(goal, made, collector.missing))
                if collector.missing <= 0:
                    collector.give_up()
                    return collector.members()
        return collector.members()

    # Making choices

    def _take(self, branch: Branch, formulas: Sequence[Formula]) -> bool:
        """Add what must hold to a branch; return whether it can still hold."""
        stack: list[Formula] = list(reversed(formulas))
        while stack:
            formula = stack.pop()
            match formula:
                case int():
                    if -formula in branch.literals or formula == FALSE:
                        return False
                    if formula not in branch.literals:
                        self.spend()
                        branch.literals.add(formula)
                        stack.append(self.expander.formula(formula))
                case And():
                    stack.extend(reversed(formula.parts))
                case Or():
                    branch.choices.append(formula)
                case Types():
                    if branch.type not in formula.types:
                        return False
                case Atom():
                    if formula.type is branch.type:
                        branch.atoms[formula] = None
                    elif not formula.elsewhere:
                        return False
                case OneOfValues():
                    if formula.positive:
                        branch.listed.append(formula)
                        if all(type_of(value) is not branch.type for value in formula.values):
                            return False
                    else:
                        own = (one for one in formula.values if type_of(one) is branch.type)
                        branch.barred.extend(own)
                case Opaque():
                    branch.opaque.append(formula)
                case _:
                    assert_never(formula)
        return True

    def _branches(self, start: Branch) -> Iterator[Branch]:
        """Yield the branches in which all choices are made, or that list their values."""
        stack: list[tuple[Branch, Formula]] = [(start, And(()))]
        while stack:
            whole, part = stack.pop()
            branch = whole.copy() if stack and stack[-1][0] is whole else whole
            if not self._take(branch, [part]) or not self._settle(branch):
                continue
            if branch.listed or not branch.choices:
                yield branch
                continue
            choice = min(branch.choices, key=lambda one: len(one.parts))
            branch.choices.remove(choice)
            if choice.keyword:
                self._choice = Obstacle(choice.keyword, choice.pointer)
            stack.extend((branch, one) for one in reversed(choice.parts))

    def _settle(self, branch: Branch) -> bool:
        """Make the choices that are forced; return whether the branch can still hold."""
        while branch.choices and not branch.listed:
            self.spend()
            choices, branch.choices = branch.choices, []
            forced: list[Formula] = []
            for choice in choices:
                parts = self._open_parts(branch, choice)
                if parts is None:
                    continue
                if not parts:
                    return False
                if len(parts) == 1:
                    forced.append(parts[0])
                else:
                    branch.choices.append(Or(tuple(parts), choice.keyword, choice.pointer))
            if not forced:
                return True
            if not self._take(branch, forced):
                return False
        return True

    def _open_parts(self, branch: Branch, choice: Or) -> list[Formula] | None:
        """Return the parts of a choice that may still hold, or None when one surely does."""
        found = []
        for part in choice.parts:
            status = self._status(branch, part)
            if status is True:
                return None
            if status is None:
                found.append(part)
        return found

    def _status(self, branch: Branch, formula: Formula) -> bool | None:
        """Return whether a formula is known to hold in a branch, or not to, or None."""
        match formula:
            case int():
                if formula in branch.literals or formula == TRUE:
                    return True
                return False if -formula in branch.literals or formula == FALSE else None
            case And() | Or():
                return self._joint_status(branch, formula)
            case Types():
                return branch.type in formula.types
            case Atom():
                if formula.type is not branch.type:
                    return formula.elsewhere
                return True if formula in branch.atoms else None
            case OneOfValues(positive=True):
                some = any(type_of(value) is branch.type for value in formula.values)
                return None if some else False
            case OneOfValues():
                some = any(type_of(value) is branch.type for value in formula.values)
                return None if some else True
            case Opaque():
                return None
            case _:
                assert_never(formula)

    def _joint_status(self, branch: Branch, formula: And | Or) -> bool | None:
        decisive = isinstance(formula, Or)
        is_open = False
        for part in formula.parts:
            status = self._status(branch, part)
            if status is decisive:
                return decisive
            is_open = is_open or status is None
        return None if is_open else not decisive

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
        barred = OneOfValues(tuple(branch.barred), _keys(branch.barred), positive=False)
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
                found = number_members(branch.atoms, excluded=(), want=want)
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


def _keys(values: list[Json]) -> frozenset[str]:

    return frozenset(map(value_key, values))


def _first(found: Members, want: int) -> Members:
    if len(found.values) <= want:
        return found
    return Members(found.values[:want], False, found.cuts)
