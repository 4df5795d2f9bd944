"""`driftmend diff`: what changed between two schema versions, and for whom it breaks."""

from __future__ import annotations

import argparse
import sys

from agent.cli.exits import Exit
from agent.cli.later import not_yet
from agent.cli.output import print_json
from agent.core.diff import compare
from agent.core.diff_text import render_json, render_markdown, render_text
from agent.errors import InvalidDocument
from agent.formats.schemas import load_schema

LATER_FORMATS = ("sarif", "junit", "github")


def run(args: argparse.Namespace) -> Exit:
    """Print the diff; 1 only when `--fail-on breaking` is given and met."""
    if args.batch is not None:
        return not_yet("driftmend diff --batch", "many pairs in one call")
    if args.format in LATER_FORMATS:
        return not_yet(f"driftmend diff --format {args.format}", "formats for CI")
    if args.before is None or args.after is None:
        raise InvalidDocument(
            where="driftmend diff", found="two schemas are needed", help="name BEFORE and AFTER"
        )
    diff = compare(load_schema(args.before), load_schema(args.after))
    direction, policy = args.direction, args.policy
    match args.format:
        case "json":
            print_json(render_json(diff, direction=direction, policy=policy))
        case "markdown":
            sys.stdout.write(render_markdown(diff, direction=direction, policy=policy))
        case _:
            sys.stdout.write(render_text(diff, direction=direction, policy=policy))
    is_met = args.fail_on == "breaking" and diff.is_breaking(direction, policy)
    return Exit.NO if is_met else Exit.DONE
