"""Payloads that are valid under a schema: boundaries first, then random, by seed."""

from __future__ import annotations

import itertools
import random
from collections import deque
from collections.abc import Iterator, Sequence

from agent.core.schema import Schema
from agent.core.values import Json, canonical_text
from agent.core.verify.attempts import Attempts
from agent.core.verify.boundaries import (
    LEAF_KINDS,
    VALUE_KINDS,
    all_items_alike,
    bare_objects,
    one_by_one,
    rotated,
)
from agent.core.verify.chance import a_few_changed, drawn_whole
from agent.core.verify.choices import Hints
from agent.core.verify.last_resort import known_members
from agent.core.verify.mutate import mutants
from agent.core.verify.writing import Written

ROTATED_SHARE = 3
"""One payload in so many may be spent on turning through enums, types and arms together."""

BARE_SHARE = 6
"""One payload in so many may be spent on bare objects, and on items that are alike."""

ODD_SHARE = 12
"""One payload in so many may be spent on payloads full of odd values."""

TRIES_PER_PAYLOAD = 4


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
        self._attempts = Attempts(schema, hints=hints, rng=self._rng)
        self._anchors = [anchor for anchor in anchors if self.is_valid(anchor)]

    def is_valid(self, payload: Json) -> bool:
        """Return whether a payload is valid under the schema."""
        return self._attempts.is_valid(payload)

    def candidates(self) -> Iterator[Json]:
        """Yield payloads to try, the most telling ones first; some repeat."""
        base = self._attempts.find_base()
        if base is None:
            self._anchors += filter(self.is_valid, known_members(self._schema))
        else:
            yield base.payload
            least = self._attempts.write(lambda choice: choice.least)
            yield from () if least is None else (least.payload,)
        yield from self._anchors[: max(1, self._limit // 4)]
        if base is not None:
            yield from self._together(base)
        boundaries = one_by_one(self._attempts, base) if base is not None else iter(())
        mutated = mutants(self._anchors, schema=self._schema, hints=self._hints, rng=self._rng)
        yield from itertools.islice(_alternate(boundaries, mutated), self._limit * 3 // 4)
        yield from self._random(mutated)
        yield from known_members(self._schema)

    def _together(self, base: Written) -> Iterator[Json]:
        """Yield payloads in which several choices are changed at once."""
        streams = (
            (rotated(self._attempts, base, kinds=LEAF_KINDS), ROTATED_SHARE),
            (bare_objects(self._attempts, base), BARE_SHARE),
            (all_items_alike(self._attempts, base), BARE_SHARE),
            (rotated(self._attempts, base, kinds=VALUE_KINDS), ODD_SHARE),
        )
        for stream, share in streams:
            yield from itertools.islice(stream, self._limit // share)

    def _random(self, mutated: Iterator[Json]) -> Iterator[Json]:
        """Yield random payloads, and what mutated anchors are left."""
        if self._attempts.base is None:
            yield from itertools.islice(mutated, self._limit * TRIES_PER_PAYLOAD)
            return
        for turn in range(self._limit * TRIES_PER_PAYLOAD):
            draw = drawn_whole if turn % 2 else a_few_changed
            written = self._attempts.write(draw(self._attempts, self._rng))
            yield from () if written is None else (written.payload,)
            yield from itertools.islice(mutated, 1)


def _alternate(*streams: Iterator[Json]) -> Iterator[Json]:
    waiting = deque(streams)
    while waiting:
        stream = waiting.popleft()
        for payload in itertools.islice(stream, 1):
            waiting.append(stream)
            yield payload
