"""`driftmend includes`: is every document that is valid under SUB valid under SUPER?"""

from __future__ import annotations

import argparse
import functools
import json

from agent.cli.batch import answer_lines
from agent.cli.exits import Exit
from agent.cli.output import print_json
from agent.core.dialects import by_name
from agent.core.inclusion import Inclusion, Verdict, decide
from agent.core.schema import make_schema
from agent.core.untrusted import visible, visible_json
from agent.core.values import Json
from agent.errors import InvalidDocument
from agent.formats.schemas import load_schema

CODES = {Verdict.YES: Exit.DONE, Verdict.NO: Exit.NO, Verdict.UNKNOWN: Exit.UNKNOWN}


def run(args: argparse.Namespace) -> Exit:
    """Print the verdict: 0 for yes, 1 for no, 3 for unknown."""
    if args.batch is not None:
        answer = functools.partial(_answer, asserts_formats=args.formats)
        return answer_lines(args.batch, answer=answer, required=("s", "c"))
    if args.super is None or args.sub is None:
        raise InvalidDocument(
            where="driftmend includes", found="two schemas are needed", help="name SUPER and SUB"
        )
    found = decide(load_schema(args.sub), load_schema(args.super), asserts_formats=args.formats)
    if args.json:
        print_json(_told(found))
    else:
        print(_sentence(found))
    return CODES[found.verdict]


def _answer(question: dict[str, Json], *, asserts_formats: bool) -> tuple[dict[str, Json], Exit]:
    """Answer one line of a batch; `draft` says how both schemas are read."""
    dialect = None if question.get("draft") is None else by_name(question["draft"])
    sub = make_schema(question["s"], origin="s", dialect=dialect)
    super_ = make_schema(question["c"], origin="c", dialect=dialect)
    found = decide(sub, super_, asserts_formats=asserts_formats)
    return _told(found), CODES[found.verdict]


def _told(found: Inclusion) -> dict[str, Json]:
    told: dict[str, Json] = {"verdict": found.verdict.value}
    if found.is_refuted:
        told["witness"] = found.witness
    if found.obstacle is not None:
        told["reason"] = str(found.obstacle)
    return told


def _sentence(found: Inclusion) -> str:
    match found.verdict:
        case Verdict.YES:
            return "yes: every document that is valid under SUB is valid under SUPER"
        case Verdict.NO:
            witness = json.dumps(found.witness, ensure_ascii=False)
            return f"no: this one is valid under SUB only: {visible_json(witness)}"
        case _:
            return f"unknown: no proof and no witness; stopped by {visible(str(found.obstacle))}"
