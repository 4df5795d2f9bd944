"""`python -m evals.bench`: run the benchmark, print the tables, write the plot."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from evals.bench.mappings import MAPPINGS
from evals.bench.plot import draw
from evals.bench.report import render, to_json
from evals.bench.results import Cell, CompilerCosts, Results
from evals.bench.run import Options, run_compiler, run_mapping
from evals.bench.stream import can_measure, measure_stream


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for; 1 when a wrong payload was accepted."""
    asked = _parser().parse_args(arguments)
    options = Options(rounds=asked.rounds, payloads=asked.payloads)
    cells: list[Cell] = []
    costs: list[CompilerCosts] = []
    for mapping in asked.mapping or MAPPINGS:
        print(f"measuring {mapping} ({MAPPINGS[mapping]}) ...", file=sys.stderr, flush=True)
        cells += run_mapping(mapping, options)
        cost = run_compiler(mapping, options)
        costs += [cost] if cost is not None else []
    stream = None
    if asked.stream_mib and can_measure():
        print(f"feeding {asked.stream_mib} MiB to apply ...", file=sys.stderr, flush=True)
        stream = measure_stream(size_mib=asked.stream_mib)
    results = Results(tuple(cells), tuple(costs), stream)
    print(render(results), end="")
    _write(asked.plot, draw(results))
    _write(asked.json, json.dumps(to_json(results), indent=1, ensure_ascii=False) + "\n")
    return 1 if any(cost.refusals.accepted for cost in costs) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description=__doc__)
    parser.add_argument("--mapping", action="append", choices=tuple(MAPPINGS), help="only this one")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of every engine")
    parser.add_argument("--payloads", type=int, default=100, help="payloads of every mapping")
    parser.add_argument(
        "--stream-mib", type=int, default=64, help="size of the stream, 0 for none, 1024 for a GiB"
    )
    parser.add_argument("--plot", default="build/bench.svg", help="file of the plot, '' for none")
    parser.add_argument("--json", default="build/bench.json", help="file of all figures")
    return parser


def _write(file: str, text: str) -> None:
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(text, encoding="utf-8")
        print(f"wrote {file}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
