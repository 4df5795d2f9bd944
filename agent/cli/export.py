"""`driftmend export`: an adapter as a program of another engine, checked in that engine."""

from __future__ import annotations

import argparse
import sys

from agent.cli.exits import Exit
from agent.cli.later import not_yet
from agent.cli.output import complain
from agent.core.language.document import read_adapter
from agent.core.untrusted import visible
from agent.exports.checked import CheckedExports
from agent.exports.languages import EXPORTERS
from agent.formats.documents import load_file


def run(args: argparse.Namespace) -> Exit:
    """Print the program; 1 when a rule has no faithful form, or when the check fails."""
    if args.to not in EXPORTERS:
        return not_yet(f"driftmend export --to {args.to}", "SQL for bulk history")
    adapter = read_adapter(load_file(args.adapter))
    export = CheckedExports().export(adapter, args.to)
    for note in export.exported.unfaithful:
        complain(f"unfaithful: {visible(note, limit=500)}")
    complain(export.detail)
    sys.stdout.write(export.exported.text)
    return Exit.DONE
