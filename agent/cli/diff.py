"""`driftmend diff`: what changed between two versions, and for whom it breaks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agent.cli.diff_batch import run_batch
from agent.cli.exits import Exit
from agent.cli.later import not_yet
from agent.cli.output import print_json
from agent.core.changes import Verdict
from agent.core.diff import compare
from agent.core.diff_text import render_json, render_markdown, render_text
from agent.core.flow import Versions
from agent.core.judging import judge
from agent.core.openapi import ApiDocument, compare_apis
from agent.core.openapi.texts import render_api_json, render_api_markdown, render_api_text
from agent.core.openapi.versions import read_api
from agent.core.schema import Schema
from agent.errors import InvalidDocument
from agent.formats.documents import load_file
from agent.formats.limits import SCHEMA_DEPTH_LIMIT
from agent.formats.schemas import load_schema, read_schema

LATER_FORMATS = ("sarif", "junit", "github")


def run(args: argparse.Namespace) -> Exit:
    """Print the diff; 1 only when `--fail-on breaking` is given and met."""
    if args.format in LATER_FORMATS:
        return not_yet(f"driftmend diff --format {args.format}", "formats for CI")
    if args.batch is not None:
        return run_batch(args.batch, fail_on=args.fail_on)
    if args.before is None or args.after is None:
        raise InvalidDocument(
            where="driftmend diff", found="two schemas are needed", help="name BEFORE and AFTER"
        )
    before, after = _load(args.before), _load(args.after)
    if isinstance(before, ApiDocument) and isinstance(after, ApiDocument):
        is_breaking = _diff_apis(before, after, args)
    else:
        is_breaking = _diff_schemas(_schema(before), _schema(after), args)
    return Exit.NO if is_breaking and args.fail_on == "breaking" else Exit.DONE


def _load(reference: str) -> ApiDocument | Schema:
    """Return a whole OpenAPI document, or the schema that a file or a pointer names.

    Raises:
        InvalidDocument: the file cannot be read.
        InvalidSchema: it holds no schema there, or is a Swagger 2 document.
    """
    if "#" in reference and not Path(reference).exists():
        return load_schema(reference)
    document = load_file(reference, limit_depth=SCHEMA_DEPTH_LIMIT)
    if isinstance(document, dict) and ("openapi" in document or "swagger" in document):
        return read_api(document, where=reference)
    return read_schema(document, where=reference)


def _schema(loaded: ApiDocument | Schema) -> Schema:
    """Return the schema; of a whole document against a schema the components are listed.

    Raises:
        InvalidSchema: it is a whole document.
    """
    if isinstance(loaded, Schema):
        return loaded
    return read_schema(loaded.root, where=loaded.origin)


def _diff_apis(before: ApiDocument, after: ApiDocument, args: argparse.Namespace) -> bool:
    diff = compare_apis(before, after, policy=args.policy)
    match args.format:
        case "json":
            print_json(render_api_json(diff))
        case "markdown":
            sys.stdout.write(render_api_markdown(diff))
        case _:
            sys.stdout.write(render_api_text(diff))
    return diff.verdict is Verdict.BREAKING


def _diff_schemas(before: Schema, after: Schema, args: argparse.Namespace) -> bool:
    diff = compare(before, after)
    judged = judge(diff, Versions(before, after), direction=args.direction, policy=args.policy)
    match args.format:
        case "json":
            print_json(render_json(diff, judgement=judged))
        case "markdown":
            sys.stdout.write(render_markdown(diff, judgement=judged))
        case _:
            sys.stdout.write(render_text(diff, judgement=judged))
    return judged.is_breaking
