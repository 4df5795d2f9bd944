"""What every `Memory` must do, whatever stands behind it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from agent.core.proposing import PriorMapping
from agent.ports import Memory


class WordEmbedder:
    """A small embedder: texts that share words are near, others are not."""

    dimensions = 64

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text: a count of its words, hashed to places."""
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        counts = [0.0] * self.dimensions
        for word in text.lower().split() or [""]:
            digest = hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()
            counts[int.from_bytes(digest[:4], "big") % self.dimensions] += 1.0
        length = math.sqrt(sum(count * count for count in counts))
        return [count / length for count in counts]


def mapping(id: str, target: str, reads: str, *, is_approved: bool = True) -> PriorMapping:
    """Return a prior mapping that joined fields with these texts."""
    return PriorMapping(
        id=id,
        source="orders",
        consumer="billing",
        target="/" + target.replace(" ", "_"),
        target_text=target,
        reads=("/" + reads.replace(" ", "_"), "/a~1b/*"),
        reads_text=reads,
        expression="src.x",
        is_approved=is_approved,
    )


ZIP = mapping("m1", "zip code", "postal code")
NAME = mapping("m2", "customer name", "buyer")
DATE = mapping("m3", "created at", "placed on", is_approved=False)


class MemorySuite:
    """Subclasses give the fixtures `memory` and `reopen`."""

    def test_recall__nothing_known__nothing(self, memory: Memory) -> None:
        """An empty memory recalls nothing."""
        assert memory.recall(["zip code"], limit=5) == ()
        assert memory.count() == 0

    def test_recall__several__nearest_first(self, memory: Memory) -> None:
        """Prior mappings come with the nearest first and their cosine distance."""
        memory.remember([DATE, NAME, ZIP])
        found = memory.recall(["zip code postal code"], limit=3)
        assert found[0] == replace(ZIP, distance=0.0)
        assert [item.distance for item in found] == sorted(item.distance for item in found)
        assert all(0 <= item.distance <= 2 for item in found)

    def test_recall__rejected__comes_too(self, memory: Memory) -> None:
        """Approved and rejected mappings are recalled alike, and tell which they are."""
        memory.remember([ZIP, DATE])
        (found,) = memory.recall(["created at"], limit=1)
        assert (found.id, found.is_approved) == ("m3", False)

    def test_recall__several_texts__each_mapping_once(self, memory: Memory) -> None:
        """A mapping near to two texts is recalled once, at its lesser distance."""
        memory.remember([ZIP, NAME])
        found = memory.recall(["zip code", "zip code postal code", "zip code"], limit=9)
        assert sorted(item.id for item in found) == ["m1", "m2"]
        assert found[0].distance == 0.0

    @pytest.mark.parametrize("limit", [0, -1])
    def test_recall__no_limit_left__nothing(self, memory: Memory, limit: int) -> None:
        """A limit below one recalls nothing."""
        memory.remember([ZIP])
        assert memory.recall(["zip code"], limit=limit) == ()

    def test_recall__no_texts__nothing(self, memory: Memory) -> None:
        """Nothing asked, nothing recalled."""
        memory.remember([ZIP])
        assert memory.recall([], limit=5) == ()

    def test_recall__many_at_one_distance__cut_by_id(self, memory: Memory) -> None:
        """Among equally near mappings the cut is by id, not by chance."""
        same = [replace(ZIP, id=f"z{number:02d}") for number in range(40)]
        memory.remember(same[20:] + same[:20])
        found = memory.recall(["zip code postal code"], limit=3)
        assert [item.id for item in found] == ["z00", "z01", "z02"]

    def test_remember__known_id__replaces(self, memory: Memory) -> None:
        """A mapping with a known id takes the place of the old one, also within one call."""
        memory.remember([ZIP])
        memory.remember([NAME, replace(ZIP, expression="src.old"), replace(ZIP, is_approved=False)])
        assert memory.count() == 2
        (found,) = memory.recall(["zip code postal code"], limit=1)
        assert found == replace(ZIP, is_approved=False)

    def test_remember__nothing__is_fine(self, memory: Memory) -> None:
        """Nothing to remember is no error."""
        memory.remember([])
        assert memory.count() == 0

    def test_remember__odd_text__reads_back_the_same(self, memory: Memory) -> None:
        """NUL, surrogates, emptiness and other scripts survive."""
        odd = replace(
            ZIP,
            target_text="é \x00 \ud800 😀",
            reads_text="",
            reads=(),
            expression="src['\x00']",
            source="",
        )
        memory.remember([odd])
        (found,) = memory.recall(["anything"], limit=1)
        assert replace(found, distance=0.0) == odd

    def test_remember__many__all_kept(self, memory: Memory) -> None:
        """More than one batch is kept whole."""
        memory.remember([replace(ZIP, id=f"z{number}") for number in range(1200)])
        assert memory.count() == 1200

    def test_clear__everything_is_forgotten(self, memory: Memory) -> None:
        """After clearing, the memory is empty and can be filled anew."""
        memory.remember([ZIP, NAME])
        memory.clear()
        assert (memory.count(), memory.recall(["zip code"], limit=5)) == (0, ())
        memory.clear()
        memory.remember([ZIP])
        assert memory.count() == 1

    def test_restart__same_answers(self, memory: Memory, reopen: Callable[[], Memory]) -> None:
        """A memory that was closed and opened recalls the same."""
        memory.remember([ZIP, NAME, DATE])
        before = memory.recall(["code of the buyer"], limit=3)
        assert reopen().recall(["code of the buyer"], limit=3) == before

    def test_rebuild__same_answers(self, memory: Memory) -> None:
        """A memory that was cleared and filled in another order recalls the same."""
        memory.remember([ZIP, NAME, DATE])
        before = memory.recall(["code of the buyer"], limit=3)
        memory.clear()
        memory.remember([DATE])
        memory.remember([NAME, ZIP])
        assert memory.recall(["code of the buyer"], limit=3) == before
