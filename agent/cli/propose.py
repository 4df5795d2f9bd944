"""`driftmend propose`: an adapter per consumer, verified, without a ledger."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

from agent.cli.exits import Exit, worst
from agent.cli.output import complain, print_json
from agent.core.contract import Contract
from agent.core.language.document import read_adapter, write_adapter
from agent.core.proposing import Task
from agent.core.values import Json
from agent.core.verify.record import Verdict, verification_to_json
from agent.errors import DriftmendError, InvalidDocument, InvalidSettings
from agent.formats.cases import load_case_inputs
from agent.formats.documents import load_file
from agent.formats.samples import load_samples
from agent.formats.schemas import load_schema
from agent.pipeline.proposing import Proposed
from agent.pipeline.tasks import tasks_for

SOURCE = "source"

Result: TypeAlias = Proposed | DriftmendError
"""What came out for one consumer; an error when its question could not be answered."""


def run(args: argparse.Namespace) -> Exit:
    """Propose for every consumer, write and print what came out."""
    tasks = _case_tasks(args) if args.case is not None else _file_tasks(args)
    folder = None if args.out is None else _make_folder(args.out)
    from agent.settings import read_settings
    from agent.wiring import build_proposing

    started = time.monotonic()
    proposing = build_proposing(read_settings(), model=args.model)
    results: dict[str, Result] = {}
    for number, task in enumerate(tasks, start=1):
        _progress(f"proposing for {task.consumer} ({number} of {len(tasks)})")
        try:
            results[task.consumer] = proposing.propose(task)
        except DriftmendError as error:
            results[task.consumer] = error
    _progress("")
    if args.json:
        print_json(_document(results, time.monotonic() - started))
    else:
        _print(results)
    codes = [exit_of(result) for result in results.values()]
    return worst([*codes, _write(folder, results) if folder is not None else Exit.DONE])


def exit_of(result: Result) -> Exit:
    """Return 3 without an answer, 1 for a no, 4 when a person must decide, else 0."""
    if isinstance(result, DriftmendError):
        return Exit.UNKNOWN
    if result.verification.verdict in (Verdict.REFUTED, Verdict.INFEASIBLE):
        return Exit.NO
    return Exit.DECIDE if result.verification.decision_needed else Exit.DONE


def _case_tasks(args: argparse.Namespace) -> tuple[Task, ...]:
    if args.before or args.after or args.contract or args.in_force or args.samples:
        raise InvalidDocument(
            where="driftmend propose",
            found="--case together with schemas, contracts or samples",
            help="a case brings its own; give one or the other",
        )
    inputs = load_case_inputs(args.case)
    return tasks_for(
        source=SOURCE,
        before=inputs.before,
        after=inputs.after,
        contracts=inputs.contracts,
        samples=inputs.samples,
    )


def _file_tasks(args: argparse.Namespace) -> tuple[Task, ...]:
    if args.after is None or not args.contract:
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
        before=load_schema(args.before) if args.before is not None else None,
        after=load_schema(args.after),
        contracts=contracts,
        samples=load_samples(args.samples) if args.samples is not None else (),
        in_force={name: read_adapter(load_file(path)) for name, path in in_force.items()},
    )


def _named(values: Sequence[str], flag: str) -> list[tuple[str, str]]:
    """Return the names and files of NAME=FILE values; a name becomes part of a file's name."""
    found: dict[str, str] = {}
    for value in values:
        name, _, path = value.partition("=")
        if not name or not path or "/" in name or not name.isprintable():
            raise InvalidDocument(
                where=flag,
                found=f"{value!r} is not NAME=FILE",
                help=f"write {flag} billing=FILE; the name has no '/'",
            )
        if name in found:
            raise InvalidDocument(
                where=flag, found=f"{name!r} comes twice", help="give every consumer one file"
            )
        found[name] = path
    return list(found.items())


def _document(results: dict[str, Result], seconds: float) -> Json:
    usages = [
        asdict(result.answer.usage)
        for result in results.values()
        if isinstance(result, Proposed) and result.answer.usage
    ]
    return {
        "consumers": {consumer: _told(result) for consumer, result in results.items()},
        "seconds": round(seconds, 3),
        "model": usages or None,
    }


def _told(result: Result) -> Json:
    if isinstance(result, Proposed):
        adapter = write_adapter(result.adapter)
        told = verification_to_json(result.verification, adapter=adapter)
        return {**told, "confidence": told["confidence"] or 0.0}
    error = {"code": "not-evaluated", "path": "", "message": str(result), "severity": "error"}
    return {
        "verdict": None,
        "confidence": 0.0,
        "decision_needed": True,
        "adapter": None,
        "unsatisfied": [],
        "findings": [error],
        "counterexample": None,
    }


def _make_folder(out: str) -> Path:
    """Return the folder for `--out`, made before the work that it shall hold.

    Raises:
        InvalidSettings: it cannot be made or written.
    """
    if not out:
        raise InvalidSettings(where="--out", found="an empty name", help="name a folder")
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".driftmend"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InvalidSettings(
            where=f"--out {out}",
            found=f"a folder that cannot be written ({error.strerror})",
            help="choose another",
        ) from error
    return folder


def _write(folder: Path, results: dict[str, Result]) -> Exit:
    """Write what came out; a full disk costs the files, not the answer on the screen."""
    try:
        for consumer, result in results.items():
            if isinstance(result, Proposed):
                _write_json(folder / f"{consumer}.adapter.json", write_adapter(result.adapter))
                verification = verification_to_json(result.verification)
                _write_json(folder / f"{consumer}.verification.json", verification)
    except OSError as error:
        complain(f"{error.filename or folder}: cannot be written ({error.strerror})")
        return Exit.UNKNOWN
    return Exit.DONE


def _write_json(path: Path, document: Json) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _print(results: dict[str, Result]) -> None:
    from agent.cli.show import console, print_verification, rule_table

    for consumer, result in results.items():
        if isinstance(result, Proposed):
            print_verification(consumer, result.verification)
            console().print(rule_table(result.adapter, result.verification))
            print()
        else:
            complain(f"{consumer}: {result}")


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
