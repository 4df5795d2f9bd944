from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from api.outbox import Outbox


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=50), st.none()), max_size=20))
def test_outbox__puts_and_takes_in_any_order__gives_every_byte_once(
    steps: list[bytes | None],
) -> None:
    """What is put in comes out whole and in order, also once it has spilled to disk."""

    async def run() -> tuple[bytes, bytes]:
        outbox, put, got = Outbox(in_memory_bytes=16), b"", b""
        for step in steps:
            if step is not None:
                outbox.put(step)
                put += step
            elif len(got) < len(put):
                got += await outbox.take()
        outbox.close()
        while data := await outbox.take():
            got += data
        return put, got

    put, got = asyncio.run(run())
    assert got == put


def test_outbox__empty_and_open__waits_for_the_next_answer() -> None:
    """A sender sleeps until there is something to send."""

    async def run() -> bytes:
        outbox = Outbox()
        taking = asyncio.create_task(outbox.take())
        await asyncio.sleep(0)
        assert not taking.done()
        outbox.put(b"late")
        return await asyncio.wait_for(taking, timeout=5)

    assert asyncio.run(run()) == b"late"
