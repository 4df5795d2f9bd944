"""`driftmend explain`: which reads and rules made one target, for one payload."""

from __future__ import annotations

import argparse
import json

from agent.cli.exits import Exit
from agent.core.language.document import read_adapter
from agent.core.language.explain import explain
from agent.core.untrusted import visible
from agent.errors import InvalidDocument
from agent.formats.documents import load_file


def run(args: argparse.Namespace) -> Exit:
    """Print the value of the target and every step that made it; 1 when nothing makes it."""
    if args.target and not args.target.startswith("/"):
        raise InvalidDocument(
            where="target", found=f"{args.target!r} is no JSON Pointer", help="write it as /a/b"
        )
    found = explain(read_adapter(load_file(args.adapter)), load_file(args.payload), args.target)
    shown = json.dumps(found.value, ensure_ascii=False) if found.is_present else "nothing"
    print(f"{visible(found.target or '/')} = {visible(shown, limit=2000)}")
    for step in found.steps:
        print(f"  {step.rule}: {visible(step.text, limit=2000)}")
        for path, value in step.reads:
            shown = json.dumps(value, ensure_ascii=False, default=str)
            print(f"    reads {visible(path or '/')} = {visible(shown)}")
    return Exit.DONE if found.steps else Exit.NO
