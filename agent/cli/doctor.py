"""`driftmend doctor`: whether every part works, and the memory made anew."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from agent.cli.exits import Exit
from agent.cli.options import settings_of
from agent.cli.output import print_json
from agent.core.untrusted import visible
from agent.errors import DriftmendError
from agent.pipeline.remembering import Check
from agent.pipeline.service import Service
from agent.settings import Settings


def run(args: argparse.Namespace) -> Exit:
    """Print one line per part; 1 when one does not work."""
    settings = settings_of(args)
    if args.rebuild_memory:
        return _rebuild(settings, is_json=args.json)
    checks = tuple(_checks(settings))
    if args.json:
        print_json([{"name": c.name, "ok": c.is_ok, "detail": c.detail} for c in checks])
    else:
        for check in checks:
            detail = visible(check.detail, limit=1000)
            print(f"{'ok  ' if check.is_ok else 'FAIL'} {check.name}: {detail}")
    return Exit.DONE if all(check.is_ok for check in checks) else Exit.NO


def _rebuild(settings: Settings, *, is_json: bool) -> Exit:
    from agent.wiring import build_service

    count = build_service(settings).rebuild_memory()
    if is_json:
        print_json({"prior_mappings": count})
    else:
        print(f"memory rebuilt from the ledger: {count} prior mappings")
    return Exit.DONE


def _checks(settings: Settings) -> Iterator[Check]:
    """Yield a line per part; what is broken in one must not hide the others."""
    from agent.wiring import build_service

    try:
        service = build_service(settings)
        yield from service.checks()
        yield _audit(settings, service)
    except DriftmendError as error:
        yield Check("ledger and memory", is_ok=False, detail=str(error))
    yield _embedding()
    yield _model(settings)


def _embedding() -> Check:
    from agent.stores.embeddings import MiniLmEmbedder

    try:
        vector = MiniLmEmbedder().embed(["postal code"])[0]
    except DriftmendError as error:
        return Check("embeddings", is_ok=False, detail=str(error))
    return Check("embeddings", is_ok=len(vector) > 0, detail=f"MiniLM, {len(vector)} dimensions")


def _model(settings: Settings) -> Check:
    said = f"{settings.model_name} by settings" if settings.has_model else "off"
    return Check("language model", is_ok=True, detail=said)


def _audit(settings: Settings, service: Service) -> Check:
    faults = service.ledger.verify_audit()
    where = "the database of DRIFTMEND_DATABASE_URL" if settings.database_url else settings.data_dir
    if faults:
        return Check("audit log", is_ok=False, detail=f"{len(faults)} breaks; first: {faults[0]}")
    return Check("audit log", is_ok=True, detail=f"{len(service.ledger.audit())} rows in {where}")
