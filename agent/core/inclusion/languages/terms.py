"""What is still to be matched, as terms; and what remains of a term after one character.

Partial derivatives (Antimirov 1996), with counted repeats kept as counts and with the two anchors:
whether a term matches the empty text depends on the place where it is asked.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from agent.core.inclusion.languages.charsets import CharSet
from agent.core.inclusion.languages.syntax import (
    Begin,
    Chars,
    Choice,
    End,
    Part,
    Repeat,
    Sequence,
)

BEFORE, AFTER, ALONE = 1, 2, 4
"""Places, as bits: before a character, after the last one, in the empty text."""
_ANYWHERE = BEFORE | AFTER | ALONE


@dataclass(eq=False, slots=True)
class Term:
    """One term; two terms of a `Terms` are the same object when they are spelt the same.

    `empty_at` has the places where the term matches without a character; `live` has a bit for each
    class of characters that it may begin with. `symbols` are the classes of a single character;
    `first` and `rest` follow each other; `low` and `high` count `first`. `weight` is how many terms
    one step may have to look at.
    """

    empty_at: int
    live: int = 0
    symbols: int = 0
    options: tuple[Term, ...] = ()
    first: Term | None = None
    rest: Term | None = None
    low: int = 0
    high: int | None = 0
    is_repeat: bool = False
    later: Term | None = None
    weight: int = 1

    def after_start(self) -> Term:
        """Return the term for a place where a character has gone by: no text begins there."""
        return self if self.later is None else self.later


class Terms:
    """The terms of one pattern, each made once; `heaviest` is the greatest weight of any so far."""

    def __init__(self, symbols: dict[CharSet, int]) -> None:
        self._symbols = symbols
        self._made: dict[object, Term] = {}
        self._steps: dict[tuple[Term, int], frozenset[Term]] = {}
        self.heaviest = 1
        self.empty = Term(_ANYWHERE)
        self.never = Term(0)
        self._end = Term(AFTER | ALONE)
        self._begin = Term(BEFORE | ALONE, later=self.never)

    def read(self, part: Part) -> Term:
        """Return the term of a part of a pattern."""
        match part:
            case Chars(charset):
                return self._make_chars(self._symbols[charset])
            case Begin():
                return self._begin
            case End():
                return self._end
            case Sequence(parts):
                term = self.empty
                for each in reversed(parts):
                    term = self.follow(self.read(each), term)
                return term
            case Choice(parts):
                return self._choose([self.read(each) for each in parts])
            case Repeat(inner, low, high):
                return self.repeat(self.read(inner), low, high)
            case _:
                assert_never(part)

    def follow(self, first: Term, rest: Term) -> Term:
        """Return `first`, then `rest`."""
        if self.never in (first, rest):
            return self.never
        if rest is self.empty:
            return first
        if first is self.empty:
            return rest
        key = ("follow", first, rest)
        if key not in self._made:
            later = None
            if first.later is not None or rest.later is not None:
                later = self.follow(first.after_start(), rest.after_start())
            live = first.live | (rest.live if first.empty_at else 0)
            made = Term(first.empty_at & rest.empty_at, live, first=first, rest=rest, later=later)
            made.weight += first.weight + (rest.weight if first.empty_at else 0)
            self._keep(key, made)
        return self._made[key]

    def repeat(self, inner: Term, low: int, high: int | None) -> Term:
        """Return `inner`, `low` to `high` times."""
        if high == 0 or inner is self.empty:
            return self.empty
        if inner is self.never:
            return self.empty if low == 0 else self.never
        if low == high == 1:
            return inner
        key = ("repeat", inner, low, high)
        if key not in self._made:
            later = None if inner.later is None else self.repeat(inner.later, low, high)
            empty_at = _ANYWHERE if low == 0 else inner.empty_at
            made = Term(empty_at, inner.live, first=inner, later=later)
            made.is_repeat, made.low, made.high = True, low, high
            made.weight += inner.weight
            self._keep(key, made)
        return self._made[key]

    def step(self, term: Term, symbol: int) -> frozenset[Term]:
        """Return what may remain of a term after a character.

        No text begins where something remains, and nothing that remains holds a `^`: between two
        characters is the same to it as before the first.
        """
        if not term.live >> symbol & 1:
            return frozenset()
        key = (term, symbol)
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = self._step(term, symbol)
        return found

    def _step(self, term: Term, symbol: int) -> frozenset[Term]:
        remains: set[Term] = set()
        while term.rest is not None and term.first is not None:
            remains |= self._each_follow(self.step(term.first, symbol), term.rest.after_start())
            if not term.first.empty_at & BEFORE:
                return frozenset(remains)
            term = term.rest
        if term.symbols >> symbol & 1:
            remains.add(self.empty)
        for each in term.options:
            remains |= self.step(each, symbol)
        if term.is_repeat and term.first is not None:
            # A round that takes no character may come first, as often as it is asked for.
            low = 0 if term.first.empty_at & BEFORE else max(term.low - 1, 0)
            high = None if term.high is None else term.high - 1
            rest = self.repeat(term.first.after_start(), low, high)
            remains |= self._each_follow(self.step(term.first, symbol), rest)
        return frozenset(remains)

    def _each_follow(self, firsts: Iterable[Term], rest: Term) -> set[Term]:
        return {self.follow(each, rest) for each in firsts} - {self.never}

    def _make_chars(self, symbols: int) -> Term:
        if symbols == 0:
            return self.never
        return self._made.setdefault(("chars", symbols), Term(0, symbols, symbols))

    def _choose(self, options: list[Term]) -> Term:
        kept = tuple(dict.fromkeys(each for each in options if each is not self.never))
        if len(kept) < 2:
            return kept[0] if kept else self.never
        key = ("choose", *kept)
        if key not in self._made:
            later = None
            if any(each.later is not None for each in kept):
                later = self._choose([each.after_start() for each in kept])
            empty_at = functools.reduce(operator.or_, (each.empty_at for each in kept))
            live = functools.reduce(operator.or_, (each.live for each in kept))
            weight = 1 + sum(each.weight for each in kept)
            made = Term(empty_at, live, options=kept, later=later, weight=weight)
            self._keep(key, made)
        return self._made[key]

    def _keep(self, key: object, made: Term) -> None:
        self.heaviest = max(self.heaviest, made.weight)
        self._made.setdefault(key, made)

    def merge(self, terms: Iterable[Term]) -> frozenset[Term]:
        """Return fewer terms for the same texts: counts of the same repeat that touch are one."""
        kept: set[Term] = set()
        counted: dict[tuple[Term, Term], list[tuple[int, int | None]]] = {}
        for term in terms:
            head, rest = (term, self.empty) if term.rest is None else (term.first, term.rest)
            if head is not None and head.is_repeat and head.first is not None:
                counted.setdefault((head.first, rest), []).append((head.low, head.high))
            else:
                kept.add(term)
        for (inner, rest), ranges in counted.items():
            kept |= {
                self.follow(self.repeat(inner, low, high), rest)
                for low, high in _join_ranges(ranges)
            }
        return frozenset(kept)


def _join_ranges(ranges: list[tuple[int, int | None]]) -> list[tuple[int, int | None]]:
    if len(ranges) == 1:
        return ranges
    joined: list[tuple[int, int | None]] = []
    for low, high in sorted(ranges, key=lambda each: each[0]):
        if joined and (joined[-1][1] is None or low <= joined[-1][1] + 1):
            start, end = joined[-1]
            joined[-1] = (start, None if None in (end, high) else max(end or 0, high or 0))
        else:
            joined.append((low, high))
    return joined
