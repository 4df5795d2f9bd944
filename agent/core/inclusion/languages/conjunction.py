"""Automata side by side, as one: some must match, the others must not."""

from __future__ import annotations

import functools
from typing import Protocol

from agent.core.inclusion.languages.automaton import State
from agent.core.inclusion.languages.charsets import CharSet, partition, simplicity


class Machine(Protocol):
    """A deterministic automaton: `symbol` is the place of a class of characters in `classes`."""

    @property
    def classes(self) -> tuple[CharSet, ...]:
        """Return the classes of characters that are told apart; together they are all."""

    @property
    def start(self) -> State:
        """Return the state of the empty text."""

    def step(self, state: State, symbol: int) -> State:
        """Return the state after a character of class number `symbol`."""

    def count_states(self) -> int:
        """Return how many states have been made."""


class Conjunction:
    """The texts that all of `wanted` accept and none of `unwanted` does."""

    def __init__(self, wanted: tuple[Machine, ...], unwanted: tuple[Machine, ...]) -> None:
        self._machines = (*wanted, *unwanted)
        self._wanted = len(wanted)
        alphabet = common_classes(tuple(each.classes for each in self._machines))
        self.classes: tuple[CharSet, ...] = tuple(charset for charset, _ in alphabet)
        self._symbols = tuple(symbols for _, symbols in alphabet)
        self._inner: dict[State, tuple[State, ...]] = {}
        self._states: dict[tuple[State, ...], State] = {}
        self.start = self._find_state(tuple(each.start for each in self._machines))

    def step(self, state: State, symbol: int) -> State:
        """Return the state after a character of class number `symbol`."""
        found = state.next.get(symbol)
        if found is None:
            moves = zip(self._machines, self._inner[state], self._symbols[symbol], strict=True)
            found = self._find_state(tuple(each.step(inner, own) for each, inner, own in moves))
            state.next[symbol] = found
        return found

    def count_states(self) -> int:
        """Return how many states have been made."""
        return len(self._states) + sum(each.count_states() for each in self._machines)

    def _find_state(self, inner: tuple[State, ...]) -> State:
        found = self._states.get(inner)
        if found is None:
            wanted, unwanted = inner[: self._wanted], inner[self._wanted :]
            made = State(
                is_accepting=is_accepted(wanted, unwanted),
                is_matched=all(each.is_matched for each in wanted)
                and all(each.is_dead for each in unwanted),
                is_dead=is_lost(wanted, unwanted),
                size=sum(each.size for each in inner),
            )
            self._inner[made] = inner
            found = self._states.setdefault(inner, made)
        return found


def is_accepted(wanted: tuple[State, ...], unwanted: tuple[State, ...]) -> bool:
    """Return whether a text that ends here has all that is wanted and nothing else."""
    return all(each.is_accepting for each in wanted) and not any(
        each.is_accepting for each in unwanted
    )


def is_lost(wanted: tuple[State, ...], unwanted: tuple[State, ...]) -> bool:
    """Return whether it is plain that no text which goes on from here will be accepted."""
    return any(each.is_dead for each in wanted) or any(each.is_matched for each in unwanted)


@functools.lru_cache(maxsize=1024)
def common_classes(
    alphabets: tuple[tuple[CharSet, ...], ...],
) -> tuple[tuple[CharSet, tuple[int, ...]], ...]:
    """Return classes that no alphabet tells apart, simplest first, each with all their symbols."""
    classes = partition([*alphabets, ()])
    named = (
        (charset, tuple(mark.bit_length() - 1 for mark in marks[:-1]))
        for marks, charset in classes.items()
    )
    return tuple(sorted(named, key=lambda each: simplicity(each[0])))
