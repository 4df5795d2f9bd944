"""A `Memory` that keeps its mappings in a list: for tests in which the store is no matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.core.proposing import PriorMapping
from agent.errors import MemoryUnavailable
from agent.ports import Embedder


class ListMemory:
    """Recalls by cosine over all that it holds; it can be out of order."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: dict[str, PriorMapping] = {}
        self.is_down = False

    def remember(self, mappings: Sequence[PriorMapping]) -> None:
        """Keep mappings by id."""
        self._require_up()
        self._kept |= {mapping.id: mapping for mapping in mappings}

    def recall(self, texts: Sequence[str], *, limit: int) -> tuple[PriorMapping, ...]:
        """Return the nearest mappings, nearest first."""
        self._require_up()
        if not texts:
            return ()
        found = [
            replace(mapping, distance=self._distance(mapping, texts))
            for mapping in self._kept.values()
        ]
        return tuple(sorted(found, key=lambda one: (one.distance, one.id))[: max(limit, 0)])

    def count(self) -> int:
        """Return how many mappings are kept."""
        self._require_up()
        return len(self._kept)

    def clear(self) -> None:
        """Forget everything."""
        self._require_up()
        self._kept.clear()

    def all(self) -> dict[str, PriorMapping]:
        """Return what is kept by id."""
        return dict(self._kept)

    def _distance(self, mapping: PriorMapping, texts: Sequence[str]) -> float:
        own, *asked = self._embedder.embed([f"{mapping.target_text} {mapping.reads_text}", *texts])
        cosines = [sum(a * b for a, b in zip(own, one, strict=True)) for one in asked]
        return round(max(0.0, 1.0 - max(cosines)), 6)

    def _require_up(self) -> None:
        if self.is_down:
            raise MemoryUnavailable(where="memory", found="it is down")
