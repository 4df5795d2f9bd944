"""Arrays that satisfy what is said of their items, their length and their repeats.

Beyond the positions that are mentioned all items have the same goal. A longer array than needed
can be cut there and stays valid, so only a few lengths have to be looked at.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agent.core.inclusion.formulas import Atom, Contains, Items, Size, Unique
from agent.core.inclusion.graph import Literal
from agent.core.inclusion.members import Collector, Goal, Members
from agent.core.merging import value_key

if TYPE_CHECKING:
    from agent.core.inclusion.search import Search

MAX_LENGTH: Final = 50_000
"""Longest array that is written, in items."""

MAX_LENGTHS: Final = 40
"""Most lengths that are looked at."""

MAX_DISTINCT: Final = 200
"""Most positions of different kinds that get different values."""

MAX_ORDERED: Final = 12
"""Longest arrays of which all orders of items that are alike are listed."""

MAX_WAYS: Final = 400
"""Most ways of placing items that are looked at for one length."""


def array_members(search: Search, atoms: Iterable[Atom], *, want: int) -> Members:
    """Return arrays that satisfy all atoms."""
    said = _Said()
    for atom in atoms:
        said.add(atom)
    return _Arrays(search, said, want).members()


@dataclass(slots=True)
class _Said:
    """What atoms say of an array. `counted` are literals with how many items satisfy them."""

    rules: list[Items] = field(default_factory=list)
    demands: list[Items] = field(default_factory=list)
    fewest_of: dict[Literal, int] = field(default_factory=dict)
    most_of: dict[Literal, int] = field(default_factory=dict)
    shortest: int = 0
    longest: int | None = None
    is_unique: bool = False
    has_repeat: bool = False
    atoms: list[Atom] = field(default_factory=list)

    def add(self, atom: Atom) -> None:
        self.atoms.append(atom)
        match atom.body:
            case Items():
                (self.rules if atom.holds else self.demands).append(atom.body)
            case Contains(literal=literal, count=count) if atom.holds:
                self.fewest_of[literal] = max(count, self.fewest_of.get(literal, 0))
            case Contains(literal=literal, count=count):
                self.most_of[literal] = min(count - 1, self.most_of.get(literal, count - 1))
            case Unique():
                self.is_unique |= atom.holds
                self.has_repeat |= not atom.holds
            case Size(count=count) if atom.holds:
                self.shortest = max(self.shortest, count)
            case Size(count=count):
                self.longest = count - 1 if self.longest is None else min(self.longest, count - 1)
            case _:
                raise TypeError(f"no atom about arrays: {atom}")

    @property
    def counted(self) -> tuple[Literal, ...]:
        return tuple(dict.fromkeys((*self.fewest_of, *self.most_of)))

    @property
    def prefix(self) -> int:
        """How many leading positions are mentioned."""
        ends = (bound for rule in (*self.rules, *self.demands) for bound in (rule.start, rule.end))
        return max((bound for bound in ends if bound is not None), default=0)


class _Arrays:
    def __init__(self, search: Search, said: _Said, want: int) -> None:
        self._search = search
        self._said = said
        self._want = want
        self._prefix = said.prefix
        self._is_thorough = False
        self._has_skipped = False

    def members(self) -> Members:
        """Return arrays; all orders of alike items are looked at only where they are listed."""
        found = self._collect()
        if not (found.values and found.is_complete and self._has_skipped):
            return found
        if self._said.longest is None or self._said.longest > MAX_ORDERED:
            return Members(found.values, False, found.cuts)
        self._is_thorough = True
        return self._collect()

    def _collect(self) -> Members:
        collector = Collector(self._want)
        if self._said.is_unique and self._said.has_repeat:
            return collector.members()
        for length in self._lengths(collector):
            self._of_length(length, collector)
            if collector.missing <= 0:
                collector.give_up()
                break
        return collector.members()

    def _lengths(self, collector: Collector) -> Iterator[int]:
        """Yield the lengths to look at, short ones first.

        What is beyond the last one has nothing that a shorter array lacks: every demand and every
        item that is counted finds a place, and two equal items do.
        """
        said = self._said
        first = max(said.shortest, *said.fewest_of.values(), 0)
        needed = len(said.demands) + sum(said.fewest_of.values()) + 2 * said.has_repeat
        last = max(first, self._prefix + needed)
        if said.longest is not None:
            last = min(last, said.longest)
        if first > MAX_LENGTH or last - first > MAX_LENGTHS:
            collector.give_up()
            self._note()
            last = min(last, first + MAX_LENGTHS, MAX_LENGTH)
        yield from range(first, last + 1)
        end = last + 4 if said.longest is None else min(last + 4, said.longest + 1)
        for length in range(last + 1, end):
            if collector.is_hopeless:
                return  # where there are none so far, there are no longer ones
            yield length
        if (said.longest is None or said.longest >= end) and not collector.is_hopeless:
            collector.give_up()

    def _note(self) -> None:
        for atom in self._said.atoms:
            self._search.note(atom.keyword, atom.pointer)

    def _goal(self, index: int) -> Goal:
        """Return what the item at an index satisfies."""
        return frozenset(rule.literal for rule in self._said.rules if _is_covered(rule, index))

    def _of_length(self, length: int, collector: Collector) -> None:
        """Add arrays of one length."""
        looked_at = self._looked_at(length)
        self._search.spend(looked_at * len(self._said.rules) // 64)
        alike = [self._goal(length)] * (length - looked_at)
        ways = 0
        for goals in self._placed([self._goal(index) for index in range(looked_at)]):
            for counted in self._counted(goals, collector):
                ways += 1
                self._search.spend()
                if ways > MAX_WAYS:
                    collector.give_up()
                    self._note()
                    return
                for spots, pair in self._repeated(counted):
                    self._search.spend()
                    self._fill([*spots, *alike], pair, collector)
                    if collector.missing <= 0:
                        return

    def _looked_at(self, length: int) -> int:
        """Return how many positions may differ in what is asked of them; the rest are alike."""
        said = self._said
        if said.is_unique or said.counted:
            return length
        return self._skip(length, self._prefix + len(said.demands) + 2)

    def _skip(self, count: int, enough: int) -> int:
        """Return how many of some positions to look at, when others bring nothing but an order."""
        if self._is_thorough or count <= enough:
            return count
        self._has_skipped = True
        return enough

    def _placed(self, goals: list[Goal]) -> Iterator[list[Goal]]:
        """Yield the goals of all positions with each demand placed somewhere."""
        # Positions beyond the prefix are alike: a demand needs but one of its own there.
        last = self._skip(len(goals), self._prefix + len(self._said.demands))
        places = [
            [index for index in range(last) if _is_covered(one, index)]
            for one in self._said.demands
        ]
        for chosen in itertools.product(*places):
            placed = list(goals)
            for index, demand in zip(chosen, self._said.demands, strict=True):
                placed[index] = placed[index] | {-demand.literal}
            yield placed

    def _counted(self, goals: list[Goal], collector: Collector) -> Iterator[list[Goal]]:
        """Yield the goals with it decided which positions satisfy what is counted."""
        counts = dict.fromkeys(self._said.counted, 0)
        yield from self._decide(goals, [], counts, collector) if counts else [goals]

    def _decide(
        self,
        goals: list[Goal],
        taken: list[Goal],
        counts: dict[Literal, int],
        collector: Collector,
    ) -> Iterator[list[Goal]]:
        """Decide the positions after those of which is known what they have `taken`."""
        said, index = self._said, len(taken)
        left = len(goals) - index
        if any(counts[one] > most for one, most in said.most_of.items()) or any(
            counts[one] + left < fewest for one, fewest in said.fewest_of.items()
        ):
            return
        if not left:
            yield [goal | more for goal, more in zip(goals, taken, strict=True)]
            return
        self._search.spend()
        # Neighbours beyond the prefix with one goal can change places: one order is enough.
        is_alike = index > self._prefix and goals[index] == goals[index - 1]
        for chosen in self._subsets():
            if is_alike and sorted(chosen) < sorted(taken[-1]) and not self._is_thorough:
                self._has_skipped = True
                continue
            self._search.spend()
            found = self._search.members(goals[index] | chosen)
            if not found.values:
                collector.depend([found])
                continue
            more = {one: count + (one in chosen) for one, count in counts.items()}
            yield from self._decide(goals, [*taken, chosen], more, collector)

    def _subsets(self) -> Iterator[Goal]:
        """Yield the ways in which one item takes part in the counts; undecided where it may be."""
        options = []
        for literal in self._said.counted:
            if literal in self._said.most_of:
                options.append((frozenset({literal}), frozenset({-literal})))
            else:
                options.append((frozenset({literal}), frozenset()))
        for chosen in itertools.product(*options):
            yield frozenset().union(*chosen)

    def _repeated(self, goals: list[Goal]) -> Iterator[tuple[list[Goal], tuple[int, int] | None]]:
        """Yield the goals with the two positions that are equal, where two must be."""
        if not self._said.has_repeat:
            yield goals, None
            return
        for one, other in itertools.combinations(range(self._span(goals)), 2):
            both = goals[one] | goals[other]
            merged = list(goals)
            merged[one] = merged[other] = both
            yield merged, (one, other)

    def _span(self, goals: Sequence[Goal]) -> int:
        """Return how many positions to look at for two equal ones: alike ones at the end drop."""
        kept = len(goals)
        while kept > 2 and goals[kept - 1] == goals[kept - 2] == goals[kept - 3]:
            kept -= 1
        return self._skip(len(goals), kept)

    def _fill(self, goals: list[Goal], pair: tuple[int, int] | None, collector: Collector) -> None:
        """Add arrays whose items have these goals, those at the pair of positions equal."""
        want = self._want
        if self._said.is_unique:
            want = max(want, len(goals))
        founds: dict[Goal, Members] = {}
        for goal in goals:
            if goal not in founds:
                founds[goal] = self._search.members(goal, want)
            if not founds[goal].values:
                collector.depend([founds[goal]])
                return
        options = [founds[goal] for goal in goals]
        if self._said.is_unique:
            self._fill_distinct(options, collector)
            return
        for values in _varied(options, pair):
            if collector.missing <= 0:
                return
            collector.add_value(values)
        if sum(len(found.values) > 1 for found in options) > 1:
            collector.give_up()
        else:
            collector.depend(options)

    def _fill_distinct(self, options: list[Members], collector: Collector) -> None:
        if len(options) > MAX_DISTINCT and len({id(found) for found in options}) > 1:
            collector.give_up()
            self._note()
            return
        chosen = _distinct(options)
        if chosen is None:
            # A position with as many values as there are positions never lacks one.
            short = [found for found in options if len(found.values) < len(options)]
            collector.depend(short)
            return
        collector.add_value(chosen)
        for index, found in enumerate(options):
            taken = {value_key(value) for value in chosen}
            for value in found.values:
                if collector.missing <= 0:
                    return
                if value_key(value) not in taken:
                    collector.add_value([*chosen[:index], value, *chosen[index + 1 :]])
        collector.give_up()


def _is_covered(rule: Items, index: int) -> bool:
    return rule.start <= index and (rule.end is None or index < rule.end)


def _varied(options: list[Members], pair: tuple[int, int] | None) -> Iterator[list[Any]]:
    """Yield arrays: the first value of each position, then one position at a time another."""
    first = [found.values[0] for found in options]
    yield list(first)
    seen: set[int] = set()
    for index, found in enumerate(options):
        if (pair is not None and index in pair) or id(found) in seen:
            continue
        if len(options) > 64:
            seen.add(id(found))
        for value in found.values[1:]:
            yield [*first[:index], value, *first[index + 1 :]]


def _distinct(options: list[Members]) -> list[Any] | None:
    """Return a value for each position, all different, or None when there are not (matching)."""
    if len({id(found) for found in options}) == 1:
        values = options[0].values[: len(options)]
        return list(values) if len(values) == len(options) else None
    keys: list[dict[str, Any]] = [
        {value_key(value): value for value in found.values} for found in options
    ]
    owner: dict[str, int] = {}

    def place(index: int, tried: set[str]) -> bool:
        for key in keys[index]:
            if key in tried:
                continue
            tried.add(key)
            if key not in owner or place(owner[key], tried):
                owner[key] = index
                return True
        return False

    for index in range(len(options)):
        if not place(index, set()):
            return None
    chosen = {index: key for key, index in owner.items()}
    return [keys[index][chosen[index]] for index in range(len(options))]
