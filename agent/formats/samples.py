"""Sample payloads, with what consumers should get from them where that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from agent.core.proposing import Sample
from agent.core.schema import Schema, infer_schema, make_schema
from agent.core.values import Json
from agent.errors import InvalidDocument
from agent.formats.documents import load_file, load_text, read_bytes

_PAIR_KEYS = frozenset(("payload", "expected"))
_FAULTS_SHOWN = 10


def load_samples(path: str) -> tuple[Sample, ...]:
    """Return the samples in a folder or an NDJSON file.

    A folder holds one sample per file, in order of file names, or NDJSON files. A sample is
    `{"payload": …}`, with `"expected": {consumer: output}` where known; anything else is a bare
    payload.

    Raises:
        InvalidDocument: a file cannot be read; bad lines of NDJSON are all named.
    """
    place = Path(path)
    if not place.is_dir():
        return tuple(_load_sample_file(path))
    names = sorted(
        child for child in place.iterdir() if child.suffix in (".json", ".ndjson", ".jsonl")
    )
    if not names:
        raise InvalidDocument(
            where=path, found="a folder without samples", help="put NN.json or NDJSON files there"
        )
    return tuple(sample for name in names for sample in _load_sample_file(str(name)))


def infer_from_samples(samples: Sequence[Sample]) -> Schema:
    """Return the schema that the payloads of the samples show."""
    return make_schema(infer_schema([sample.payload for sample in samples]), origin="samples")


def read_sample(document: Json, *, where: str = "") -> Sample:
    """Return the sample that a document holds.

    Raises:
        InvalidDocument: `expected` is not an object of consumers.
    """
    is_pair = isinstance(document, dict) and "payload" in document and document.keys() <= _PAIR_KEYS
    if not is_pair:
        return Sample(payload=document)
    expected = document.get("expected")
    if expected is not None and not isinstance(expected, dict):
        raise InvalidDocument(
            where=where,
            found="/expected is not an object",
            help='write {"payload": …, "expected": {"CONSUMER": …}}',
        )
    return Sample(payload=document["payload"], expected=tuple((expected or {}).items()))


def _load_sample_file(path: str) -> Iterator[Sample]:
    if path.endswith((".ndjson", ".jsonl")):
        yield from _load_lines(path)
        return
    try:
        document = load_file(path)
    except InvalidDocument as whole:
        if "extra data" not in whole.found:
            raise
        yield from _load_lines(path)
    else:
        yield read_sample(document, where=path)


def _load_lines(path: str) -> Iterator[Sample]:
    """Yield one sample per line; empty lines are skipped."""
    faults: list[str] = []
    samples: list[Sample] = []
    for number, line in enumerate(read_bytes(path).split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            document = load_text(b"\xef\xbb\xbf" + line, where=".json")
            samples.append(read_sample(document))
        except InvalidDocument as error:
            faults.append(f"line {number}: {error.found}")
    if faults:
        more = f" and {len(faults) - _FAULTS_SHOWN} more" if len(faults) > _FAULTS_SHOWN else ""
        raise InvalidDocument(
            where=path,
            found="; ".join(faults[:_FAULTS_SHOWN]) + more,
            help="every line must be one JSON value",
        )
    yield from samples
