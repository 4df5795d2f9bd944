"""The payloads of `driftmend apply`: NDJSON, one document over many lines, or a root array."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from agent.errors import InvalidDocument
from agent.formats.streams import RawItem, array_items, line_items

STANDARD_INPUT = "-"


def payloads_of(path: str, *, is_array: bool) -> Iterator[RawItem]:
    """Yield every payload of a file, or of standard input for `-`, one at a time and unread.

    Raises:
        InvalidDocument: the file cannot be read, or `is_array` and it holds no array.
    """
    split = array_items if is_array else line_items
    with _opened(path) as (stream, where):
        yield from split(stream, where=where)


@contextmanager
def _opened(path: str) -> Iterator[tuple[BinaryIO, str]]:
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer, "standard input"
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below, after the last payload
    except OSError as error:
        raise InvalidDocument(
            where=path,
            found=f"a file that cannot be read ({error.strerror})",
            help="check the path",
        ) from error
    with file:
        yield file, path
