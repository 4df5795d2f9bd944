"""A local OpenAI-compatible server over a file of weights, in a process of its own.

`python -m evals.model.serving FILE NICENESS` prints its address and serves until its input ends.
It needs the wheel `xllamacpp` (requirements-model.lock), which is no dependency of the product.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONTEXT = 8192
START_S = 120.0


@contextmanager
def served(weights: Path, *, niceness: int = 10) -> Iterator[str]:
    """Give the base URL of a server over some weights, which ends with the block.

    Raises:
        RuntimeError: it does not start.
    """
    command = [sys.executable, "-m", "evals.model.serving", str(weights), str(niceness)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise RuntimeError("the model server did not start; is xllamacpp installed?")
        _await_health(address)
        yield f"{address}/v1"
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def _await_health(address: str) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > until:
                raise RuntimeError("the model server does not answer") from error
        time.sleep(0.1)


def serve(weights: str, niceness: int) -> None:
    """Serve on a free loopback port until standard input ends: one thread, no spinning."""
    import xllamacpp

    os.nice(niceness)
    said = os.dup(1)
    os.dup2(2, 1)  # the library logs to standard output
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = 1
        cpu.poll = 0
    server = xllamacpp.Server(params)
    os.write(said, f"{server.listening_address}\n".encode())
    sys.stdin.read()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
