"""What proposals and verdicts look like on a terminal. All texts from outside are made visible."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from agent.core.language.document import Adapter
from agent.core.language.printer import print_expression
from agent.core.language.syntax import CopyRow, EachRow, GroupRow, Row, ValueRow, WithRow
from agent.core.language.walk import places
from agent.core.proposing import RuleNote
from agent.core.review import Proposal
from agent.core.untrusted import visible
from agent.core.values import Json
from agent.core.verify.record import Counterexample, Finding, Verification

COLOURS = {"proved": "green", "tested": "green", "refuted": "red", "infeasible": "yellow"}
WEIGHTS = {"error": "red", "warning": "yellow", "info": "dim"}
FINDINGS_SHOWN = 10
VALUE_LIMIT = 300
PAYLOAD_LIMIT = 400


def console() -> Console:
    """Return a console for standard output, with colour only on a terminal."""
    return Console(highlight=False, soft_wrap=False)


def safe(text: str, *, limit: int = 200) -> str:
    """Return untrusted text as markup that shows it literally."""
    return escape(visible(text, limit=limit))


def say(text: str, *, indent: int = 0) -> None:
    """Print markup, with every line of it indented when it does not fit on one."""
    console().print(Padding(text, (0, 0, 0, indent), expand=False))


def print_verification(consumer: str, verification: Verification) -> None:
    """Print verdict, counterexample and findings of one consumer."""
    say(verdict_line(consumer, verification))
    told = {finding.path for finding in verification.findings if finding.code == "unfed"}
    for path in verification.unsatisfied:
        if path not in told:
            say(f"nothing feeds [bold]{safe(path)}[/bold]", indent=2)
    if verification.counterexample is not None:
        print_counterexample(verification.counterexample)
    print_findings(verification.findings)


def verdict_line(consumer: str, verification: Verification) -> str:
    """Return the verdict as one line of markup."""
    verdict = verification.verdict.value
    colour = COLOURS[verdict]
    said = f"[bold]{safe(consumer)}[/bold]: [bold {colour}]{verdict}[/bold {colour}]"
    if verification.confidence is not None:
        said += f", confidence {verification.confidence:.2f}"
    if verification.decision_needed:
        said += ", a person decides"
    if not verification.tried:
        return said
    pairs = f", {verification.pairs} pairs" if verification.pairs else ""
    return f"{said} [dim]({verification.tried} payloads tried{pairs})[/dim]"


def print_counterexample(shown: Counterexample) -> None:
    """Print the payload, what came out of it, and what that breaks."""
    kinds = {"contract": "breaks the contract", "pair": "misses its pair", "refused": "is refused"}
    say(f"[bold]counterexample[/bold]: this payload {kinds[shown.kind.value]}", indent=2)
    say(f"payload {safe(as_json(shown.payload), limit=PAYLOAD_LIMIT)}", indent=4)
    if shown.kind.value != "refused":
        say(f"output  {safe(as_json(shown.output), limit=PAYLOAD_LIMIT)}", indent=4)
    for violation in shown.violations[:3]:
        say(f"[red]{safe(violation.path or '/')}[/red]: {safe(violation.message)}", indent=4)


def print_findings(findings: Sequence[Finding], *, limit: int = FINDINGS_SHOWN) -> None:
    """Print findings, the weightiest first."""
    order = list(WEIGHTS)
    ranked = sorted(findings, key=lambda finding: order.index(finding.severity.value))
    for finding in ranked[:limit]:
        weight = finding.severity.value
        said = f"[{WEIGHTS[weight]}]{weight}[/{WEIGHTS[weight]}] {safe(finding.code)}"
        say(f"{said}: {safe(finding.message, limit=VALUE_LIMIT)}", indent=2)
    if len(ranked) > limit:
        say(f"[dim]and {len(ranked) - limit} more findings[/dim]", indent=2)


def proposal_table(proposals: Sequence[Proposal]) -> Table:
    """Return the list of proposals; ids are never cut, because the next command needs one."""
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("id", no_wrap=True)
    for heading in ("state", "source, version, consumer", "verdict"):
        table.add_column(heading, overflow="fold")
    for one in proposals:
        verification = one.verification or {}
        confidence = verification.get("confidence")
        sure = "" if confidence is None else f" {confidence:.2f}"
        table.add_row(
            one.id,
            one.state.value,
            f"{safe(one.source)} {one.version} to {safe(one.consumer)}",
            f"{verification.get('verdict') or ''}{sure}",
        )
    return table


def rule_table(adapter: Adapter, verification: Verification) -> Table:
    """Return the rule table with confidence and evidence per row.

    Evidence stands under the value, so that the table reads at 80 columns too.
    """
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("target", ratio=2, overflow="fold")
    table.add_column("value, and what speaks for it", ratio=5, overflow="fold")
    table.add_column("conf", justify="right", no_wrap=True)
    notes = {note.target: note for note in verification.notes}
    for place in places(adapter.rows, let=adapter.let):
        note = notes.get(place.target)
        if note is None and isinstance(place.row, GroupRow) and place.row.when is None:
            continue
        value = safe(row_text(place.row), limit=VALUE_LIMIT)
        table.add_row(
            safe(place.target or "/"),
            f"{value}\n[dim]{_evidence(note)}[/dim]" if note and note.evidence else value,
            f"{note.confidence:.2f}" if note else "",
        )
    return table


def _evidence(note: RuleNote) -> str:
    return safe("; ".join(one.text for one in note.evidence), limit=VALUE_LIMIT)


def row_text(row: Row) -> str:
    """Return what a row does, in the adapter language."""
    when = f" when {print_expression(row.when)}" if row.when is not None else ""
    match row:
        case ValueRow():
            return print_expression(row.value) + when
        case EachRow():
            where = f" where {print_expression(row.where)}" if row.where is not None else ""
            key = f" by {print_expression(row.key)}" if row.key is not None else ""
            value = f": {print_expression(row.value)}" if row.value is not None else ""
            return f"each {row.name} in {print_expression(row.each)}{key}{where}{value}{when}"
        case WithRow():
            return f"with {row.name} = {print_expression(row.over)}{when}"
        case CopyRow():
            cut = f" except {', '.join(row.excluded)}" if row.excluded else ""
            return f"copy {print_expression(row.copy)}{cut}{when}"
        case GroupRow():
            return f"group{when}"


def payload_table(payload: Json) -> Table:
    """Return a payload with one line per field of its root, cut where the line ends."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    fields = payload if isinstance(payload, dict) else {"": payload}
    for name, value in fields.items():
        table.add_row(safe(name, limit=40), safe(as_json(value), limit=PAYLOAD_LIMIT))
    return table


def as_json(value: Json) -> str:
    """Return a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)
