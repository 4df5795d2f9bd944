"""`driftmend doctor`: whether every part works, and the memory made anew."""

from __future__ import annotations

import argparse
import json

from agent.cli.exits import Exit
from agent.cli.options import settings_of
from agent.errors import DriftmendError
from agent.pipeline.service import Check, Service
from agent.settings import Settings


def run(args: argparse.Namespace) -> Exit:
    """Print one line per part; 1 when one does not work."""
    from agent.wiring import build_service

    settings = settings_of(args)
    service = build_service(settings)
    if args.rebuild_memory:
        count = service.rebuild_memory()
        print(f"memory rebuilt from the ledger: {count} prior mappings")
        return Exit.DONE
    checks = (*service.checks(), _embedding(), _model(settings), _data(settings, service))
    if args.json:
        shown = [{"name": c.name, "ok": c.is_ok, "detail": c.detail} for c in checks]
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        for check in checks:
            print(f"{'ok  ' if check.is_ok else 'FAIL'} {check.name}: {check.detail}")
    return Exit.DONE if all(check.is_ok for check in checks) else Exit.NO


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


def _data(settings: Settings, service: Service) -> Check:
    faults = service.ledger.verify_audit()
    where = "the database of DRIFTMEND_DATABASE_URL" if settings.database_url else settings.data_dir
    if faults:
        return Check("audit log", is_ok=False, detail=f"{len(faults)} breaks; first: {faults[0]}")
    return Check("audit log", is_ok=True, detail=f"{len(service.ledger.audit())} rows in {where}")
