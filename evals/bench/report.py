"""The result of a run as tables on the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Final

from agent.core.values import Json
from evals.bench.agreement import GENERATED
from evals.bench.bars import Bar, bars_of
from evals.bench.engines import NOT_COMPARABLE
from evals.bench.own import BASELINE
from evals.bench.results import Cell, CompilerCosts, Results, Way
from evals.bench.stream import StreamCost

_NAME_WIDTH: Final = 23
_CELL_WIDTH: Final = 22
_MARKS_WIDTH: Final = 3
_SHOWN: Final = 10


def render(results: Results) -> str:
    """Return the tables, what is not comparable in them, and the bars of the project."""
    lines = [
        "Ratio to hand-written Python (with orjson for bytes) in the same run; more is faster.",
        "In brackets: microseconds per payload. Medians of interleaved rounds.",
        "~ is not comparable; the letters say why.",
    ]
    remarks = _number_remarks(results.cells)
    for way in Way:
        lines += ["", *_table(results, way, remarks)]
    lines += [
        "",
        "Notes; ~ stands where one marked ~ holds:",
        *_remark_lines(remarks),
        *_reason_lines(results.cells),
    ]
    lines += ["", "The machine's noise: " + _noise(results)]
    for cost in results.costs:
        lines += ["", *_cost_lines(cost)]
    if results.stream is not None:
        lines += ["", *_stream_lines(results.stream)]
    if bars := list(bars_of(results)):
        lines += ["", "Bars", *(_show_bar(bar) for bar in bars)]
    return "\n".join(lines) + "\n"


def to_json(results: Results) -> Json:
    """Return everything as one JSON document."""
    return {
        "driftmend_bench": 1,
        "cells": [asdict(cell) for cell in results.cells],
        "compiler": [asdict(cost) for cost in results.costs],
        "stream": None if results.stream is None else asdict(results.stream),
    }


def _table(results: Results, way: Way, remarks: dict[str, str]) -> Iterator[str]:
    yield f"{way:<{_NAME_WIDTH}}" + "".join(f"{name:>{_CELL_WIDTH}}" for name in results.mappings)
    for engine in results.engines:
        cells = [results.cell(mapping, way, engine) for mapping in results.mappings]
        shown = (_show(cell, remarks) for cell in cells)
        yield f"{engine:<{_NAME_WIDTH}}" + "".join(f"{text:>{_CELL_WIDTH}}" for text in shown)


def _show(cell: Cell | None, remarks: dict[str, str]) -> str:
    if cell is None or cell.timing is None:
        return "-" + " " * (_MARKS_WIDTH + 1)
    marks = "".join(remarks[remark] for remark in cell.remarks)
    sign = "~" if NOT_COMPARABLE.intersection(cell.remarks) else ""
    ratio = f"{sign}{cell.timing.ratio:.3f}"
    return f"{ratio} ({cell.timing.seconds * 1e6:.1f}) {marks:<{_MARKS_WIDTH}}"


def _number_remarks(cells: Iterable[Cell]) -> dict[str, str]:
    """Return a letter for every remark, in order of appearance."""
    remarks = dict.fromkeys(remark for cell in cells for remark in cell.remarks)
    return {remark: chr(ord("a") + number) for number, remark in enumerate(remarks)}


def _remark_lines(remarks: dict[str, str]) -> Iterator[str]:
    for remark, letter in remarks.items():
        sign = "~" if remark in NOT_COMPARABLE else " "
        yield f"{sign} {letter}  {remark}"


def _reason_lines(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield why there is no figure, once for an engine and reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        if cell.reason and cell.mapping not in found.setdefault((cell.engine, cell.reason), []):
            found[cell.engine, cell.reason].append(cell.mapping)
    for (engine, reason), mappings in found.items():
        yield f"  -  {engine} on {', '.join(mappings)}: {reason}"


def _noise(results: Results) -> str:
    cells = [cell for cell in results.cells if cell.engine == BASELINE and cell.timing]
    spans = [f"{cell.timing.low:.2f}-{cell.timing.high:.2f}" for cell in cells if cell.timing]
    return "the baseline against itself, middle half of the rounds: " + ", ".join(spans)


def _cost_lines(cost: CompilerCosts) -> Iterator[str]:
    refusals = cost.refusals
    yield f"Compiler, {cost.mapping}"
    yield (
        f"  compile one adapter        {cost.compiling.seconds * 1e3:.2f} ms; with its first "
        f"payload by bytes {cost.compiling.seconds_to_first_payload * 1e3:.2f} ms"
    )
    yield (
        f"  wrong payloads refused     {refusals.tried - len(refusals.accepted)} of "
        f"{refusals.tried} that a rule can see; of {refusals.unread} wrong where no rule reads "
        f"{refusals.unread_refused}"
    )
    yield from (f"    ACCEPTED: {accepted}" for accepted in refusals.accepted)
    yield (
        f"  differs from the reference {len(refusals.differences)} times in "
        f"{2 * 2 * GENERATED} runs of generated payloads"
    )
    yield from (f"    DIFFERS: {place}" for place in refusals.differences[:_SHOWN])
    yield (
        f"  a refused payload costs    {1 / cost.refusing.ratio:.1f}x a good one; "
        f"the worst {1 / cost.worst_refusing.ratio:.1f}x"
    )


def _stream_lines(stream: StreamCost) -> Iterator[str]:
    rate = stream.fed_mib / stream.seconds
    yield f"driftmend apply on an NDJSON stream of {stream.fed_mib} MiB"
    yield (
        f"  memory                     {stream.start_mib:.0f} MiB after the first MiB, peak "
        f"{stream.peak_mib:.0f} MiB: {stream.growth_mib:.1f} MiB above"
    )
    yield f"  speed                      {stream.payloads:,} payloads, {rate:.1f} MiB/s"


def _show_bar(bar: Bar) -> str:
    return f"  {'met' if bar.is_met else 'MISSED':<7} {bar.name:<50} {bar.found}"
