"""`driftmend eval`: scores over fixture suites."""

from __future__ import annotations

import argparse
import sys

from agent.cli.exits import Exit
from agent.cli.output import complain, print_json
from agent.formats.documents import load_file


def run(args: argparse.Namespace) -> Exit:
    """Print the scores; 1 when a baseline is given and something got worse."""
    from agent.cli.show import console
    from evals.page import write_report
    from evals.report import compare_with_baseline, renderables, report_to_json
    from evals.runner import run as run_suites

    baseline = load_file(args.baseline) if args.baseline else None
    report = run_suites(
        args.folders,
        unpaired=args.unpaired,
        model=args.model,
        memory=args.memory,
        timeout_s=args.timeout,
        jobs=args.jobs,
        show_progress=sys.stderr.isatty(),
    )
    worse = compare_with_baseline(report, baseline) if baseline is not None else ()
    if args.json:
        print_json(report_to_json(report))
    else:
        console().print(*renderables(report), sep="\n")
    for line in worse:
        complain(f"worse than the baseline: {line}")
    if args.report is not None:
        write_report(report, args.report)
    return Exit.NO if worse else Exit.DONE
