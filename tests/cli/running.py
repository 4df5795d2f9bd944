"""Calls of the command, in this process and in one of its own, and the small case they share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from agent.cli.main import main

SOURCE = {
    "type": "object",
    "properties": {"key": {"type": "integer"}, "full_name": {"type": "string"}},
    "required": ["key"],
}
CONTRACT = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    "required": ["id"],
}
RULES = [
    {"target": "/id", "value": "src.key"},
    {"target": "/name", "value": "upper(src.full_name)"},
]

COMMAND = (sys.executable, "-m", "agent.cli.main")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a call of the command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Return the NDJSON on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


def run_main(captured: pytest.CaptureFixture[bytes], *arguments: str) -> Ran:
    """Call the command in this process."""
    captured.readouterr()
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = captured.readouterr()
    return Ran(code, out.decode(), err.decode())


def run_process(*arguments: object, stdin: bytes = b"", env: dict[str, str] | None = None) -> Ran:
    """Call the command in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *(str(argument) for argument in arguments)],
        input=stdin,
        capture_output=True,
        timeout=120,
        env={**os.environ, **(env or {})},
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def assert_refused(ran: Ran, *, code: int) -> None:
    """Check that a call ended with one clear message and nothing else."""
    assert ran.code == code, (ran.code, ran.err)
    assert "Traceback" not in ran.err + ran.out
    assert "a fault in driftmend itself" not in ran.err
    messages = [line for line in ran.err.splitlines() if line.startswith("driftmend")]
    assert len(messages) == 1, ran.err
