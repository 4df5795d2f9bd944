"""Commands and options of the design that a later release brings: they say so."""

from __future__ import annotations

import argparse
import sys

from agent.cli.exits import Exit


def run(args: argparse.Namespace) -> Exit:
    """Say that a command is not there yet."""
    return not_yet(f"driftmend {args.name}", args.what)


def not_yet(name: str, what: str) -> Exit:
    """Say that something is not there yet, and return the code for an unusable call."""
    print(f"driftmend: `{name}` ({what}) comes with a later release", file=sys.stderr)
    return Exit.UNUSABLE
