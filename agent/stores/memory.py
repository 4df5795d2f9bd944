"""Prior mappings in Chroma, found by the nearness of the fields that they joined.

The ledger is the truth: this store can be cleared and filled again from it.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from agent.core.proposing import PriorMapping
from agent.errors import InvalidSettings, MemoryUnavailable
from agent.ports import Embedder

COLLECTION = "prior-mappings"
DATABASE_FILE = "chroma.sqlite3"
BATCH_MAPPINGS = 1_000

SPARE = 50
"""Asked for beyond the limit, so that mappings at one distance are cut by id, not by chance."""

DISTANCE_DIGITS = 6
"""Beyond that Chroma's 32-bit distances are noise."""

SERVER_TIMEOUT_S = 10

_T = TypeVar("_T")


class ChromaMemory:
    """The `Memory` port over Chroma: in a folder of this machine, or on a server.

    Opens at first use; safe between threads. One process at a time may use a folder.
    """

    def __init__(
        self,
        path: str | None,
        *,
        embedder: Embedder,
        server_url: str = "",
        server_timeout_s: float = SERVER_TIMEOUT_S,
    ) -> None:
        if server_url:
            _require_address(server_url)
        elif not path:
            raise InvalidSettings(
                where="memory", found="has neither a folder nor a server", help="name one of them"
            )
        self._path = path
        self._server_url = server_url
        self._server_timeout_s = server_timeout_s
        self._embedder = embedder
        self._lock = threading.RLock()
        self._client: Any = None
        self._where = f"memory {server_url or path}"

    def remember(self, mappings: Sequence[PriorMapping]) -> None:
        """Keep mappings; one with a known id replaces the old one.

        Raises:
            MemoryUnavailable: the vector store did not answer.
        """
        kept = list({mapping.id: mapping for mapping in mappings}.values())
        for batch in _batches(kept, BATCH_MAPPINGS):
            vectors = self._embedder.embed([_text(mapping) for mapping in batch])
            with self._collection() as collection:
                collection.upsert(
                    ids=[mapping.id for mapping in batch],
                    embeddings=vectors,
                    metadatas=[{"mapping": _encode(mapping)} for mapping in batch],
                )

    def recall(self, texts: Sequence[str], *, limit: int) -> tuple[PriorMapping, ...]:
        """Return the prior mappings nearest to any of `texts`, nearest first, at most `limit`.

        Approved and rejected ones alike: `is_approved` tells. `distance` is that to the nearest
        text.

        Raises:
            MemoryUnavailable: the vector store did not answer.
        """
        asked = list(dict.fromkeys(texts))
        if not asked or limit < 1:
            return ()
        vectors = self._embedder.embed(asked)
        with self._collection() as collection:
            found = collection.query(
                query_embeddings=vectors,
                n_results=limit + SPARE,
                include=["metadatas", "distances"],
            )
            return _nearest(found["metadatas"], found["distances"])[:limit]

    def count(self) -> int:
        """Return how many mappings are kept."""
        with self._collection() as collection:
            return int(collection.count())

    def clear(self) -> None:
        """Forget everything, so that the store can be rebuilt from the ledger.

        A folder that Chroma cannot read any more is set aside as `….unreadable`.
        """
        try:
            with self._collection():
                self._client.delete_collection(COLLECTION)
        except MemoryUnavailable:
            self.close()
            if not self._set_aside():
                raise

    def close(self) -> None:
        """Let go of the folder or server; the next call opens it again."""
        with self._lock:
            client, self._client = self._client, None
            if client is not None:
                client.close()

    @contextmanager
    def _collection(self) -> Iterator[Any]:
        """Give the collection, made when missing; one thread at a time."""
        with self._lock, self._translated():
            if self._client is None:
                self._client = self._open()
            yield self._client.get_or_create_collection(
                COLLECTION,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from chromadb.errors import ChromaError
        from httpx import HTTPError

        # ValueError: no server, or an answer in another form; AttributeError, LookupError and
        # TypeError: what Chroma's own client does when its store is half there.
        known = (ValueError, AttributeError, LookupError, TypeError, OSError, sqlite3.Error)
        try:
            yield
        except (ChromaError, HTTPError, *known) as error:
            raise self._unavailable(error) from error
        except BaseException as error:
            # A panic in Chroma's Rust part: no Exception, and its class cannot be imported.
            if type(error).__name__ == "PanicException":
                raise self._unavailable(error) from error
            raise

    def _unavailable(self, error: BaseException) -> MemoryUnavailable:
        return MemoryUnavailable(
            where=self._where,
            found=(str(error).strip() or type(error).__name__).splitlines()[0],
            help="proposing goes on without it; rebuild it with `driftmend doctor "
            "--rebuild-memory`",
        )

    def _open(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        # `_env_file`: Chroma would otherwise read the working folder's .env.
        settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]
        if self._server_url:
            return _open_server(self._server_url, settings, timeout_s=self._server_timeout_s)
        path = Path(self._path or "")
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_file(path / DATABASE_FILE)
        return chromadb.PersistentClient(path=path, settings=settings)

    def _set_aside(self) -> bool:
        path = Path(self._path or "")
        if self._server_url or not (path / DATABASE_FILE).is_file():
            return False
        aside = path.with_name(path.name + ".unreadable")
        shutil.rmtree(aside, ignore_errors=True)
        path.rename(aside)
        return True


def _check_file(path: Path) -> None:
    """Raise when SQLite finds damage: Chroma may abort the whole process on such a file."""
    if not path.exists():
        return
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(f"damaged: {found.splitlines()[-1]}")


def _require_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_address = False
    if not is_address:
        raise InvalidSettings(
            where="memory server", found=f"{url!r} is no address", help="write http://HOST:PORT"
        )


def _open_server(url: str, settings: Any, *, timeout_s: float) -> Any:
    import chromadb
    import httpx

    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    # Chroma's client waits for ever: a silent server is found out before it may try.
    httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=timeout_s).raise_for_status()
    client: Any = chromadb.HttpClient(
        host=parts.hostname or "",
        port=parts.port or (443 if is_secure else 80),
        ssl=is_secure,
        settings=settings,
    )
    client._server._session.timeout = httpx.Timeout(timeout_s)
    return client


def _text(mapping: PriorMapping) -> str:
    return f"{mapping.target_text} {mapping.reads_text}".strip()


def _encode(mapping: PriorMapping) -> str:
    return json.dumps(asdict(replace(mapping, distance=0.0)))


def _decode(text: str) -> PriorMapping:
    values = json.loads(text)
    return PriorMapping(**values | {"reads": tuple(values["reads"])})


def _nearest(
    answers: Iterable[Iterable[Any]], distances: Iterable[Iterable[float]]
) -> tuple[PriorMapping, ...]:
    """Return every mapping found once, at its least distance, nearest first."""
    best: dict[str, float] = {}
    for metadatas, row in zip(answers, distances, strict=True):
        for metadata, distance in zip(metadatas, row, strict=True):
            text = metadata["mapping"]
            best[text] = min(best.get(text, distance), distance)
    found = [
        replace(_decode(text), distance=round(max(distance, 0.0), DISTANCE_DIGITS))
        for text, distance in best.items()
    ]
    return tuple(sorted(found, key=lambda mapping: (mapping.distance, mapping.id)))


def _batches(items: list[_T], size: int) -> Iterator[list[_T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
