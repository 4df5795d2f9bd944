"""Objects that satisfy what is said of their fields, keys and number of fields.

Keys are either mentioned by name or fall into cells: keys that match the same of the mentioned
patterns. Every key of a cell has the same goal for its value. What must be somewhere (a required
field, a field that breaks a contract) is placed at a mentioned key or at a fresh one of a cell.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agent.core.inclusion.formulas import Atom, Fields, Keys, Names, Size
from agent.core.inclusion.graph import FALSE, Literal
from agent.core.inclusion.members import Collector, Goal, Members
from agent.core.inclusion.membership import is_key
from agent.core.inclusion.names import Cell, fresh_names

if TYPE_CHECKING:
    from agent.core.inclusion.search import Search

MAX_PATTERNS: Final = 6
"""Most different patterns for keys whose combinations are looked at."""

MAX_FIELDS: Final = 2_000
"""Most fields of an object that is written."""

MAX_LISTED: Final = 256
"""Most combinations of values when all objects of a set are listed."""


def object_members(search: Search, atoms: Iterable[Atom], *, want: int) -> Members:
    """Return objects that satisfy all atoms."""
    said = _Said()
    for atom in atoms:
        said.add(atom)
    return _Objects(search, said, want).members()


@dataclass(slots=True)
class _Demand:
    """A field that must be somewhere: at one of some keys, with a value of a goal.

    `names` is what the key must satisfy as a text.
    """

    keys: Keys
    value: Goal = frozenset()
    names: Goal = frozenset()


@dataclass(slots=True)
class _Said:
    """What atoms say of an object."""

    rules: list[tuple[Keys, Literal]] = field(default_factory=list)
    required: dict[str, set[Literal]] = field(default_factory=dict)
    demands: list[_Demand] = field(default_factory=list)
    names: set[Literal] = field(default_factory=set)
    fewest: int = 0
    most: int | None = None
    atoms: list[Atom] = field(default_factory=list)

    def add(self, atom: Atom) -> None:
        self.atoms.append(atom)
        match atom.body:
            case Fields(keys=keys, literal=literal) if atom.holds:
                self.rules.append((keys, literal))
            case Fields(keys=Keys(name=str() as name), literal=literal):
                self.required.setdefault(name, set()).add(-literal)
            case Fields(keys=keys, literal=literal):
                self.demands.append(_Demand(keys, frozenset({-literal})))
            case Names(literal=literal) if atom.holds:
                self.names.add(literal)
            case Names(literal=literal):
                self.demands.append(_Demand(Keys(), names=frozenset({-literal})))
            case Size(count=count) if atom.holds:
                self.fewest = max(self.fewest, count)
            case Size(count=count):
                self.most = count - 1 if self.most is None else min(self.most, count - 1)
            case _:
                raise TypeError(f"no atom about objects: {atom}")


@dataclass(slots=True)
class _Slot:
    """A fresh key of a cell that a demand has been placed at."""

    cell: Cell
    value: Goal
    names: Goal


class _Objects:
    def __init__(self, search: Search, said: _Said, want: int) -> None:
        self._search = search
        self._said = said
        self._want = want
        self._named: dict[str, set[Literal]] = {}
        self._loose: list[tuple[Keys, Literal]] = []
        for keys, literal in said.rules:
            if keys.name is not None:
                self._named.setdefault(keys.name, set()).add(literal)
            else:
                self._loose.append((keys, literal))
        self._goals: dict[str, Goal] = {}
        everything = (*said.rules, *((demand.keys, FALSE) for demand in said.demands))
        self._mentioned = tuple(
            dict.fromkeys(
                itertools.chain(
                    said.required,
                    *(
                        [keys.name] if keys.name is not None else sorted(keys.names)
                        for keys, _ in everything
                    ),
                )
            )
        )
        self._patterns = tuple(
            dict.fromkeys(
                itertools.chain.from_iterable(
                    [keys.pattern] if keys.pattern is not None else keys.patterns
                    for keys, _ in everything
                )
            )
        )

    def members(self) -> Members:
        said = self._said
        collector = Collector(self._want)
        if said.most is not None and max(said.fewest, len(said.required)) > said.most:
            return collector.members()
        if said.fewest > MAX_FIELDS:
            collector.give_up()
            self._note()
            return collector.members()
        for name in said.required:
            found = self._values(name, frozenset(said.required[name]))
            if not found.values:
                return found
        self._place(
            0, {name: frozenset(more) for name, more in said.required.items()}, [], collector
        )
        if collector.missing > 0 and not collector.members().is_complete:
            self._note()
            self._list_all(collector)
        return collector.members()

    def _note(self) -> None:
        for atom in self._said.atoms:
            if isinstance(atom.body, Fields) and atom.body.keys.pattern is not None:
                self._search.note(atom.keyword, atom.pointer)

    # Goals of values

    def _goal(self, name: str) -> Goal:
        """Return what the value at a mentioned key satisfies; an impossible key's value nothing."""
        goal = self._goals.get(name)
        if goal is None:
            self._search.spend()
            literals = set(self._named.get(name, ()))
            literals.update(literal for keys, literal in self._loose if is_key(keys, name))
            if not self._search.is_member(frozenset(self._said.names), name):
                literals.add(FALSE)
            goal = self._goals[name] = frozenset(literals)
        return goal

    def _values(self, name: str, more: Goal = frozenset(), want: int = 1) -> Members:
        return self._search.members(self._goal(name) | more, want)

    def _cells(self) -> Iterator[Cell]:
        """Yield the cells of keys that nothing mentions."""
        for matches in itertools.product((False, True), repeat=len(self._patterns)):
            yield Cell(
                tuple(p for p, one in zip(self._patterns, matches, strict=True) if one),
                tuple(p for p, one in zip(self._patterns, matches, strict=True) if not one),
                frozenset(self._mentioned),
                frozenset(self._said.names),
            )

    def _cell_goal(self, cell: Cell) -> Goal:
        return frozenset(literal for keys, literal in self._loose if cell.is_within(keys))

    # Placing what must be somewhere

    def _place(
        self, index: int, named: dict[str, Goal], slots: list[_Slot], collector: Collector
    ) -> None:
        """Place the demands from `index` on, in every way until enough objects are found."""
        self._search.spend()
        if collector.missing <= 0:
            return
        if index == len(self._said.demands):
            self._build(named, slots, collector)
            return
        demand = self._said.demands[index]
        for name in self._mentioned:
            if not is_key(demand.keys, name):
                continue
            if not self._search.is_member(demand.names, name):
                continue
            goal = named.get(name, frozenset()) | demand.value
            found = self._values(name, goal)
            if found.values:
                self._place(index + 1, {**named, name: goal}, slots, collector)
            else:
                collector.depend([found])
        for place, slot in enumerate(slots):
            if slot.cell.is_within(demand.keys):
                both = _Slot(slot.cell, slot.value | demand.value, slot.names | demand.names)
                others = [*slots[:place], both, *slots[place + 1 :]]
                self._place_fresh(index, named, others, both, collector)
        if len(self._patterns) > MAX_PATTERNS:
            collector.give_up()
            return
        for cell in self._cells():
            if cell.is_within(demand.keys):
                slot = _Slot(cell, self._cell_goal(cell) | demand.value, demand.names)
                self._place_fresh(index, named, [*slots, slot], slot, collector)

    def _place_fresh(
        self,
        index: int,
        named: dict[str, Goal],
        slots: list[_Slot],
        slot: _Slot,
        collector: Collector,
    ) -> None:
        found = self._search.members(slot.value)
        if not found.values:
            collector.depend([found])
            return
        names = fresh_names(self._search, slot.cell, slot.names, want=1)
        if names.values:
            self._place(index + 1, named, slots, collector)
        else:
            collector.depend([names])

    # Building objects

    def _build(self, named: dict[str, Goal], slots: list[_Slot], collector: Collector) -> None:
        said = self._said
        if said.most is not None and len(named) + len(slots) > said.most:
            return
        options: dict[str, Members] = {}
        for name, more in named.items():
            options[name] = self._values(name, more, self._want)
        for slot in slots:
            taken = frozenset(options)
            names = fresh_names(self._search, slot.cell, slot.names, want=1, taken=taken)
            if not names.values:
                collector.depend([names])
                return
            options[names.values[0]] = self._search.members(slot.value, self._want)
        if not all(found.values for found in options.values()):
            collector.depend(options.values())
            return
        extra = self._fill(options, said.fewest - len(options), collector)
        if extra is None:
            return
        self._vary({**options, **extra}, collector)

    def _fill(
        self, options: dict[str, Members], count: int, collector: Collector
    ) -> dict[str, Members] | None:
        """Return so many more fields, or None when there are not."""
        extra: dict[str, Members] = {}
        if count <= 0:
            return extra
        for name, found in self._optional(options, collector):
            extra[name] = found
            if len(extra) == count:
                return extra
        return None

    def _optional(
        self, options: dict[str, Members], collector: Collector
    ) -> Iterator[tuple[str, Members]]:
        """Yield other fields that an object may have: mentioned ones, then fresh ones."""
        for name in self._mentioned:
            if name not in options:
                found = self._values(name, want=self._want)
                if found.values:
                    yield name, found
                else:
                    collector.depend([found])
        if len(self._patterns) > MAX_PATTERNS:
            collector.give_up()
            return
        for cell in self._cells():
            found = self._search.members(self._cell_goal(cell), self._want)
            if not found.values:
                collector.depend([found])
                continue
            want = max(self._said.fewest, self._want)
            names = fresh_names(self._search, cell, frozenset(), want=want, taken=options.keys())
            collector.depend([Members((), names.is_complete or bool(names.values), names.cuts)])
            for name in names.values:
                yield name, found
            if not names.is_complete:
                collector.give_up()

    def _vary(self, options: dict[str, Members], collector: Collector) -> None:
        """Add objects with these fields, then with one more, until there are enough."""
        for value in _products(options):
            if collector.missing <= 0:
                return
            collector.add_value(value)
        collector.give_up()
        most = self._said.most
        if collector.missing <= 0 or (most is not None and len(options) >= most):
            return
        for name, found in self._optional(options, Collector(1)):
            for value in _products({**options, name: found}):
                if collector.missing <= 0:
                    return
                collector.add_value(value)

    def _list_all(self, collector: Collector) -> None:
        """List every object, where all keys are mentioned and all values can be listed."""
        if len(self._patterns) > MAX_PATTERNS:
            return
        whole = Collector(MAX_LISTED + 1)
        for cell in self._cells():
            found = self._search.members(self._cell_goal(cell))
            if found.values:
                if fresh_names(self._search, cell, frozenset(), want=1).is_empty:
                    continue
                return
            whole.depend([found])
        choices: list[list[tuple[str, Any] | None]] = []
        count = 1
        for name in self._mentioned:
            found = self._values(name, want=MAX_LISTED)
            whole.depend([found])
            values: list[tuple[str, Any] | None] = [(name, value) for value in found.values]
            choices.append(values if name in self._said.required else [None, *values])
            count *= len(choices[-1])
            if count > MAX_LISTED or not whole.members().is_complete:
                return
        for pairs in itertools.product(*choices):
            value = dict(pair for pair in pairs if pair is not None)
            if all(self._search.membership.holds(atom, value) for atom in self._said.atoms):
                whole.add_value(value)
        collector.replace(whole.members())


def _products(options: dict[str, Members]) -> Iterator[dict[str, Any]]:
    """Yield objects, varying the field with the fewest values slowest: simple ones first."""
    names = list(options)
    first = {name: options[name].values[0] for name in names}
    yield dict(first)
    for name in names:
        for value in options[name].values[1:]:
            yield {**first, name: value}
