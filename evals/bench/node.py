"""The hand-written mappings in Node.js, timed inside a process of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.core.values import Json

NODE: Final = "hand-written Node.js"
_SCRIPT: Final = Path(__file__).with_name("node_engine.js")
_WARM_UP: Final = 10
"""Laps until the times of its optimising compiler have settled."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js process that holds the payloads of one mapping."""

    process: subprocess.Popen[str]

    def outputs(self) -> list[Json]:
        """Return the outputs of all payloads."""
        found: list[Json] = self._ask("check")
        return found

    def time_lap(self) -> dict[str, float]:
        """Return the seconds per payload by `bytes` and by `values`."""
        found: dict[str, float] = self._ask("time")
        return found

    def warm_up(self) -> None:
        """Run every payload until the times have settled."""
        for _ in range(_WARM_UP):
            self._ask("time")

    def _ask(self, question: str) -> Json:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def open_node(mapping: str, bodies: Sequence[bytes]) -> Iterator[Node | None]:
    """Yield a Node.js process for one mapping, or None where there is no `node`."""
    program = shutil.which("node")
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "payloads.ndjson")
        file.write_bytes(b"\n".join(bodies) + b"\n")
        command = [program, str(_SCRIPT), mapping, str(file)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        ) as process:
            try:
                yield Node(process)
            finally:
                process.stdin.close() if process.stdin else None
