"""The choices of a formula, made one after the other for values of one JSON type.

What must hold is gathered until only `or` is left; parts that what is known decides are dropped,
and the shortest choice that is still open is split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final, TypeAlias, assert_never

from agent.core.inclusion.formulas import (
    And,
    Atom,
    Fields,
    Formula,
    OneOfValues,
    Opaque,
    Or,
    Type,
    Types,
    negated,
)
from agent.core.inclusion.graph import FALSE, TRUE, Literal
from agent.core.inclusion.keywords import Expander
from agent.core.inclusion.members import Goal, Members
from agent.core.inclusion.membership import type_of
from agent.core.inclusion.verdict import Obstacle
from agent.core.values import Json

MANY_PARTS: Final = 8
"""Parts of a choice from which on those are dropped first that cannot hold."""

Spend: TypeAlias = Callable[[int], None]


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


class Choices:
    """Makes the choices of formulas; `last` is the one that was split last.

    `spend` is told of steps and may end it by raising; `members` finds values of smaller goals.
    """

    def __init__(
        self, expander: Expander, *, spend: Spend, members: Callable[[Goal], Members]
    ) -> None:
        self._expander = expander
        self._spend = spend
        self._members = members
        self.last = Obstacle("", "")

    def take(self, branch: Branch, formulas: Sequence[Formula]) -> bool:
        """Add what must hold to a branch; return whether it can still hold."""
        stack: list[Formula] = list(reversed(formulas))
        while stack:
            formula = stack.pop()
            match formula:
                case int():
                    if -formula in branch.literals or formula == FALSE:
                        return False
                    if formula not in branch.literals:
                        self._spend(1)
                        branch.literals.add(formula)
                        stack.append(self._expander.formula(formula))
                case And():
                    stack.extend(reversed(formula.parts))
                case Or():
                    branch.choices.append(formula)
                case Types():
                    if branch.type not in formula.types:
                        return False
                case Atom():
                    if formula.type is branch.type:
                        if negated(formula) in branch.atoms:
                            return False
                        branch.atoms.setdefault(formula)
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

    def branches(self, start: Branch) -> Iterator[Branch]:
        """Yield the branches in which all choices are made, or that list their values."""
        stack: list[tuple[Branch, Formula]] = [(start, And(()))]
        while stack:
            whole, part = stack.pop()
            branch = whole.copy() if stack and stack[-1][0] is whole else whole
            if not self.take(branch, [part]) or not self._settle(branch):
                continue
            if branch.listed or not branch.choices:
                yield branch
                continue
            choice = min(branch.choices, key=lambda one: len(one.parts))
            branch.choices.remove(choice)
            if choice.keyword:
                self.last = Obstacle(choice.keyword, choice.pointer)
            parts = self._possible_parts(branch, choice)
            stack.extend((branch, one) for one in reversed(parts))

    def _possible_parts(self, branch: Branch, choice: Or) -> Sequence[Formula]:
        """Return the parts of a choice but those of many that ask for a field without a value.

        A branch for each of them would gather everything that is said of the object again.
        """
        if len(choice.parts) < MANY_PARTS or branch.type is not Type.OBJECT:
            return choice.parts
        said: dict[str, set[Literal]] = {}
        for atom in branch.atoms:
            if atom.holds and isinstance(atom.body, Fields) and atom.body.keys.name is not None:
                said.setdefault(atom.body.keys.name, set()).add(atom.body.literal)
        return [part for part in choice.parts if not self._is_void_field(part, said)]

    def _is_void_field(self, part: Formula, said: Mapping[str, Set[Literal]]) -> bool:
        """Return whether a part asks for a field that has no value, whatever else is asked."""
        if not isinstance(part, Atom) or part.holds or not isinstance(part.body, Fields):
            return False
        name = part.body.keys.name
        if name is None:
            return False
        found = self._members(frozenset({-part.body.literal, *said.get(name, ())}))
        return found.is_empty and not found.cuts

    def _settle(self, branch: Branch) -> bool:
        """Make the choices that are forced; return whether the branch can still hold."""
        while branch.choices and not branch.listed:
            self._spend(1 + len(branch.choices) // 16)
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
            if not self.take(branch, forced):
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
                if formula in branch.atoms:
                    return True
                return False if negated(formula) in branch.atoms else None
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
