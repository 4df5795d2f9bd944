"""The texts in which a JSON Schema pattern matches."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from agent.core.inclusion.languages.automaton import Automaton
from agent.core.inclusion.languages.conjunction import Conjunction, Machine
from agent.core.inclusion.languages.parsing import parse
from agent.core.inclusion.languages.syntax import Reading, longest_text

_WEIGHT_LIMIT = 2_500
"""Terms that one step may look at; a pattern of so many optional parts in a row is opaque."""
_STATES_KEPT = 2_000
"""States of a pattern that are remembered from one question to the next."""


@dataclass(frozen=True, slots=True)
class Language:
    """The texts in which a pattern matches somewhere; equal patterns are equal languages.

    No text in it has more than `longest` characters; None is no known bound.
    """

    pattern: str
    longest: int | None = field(compare=False)
    _kept: _Kept = field(compare=False, repr=False)

    def take_machine(self) -> Machine:
        """Return an automaton of the language; one question uses one throughout."""
        return self._kept.take()

    def has(self, text: str) -> bool:
        """Return whether a text is in the language; one with surrogates never is."""
        machine = self._kept.take()
        state = machine.start
        for char in text:
            symbol = _classify(machine, ord(char))
            if symbol is None:
                return False
            state = machine.step(state, symbol)
        return state.is_accepting


@functools.lru_cache(maxsize=1024)
def read_pattern(pattern: str) -> Language | None:
    """Return the texts in which a JSON Schema pattern matches, or None when it is opaque.

    Opaque are look-arounds (but for look-aheads right after the `^` that a pattern begins with),
    back-references, word boundaries, inline flags, possessive and doubled quantifiers, quantified
    anchors, hundreds of optional parts in a row, and what the validation engine refuses.
    """
    reading = parse(pattern)
    if reading is None or _is_heavy(reading):
        return None
    return Language(pattern, longest_text(reading.body), _Kept(reading))


class _Kept:
    """An automaton that is made anew when it has grown large, so that memory stays bounded."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._machine = _build(reading)

    def take(self) -> Machine:
        machine = self._machine
        if machine.count_states() > _STATES_KEPT:
            machine = self._machine = _build(self._reading)
        return machine


def _is_heavy(reading: Reading) -> bool:
    parts = (reading.body, *reading.wanted, *reading.unwanted)
    return any(Automaton(each).weight > _WEIGHT_LIMIT for each in parts)


def _build(reading: Reading) -> Machine:
    body = Automaton(reading.body)
    if not (reading.wanted or reading.unwanted):
        return body
    wanted = (body, *(Automaton(each) for each in reading.wanted))
    return Conjunction(wanted, tuple(Automaton(each) for each in reading.unwanted))


def _classify(machine: Machine, code: int) -> int | None:
    for symbol, charset in enumerate(machine.classes):
        if any(low <= code <= high for low, high in charset):
            return symbol
    return None
