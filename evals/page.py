"""A report as one self-contained HTML page, and the folder that `--report` writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from evals.plots import bars, reliability_diagram
from evals.report import COLUMNS, cells, report_to_json, totals
from evals.runner import Report
from evals.scoring import Score
from evals.summary import adapter_reliability, rule_reliability

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:80rem}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "th,td{padding:.25rem .6rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}"
    "figure{display:inline-block;margin:0 2rem 1rem 0}svg{max-width:100%;height:auto}"
    "text{font:12px system-ui,sans-serif}.ground{fill:#eee}.bar{fill:#2a6f97}"
    ".ideal{stroke:#888;stroke-dasharray:4}"
    ".right{color:#14632b}.wrong{color:#a11}.silent{background:#fbdada;font-weight:bold}"
)


def write_report(report: Report, folder: str) -> tuple[str, str]:
    """Write `report.json` and `index.html` into a folder, made if need be; return their paths."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    data, page = place / "report.json", place / "index.html"
    document = json.dumps(report_to_json(report), indent=2, ensure_ascii=False)
    data.write_text(document + "\n", encoding="utf-8", errors="backslashreplace")
    page.write_text(render_page(report), encoding="utf-8", errors="backslashreplace")
    return str(data), str(page)


def render_page(report: Report) -> str:
    """Return the page: scores per family, reasons, every consumer. It loads nothing else."""
    mode = "unpaired" if report.is_unpaired else "paired"
    heading = f"Driftmend scores, {mode} samples, model {report.model}"
    families = [(name, *cells(report.summary(name))) for name in report.families]
    reasons = [(str(one.count), one.kind, one.example) for one in report.reasons()]
    parts = (
        f"<h1>{escape(heading)}</h1>",
        _table(COLUMNS, [*families, ("all", *cells(report.summary()))]),
        f"<p>{escape(totals(report))}</p>",
        "<h2>Solved by family</h2>",
        _solved_by_family(report),
        "<h2>Does confidence come true?</h2>",
        reliability_diagram(rule_reliability(report.scores), title="rules"),
        reliability_diagram(adapter_reliability(report.scores), title="whole adapters"),
        "<h2>Commonest reasons for failure</h2>",
        _reason_bars(report),
        _table(("times", "reason", "for example"), reasons),
        "<h2>Every consumer</h2>",
        _scores(report.scores),
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(heading)}</title><style>{_STYLE}</style></head>\n"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _solved_by_family(report: Report) -> str:
    """Return a bar for every family with a feasible consumer."""
    found = [(name, report.summary(name)) for name in report.families]
    rows = [
        (name, one.solved_share or 0.0, f"{one.solved} of {one.feasible}")
        for name, one in found
        if one.feasible
    ]
    return bars(rows, title="Solved by family")


def _reason_bars(report: Report) -> str:
    """Return a bar for every commonest reason, the longest one the commonest."""
    found = report.reasons()
    most = max((one.count for one in found), default=1)
    rows = [(one.kind, one.count / most, str(one.count)) for one in found]
    return bars(rows, title="Commonest reasons for failure")


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in headings)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _scores(scores: tuple[Score, ...]) -> str:
    headings = ("case", "consumer", "outcome", "exact", "verdict", "confidence", "reason", "s")
    head = "".join(f"<th>{one}</th>" for one in headings)
    body = "".join(_score(score) for score in scores)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _score(score: Score) -> str:
    look = "silent" if score.is_silent_wrong else "right" if score.is_right else "wrong"
    confidence = "" if score.confidence is None else f"{score.confidence:.2f}"
    row = (
        f"{score.family}/{score.case}",
        score.consumer,
        score.outcome.value,
        f"{score.exact} of {score.payloads}",
        score.verdict,
        confidence,
        score.reason,
        f"{score.seconds:.1f}",
    )
    cells_ = "".join(f"<td>{escape(cell)}</td>" for cell in row)
    return f'<tr class="{look}">{cells_}</tr>\n'
