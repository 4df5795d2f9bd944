"""`driftmend apply`: an adapter over payloads, one line in, one line out."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from typing import Protocol, TextIO

from agent.cli.exits import Exit
from agent.cli.intake import STANDARD_INPUT, payloads_of
from agent.core.contract import Validator, payload_validator
from agent.core.language.compiler import compile_adapter
from agent.core.language.document import read_adapter
from agent.core.schema import make_schema
from agent.core.untrusted import visible_json
from agent.core.values import Json
from agent.errors import DriftmendError, PayloadRefused
from agent.formats.documents import load_file
from agent.formats.streams import RawItem, read_item

DIAGNOSES = 1000
"""Payloads of one batch whose fault is looked into; what is wrong with more is told in short, so
that a batch of bad payloads costs little more than one of good ones."""

SHORT = f"not looked into, after {DIAGNOSES:,} refused payloads in this batch"


def run(args: argparse.Namespace) -> Exit:
    """Write one line per payload; a failing one is an error with its number."""
    adapter = read_adapter(load_file(args.adapter))
    source = make_schema(adapter.source_schema, origin=f"{args.adapter} /source_schema")
    adapt = Adapting(payload_validator(source), compile_adapter(adapter).run)
    errors = sys.stdout if args.errors == "inline" else sys.stderr
    is_live = args.payloads == STANDARD_INPUT
    failed = 0
    for item in payloads_of(args.payloads, is_array=args.items):
        is_brief = failed >= DIAGNOSES
        try:
            output = adapt(item, is_brief=is_brief)
        except DriftmendError as error:
            failed += 1
            told = {"line": item.number, **_fields(error)}
            _complain(errors, told, flush=is_live)
        else:
            _write(sys.stdout, output, flush=is_live)
    return Exit.NO if failed else Exit.DONE


class Transform(Protocol):
    """An adapter that runs: payload in, output out, or `PayloadRefused`."""

    def __call__(self, payload: Json, /, *, is_brief: bool = False) -> Json:
        """Return the output for one payload."""


@dataclass(frozen=True, slots=True)
class Adapting:
    """What each payload of a batch goes through."""

    check: Validator
    transform: Transform

    def __call__(self, item: RawItem, *, is_brief: bool) -> Json:
        """Return the output for one payload; `is_brief` spares what only finds words for a fault.

        Raises:
            InvalidDocument: it cannot be read.
            PayloadRefused: it does not fit the source schema, or a rule fails on it.
        """
        payload = read_item(item, is_brief=is_brief)
        if not self.check.is_met(payload):
            raise self._misfit(payload, is_brief=is_brief)
        return self.transform(payload, is_brief=is_brief)

    def _misfit(self, payload: Json, *, is_brief: bool) -> PayloadRefused:
        broken = () if is_brief else self.check.violations(payload, limit=1)
        return PayloadRefused(
            found=broken[0].message if broken else SHORT,
            source=(broken[0].path if broken else "") or "/",
            operation="payload does not fit the source schema",
        )


def _fields(error: DriftmendError) -> dict[str, Json]:
    if isinstance(error, PayloadRefused):
        return {
            "target": error.target,
            "source": error.source,
            "operation": error.operation,
            "found": error.reason,
            "message": str(error),
        }
    return {"found": error.found, "message": str(error)}


def _complain(stream: TextIO, told: Json, *, flush: bool) -> None:
    """Write one error; keys and texts of the payload in it cannot act on a terminal."""
    line = json.dumps({"error": told}, ensure_ascii=False, separators=(",", ":"))
    print(visible_json(line), file=stream, flush=flush)


def _write(stream: TextIO, value: Json, *, flush: bool) -> None:
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    print(line, file=stream, flush=flush)
