"""`driftmend diff`: what changed between two schema versions, and for whom it breaks."""

from __future__ import annotations

import argparse
import json

from agent.cli.exits import Exit
from agent.cli.later import not_yet
from agent.core.diff import compare
from agent.core.diff_text import render_json, render_markdown, render_text
from agent.errors import InvalidDocument
from agent.formats.schemas import load_schema

LATER_FORMATS = ("sarif", "junit", "github")


def run(args: argparse.Namespace) -> Exit:
    """Print the diff; 1 only when `--fail-on breaking` is given and met."""
    if args.batch:
        return not_yet("driftmend diff --batch", "many pairs in one call")
    if args.format in LATER_FORMATS:
        return not_yet(f"driftmend diff --format {args.format}", "formats for CI")
    if not args.before or not args.after:
        raise InvalidDocument(
            where="driftmend diff", found="two schemas are needed", help="name BEFORE and AFTER"
        )
    diff = compare(load_schema(args.before), load_schema(args.after))
    if args.format == "json":
        document = render_json(diff, direction=args.direction, policy=args.policy)
        print(json.dumps(document, ensure_ascii=False, indent=2))
    elif args.format == "markdown":
        print(render_markdown(diff, direction=args.direction, policy=args.policy))
    else:
        print(render_text(diff, direction=args.direction, policy=args.policy))
    is_met = args.fail_on == "breaking" and diff.is_breaking(args.direction, args.policy)
    return Exit.NO if is_met else Exit.DONE
