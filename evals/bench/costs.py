"""What a compiled adapter costs beside running: compiling it, and payloads that it refuses."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import orjson

from agent.core.language.document import Adapter
from agent.core.values import Json
from agent.errors import DriftmendError
from evals.bench.agreement import differences
from evals.bench.own import Compiled
from evals.bench.timing import Timing, make_lap, time_rounds
from evals.bench.wrong import BROKEN_TEXTS, WrongPayload, wrong_payloads

COMPILES = 25


@dataclass(frozen=True, slots=True)
class CompileCost:
    """Seconds to compile one adapter that is not cached, and until its first payload is out."""

    seconds: float
    seconds_to_first_payload: float


@dataclass(frozen=True, slots=True)
class Refusals:
    """What became of wrong payloads on the bytes path, and of odd ones on both.

    `accepted` are those that break something which a rule reads; there must be none.
    `differences` are places where a compiled adapter and the reference interpreter part.
    `unread` counts payloads that break only what no rule reads, and `unread_refused` those of them
    that were refused all the same.
    """

    tried: int
    accepted: tuple[str, ...]
    differences: tuple[str, ...]
    unread: int
    unread_refused: int


def time_compiling(
    compile_adapter: Callable[[Adapter], Compiled], adapter: Adapter, body: bytes
) -> CompileCost:
    """Return the median cost of compiling; each time under another name, past the cache.

    The function from bytes to bytes, which serving runs, is generated with it.
    """
    compiling, first = [], []
    for number in range(COMPILES):
        unseen = replace(adapter, name=f"{adapter.name}-{number}")
        start = time.perf_counter()
        compiled = compile_adapter(unseen)
        _ = compiled.of_bytes
        compiling.append(time.perf_counter() - start)
        compiled.run_bytes(body)
        first.append(time.perf_counter() - start)
    return CompileCost(statistics.median(compiling), statistics.median(first))


def check_refusals(compiled: Compiled, adapter: Adapter, payload: Json) -> Refusals:
    """Feed every wrong payload and every broken text to the bytes path."""
    wrong = list(wrong_payloads(adapter, payload))
    read = [item for item in wrong if item.is_read]
    unread = [item for item in wrong if not item.is_read]
    accepted = [_name(item) for item in read if not refuses(compiled, orjson.dumps(item.payload))]
    body = orjson.dumps(payload)
    for name, breaking in BROKEN_TEXTS.items():
        if not refuses(compiled, breaking(body)):
            accepted.append(f"text: {name}")
    return Refusals(
        tried=len(read) + len(BROKEN_TEXTS),
        accepted=tuple(accepted),
        differences=tuple(differences(compiled, adapter, seed=0)),
        unread=len(unread),
        unread_refused=sum(refuses(compiled, orjson.dumps(item.payload)) for item in unread),
    )


def refuses(compiled: Compiled, body: bytes) -> bool:
    """Return whether the bytes path refuses a body, as it should: with an error of ours."""
    try:
        compiled.run_bytes(body)
    except DriftmendError:
        return True
    return False


def time_refusals(
    compiled: Compiled, adapter: Adapter, payload: Json, *, rounds: int
) -> tuple[Timing, Timing]:
    """Return what a refused payload takes against the good one it is made of: median and worst.

    The bytes path; a `ratio` of 0.1 is ten times the good one's time.
    """
    body = orjson.dumps(payload)
    bodies = [orjson.dumps(item.payload) for item in _alike(wrong_payloads(adapter, payload), body)]
    refused = [one for one in bodies if refuses(compiled, one)]
    laps = {str(number): make_lap(_refusing(compiled), [one]) for number, one in enumerate(refused)}
    timings = time_rounds(make_lap(compiled.run_bytes, [body]), laps, rounds=rounds)
    ordered = sorted(timings.values(), key=lambda timing: timing.ratio)
    return ordered[len(ordered) // 2], ordered[0]


def _alike(wrong: Iterable[WrongPayload], body: bytes) -> list[WrongPayload]:
    """Return the payloads of about the good one's size: a far larger one costs more by itself."""
    return [
        item for item in wrong if item.is_read and len(orjson.dumps(item.payload)) < 1.2 * len(body)
    ]


def _refusing(compiled: Compiled) -> Callable[[bytes], object]:
    def run(body: bytes) -> object:
        try:
            return compiled.run_bytes(body)
        except DriftmendError as error:
            return error

    return run


def _name(item: WrongPayload) -> str:
    return f"{item.constraint} at {item.path or '/'}"
