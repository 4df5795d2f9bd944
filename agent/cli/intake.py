"""The payloads of `driftmend apply`: NDJSON, one document over many lines, or a root array.

Lines are read one at a time, so that a stream of any length fits; only what may be one document
over many lines is gathered, up to the limit of a document.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TypeAlias

from agent.core.values import Json
from agent.errors import InvalidDocument
from agent.formats.documents import load_text
from agent.formats.limits import SIZE_LIMIT, refuse_size

STANDARD_INPUT = "-"

Numbered: TypeAlias = tuple[int, Json | InvalidDocument]
"""A payload with its line or item from 1; one that cannot be read comes as its error."""


def payloads_of(path: str, *, is_array: bool) -> Iterator[Numbered]:
    """Yield every payload of a file, or of standard input for `-`.

    Raises:
        InvalidDocument: the file cannot be read, or `is_array` and it holds no array.
    """
    with _opened(path) as (stream, where):
        yield from _items(stream, where) if is_array else _lines(stream, where)


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


def _items(stream: BinaryIO, where: str) -> Iterator[Numbered]:
    data = stream.read(SIZE_LIMIT + 1)
    if not data.strip():
        return
    items = load_text(data, where=where)
    if not isinstance(items, list):
        raise InvalidDocument(where=where, found="no array at the root", help="leave out --items")
    yield from enumerate(items, start=1)


def _lines(stream: BinaryIO, where: str) -> Iterator[Numbered]:
    """Yield one payload per line; a first line that is only a beginning starts one document."""
    lines = _written(stream)
    number, first = next(lines, (1, b""))
    if first and _is_beginning(first):
        second_number, second = next(lines, (number, b""))
        if not _is_object(second):
            # The line breaks in front keep the line numbers of messages right.
            skipped = b"\n" * (number - 1), b"\n" * (second_number - number - 1)
            rest = stream.read(SIZE_LIMIT + 1)
            yield number, _load(skipped[0] + first + skipped[1] + second + rest, where)
            return
        lines = chain(((second_number, second),), lines)
    for place, line in chain(((number, first),) if first else (), lines):
        yield place, _read(line, where, place)


def _written(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, numbered from 1."""
    return ((number, line) for number, line in enumerate(_bounded(stream), 1) if line.strip())


def _bounded(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines, never more of one than the limit and one byte; the rest of it is passed over."""
    while line := stream.readline(SIZE_LIMIT + 1):
        yield line
        while len(line) > SIZE_LIMIT and not line.endswith(b"\n"):
            line = stream.readline(SIZE_LIMIT + 1)


def _is_beginning(line: bytes) -> bool:
    """Whether a line ends before its JSON value does."""
    text = line.decode("utf-8", "replace").removeprefix("\ufeff").rstrip()
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text) and text.lstrip()[:1] in ("{", "[")
    except (ValueError, RecursionError):
        return False
    return False


def _is_object(line: bytes) -> bool:
    """Whether a second line is a payload: then the first was cut off, and the rest must not go."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _read(line: bytes, where: str, number: int) -> Json | InvalidDocument:
    """Return the payload on one line, or its error with the line's number."""
    if len(line) > SIZE_LIMIT:
        return refuse_size(where=f"{where}, line {number}", size=len(line), limit=SIZE_LIMIT)
    value = _load(line, "")
    if isinstance(value, InvalidDocument):
        place = value.where.removeprefix("line 1").removeprefix(", ")
        place = ", ".join(filter(None, (where, f"line {number}", place)))
        return InvalidDocument(where=place, found=value.found, help=value.help)
    return value


def _load(data: bytes, where: str) -> Json | InvalidDocument:
    """Return the JSON value in `data`, or its error: YAML has no place among payloads."""
    try:
        return load_text(data, where=".json")
    except InvalidDocument as error:
        place = error.where.removeprefix(".json").removeprefix(", ")
        place = ", ".join(filter(None, (where, place)))
        return InvalidDocument(where=place, found=error.found, help=error.help)
