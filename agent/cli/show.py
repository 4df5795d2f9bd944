"""What proposals and verdicts look like on a terminal. All texts from outside are made visible."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.core.language.document import Adapter
from agent.core.language.printer import print_expression
from agent.core.language.syntax import CopyRow, EachRow, GroupRow, Row, ValueRow, WithRow
from agent.core.language.walk import places
from agent.core.untrusted import visible
from agent.core.values import Json
from agent.core.verify.record import Counterexample, Finding, Verification

COLOURS = {"proved": "green", "tested": "green", "refuted": "red", "infeasible": "yellow"}
FINDINGS_SHOWN = 12


def console() -> Console:
    """Return a console for standard output, with colour only on a terminal."""
    return Console(highlight=False, soft_wrap=False)


def safe(text: str, *, limit: int = 200) -> str:
    """Return untrusted text as markup that shows it literally."""
    return escape(visible(text, limit=limit))


def print_verification(consumer: str, verification: Verification) -> None:
    """Print verdict, counterexample and findings of one consumer."""
    out = console()
    out.print(verdict_line(consumer, verification))
    for path in verification.unsatisfied:
        out.print(f"  nothing feeds [bold]{safe(path)}[/bold]")
    if verification.counterexample is not None:
        print_counterexample(out, verification.counterexample)
    print_findings(out, verification.findings)


def verdict_line(consumer: str, verification: Verification) -> str:
    """Return the verdict as one line of markup."""
    verdict = verification.verdict.value
    colour = COLOURS[verdict]
    said = f"[bold]{safe(consumer)}[/bold]: [bold {colour}]{verdict}[/bold {colour}]"
    if verification.confidence is not None:
        said += f", confidence {verification.confidence:.2f}"
    if verification.decision_needed:
        said += ", a person decides"
    return f"{said} [dim]({verification.tried} payloads tried, {verification.pairs} pairs)[/dim]"


def print_counterexample(out: Console, shown: Counterexample) -> None:
    """Print the payload, what came out of it, and what that breaks."""
    kinds = {"contract": "breaks the contract", "pair": "misses its pair", "refused": "is refused"}
    out.print(f"  counterexample ({kinds[shown.kind.value]}):")
    out.print(f"    payload {safe(_json(shown.payload), limit=600)}")
    if shown.kind.value != "refused":
        out.print(f"    output  {safe(_json(shown.output), limit=600)}")
    for violation in shown.violations[:3]:
        out.print(f"    {safe(violation.path or '/')}: {safe(violation.message)}")


def print_findings(out: Console, findings: Sequence[Finding]) -> None:
    """Print findings, the weightiest first."""
    order = {"error": 0, "warning": 1, "info": 2}
    ranked = sorted(findings, key=lambda finding: order[finding.severity.value])
    for finding in ranked[:FINDINGS_SHOWN]:
        out.print(f"  {finding.severity.value} {finding.code} {safe(finding.message, limit=400)}")
    if len(ranked) > FINDINGS_SHOWN:
        out.print(f"  [dim]and {len(ranked) - FINDINGS_SHOWN} more findings[/dim]")


def rule_table(adapter: Adapter, verification: Verification) -> Table:
    """Return the rule table with confidence and evidence per row."""
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("target", no_wrap=False, ratio=3)
    table.add_column("value", ratio=4)
    table.add_column("conf", justify="right")
    table.add_column("evidence", ratio=4)
    notes = {note.target: note for note in verification.notes}
    for place in places(adapter.rows, let=adapter.let):
        note = notes.get(place.target)
        evidence = "; ".join(one.text for one in note.evidence) if note else ""
        table.add_row(
            safe(place.target or "/"),
            safe(row_text(place.row), limit=300),
            f"{note.confidence:.2f}" if note else "",
            safe(evidence),
        )
    return table


def row_text(row: Row) -> str:
    """Return what a row does, in the adapter language."""
    when = f" when {print_expression(row.when)}" if row.when is not None else ""
    match row:
        case ValueRow():
            return print_expression(row.value) + when
        case EachRow():
            where = f" where {print_expression(row.where)}" if row.where is not None else ""
            value = f": {print_expression(row.value)}" if row.value is not None else ""
            return f"each {row.name} in {print_expression(row.each)}{where}{value}{when}"
        case WithRow():
            return f"with {row.name} = {print_expression(row.over)}{when}"
        case CopyRow():
            cut = f" except {', '.join(row.excluded)}" if row.excluded else ""
            return f"copy {print_expression(row.copy)}{cut}{when}"
        case GroupRow():
            return f"group{when}"


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
