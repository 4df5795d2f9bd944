"""`driftmend export`: an adapter as a program of another engine, checked in that engine."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from typing import Final

from agent.cli.exits import Exit
from agent.cli.later import not_yet
from agent.cli.output import complain
from agent.core.exporting import Exported
from agent.core.language.document import Adapter, read_adapter
from agent.core.schema import make_schema
from agent.core.untrusted import visible
from agent.core.verify.generate import payloads
from agent.exports.check import Compared, Outcome, compare
from agent.exports.engines import find_engine
from agent.exports.languages import EXPORTERS
from agent.formats.documents import load_file

CHECKED_PAYLOADS: Final = 100
"""How many generated payloads the export is checked on."""


def run(args: argparse.Namespace) -> Exit:
    """Print the program; 1 when a rule has no faithful form, or when the check fails."""
    if args.to not in EXPORTERS:
        return not_yet(f"driftmend export --to {args.to}", "SQL for bulk history")
    adapter = read_adapter(load_file(args.adapter))
    exported = EXPORTERS[args.to].export(adapter)
    for note in exported.unfaithful:
        complain(f"unfaithful: {visible(note, limit=500)}")
    code = _check(args.to, adapter, exported)
    if code is Exit.DONE:
        sys.stdout.write(exported.text)
    return code


def _check(language: str, adapter: Adapter, exported: Exported) -> Exit:
    """Run the program beside the reference, where this machine can, and say what came out."""
    engine = find_engine(language)
    if engine is None:
        complain(f"unchecked: no engine for {language} on this machine")
        return Exit.DONE
    schema = make_schema(adapter.source_schema, origin="/source_schema")
    found = payloads(schema, seed=0, limit=CHECKED_PAYLOADS)
    compared = compare(adapter, exported, engine, itertools.islice(found, CHECKED_PAYLOADS))
    counts = Counter(item.outcome for item in compared)
    said = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    complain(f"checked in {engine.name} on {len(compared)} generated payloads: {said or 'none'}")
    for item in compared:
        if item.outcome is Outcome.DIFFERED:
            return _show(item)
    return Exit.DONE


def _show(item: Compared) -> Exit:
    complain(f"the export differs on {visible(repr(item.payload), limit=500)}")
    complain(f"the reference gives {visible(repr(item.wanted), limit=500)}")
    complain(f"the export gives {visible(repr(item.gave), limit=500)}")
    return Exit.NO
