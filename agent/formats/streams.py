"""Payloads one at a time out of a stream of any length: NDJSON, or one large root array.

Nothing is parsed here: a stream is split into the bytes of its items, so that at most one item is
held, and an item that is bad costs that item alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from agent.core.values import Json
from agent.errors import InvalidDocument
from agent.formats.array_items import CHUNK_BYTES, WHITE_SPACE, ArrayItems, Cut
from agent.formats.documents import load_text
from agent.formats.limits import SIZE_LIMIT, refuse_size

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PLACE = re.compile(r"(?:^|, )line (\d+)")


@dataclass(frozen=True, slots=True)
class RawItem:
    """One item that is not read yet: its bytes, or the fault that keeps them from being taken.

    `place` names it in messages ("in.ndjson, line 7"), and `line` is the line that it starts on.
    """

    number: int
    place: str
    data: bytes
    line: int = 1
    fault: InvalidDocument | None = None


def read_item(item: RawItem, *, is_brief: bool = False) -> Json:
    """Return the JSON value of an item; YAML has no place among payloads.

    Raises:
        InvalidDocument: it is not strict JSON, or too large or deep. `is_brief` leaves out the
            search for the place, which costs more than reading a good item.
    """
    if item.fault is not None:
        raise item.fault
    try:
        return load_text(item.data, where=".json", is_brief=is_brief)
    except InvalidDocument as error:
        inner = _moved(error.where.removeprefix(".json").removeprefix(", "), item.line)
        place = ", ".join(filter(None, (item.place, inner)))
        raise InvalidDocument(where=place, found=error.found, help=error.help) from error


def _moved(place: str, line: int) -> str:
    """Return a place in an item as one in its stream; on its first line only the column counts."""
    found = _PLACE.match(place)
    if found is None:
        return place
    rest = place[found.end() :].removeprefix(", ")
    inner = int(found[1])
    return rest if inner == 1 else ", ".join(filter(None, (f"line {line + inner - 1}", rest)))


def line_items(stream: BinaryIO, *, where: str) -> Iterator[RawItem]:
    """Yield one item per line that is not blank, numbered by its line.

    A first line that is only the beginning of a JSON value starts one document over many lines,
    which is gathered up to the limit of a document.
    """
    lines = _written(stream)
    number, first = next(lines, (1, b""))
    if first and _is_beginning(first):
        second_number, second = next(lines, (number, b""))
        if not _is_object(second):
            gap = b"\n" * (second_number - number - 1)
            rest = stream.read(SIZE_LIMIT + 1)
            yield RawItem(number, where, b"\n" * (number - 1) + first + gap + second + rest)
            return
        lines = chain(((second_number, second),), lines)
    for place, line in chain(((number, first),) if first else (), lines):
        yield _line_item(line, where=where, number=place)


def _line_item(line: bytes, *, where: str, number: int) -> RawItem:
    place = f"{where}, line {number}"
    if len(line) <= SIZE_LIMIT:
        return RawItem(number, place, line)
    fault = refuse_size(where=place, size=len(line), limit=SIZE_LIMIT)
    return RawItem(number, place, b"", fault=fault)


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


def array_items(stream: BinaryIO, *, where: str) -> Iterator[RawItem]:
    """Yield the items of the array at the root of a stream, numbered from 1.

    What does not begin as a JSON array in UTF-8 is read as a whole, within the limit of a document.

    Raises:
        InvalidDocument: there is no array at the root.
    """
    start = _start(stream, where=where)
    begun = start.removeprefix(_BYTE_ORDER_MARK).lstrip(WHITE_SPACE)
    if begun.startswith(b"[") and not where.lower().endswith((".yaml", ".yml")):
        lines = start[: len(start) - len(begun)].count(b"\n")
        items = ArrayItems(stream, begun[1:], line=lines + 1)
        for number, item in enumerate(items, start=1):
            place = f"{where}, item {number}"
            fault = _fault(item, place) if item.fault else None
            yield RawItem(number, place, item.data, line=item.line, fault=fault)
    elif begun:
        yield from _whole(start + stream.read(SIZE_LIMIT + 1), where=where)


def _fault(item: Cut, place: str) -> InvalidDocument:
    return InvalidDocument(where=f"{place}, line {item.line}", found=item.fault, help=item.help)


def _start(stream: BinaryIO, *, where: str) -> bytes:
    """Return what a stream begins with, up to something that is not white space."""
    read = getattr(stream, "read1", stream.read)
    start = b""
    while chunk := read(CHUNK_BYTES):
        start += chunk
        if start.removeprefix(_BYTE_ORDER_MARK).strip(WHITE_SPACE):
            break
        if len(start) > SIZE_LIMIT:
            raise refuse_size(where=where, size=len(start), limit=SIZE_LIMIT)
    return start


def _whole(data: bytes, *, where: str) -> Iterator[RawItem]:
    """Yield the items of a document that is held as a whole: YAML, or another encoding."""
    items = load_text(data, where=where)
    if not isinstance(items, list):
        raise InvalidDocument(where=where, found="no array at the root", help="leave out --items")
    for number, item in enumerate(items, start=1):
        data = json.dumps(item, ensure_ascii=False).encode()
        yield RawItem(number, f"{where}, item {number}", data)
