"""Memory of `driftmend apply` on a stream: a process of its own, its peak read from the kernel."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import orjson

from agent.core.language.document import write_adapter
from evals.bench.mappings import load_mapping
from evals.bench.payloads import make_payloads

MIB: Final = 1 << 20
_START_MIB: Final = 1
"""What is fed before memory at the start is read: by then everything is imported and compiled."""

_SETTLE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class StreamCost:
    """What one long stream took. `growth` is peak memory over the one after the first MiB."""

    fed_mib: int
    start_mib: float
    peak_mib: float
    payloads: int
    seconds: float

    @property
    def growth_mib(self) -> float:
        """The memory that a long stream adds."""
        return self.peak_mib - self.start_mib


def can_measure() -> bool:
    """Return whether this system tells a process's peak memory."""
    return Path("/proc/self/status").exists()


def measure_stream(*, size_mib: int, mapping: str = "orders") -> StreamCost:
    """Return what `driftmend apply` takes for `size_mib` of NDJSON on its standard input."""
    lines = [orjson.dumps(item) + b"\n" for item in make_payloads(mapping, count=500, seed=3)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "adapter.json")
        file.write_text(json.dumps(write_adapter(load_mapping(mapping))), encoding="utf-8")
        command = [sys.executable, "-m", "agent.cli.main", "apply", str(file), "-"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, env={**os.environ}) as process:
            return _feed(process, lines, size_mib)


def _feed(process: subprocess.Popen[bytes], lines: list[bytes], size_mib: int) -> StreamCost:
    assert process.stdin is not None
    assert process.stdout is not None
    seen = [0]
    reader = threading.Thread(target=_count_lines, args=(process.stdout, seen))
    reader.start()
    block = b"".join(lines)
    fed = _write(process.stdin, itertools.repeat(block, -(-_START_MIB * MIB // len(block))))
    _wait_for(seen, fed // len(block) * len(lines) - len(lines))
    start_mib, start = _peak_mib(process.pid), time.perf_counter()
    fed += _write(process.stdin, itertools.repeat(block, (size_mib * MIB - fed) // len(block)))
    peak_mib = _peak_mib(process.pid)
    process.stdin.close()
    reader.join()
    seconds = time.perf_counter() - start
    if process.wait() != 0:
        raise RuntimeError("driftmend apply refused payloads of the benchmark")
    return StreamCost(fed // MIB, start_mib, peak_mib, seen[0], seconds)


def _write(stream: IO[bytes], blocks: Iterator[bytes]) -> int:
    written = 0
    for block in blocks:
        stream.write(block)
        written += len(block)
    stream.flush()
    return written


def _count_lines(stream: IO[bytes], seen: list[int]) -> None:
    while chunk := stream.read1(MIB):  # type: ignore[attr-defined]
        seen[0] += chunk.count(b"\n")


def _wait_for(seen: list[int], lines: int) -> None:
    """Wait until most of the first payloads are out; the last ones may stay in a buffer."""
    until = time.monotonic() + _SETTLE_S
    while seen[0] < lines and time.monotonic() < until:
        time.sleep(0.05)


def _peak_mib(process: int) -> float:
    """Return the peak of a process's resident memory."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024
