"""`driftmend propose`: an adapter per consumer, verified, without a ledger."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from agent.cli.exits import Exit, worst
from agent.core.contract import Contract
from agent.core.language.document import Adapter, read_adapter, write_adapter
from agent.core.proposing import Task
from agent.core.values import Json
from agent.core.verify.record import Verdict, verification_to_json
from agent.errors import InvalidDocument, StoreUnavailable
from agent.formats.cases import load_case_inputs
from agent.formats.documents import load_file
from agent.formats.samples import load_samples
from agent.formats.schemas import load_schema
from agent.pipeline.proposing import Proposed
from agent.pipeline.tasks import tasks_for

SOURCE = "source"


def run(args: argparse.Namespace) -> Exit:
    """Propose for every consumer, write and print what came out."""
    tasks = _case_tasks(args.case) if args.case else _file_tasks(args)
    from agent.settings import read_settings
    from agent.wiring import build_proposing

    started = time.monotonic()
    proposing = build_proposing(read_settings(), model=args.model)
    results = []
    for number, task in enumerate(tasks, start=1):
        _progress(f"proposing for {task.consumer} ({number} of {len(tasks)})")
        results.append((task.consumer, proposing.propose(task)))
    _progress("")
    seconds = time.monotonic() - started
    if args.out:
        _write(Path(args.out), results)
    if args.json:
        print(json.dumps(_document(results, seconds), ensure_ascii=False, indent=2))
    else:
        _print(results)
    return worst(exit_of(proposed) for _, proposed in results)


def exit_of(proposed: Proposed) -> Exit:
    """Return 1 for a no, 4 when a person must decide, else 0."""
    if proposed.verification.verdict in (Verdict.REFUTED, Verdict.INFEASIBLE):
        return Exit.NO
    return Exit.DECIDE if proposed.verification.decision_needed else Exit.DONE


def _case_tasks(folder: str) -> tuple[Task, ...]:
    inputs = load_case_inputs(folder)
    return tasks_for(
        source=SOURCE,
        before=inputs.before,
        after=inputs.after,
        contracts=inputs.contracts,
        samples=inputs.samples,
    )


def _file_tasks(args: argparse.Namespace) -> tuple[Task, ...]:
    if not args.after or not args.contract:
        raise InvalidDocument(
            where="driftmend propose",
            found="no schema or no contract to propose for",
            help="give --after NEW and --contract NAME=FILE, or --case CASE_DIR",
        )
    contracts = [
        Contract(name, load_schema(path)) for name, path in _named(args.contract, "--contract")
    ]
    in_force = dict(_named(args.in_force, "--in-force"))
    unknown = sorted(in_force.keys() - {contract.consumer for contract in contracts})
    if unknown:
        raise InvalidDocument(
            where="--in-force",
            found=f"{unknown[0]!r} has no contract in this call",
            help="use the same NAME as in --contract",
        )
    return tasks_for(
        source=SOURCE,
        before=load_schema(args.before) if args.before else None,
        after=load_schema(args.after),
        contracts=contracts,
        samples=load_samples(args.samples) if args.samples else (),
        in_force={name: read_adapter(load_file(path)) for name, path in in_force.items()},
    )


def _named(values: Sequence[str], flag: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for value in values:
        name, equals, path = value.partition("=")
        if not name or not equals or not path or "/" in name or name in found:
            raise InvalidDocument(
                where=flag,
                found=f"{value!r} is not NAME=FILE, or the name comes twice",
                help="write billing=billing.schema.json",
            )
        found[name] = path
    return list(found.items())


def _document(results: Sequence[tuple[str, Proposed]], seconds: float) -> Json:
    from dataclasses import asdict

    usages = [proposed.answer.usage for _, proposed in results if proposed.answer.usage]
    return {
        "consumers": {
            consumer: verification_to_json(
                proposed.verification, adapter=write_adapter(proposed.adapter)
            )
            for consumer, proposed in results
        },
        "seconds": round(seconds, 3),
        "model": [asdict(usage) for usage in usages] or None,
    }


def _write(folder: Path, results: Sequence[tuple[str, Proposed]]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for consumer, proposed in results:
            adapter: Adapter = proposed.adapter
            _write_json(folder / f"{consumer}.adapter.json", write_adapter(adapter))
            verification = verification_to_json(proposed.verification)
            _write_json(folder / f"{consumer}.verification.json", verification)
    except OSError as error:
        raise StoreUnavailable(
            where=str(folder), found=f"cannot be written ({error.strerror})", help="choose another"
        ) from error


def _write_json(path: Path, document: Json) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _print(results: Sequence[tuple[str, Proposed]]) -> None:
    from agent.cli.show import console, print_verification, rule_table

    for consumer, proposed in results:
        print_verification(consumer, proposed.verification)
        console().print(rule_table(proposed.adapter, proposed.verification))
        print()


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
