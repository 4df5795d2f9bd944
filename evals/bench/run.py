"""One run of the benchmark: every engine on every mapping, each checked before it is timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import orjson

from agent.core.language.document import Adapter
from agent.core.language.interpreter import run as run_reference
from agent.core.values import Json
from evals.bench.costs import (
    check_refusals,
    time_compiling,
    time_refusals,
)
from evals.bench.engines import (
    FLOATS,
    NOT_CHECKING,
    OWN_OBJECTS,
    OWN_PROCESS,
    Absent,
    Engine,
    disagreements,
)
from evals.bench.mappings import load_mapping
from evals.bench.node import NODE, Node, open_node
from evals.bench.own import BASELINE, Compiled, find_compiler, has_bytes, make_baseline, make_own
from evals.bench.payloads import make_payloads
from evals.bench.peers.engines import make_peers
from evals.bench.results import Cell, CompilerCosts, Way
from evals.bench.timing import Lap, make_lap, time_rounds

SEED: Final = 20260
_NODE_REMARKS: Final = {
    Way.VALUES: (NOT_CHECKING, OWN_PROCESS, OWN_OBJECTS),
    Way.BYTES: (NOT_CHECKING, FLOATS, OWN_PROCESS),
}


@dataclass(frozen=True, slots=True)
class Options:
    """How long and how much to measure."""

    rounds: int = 15
    payloads: int = 100


def run_mapping(mapping: str, options: Options) -> Iterator[Cell]:
    """Yield the cells of one mapping.

    An engine whose output on some payload differs from the reference interpreter's is not timed.
    """
    adapter = load_mapping(mapping)
    payloads = make_payloads(mapping, count=options.payloads, seed=SEED)
    cases = [(payload, orjson.dumps(payload)) for payload in payloads]
    expected = [run_reference(adapter, payload) for payload in payloads]
    baseline, engines = make_baseline(mapping), []
    for engine in (*make_own(adapter), *make_peers(mapping)):
        found = engine if isinstance(engine, Absent) else _check(engine, cases, expected)
        if isinstance(found, Engine):
            engines.append(found)
        else:
            yield from (Cell(mapping, way, found.name, reason=found.reason) for way in Way)
    if isinstance(fault := _check(baseline, cases, expected), Absent):
        raise RuntimeError(f"the baseline of {mapping} is wrong: {fault.reason}")
    with open_node(mapping, [body for _, body in cases]) as node:
        is_right = node is not None and _check_node(node, expected)
        if node is None or not is_right:
            reason = "not installed" if node is None else "differs from the reference"
            yield from (Cell(mapping, way, NODE, reason=reason) for way in Way)
        for way in Way:
            laps = _laps(engines, way, cases)
            if node is not None and is_right:
                laps[NODE] = _node_lap(node, way)
            remarks = {engine.name: engine.remarks for engine in engines}
            yield from _time(_Table(mapping, way, remarks), baseline, cases, laps, options)


def run_compiler(mapping: str, options: Options) -> CompilerCosts | None:
    """Return what the compiler costs on one mapping, or None where it cannot be measured."""
    compile_adapter = find_compiler()
    adapter = load_mapping(mapping)
    if compile_adapter is None or not has_bytes(compile_adapter(adapter)):
        return None
    payload = _fullest(make_payloads(mapping, count=options.payloads, seed=SEED))
    return _measure_compiler(mapping, compile_adapter, adapter, payload, options)


def _measure_compiler(
    mapping: str,
    compile_adapter: Callable[[Adapter], Compiled],
    adapter: Adapter,
    payload: Json,
    options: Options,
) -> CompilerCosts:
    compiled = compile_adapter(adapter)
    middle, worst = time_refusals(compiled, adapter, payload, rounds=max(3, options.rounds // 3))
    return CompilerCosts(
        mapping=mapping,
        compiling=time_compiling(compile_adapter, adapter, orjson.dumps(payload)),
        refusals=check_refusals(compiled, adapter, payload),
        refusing=middle,
        worst_refusing=worst,
    )


def _fullest(payloads: Sequence[Json]) -> Json:
    """Return the payload with the most in it: the most places where it can be broken."""
    return max(payloads, key=lambda payload: len(orjson.dumps(payload)))


def _check(
    engine: Engine, cases: list[tuple[Json, bytes]], expected: list[Json]
) -> Engine | Absent:
    """Return the engine if it is right on every payload, else that it differs."""
    wrong = next(disagreements(engine, cases, expected, orjson.loads), None)
    return engine if wrong is None else Absent(engine.name, f"differs from the reference: {wrong}")


def _check_node(node: Node, expected: list[Json]) -> bool:
    outputs = node.outputs()
    judge = Engine(NODE)
    agree = all(judge.agrees(*pair) for pair in zip(expected, outputs, strict=True))
    if agree:
        node.warm_up()
    return agree


def _laps(engines: Sequence[Engine], way: Way, cases: list[tuple[Json, bytes]]) -> dict[str, Lap]:
    laps = {}
    for engine in engines:
        function = _function(engine, way)
        if function is not None:
            laps[engine.name] = make_lap(function, _items(way, cases))
    return laps


def _node_lap(node: Node, way: Way) -> Lap:
    return lambda: node.time_lap()["bytes" if way is Way.BYTES else "values"]


@dataclass(frozen=True, slots=True)
class _Table:
    mapping: str
    way: Way
    remarks: dict[str, tuple[str, ...]]


def _time(
    table: _Table,
    baseline: Engine,
    cases: list[tuple[Json, bytes]],
    laps: dict[str, Lap],
    options: Options,
) -> Iterator[Cell]:
    function = _function(baseline, table.way)
    assert function is not None
    lap = make_lap(function, _items(table.way, cases))
    timings = time_rounds(lap, {BASELINE: lap, **laps}, rounds=options.rounds)
    base = timings.pop(BASELINE)
    yield Cell(table.mapping, table.way, BASELINE, replace(base, ratio=1.0))
    for name, timing in timings.items():
        remarks = _NODE_REMARKS[table.way] if name == NODE else table.remarks[name]
        yield Cell(table.mapping, table.way, name, timing, remarks=remarks)


def _function(engine: Engine, way: Way) -> Callable[..., object] | None:
    return engine.of_bytes if way is Way.BYTES else engine.of_values


def _items(way: Way, cases: list[tuple[Json, bytes]]) -> list[Json]:
    return [body if way is Way.BYTES else payload for payload, body in cases]
