"""`driftmend proposals`, `show`, `approve` and `reject`: the ledger without a server."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from agent.cli.exits import Exit
from agent.cli.options import settings_of
from agent.core.review import Proposal, State
from agent.core.values import Json
from agent.errors import InvalidDocument

if TYPE_CHECKING:
    from agent.pipeline.service import Service


def run(args: argparse.Namespace) -> Exit:
    """List, show or decide proposals."""
    from agent.wiring import build_service

    service = build_service(settings_of(args))
    match args.act:
        case "list":
            return _list(service, args)
        case "show":
            return _show(service.proposal(args.id), is_json=args.json)
        case "approve":
            proposal, served = service.approve(args.id, by=args.by, reason=args.reason)
            said = f"approved: adapter {served.id} is active for {proposal.consumer}"
            return _told(proposal, said, is_json=args.json)
        case _:
            proposal = service.reject(args.id, by=args.by, reason=args.reason)
            return _told(proposal, "rejected", is_json=args.json)


def _list(service: Service, args: argparse.Namespace) -> Exit:
    state = _state(args.state)
    proposals: list[Proposal] = []
    while page := service.proposals(
        state=state, after=proposals[-1].id if proposals else "", limit=100
    ):
        proposals.extend(page)
    if args.json:
        print(json.dumps([_summary(one) for one in proposals], ensure_ascii=False, indent=2))
        return Exit.DONE
    from rich.table import Table

    from agent.cli.show import console, safe

    table = Table(show_edge=False, header_style="bold")
    for heading in ("id", "state", "source", "version", "consumer", "verdict", "confidence"):
        table.add_column(heading, no_wrap=heading == "id")
    for one in proposals:
        said = _summary(one)
        table.add_row(
            one.id,
            one.state,
            safe(one.source),
            str(one.version),
            safe(one.consumer),
            said["verdict"] or "",
            "" if said["confidence"] is None else f"{said['confidence']:.2f}",
        )
    console().print(table if proposals else "no proposals")
    return Exit.DONE


def _state(text: str | None) -> State | None:
    if text is None:
        return None
    try:
        return State(text)
    except ValueError:
        known = ", ".join(State)
        raise InvalidDocument(
            where="--state", found=f"{text!r} is no state", help=f"use one of {known}"
        ) from None


def _summary(proposal: Proposal) -> Json:
    verification = proposal.verification or {}
    return {
        "id": proposal.id,
        "state": proposal.state.value,
        "source": proposal.source,
        "version": proposal.version,
        "consumer": proposal.consumer,
        "verdict": verification.get("verdict"),
        "confidence": verification.get("confidence"),
        "decision_needed": verification.get("decision_needed"),
    }


def _show(proposal: Proposal, *, is_json: bool) -> Exit:
    if is_json:
        print(json.dumps(asdict(proposal), ensure_ascii=False, indent=2, default=str))
        return Exit.DONE
    from agent.cli.show import console, print_verification, rule_table, safe
    from agent.core.language.document import read_adapter
    from agent.core.verify.record import verification_from_json

    out = console()
    out.print(
        f"proposal {proposal.id}: {proposal.state}, {safe(proposal.source)} version "
        f"{proposal.version} to {safe(proposal.consumer)}"
    )
    if proposal.failure:
        out.print(f"failure: {safe(proposal.failure, limit=1000)}")
    if proposal.adapter is not None and proposal.verification is not None:
        verification = verification_from_json(proposal.verification)
        print_verification(proposal.consumer, verification)
        out.print(rule_table(read_adapter(proposal.adapter), verification))
    return Exit.DONE


def _told(proposal: Proposal, said: str, *, is_json: bool) -> Exit:
    if is_json:
        print(json.dumps(_summary(proposal), ensure_ascii=False, indent=2))
    else:
        print(f"proposal {proposal.id} {said}")
    return Exit.DONE
