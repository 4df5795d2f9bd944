"""Sets of texts, and what can be said about them within a budget of steps."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

from agent.core.inclusion.languages.graph import Graph, Meter, Spent
from agent.core.inclusion.languages.language import Language
from agent.core.inclusion.languages.listing import Listing

BUDGET = 20_000
"""Steps that one question may take: about a tenth of a second of work at the most."""
_FIRST_LOOK = 300
"""Steps before the first attempt to answer from what is known; each next look is four times it."""


@dataclass(frozen=True, slots=True)
class TextSet:
    """The texts that all `required` languages have and none of the `forbidden`.

    `shortest` and `longest` bound the length in characters, both inclusive; None is no bound.
    """

    required: tuple[Language, ...] = ()
    forbidden: tuple[Language, ...] = ()
    shortest: int = 0
    longest: int | None = None
    excluded: frozenset[str] = frozenset()

    def has(self, text: str) -> bool:
        """Return whether a text is a member."""
        return (
            self.shortest <= len(text)
            and (self.longest is None or len(text) <= self.longest)
            and text not in self.excluded
            and not any(0xD800 <= ord(char) <= 0xDFFF for char in text)
            and all(each.has(text) for each in self.required)
            and not any(each.has(text) for each in self.forbidden)
        )


class Members(NamedTuple):
    """Members of a set, shortest and simplest first; `is_complete` when there are no others."""

    texts: tuple[str, ...]
    is_complete: bool


def members(textset: TextSet, limit: int, *, budget: int = BUDGET) -> Members:
    """Return up to `limit` members of a set; none and complete is a proof that it is empty.

    The same question has the same answer: the budget counts steps, whatever was asked before.
    """
    longest = _longest(textset)
    is_too_short = longest is not None and longest < textset.shortest
    if is_too_short or not set(textset.forbidden).isdisjoint(textset.required):
        return Members((), is_complete=True)
    graph = Graph(textset.required, textset.forbidden)
    look, left = _FIRST_LOOK, budget
    while True:
        known = graph.explore(Meter(min(look, left)), longest=longest)
        left -= look
        is_last = known is None or left <= 0
        if is_last and known is not None:
            graph.plunge(Meter(budget // 4), shortest=textset.shortest, longest=longest)
        bound = longest if is_last or known is None else _least(known, longest)
        found, is_complete = _take(graph, textset, limit, longest=bound, budget=budget)
        if is_last or len(found) >= limit:
            return Members(found, is_complete and known is None)
        look *= 4


def is_empty(textset: TextSet, *, budget: int = BUDGET) -> bool | None:
    """Return whether a set has no member, or None when the budget was not enough to tell."""
    found = members(textset, 1, budget=budget)
    return False if found.texts else (True if found.is_complete else None)


def _take(
    graph: Graph, textset: TextSet, limit: int, *, longest: int | None, budget: int
) -> tuple[tuple[str, ...], bool]:
    """Return members from what is known of a graph, and whether there are no more in it."""
    found: list[str] = []
    try:
        for text in Listing(graph, Meter(budget)).texts(textset.shortest, longest):
            if text in textset.excluded:
                continue
            if len(found) >= limit:
                return tuple(found), False
            found.append(text)
    except Spent:
        return tuple(found), False
    return tuple(found), True


def _longest(textset: TextSet) -> int | None:
    return functools.reduce(_least, (each.longest for each in textset.required), textset.longest)


def _least(one: int | None, other: int | None) -> int | None:
    return other if one is None else (one if other is None else min(one, other))
