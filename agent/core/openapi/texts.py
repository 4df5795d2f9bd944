"""The diff of two OpenAPI documents for people and programs to read: text, Markdown, JSON.

Names and values in it were written by others; text and Markdown show them inert.
"""

from __future__ import annotations

from agent.core.changes import Level
from agent.core.openapi.findings import ApiDiff, Finding
from agent.core.untrusted import markdown, visible
from agent.core.values import Json, canonical_text

_SIGNS = {
    Level.BREAKING: "!!",
    Level.POSSIBLE: " ?",
    Level.NON_BREAKING: " +",
    Level.INFO: " i",
}
_PLACES_SHOWN = 3
_LIMIT = 400


def render_api_text(diff: ApiDiff) -> str:
    """Return the diff as plain text: the verdict, then each finding with the places it reaches."""
    lines = [_headline(diff, str(diff.verdict))]
    for finding in diff.findings:
        lines.append(f"{_SIGNS[finding.level]} {finding.check}: {_where(finding)}")
        lines.append(f"     {visible(finding.detail, limit=_LIMIT)}{_by(finding)}")
        if finding.places:
            lines.append(f"     reaches {visible(_places(finding), limit=_LIMIT)}")
        if finding.has_witness:
            lines.append(f"     witness {visible(canonical_text(finding.witness), limit=_LIMIT)}")
    return "\n".join(lines) + "\n"


def render_api_markdown(diff: ApiDiff) -> str:
    """Return the diff as Markdown: a verdict line and a table, safe to post on a forge."""
    lines = [_headline(diff, f"**{diff.verdict}**")]
    if diff.findings:
        lines += ["", "| severity | change | where | what | reaches |", "|---|---|---|---|---|"]
    for finding in diff.findings:
        where = f"<code>{markdown(_where(finding), limit=_LIMIT)}</code>"
        detail = markdown(finding.detail, limit=_LIMIT) + _by(finding)
        if finding.has_witness:
            witness = markdown(canonical_text(finding.witness), limit=_LIMIT)
            detail += f" Witness: <code>{witness}</code>"
        places = markdown(_places(finding), limit=_LIMIT)
        lines.append(f"| {finding.level} | {finding.check} | {where} | {detail} | {places} |")
    return "\n".join(lines) + "\n"


def render_api_json(diff: ApiDiff) -> dict[str, Json]:
    """Return the document of `driftmend diff --format json` for whole OpenAPI documents."""
    return {"policy": diff.policy, **api_answer(diff)}


def api_answer(diff: ApiDiff) -> dict[str, Json]:
    """Return the verdict, what decided it, a witness if there is one, and the findings."""
    answer: dict[str, Json] = {"verdict": str(diff.verdict), "decided_by": str(diff.decided_by)}
    if diff.witness is not None:
        answer["witness"] = diff.witness.witness
    return answer | {"changes": [_finding_to_json(finding) for finding in diff.findings]}


def _finding_to_json(finding: Finding) -> dict[str, Json]:
    document: dict[str, Json] = {
        "check": finding.check,
        "severity": str(finding.level),
        "decided_by": str(finding.decided_by),
        "at": finding.at,
        "path": finding.path,
        "before_path": finding.before_path,
        "after_path": finding.after_path,
        "detail": finding.detail,
        "places": list(finding.places),
    }
    if finding.also:
        document["also"] = list(finding.also)
    if finding.confidence < 1:
        document["confidence"] = finding.confidence
    if finding.has_witness:
        document["witness"] = finding.witness
    return document


def _headline(diff: ApiDiff, verdict: str) -> str:
    count = len(diff.findings)
    changes = f"{count} change{'' if count == 1 else 's'}"
    return f"{verdict} ({changes}, {diff.policy} policy, decided by {diff.decided_by})"


def _where(finding: Finding) -> str:
    path = finding.path
    if finding.before_path and finding.after_path and finding.before_path != finding.after_path:
        path = f"{finding.before_path} -> {finding.after_path}"
    return visible(f"#{finding.at}{f' at {path}' if path else ''}", limit=_LIMIT)


def _by(finding: Finding) -> str:
    more = f" The same in {len(finding.also)} more." if finding.also else ""
    return f"{more} [{finding.decided_by}]"


def _places(finding: Finding) -> str:
    shown = finding.places[:_PLACES_SHOWN]
    more = len(finding.places) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
