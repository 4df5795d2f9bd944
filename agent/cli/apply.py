"""`driftmend apply`: an adapter over payloads, one line in, one line out."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TextIO

from agent.cli.exits import Exit
from agent.cli.intake import payloads_of
from agent.core.contract import Validator, payload_validator
from agent.core.language.document import Adapter, read_adapter
from agent.core.language.interpreter import run as run_adapter
from agent.core.schema import make_schema
from agent.core.values import Json
from agent.errors import DriftmendError, InvalidDocument, PayloadRefused
from agent.formats.documents import load_file

STANDARD_INPUT = "-"


def run(args: argparse.Namespace) -> Exit:
    """Write one line per payload; a failing one is an error with its number."""
    adapter = read_adapter(load_file(args.adapter))
    source = make_schema(adapter.source_schema, origin=f"{args.adapter} /source_schema")
    check = payload_validator(source)
    errors = sys.stdout if args.errors == "inline" else sys.stderr
    is_live = args.payloads == STANDARD_INPUT
    code = Exit.DONE
    for number, payload in payloads_of(args.payloads, is_array=args.items):
        try:
            output = _adapt(adapter, check, payload)
        except DriftmendError as error:
            code = Exit.NO
            _write(errors, {"error": {"line": number, **_fields(error)}}, flush=is_live)
        else:
            _write(sys.stdout, output, flush=is_live)
    return code


def _adapt(adapter: Adapter, check: Validator, payload: Json | InvalidDocument) -> Json:
    if isinstance(payload, InvalidDocument):
        raise payload
    for violation in check.violations(payload, limit=1):
        raise PayloadRefused(
            found=violation.message,
            source=violation.path or "/",
            operation="payload does not fit the source schema",
        )
    return run_adapter(adapter, payload)


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


def _write(stream: TextIO, value: Json, *, flush: bool) -> None:
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    print(line, file=stream, flush=flush)
