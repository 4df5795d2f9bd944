"""A JSON array cut into its items while it is read: a scanner over bytes that holds one item.

It knows texts, brackets and commas, and nothing else: whether an item is JSON, its reader says. So
the cost is a few steps per bracket, and what is wrong inside an item does not stop the rest. Only
brackets or quotes that do not close leave open where the next item begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from agent.formats.limits import DEPTH_LIMIT, SIZE_LIMIT

CHUNK_BYTES: Final = 64 * 1024
"""Bytes that are asked for at a time; a pipe that holds fewer gives what it has."""

WHITE_SPACE: Final = b" \t\r\n"

_LEVELS: Final = 4
"""Brackets within brackets that one step passes; deeper ones take a step each. A bracket that does
not close in what is held is looked at once for each of these levels, so the cost stays linear."""

_TEXT: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'


def _run_of(plain: bytes, levels: int) -> bytes:
    """Return a pattern of a run of `plain` bytes, closed texts and closed brackets."""
    if levels == 0:
        return plain + rb"(?:" + _TEXT + plain + rb")*+"
    closed = rb"[{\[]" + _run_of(_NO_BRACKET, levels - 1) + rb"[}\]]"
    return plain + rb"(?:(?:" + _TEXT + rb"|" + closed + rb")" + plain + rb")*+"


_NO_BRACKET: Final = rb'[^"{}\[\]]*+'
_WITHIN: Final = re.compile(_run_of(_NO_BRACKET, _LEVELS), re.DOTALL)
"""What goes by inside an item: up to a bracket or text that is not closed yet."""
_AMONG: Final = re.compile(_run_of(rb'[^"{}\[\],]*+', _LEVELS), re.DOTALL)
"""The same between items, up to a comma too."""
_REST_OF_TEXT: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cut:
    """The bytes of one item and the line it starts on; or what is wrong with it, and what helps."""

    data: bytes
    line: int
    fault: str = ""
    help: str = ""


class ArrayItems:
    """The items of an array whose opening bracket was just read.

    At most `limit_bytes` of an item are held; the rest of a larger one is passed over.
    """

    def __init__(
        self, stream: BinaryIO, begun: bytes, *, line: int, limit_bytes: int = SIZE_LIMIT
    ) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self._limit = limit_bytes
        self._line = self._start = line
        self._held = bytearray(begun)
        self._at = 0
        self._dropped = 0
        self._deepest = 0

    def __iter__(self) -> Iterator[Cut]:
        count = 0
        end = b","
        while end == b",":
            end = self._find_end()
            cut = self._take(end)
            count += 1
            if count > 1 or end != b"]" or cut.data or cut.fault:
                yield cut
        if end == b"]":
            yield from self._after()

    def _find_end(self) -> bytes:
        """Go on to the end of the item: a comma, the bracket that closes the array, or no more."""
        depth, in_text = 0, False
        self._start = self._line
        while True:
            depth, in_text, end = self._scan(depth, in_text)
            if end:
                return end
            if len(self._held) > self._limit:
                self._drop(self._at)
            if not self._fill():
                return b""

    def _scan(self, depth: int, in_text: bool) -> tuple[int, bool, bytes]:
        """Go through what is held; return depth and text at its end, or what ends the item."""
        held, at = self._held, self._at
        while True:
            pattern = _REST_OF_TEXT if in_text else _WITHIN if depth else _AMONG
            at = _end_of(pattern, held, at)
            mark = bytes(held[at : at + 1])
            if not mark or mark == b"\\":
                break
            if depth == 0 and not in_text and mark in b",]":
                self._at = at
                return 0, False, mark
            at += 1
            if mark == b'"':
                in_text = not in_text
            else:
                depth = depth + 1 if mark in b"{[" else max(depth - 1, 0)
                self._deepest = max(self._deepest, depth)
        self._at = at
        return depth, in_text, b""

    def _take(self, end: bytes) -> Cut:
        """Return the item before the place, and start on the next one behind it."""
        raw = bytes(self._held[: self._at])
        body = raw.lstrip(WHITE_SPACE)
        ahead = 0 if self._dropped else raw.count(b"\n", 0, len(raw) - len(body))
        line = self._start + ahead
        size = self._dropped + len(raw)
        self._drop(self._at + len(end))
        deepest, self._dropped, self._deepest = self._deepest, 0, 0
        if size > self._limit:
            return _too_large(size, line, self._limit)
        if deepest > DEPTH_LIMIT:
            found = f"values nested deeper than {DEPTH_LIMIT} levels"
            return Cut(b"", line, found, "flatten the item")
        if not end:
            return Cut(b"", line, "the end of the input, before the array ends", "was it cut off?")
        return Cut(body.rstrip(WHITE_SPACE), line)

    def _after(self) -> Iterator[Cut]:
        """Yield a fault when something stands behind the array."""
        while not self._held.strip(WHITE_SPACE) and self._fill():
            pass
        if behind := self._held.lstrip(WHITE_SPACE):
            self._drop(len(self._held) - len(behind))
            yield Cut(b"", self._line, "something behind the array", "the array is the whole input")

    def _fill(self) -> bool:
        chunk = self._read(CHUNK_BYTES)
        self._held += chunk
        return bool(chunk)

    def _drop(self, size: int) -> None:
        self._line += self._held.count(b"\n", 0, size)
        self._dropped += size
        del self._held[:size]
        self._at -= min(size, self._at)


def _end_of(pattern: re.Pattern[bytes], held: bytearray, at: int) -> int:
    found = pattern.match(held, at)
    return at if found is None else found.end()


def _too_large(size: int, line: int, limit: int) -> Cut:
    found = f"{size:,} bytes, more than the limit of {limit:,}"
    return Cut(b"", line, found, "split it, or leave out what is not needed")
