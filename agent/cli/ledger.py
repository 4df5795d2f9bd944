"""`driftmend proposals`, `show`, `approve` and `reject`: the ledger without a server."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from agent.cli.exits import Exit
from agent.cli.options import settings_of
from agent.cli.output import print_json
from agent.core.review import Decision, Proposal, State
from agent.core.values import Json

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
            return _show(service, service.proposal(args.id), is_json=args.json)
        case "approve":
            proposal, served = service.approve(args.id, by=args.by, reason=args.reason)
            said = f"approved: adapter {served.id} is active for {proposal.consumer}"
            return _told(proposal, said, is_json=args.json)
        case _:
            proposal = service.reject(args.id, by=args.by, reason=args.reason)
            return _told(proposal, "rejected", is_json=args.json)


def _list(service: Service, args: argparse.Namespace) -> Exit:
    state = State(args.state) if args.state else None
    proposals: list[Proposal] = []
    while page := service.proposals(
        state=state, after=proposals[-1].id if proposals else "", limit=100
    ):
        proposals.extend(page)
    if args.json:
        print_json([_summary(one) for one in proposals])
        return Exit.DONE
    from agent.cli.show import console, proposal_table

    console().print(proposal_table(proposals) if proposals else "no proposals")
    return Exit.DONE


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


def _show(service: Service, proposal: Proposal, *, is_json: bool) -> Exit:
    decisions = service.ledger.decisions(proposal.id)
    if is_json:
        print_json(_document(proposal, decisions))
        return Exit.DONE
    from agent.cli.show import console, print_verification, rule_table, safe, say
    from agent.core.language.document import read_adapter
    from agent.core.verify.record import verification_from_json

    say(
        f"proposal {proposal.id}: [bold]{proposal.state}[/bold], {safe(proposal.source)} version "
        f"{proposal.version} to {safe(proposal.consumer)}"
    )
    if proposal.failure:
        say(f"failure: {safe(proposal.failure, limit=1000)}")
    if proposal.adapter is not None and proposal.verification is not None:
        verification = verification_from_json(proposal.verification)
        print_verification(proposal.consumer, verification)
        console().print(rule_table(read_adapter(proposal.adapter), verification))
    for one in decisions:
        say(f"{one.at:%Y-%m-%d %H:%M} {one.kind} by {safe(one.by)}: {safe(one.reason, limit=1000)}")
    return Exit.DONE


def _document(proposal: Proposal, decisions: Sequence[Decision]) -> Json:
    return {
        **asdict(proposal),
        "created_at": proposal.created_at.isoformat(),
        "updated_at": proposal.updated_at.isoformat(),
        "decisions": [{**asdict(one), "at": one.at.isoformat()} for one in decisions],
    }


def _told(proposal: Proposal, said: str, *, is_json: bool) -> Exit:
    if is_json:
        print_json(_summary(proposal))
    else:
        print(f"proposal {proposal.id} {said}")
    return Exit.DONE
