"""Splitting a stream of chunks into numbered NDJSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end. `is_cut` when it was over the limit: then `text` is empty."""

    number: int
    text: bytes
    is_cut: bool = False


class Splitter:
    """Turns chunks into lines, counted from 1; blank lines count and are left out.

    It never holds more of one line than `limit_bytes`.
    """

    def __init__(self, *, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._rest = bytearray()
        self._is_cut = False
        self._number = 0

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """Yield the lines that this chunk completes."""
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            self._add(chunk[start:end])
            yield from self._complete()
            start = end + 1
        self._add(chunk[start:])

    def end(self) -> Iterator[Line]:
        """Yield the last line, when it had no line end."""
        if self._rest or self._is_cut:
            yield from self._complete()

    def _add(self, part: bytes) -> None:
        if self._is_cut:
            return
        if len(self._rest) + len(part) > self._limit:
            self._is_cut = True
            self._rest.clear()
        else:
            self._rest += part

    def _complete(self) -> Iterator[Line]:
        self._number += 1
        text = bytes(self._rest).strip(b" \t\r")
        is_cut = self._is_cut
        self._rest.clear()
        self._is_cut = False
        if text or is_cut:
            yield Line(self._number, text, is_cut)
