"""The texts in which a pattern matches, as a deterministic automaton that is explored as asked."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.core.inclusion.languages.charsets import CharSet, partition
from agent.core.inclusion.languages.parsing import parse
from agent.core.inclusion.languages.syntax import Part, charsets_of
from agent.core.inclusion.languages.terms import ALONE, AT_END, AT_START, MIDDLE, Term, Terms

_STATES_KEPT = 5_000
"""States of one pattern that are remembered between questions; more are made anew."""


@dataclass(eq=False, slots=True)
class State:
    """What a text so far leaves open.

    `is_accepting`: the pattern matches when the text ends here. `is_matched`: it matches whatever
    follows. `is_dead`: it cannot match any more.
    """

    terms: frozenset[Term]
    is_accepting: bool
    is_matched: bool = False
    next: dict[int, State] = field(default_factory=dict)

    @property
    def is_dead(self) -> bool:
        """Return whether no text that goes on from here can match."""
        return not self.terms and not self.is_matched


class Automaton:
    """States and moves of one pattern; `classes` are the characters that it tells apart."""

    def __init__(self, part: Part) -> None:
        sets = tuple(charsets_of(part))
        found = partition([sets])
        self.classes: tuple[CharSet, ...] = tuple(found.values())
        marks = [key[0] for key in found]
        self._terms = Terms(
            {
                charset: sum(1 << symbol for symbol, mark in enumerate(marks) if mark >> bit & 1)
                for bit, charset in enumerate(sets)
            }
        )
        self._whole = self._terms.read(part)
        self._floating = self._whole.after_start()
        self._matched = State(frozenset(), is_accepting=True, is_matched=True)
        self._states: dict[frozenset[Term], State] = {}
        self.start = self._begin()

    def step(self, state: State, symbol: int) -> State:
        """Return the state after a character of class number `symbol`."""
        found = state.next.get(symbol)
        if found is None:
            found = state.next[symbol] = self._step(state, symbol)
        return found

    def _begin(self) -> State:
        if self._whole.empty_at & AT_START:
            return self._matched
        return State(frozenset({self._whole}), bool(self._whole.empty_at & ALONE))

    def _step(self, state: State, symbol: int) -> State:
        if state.is_matched:
            return state
        place = AT_START if state is self.start else MIDDLE
        steps = (self._terms.step(each, symbol, place=place) for each in state.terms)
        remains = self._terms.merge(each for found in steps for each in found)
        return self._find_state(remains)

    def _find_state(self, remains: Iterable[Term]) -> State:
        terms = frozenset({*remains, self._floating} - {self._terms.never})
        if any(each.empty_at & MIDDLE for each in terms):
            return self._matched
        if len(self._states) > _STATES_KEPT:
            self._states = {}
        is_accepting = any(each.empty_at & AT_END for each in terms)
        return self._states.setdefault(terms, State(terms, is_accepting))


@dataclass(frozen=True, slots=True)
class Language:
    """The texts in which a pattern matches somewhere."""

    pattern: str
    automaton: Automaton = field(compare=False, repr=False)

    def has(self, text: str) -> bool:
        """Return whether a text is in the language; surrogates are in none."""
        state = self.automaton.start
        for char in text:
            code = ord(char)
            symbol = next(
                (
                    index
                    for index, charset in enumerate(self.automaton.classes)
                    if any(low <= code <= high for low, high in charset)
                ),
                None,
            )
            if symbol is None:
                return False
            state = self.automaton.step(state, symbol)
        return state.is_accepting


@functools.lru_cache(maxsize=2048)
def read_pattern(pattern: str) -> Language | None:
    """Return the texts in which a JSON Schema pattern matches, or None when it is opaque.

    Opaque are look-arounds, back-references, word boundaries, inline flags, possessive and doubled
    quantifiers, quantified anchors, and what the validation engine refuses.
    """
    part = parse(pattern)
    return None if part is None else Language(pattern, Automaton(part))
