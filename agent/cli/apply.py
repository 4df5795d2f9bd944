"""`driftmend apply`: an adapter over payloads, one line in, one line out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import chain
from typing import TextIO

from agent.cli.exits import Exit
from agent.core.contract import Validator, payload_validator
from agent.core.language.document import Adapter, read_adapter
from agent.core.language.interpreter import run as run_adapter
from agent.core.schema import make_schema
from agent.core.values import Json
from agent.errors import DriftmendError, InvalidDocument, PayloadRefused
from agent.formats.documents import load_file, load_text, read_bytes


def run(args: argparse.Namespace) -> Exit:
    """Write one line per payload; a failing one is an error with its number."""
    adapter = read_adapter(load_file(args.adapter))
    source = make_schema(adapter.source_schema, origin=f"{args.adapter} /source_schema")
    check = payload_validator(source)
    code = Exit.DONE
    for number, payload in _payloads(args):
        try:
            output = _adapt(adapter, check, payload)
        except DriftmendError as error:
            code = Exit.NO
            stream = sys.stdout if args.errors == "inline" else sys.stderr
            _write(stream, {"error": {"line": number, **_fields(error)}})
        else:
            _write(sys.stdout, output)
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


def _fields(error: DriftmendError) -> Json:
    if isinstance(error, PayloadRefused):
        return {
            "target": error.target,
            "source": error.source,
            "operation": error.operation,
            "found": error.reason,
            "message": str(error),
        }
    return {"found": error.found, "message": str(error)}


def _write(stream: TextIO, value: Json) -> None:
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")), file=stream)


def _payloads(args: argparse.Namespace) -> Iterator[tuple[int, Json | InvalidDocument]]:
    """Yield every payload with its number, from 1; one that cannot be read comes as its error."""
    where = "standard input" if args.payloads == "-" else args.payloads
    if args.items:
        data = sys.stdin.buffer.read() if args.payloads == "-" else read_bytes(args.payloads)
        items = load_text(data, where=where)
        if not isinstance(items, list):
            raise InvalidDocument(
                where=where, found="no array at the root", help="leave out --items"
            )
        yield from enumerate(items, start=1)
        return
    lines = _lines(args.payloads)
    first = next(lines, b"")
    if _is_whole(first):
        yield from _numbered(first, lines, where)
    else:
        yield 1, load_text(first + b"".join(lines), where=where)


def _lines(path: str) -> Iterator[bytes]:
    if path == "-":
        yield from sys.stdin.buffer
        return
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a stream, read line by line
            yield from file
    except OSError as error:
        raise InvalidDocument(
            where=path, found=f"cannot be read ({error.strerror})", help="check the path"
        ) from error


def _is_whole(line: bytes) -> bool:
    """Whether a first line is a payload by itself: then the input is NDJSON."""
    if not line.strip():
        return True
    try:
        json.loads(line)
    except ValueError:
        return line.strip() not in (b"{", b"[")
    return True


def _numbered(
    first: bytes, rest: Iterator[bytes], where: str
) -> Iterator[tuple[int, Json | InvalidDocument]]:
    for number, line in enumerate(chain((first,), rest), start=1):
        if line.strip():
            yield number, _read(line, where, number)


def _read(line: bytes, where: str, number: int) -> Json | InvalidDocument:
    try:
        return load_text(line, where=f"{where} line {number}")
    except InvalidDocument as error:
        return error
