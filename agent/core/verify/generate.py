"""Payloads that are valid under a schema: boundaries first, then random, by seed."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core import paths
from agent.core.contract import payload_validator
from agent.core.schema import Schema
from agent.core.values import Json, canonical_text
from agent.core.verify.choices import WILD, Choice, Hints, Kind, Policy
from agent.core.verify.mutate import mutants
from agent.core.verify.nodes import NoValueError
from agent.core.verify.writing import Writer, Written

MAX_REPAIRS = 4
"""How often an invalid payload is written again, ordinary where it was invalid."""

FIRST_TRIES = 200
"""Random tries for a first valid payload, when the ordinary one is not valid."""

_LEAF_KINDS = (Kind.TYPE, Kind.ARM, Kind.ENUM)
_VALUE_KINDS = (Kind.NUMBER, Kind.TEXT)
ROTATED_SHARE = 3
"""One payload in so many may be spent on turning through enums, types and arms together."""

_Overrides = Mapping[tuple[str, str], int]


def payloads(
    schema: Schema,
    *,
    seed: int,
    limit: int,
    anchors: Sequence[Json] = (),
    hints: Hints | None = None,
) -> Iterator[Json]:
    """Yield at most `limit` different payloads that are valid under `schema`.

    First everything present and the least payload; then `anchors` (sample payloads) that are
    valid; then each boundary alone, beside mutated anchors; then random ones. The same arguments
    give the same payloads. Fewer come when the schema admits few, or hides them too well.
    """
    search = _Search(schema, seed=seed, limit=limit, anchors=anchors, hints=hints or Hints())
    seen: set[str] = set()
    for payload in search.candidates():
        if len(seen) >= limit:
            return
        text = canonical_text(payload)
        if text not in seen and search.is_valid(payload):
            seen.add(text)
            yield payload


class _Search:
    """The order in which payloads are tried for one schema."""

    def __init__(
        self, schema: Schema, *, seed: int, limit: int, anchors: Sequence[Json], hints: Hints
    ) -> None:
        self._schema = schema
        self._hints = hints
        self._limit = limit
        self._rng = random.Random(seed)
        self._writer = Writer(schema, hints=hints)
        self._validator = payload_validator(schema)
        self._anchors = [anchor for anchor in anchors if self.is_valid(anchor)]
        self._base: dict[tuple[str, str], int] = {}

    def is_valid(self, payload: Json) -> bool:
        """Return whether a payload is valid under the schema."""
        return self._validator.is_met(payload)

    def candidates(self) -> Iterator[Json]:
        """Yield payloads to try, the most telling ones first; some repeat."""
        base = self._first()
        if base is not None:
            yield base.payload
            yield from self._answered(lambda choice: choice.least)
        yield from self._anchors[: max(1, self._limit // 4)]
        if base is not None:
            yield from self._rotated(base, kinds=_LEAF_KINDS, most=self._limit // ROTATED_SHARE)
            yield from self._rotated(base, kinds=_VALUE_KINDS, most=self._limit // 12)
        boundaries = self._one_by_one(base) if base is not None else iter(())
        mutated = mutants(self._anchors, schema=self._schema, hints=self._hints, rng=self._rng)
        yield from itertools.islice(_alternate(boundaries, mutated), self._limit * 3 // 4)
        yield from self._random(mutated)

    def _first(self) -> Written | None:
        """Return the ordinary payload, or the first random one that is valid."""
        written = self._write(lambda choice: choice.base)
        for _ in range(FIRST_TRIES):
            if written is not None:
                return written
            chosen: dict[tuple[str, str], int] = {}
            written = self._write(self._remembering(self._dice(0.5), chosen))
            self._base = chosen if written is not None else {}
        return written

    def _remembering(self, policy: Policy, chosen: dict[tuple[str, str], int]) -> Policy:
        def remember(choice: Choice) -> int:
            chosen[choice.key] = max(policy(choice), 0)
            return chosen[choice.key]

        return remember

    def _base_of(self, choice: Choice) -> int:
        return self._base.get(choice.key, choice.base)

    def _answered(self, policy: Policy) -> Iterator[Json]:
        written = self._write(policy)
        if written is not None:
            yield written.payload

    def _write(self, policy: Policy) -> Written | None:
        """Return a valid payload by `policy`, made ordinary where that was invalid, or None."""
        spoilt: tuple[str, ...] = ()

        def repaired(choice: Choice) -> int:
            is_spoilt = any(_is_near(choice.at, place) for place in spoilt)
            return self._base_of(choice) if is_spoilt else policy(choice)

        for _ in range(MAX_REPAIRS):
            try:
                written = self._writer.write(repaired, rng=self._rng)
            except NoValueError:
                return None
            if self.is_valid(written.payload):
                return written
            found = self._validator.violations(written.payload, limit=5)
            spoilt = (*spoilt, *(violation.path for violation in found))
        return None

    def _rotated(self, base: Written, *, kinds: Sequence[Kind], most: int) -> Iterator[Json]:
        """Yield payloads that together hold all options of some kinds of choice."""
        leaves = [choice for choice in base.choices if choice.kind in kinds]
        rounds = max((choice.count for choice in leaves), default=0)
        order = {choice.key: index for index, choice in enumerate(leaves)}

        def rotate(turn: int) -> Policy:
            def policy(choice: Choice) -> int:
                if choice.kind not in kinds:
                    return self._base_of(choice)
                return (self._base_of(choice) + turn + order.get(choice.key, 0)) % choice.count

            return policy

        for turn in range(min(rounds, most)):
            yield from self._answered(rotate(turn))

    def _one_by_one(self, base: Written) -> Iterator[Json]:
        """Yield payloads with one option changed, then with options that a change opened.

        The weightiest change comes first: read before unread, shape before values, and the
        oddest text of every field before the next text of any.
        """
        known = {choice.key for choice in base.choices}
        ticket = itertools.count()
        waiting: list[Any] = [
            (*self._weigh(*one), next(ticket), one, {}) for one in self._others(base.choices)
        ]
        heapq.heapify(waiting)
        while waiting:
            *_, (choice, option), overrides = heapq.heappop(waiting)
            changed = {**overrides, choice.key: option}
            written = self._write(self._overridden(changed))
            if written is None:
                continue
            yield written.payload
            opened = [one for one in written.choices if one.key not in known]
            known.update(one.key for one in opened)
            for one in self._others(opened):
                heapq.heappush(waiting, (*self._weigh(*one), next(ticket), one, changed))

    def _others(self, choices: Sequence[Choice]) -> Iterator[tuple[Choice, int]]:
        for choice in choices:
            options = range(choice.count if choice.is_read else min(choice.count, 3))
            yield from ((choice, one) for one in options if one != self._base_of(choice))

    def _weigh(self, choice: Choice, option: int) -> tuple[bool, bool, int, int]:
        """Return what orders changes, the weightiest least."""
        is_value = choice.kind in _VALUE_KINDS
        rank = (option - choice.plausible) % choice.count + 1 if is_value else 0
        return (not choice.is_read, choice.ordinal > 0, rank, choice.kind)

    def _overridden(self, overrides: _Overrides) -> Policy:
        return lambda choice: overrides.get(choice.key, self._base_of(choice))

    def _dice(self, chance: float) -> Policy:
        def policy(choice: Choice) -> int:
            if self._rng.random() >= chance:
                return self._base_of(choice)
            if choice.kind in (Kind.TEXT, Kind.NUMBER) and self._rng.random() < 0.4:
                return WILD
            return self._rng.randrange(choice.count)

        return policy

    def _random(self, mutated: Iterator[Json]) -> Iterator[Json]:
        """Yield random payloads, and what mutated anchors are left."""
        for _ in range(self._limit * 4):
            chance = self._rng.choice((0.02, 0.05, 0.15, 0.4))
            yield from self._answered(self._dice(chance))
            yield from itertools.islice(mutated, 1)


def _is_near(at: str, place: str) -> bool:
    return paths.is_within(at, place) or paths.is_within(place, at)


def _alternate(*streams: Iterator[Json]) -> Iterator[Json]:
    waiting = deque(streams)
    while waiting:
        stream = waiting.popleft()
        for payload in itertools.islice(stream, 1):
            waiting.append(stream)
            yield payload
