"""Standard output and standard error: UTF-8 whatever the locale, one JSON document, one message."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys

from agent.core.untrusted import visible
from agent.core.values import Json

MESSAGE_LIMIT = 4000
"""Characters of one message; it may quote what a hostile file holds."""


def prepare_streams() -> None:
    """Make both streams UTF-8, and let no character end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def print_json(document: Json) -> None:
    """Print the one JSON document of a command."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def complain(message: str) -> None:
    """Print one message on standard error, on one line, with nothing in it that could act."""
    print(f"driftmend: {visible(message, limit=MESSAGE_LIMIT)}", file=sys.stderr)


def drop_output() -> None:
    """Send what is still buffered nowhere: its reader is gone, and must not be told again."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
