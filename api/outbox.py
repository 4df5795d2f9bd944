"""A queue of bytes that spills to disk: answers for a caller who reads only after writing."""

from __future__ import annotations

import asyncio
import tempfile

IN_MEMORY_BYTES = 8 * 1024 * 1024
READ_BYTES = 64 * 1024


class Outbox:
    """Holds answers until they can be sent, in memory first and then in an unnamed file.

    A caller may send a whole batch before it reads a byte. Holding the answers in memory would
    let it fill ours, and not reading on until they are sent would leave both sides waiting.
    """

    def __init__(self, *, in_memory_bytes: int = IN_MEMORY_BYTES) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=in_memory_bytes)  # noqa: SIM115
        self._written = 0
        self._taken = 0
        self._is_closed = False
        self._changed = asyncio.Event()

    def put(self, data: bytes) -> None:
        """Add answers at the end."""
        self._file.seek(self._written)
        self._file.write(data)
        self._written += len(data)
        self._changed.set()

    def close(self) -> None:
        """Say that nothing more will come."""
        self._is_closed = True
        self._changed.set()

    async def take(self) -> bytes:
        """Return the next answers as soon as there are any, or b"" after the last."""
        while self._taken == self._written:
            if self._is_closed:
                self._file.close()
                return b""
            self._changed.clear()
            await self._changed.wait()
        self._file.seek(self._taken)
        data = self._file.read(READ_BYTES)
        self._taken += len(data)
        if self._taken == self._written:
            self._file.seek(0)
            self._file.truncate()
            self._written = self._taken = 0
        return data
