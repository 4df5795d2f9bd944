"""The bars that the project sets itself, and whether a run meets them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from evals.bench.own import BASELINE, COMPILED, WITHOUT_DATES
from evals.bench.results import CompilerCosts, Results, Way

DICT_BAR: Final = 0.85
BYTES_BAR: Final = 1.0
COMPILE_BAR_S: Final = 0.002
REFUSAL_BAR: Final = 20.0
STREAM_BAR_MIB: Final = 100.0
JSONATA_GOAL: Final = 2.5
JSONATA: Final = "jsonatapy"
DATALOGIC: Final = "datalogic-py"
"""It is held against the adapter less what it cannot say."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, what was found, and whether that meets it."""

    name: str
    found: str
    is_met: bool


def bars_of(results: Results) -> Iterator[Bar]:
    """Yield the bars on what was measured; without a compiler most have nothing to judge."""
    for mapping in results.mappings:
        yield from _speed_bars(results, mapping)
    for cost in results.costs:
        yield from _cost_bars(cost)
    if results.stream is not None:
        growth = results.stream.growth_mib
        name = f"stream: under {STREAM_BAR_MIB:.0f} MiB above the start"
        yield Bar(name, f"{growth:.1f} MiB", growth < STREAM_BAR_MIB)


def _speed_bars(results: Results, mapping: str) -> Iterator[Bar]:
    by_values = _ratio(results, mapping, Way.VALUES, COMPILED)
    by_bytes = _ratio(results, mapping, Way.BYTES, COMPILED)
    if by_values is not None:
        yield _at_least(f"{mapping}: {Way.VALUES}", by_values, DICT_BAR)
    if by_bytes is None:
        return
    yield _at_least(f"{mapping}: {Way.BYTES}", by_bytes, BYTES_BAR)
    for engine in results.engines:
        other = _ratio(results, mapping, Way.BYTES, engine)
        if other is None or engine in (BASELINE, COMPILED, WITHOUT_DATES):
            continue
        own = by_bytes
        if engine == DATALOGIC:
            own = _ratio(results, mapping, Way.BYTES, WITHOUT_DATES) or by_bytes
        yield _at_least(f"{mapping}: ahead of {engine}", own / other, 1.0)
        if engine == JSONATA:
            yield _at_least(f"{mapping}: times {engine}", by_bytes / other, JSONATA_GOAL)


def _ratio(results: Results, mapping: str, way: Way, engine: str) -> float | None:
    cell = results.cell(mapping, way, engine)
    return None if cell is None or cell.timing is None else cell.timing.ratio


def _at_least(name: str, found: float, bar: float) -> Bar:
    return Bar(f"{name} at least {bar:g}", f"{found:.2f}", found >= bar)


def _cost_bars(cost: CompilerCosts) -> Iterator[Bar]:
    seconds = cost.compiling.seconds
    name = f"{cost.mapping}: compile within {COMPILE_BAR_S * 1e3:g} ms"
    yield Bar(name, f"{seconds * 1e3:.2f} ms", seconds <= COMPILE_BAR_S)
    accepted = len(cost.refusals.accepted)
    yield Bar(f"{cost.mapping}: every wrong payload refused", f"{accepted} accepted", not accepted)
    parted = len(cost.refusals.differences)
    yield Bar(f"{cost.mapping}: same as the reference", f"{parted} differences", not parted)
    times = 1 / cost.refusing.ratio
    name = f"{cost.mapping}: a refused payload within {REFUSAL_BAR:g}x"
    yield Bar(name, f"{times:.1f}x", times <= REFUSAL_BAR)
