"""`driftmend verify`: one adapter against a source schema and a contract."""

from __future__ import annotations

import argparse

from agent.cli.exits import Exit
from agent.cli.output import print_json
from agent.cli.show import print_verification
from agent.core.contract import Contract
from agent.core.language.document import read_adapter
from agent.core.schema import make_schema
from agent.core.verify.record import Verdict, Verification, verification_to_json
from agent.core.verify.verify import verify
from agent.formats.documents import load_file
from agent.formats.samples import load_samples
from agent.formats.schemas import load_schema

CODES = {
    Verdict.PROVED: Exit.DONE,
    Verdict.TESTED: Exit.DONE,
    Verdict.REFUTED: Exit.NO,
    Verdict.INFEASIBLE: Exit.NO,
}


def run(args: argparse.Namespace) -> Exit:
    """Print the verdict: 0 for proved or tested, 1 for refuted or infeasible."""
    adapter = read_adapter(load_file(args.adapter))
    if args.schema is not None:
        after = load_schema(args.schema)
    else:
        after = make_schema(adapter.source_schema, origin=f"{args.adapter} /source_schema")
    if args.contract is not None:
        schema = load_schema(args.contract)
    else:
        schema = make_schema(adapter.contract, origin=f"{args.adapter} /contract")
    verification: Verification = verify(
        adapter,
        after=after,
        contract=Contract(adapter.consumer, schema),
        samples=load_samples(args.samples) if args.samples is not None else (),
    )
    if args.json:
        print_json(verification_to_json(verification))
    else:
        print_verification(adapter.consumer, verification)
    return CODES[verification.verdict]
