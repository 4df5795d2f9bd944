"""Embeddings that outlive a run, so that repeated measuring costs no repeated model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from agent.ports import Embedder
from agent.stores.embeddings import MiniLmEmbedder


class FiledEmbedder:
    """The `Embedder` port over the packaged model; its vectors are kept in a file, if named."""

    def __init__(self, file: Path | None, *, inner: Embedder | None = None) -> None:
        self._file = file
        self._inner = inner or MiniLmEmbedder()
        self._known: dict[str, list[float]] = {}
        if file is not None and file.is_file():
            with np.load(file) as kept:
                self._known = dict(
                    zip(kept["texts"].tolist(), kept["vectors"].tolist(), strict=True)
                )

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text, in order; only new texts go to the model."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(fresh, self._inner.embed(fresh), strict=True))
        return [self._known[text] for text in texts]

    def save(self) -> None:
        """Write all vectors to the file; without one, nothing happens."""
        if self._file is not None and self._known:
            np.savez(
                self._file,
                texts=np.array(list(self._known)),
                vectors=np.array(list(self._known.values()), dtype=np.float32),
            )
