"""The texts in which one part of a pattern matches, as an automaton that grows as asked."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.core.inclusion.languages.charsets import CharSet, partition
from agent.core.inclusion.languages.syntax import Part, charsets_of
from agent.core.inclusion.languages.terms import AFTER, ALONE, BEFORE, Term, Terms


@dataclass(eq=False, slots=True)
class State:
    """What a text so far leaves open.

    `is_accepting`: the pattern matches when the text ends here. `is_matched`: it matches whatever
    follows. `is_dead`: it cannot match any more. `size` is what a move from here costs, in steps.
    """

    is_accepting: bool
    is_matched: bool
    is_dead: bool
    size: int
    terms: frozenset[Term] = frozenset()
    live: int = 0
    next: dict[int, State] = field(default_factory=dict)


class Automaton:
    """States and moves of one part; `classes` are the characters that it tells apart.

    `weight` is how many terms a single step may have to look at.
    """

    def __init__(self, part: Part) -> None:
        sets = tuple(charsets_of(part))
        found = partition([sets])
        self.classes: tuple[CharSet, ...] = tuple(found.values())
        marks = [key[0] for key in found]
        self._terms = Terms(dict(zip(sets, _symbols_of(marks, len(sets)), strict=True)))
        whole = self._terms.read(part)
        self.weight = self._terms.heaviest
        self._floating = whole.after_start()
        self._matched = State(is_accepting=True, is_matched=True, is_dead=False, size=0)
        self._states: dict[frozenset[Term], State] = {}
        self._idle = self._find_state(())
        self.start = self._begin(whole)

    def count_states(self) -> int:
        """Return how many states have been made."""
        return len(self._states)

    def step(self, state: State, symbol: int) -> State:
        """Return the state after a character of class number `symbol`."""
        if state.is_matched:
            return state
        if not state.live >> symbol & 1:
            return self._idle
        found = state.next.get(symbol)
        if found is None:
            found = state.next[symbol] = self._step(state, symbol)
        return found

    def _begin(self, whole: Term) -> State:
        if whole.empty_at & BEFORE:
            return self._matched
        return _make_state(frozenset({whole}), is_accepting=bool(whole.empty_at & ALONE))

    def _step(self, state: State, symbol: int) -> State:
        steps = (self._terms.step(each, symbol) for each in state.terms)
        return self._find_state(self._terms.merge(each for found in steps for each in found))

    def _find_state(self, remains: Iterable[Term]) -> State:
        """Return the state of what remains and of a match that begins here."""
        terms = frozenset({*remains, self._floating} - {self._terms.never})
        if any(each.empty_at & BEFORE for each in terms):
            return self._matched
        found = self._states.get(terms)
        if found is None:
            is_accepting = any(each.empty_at & AFTER for each in terms)
            found = self._states.setdefault(terms, _make_state(terms, is_accepting=is_accepting))
        return found


def _symbols_of(marks: list[int], count: int) -> list[int]:
    """Return, for each set, a bit for each class in it; `marks` has the sets of each class."""
    symbols = [0] * count
    for symbol, mark in enumerate(marks):
        rest = mark
        while rest:
            symbols[(rest & -rest).bit_length() - 1] |= 1 << symbol
            rest &= rest - 1
    return symbols


def _make_state(terms: frozenset[Term], *, is_accepting: bool) -> State:
    return State(
        is_accepting=is_accepting,
        is_matched=False,
        is_dead=not terms,
        size=sum(each.weight for each in terms),
        terms=terms,
        live=functools.reduce(operator.or_, (each.live for each in terms), 0),
    )
