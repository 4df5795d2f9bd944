"""Chroma in a folder and on a server, through the port's suite and under faults."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import InvalidSettings, MemoryUnavailable
from agent.stores.memory import ChromaMemory
from tests.ports.memory_suite import NAME, ZIP, MemorySuite, WordEmbedder

CHROMA = Path(sys.executable).with_name("chroma")


class TestFolderMemory(MemorySuite):
    """Chroma embedded in this process."""

    @pytest.fixture
    def memory(self, tmp_path: Path) -> Iterator[ChromaMemory]:
        """An empty memory."""
        memory = ChromaMemory(str(tmp_path / "memory"), embedder=WordEmbedder())
        yield memory
        memory.close()

    @pytest.fixture
    def reopen(self, memory: ChromaMemory, tmp_path: Path) -> Callable[[], ChromaMemory]:
        """A way to close the memory and open it anew."""

        def close_and_open() -> ChromaMemory:
            memory.close()
            return ChromaMemory(str(tmp_path / "memory"), embedder=WordEmbedder())

        return close_and_open


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server of our own."""
    if not CHROMA.is_file():
        pytest.skip("the command `chroma` is not installed")
    port = free_port()
    command = [CHROMA, "run", "--host", "127.0.0.1", "--port", str(port)]
    folder = tmp_path_factory.mktemp("chroma-server")
    process = subprocess.Popen(
        [*command, "--path", str(folder)],
        cwd=folder,
        env=os.environ | {"ANONYMIZED_TELEMETRY": "False"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


class TestServerMemory(MemorySuite):
    """Chroma on a server."""

    @pytest.fixture
    def memory(self, server_url: str) -> Iterator[ChromaMemory]:
        """An empty memory."""
        memory = ChromaMemory(None, embedder=WordEmbedder(), server_url=server_url)
        memory.clear()
        yield memory
        memory.close()

    @pytest.fixture
    def reopen(self, memory: ChromaMemory, server_url: str) -> Callable[[], ChromaMemory]:
        """A way to close the memory and open it anew."""

        def close_and_open() -> ChromaMemory:
            memory.close()
            return ChromaMemory(None, embedder=WordEmbedder(), server_url=server_url)

        return close_and_open


class OtherEmbedder(WordEmbedder):
    """An embedder with vectors of another length."""

    dimensions = 32


def open_memory(folder: Path) -> ChromaMemory:
    """Return a memory in a folder."""
    return ChromaMemory(str(folder), embedder=WordEmbedder())


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Return once somebody listens on a port."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")


def test_memory__made_but_not_used__touches_nothing(tmp_path: Path) -> None:
    """Making a memory opens no file: Chroma is loaded at first use."""
    open_memory(tmp_path / "memory")
    assert not (tmp_path / "memory").exists()


def test_memory__neither_folder_nor_server__invalid_settings() -> None:
    """A memory needs a place."""
    with pytest.raises(InvalidSettings):
        ChromaMemory(None, embedder=WordEmbedder())


@pytest.mark.parametrize("damage", [b"this is no database\n" * 500, b""], ids=["text", "empty"])
def test_clear__unreadable_folder__works_again(tmp_path: Path, damage: bytes) -> None:
    """Damage is reported as MemoryUnavailable, and clearing makes the folder usable again."""
    memory = open_memory(tmp_path / "memory")
    memory.remember([ZIP])
    memory.close()
    (tmp_path / "memory" / "chroma.sqlite3").write_bytes(damage)
    if damage:
        for _ in range(2):
            with pytest.raises(MemoryUnavailable, match="rebuild"):
                memory.recall(["zip code"], limit=1)
    memory.clear()
    memory.remember([NAME])
    assert memory.count() == 1
    memory.close()


def test_recall__damaged_page__unavailable(tmp_path: Path) -> None:
    """Damage inside the file is found before Chroma sees it, which may abort the process on it."""
    memory = open_memory(tmp_path / "memory")
    memory.remember([ZIP])
    memory.close()
    path = tmp_path / "memory" / "chroma.sqlite3"
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    path.write_bytes(data)
    with pytest.raises(MemoryUnavailable):
        memory.recall(["zip code"], limit=1)


def test_recall__folder_is_a_file__unavailable(tmp_path: Path) -> None:
    """A file in the place of the folder is reported, and clearing does not delete it."""
    (tmp_path / "memory").write_text("mine")
    memory = open_memory(tmp_path / "memory")
    with pytest.raises(MemoryUnavailable, match="memory"):
        memory.recall(["zip code"], limit=1)
    with pytest.raises(MemoryUnavailable):
        memory.clear()
    assert (tmp_path / "memory").read_text() == "mine"


def test_recall__other_dimension__unavailable_until_cleared(tmp_path: Path) -> None:
    """Vectors of another model do not mix: the memory says so, and clearing helps."""
    memory = open_memory(tmp_path / "memory")
    memory.remember([ZIP])
    memory.close()
    other = ChromaMemory(str(tmp_path / "memory"), embedder=OtherEmbedder())
    with pytest.raises(MemoryUnavailable, match="dimension"):
        other.recall(["zip code"], limit=1)
    with pytest.raises(MemoryUnavailable, match="dimension"):
        other.remember([NAME])
    other.clear()
    other.remember([NAME])
    assert other.count() == 1
    other.close()


def test_recall__server_down__unavailable() -> None:
    """A server that refuses connections is reported."""
    url = f"http://127.0.0.1:{free_port()}"
    memory = ChromaMemory(None, embedder=WordEmbedder(), server_url=url)
    with pytest.raises(MemoryUnavailable, match="proposing goes on"):
        memory.recall(["zip code"], limit=1)
    with pytest.raises(MemoryUnavailable):
        memory.clear()


def test_recall__server_silent__unavailable_in_time() -> None:
    """A server that accepts and never answers is given up on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        memory = ChromaMemory(None, embedder=WordEmbedder(), server_url=url, server_timeout_s=0.3)
        start = time.monotonic()
        with pytest.raises(MemoryUnavailable):
            memory.recall(["zip code"], limit=1)
        assert time.monotonic() - start < 5


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://host", "http://", "http://h:99999"])
def test_recall__server_url_is_no_address__invalid_settings(url: str) -> None:
    """A server address in another form is a wrong setting."""
    with pytest.raises(InvalidSettings, match="HOST"):
        ChromaMemory(None, embedder=WordEmbedder(), server_url=url)


def test_memory__many_threads__all_kept(tmp_path: Path) -> None:
    """Threads may share a memory."""
    memory = open_memory(tmp_path / "memory")

    def remember(number: int) -> int:
        memory.remember([replace(ZIP, id=f"z{number}")])
        return len(memory.recall(["zip code"], limit=50))

    with ThreadPoolExecutor(8) as pool:
        assert min(pool.map(remember, range(24))) >= 1
    assert memory.count() == 24
    memory.close()


def test_memory__env_file_in_the_working_folder__is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma would read settings from a `.env` nearby; ours come from nowhere else."""
    (tmp_path / ".env").write_text("CHROMA_API_IMPL=chromadb.api.fastapi.FastAPI\n")
    monkeypatch.chdir(tmp_path)
    memory = open_memory(tmp_path / "memory")
    assert memory.count() == 0
    memory.close()
