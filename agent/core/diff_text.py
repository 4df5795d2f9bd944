"""A diff for people and programs to read: text, Markdown, JSON.

Names and values in it were written by others; text and Markdown show them inert.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.changes import Change, Direction, Level, Policy, SchemaDiff
from agent.core.judging import Decider, Judgement, judge_by_table
from agent.core.untrusted import markdown, visible
from agent.core.values import Json, canonical_text

_SIGNS = {
    Level.BREAKING: "!!",
    Level.POSSIBLE: " ?",
    Level.NON_BREAKING: " +",
    Level.INFO: " i",
}
_PATH_LIMIT = 300
_DETAIL_LIMIT = 400
_WITNESS_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class _Finding:
    """A change with the other places of the same change."""

    change: Change
    level: Level
    also: tuple[Change, ...]


def _findings(judged: Judgement) -> Iterator[_Finding]:
    repeats: dict[tuple[str, str], list[Change]] = {}
    for change in (weighed.change for weighed in judged.changes):
        if change.repeats:
            repeats.setdefault((change.check, change.repeats), []).append(change)
    for weighed in judged.changes:
        change = weighed.change
        if not change.repeats:
            also = tuple(repeats.pop((change.check, change.path), ()))
            yield _Finding(change, weighed.level, also)


def render_text(
    diff: SchemaDiff,
    *,
    direction: str = Direction.RESPONSE,
    policy: str = Policy.DECLARED,
    judgement: Judgement | None = None,
) -> str:
    """Return the diff as plain text: the verdict, then one line per real change, then why.

    Without `judgement` the table of checks alone judges it, for `direction` and `policy`.
    """
    judged = judgement or judge_by_table(diff, direction=direction, policy=policy)
    lines = [_headline(judged, str(judged.verdict))]
    if judged.has_witness:
        lines.append(f"   witness: {visible(witness_text(judged.witness), limit=_WITNESS_LIMIT)}")
    for finding in _findings(judged):
        change = finding.change
        sure = "" if change.confidence == 1 else f" (confidence {change.confidence:.2f})"
        lines.append(f"{_SIGNS[finding.level]} {change.check}: {_places(change)}{sure}")
        lines.append(f"     {visible(change.detail, limit=_DETAIL_LIMIT)}{_also(finding)}")
    return "\n".join(lines) + "\n"


def _headline(judged: Judgement, verdict: str) -> str:
    by = ", decided by inclusion" if judged.decided_by is Decider.INCLUSION else ""
    return f"{verdict} for {_reader(judged.direction)} ({judged.policy} policy{by})"


def witness_text(witness: Json) -> str:
    """Return a witness as JSON text on one line."""
    return canonical_text(witness)


def _reader(direction: str) -> str:
    names = {
        Direction.RESPONSE: "consumers that read responses",
        Direction.EVENT: "consumers that read events",
        Direction.REQUEST: "producers that write requests",
        Direction.NONE: "readers and writers",
    }
    return names[Direction(direction)]


def _places(change: Change) -> str:
    before, after = (
        visible(path or "/", limit=_PATH_LIMIT) for path in (change.before_path, change.after_path)
    )
    if change.is_addition:
        return after
    return before if change.is_removal or before == after else f"{before} -> {after}"


def _also(finding: _Finding) -> str:
    count = len(finding.also)
    if count == 0:
        return ""
    return f" The same at {count} more place{'' if count == 1 else 's'} of the same shape."


def render_markdown(
    diff: SchemaDiff,
    *,
    direction: str = Direction.RESPONSE,
    policy: str = Policy.DECLARED,
    judgement: Judgement | None = None,
) -> str:
    """Return the diff as Markdown: a verdict line and a table, safe to post on a forge.

    Without `judgement` the table of checks alone judges it, for `direction` and `policy`.
    """
    judged = judgement or judge_by_table(diff, direction=direction, policy=policy)
    lines = [_headline(judged, f"**{judged.verdict}**")]
    if judged.has_witness:
        shown = markdown(witness_text(judged.witness), limit=_WITNESS_LIMIT)
        lines += ["", f"Witness: <code>{shown}</code>"]
    if judged.changes:
        lines += ["", "| severity | change | where | what |", "|---|---|---|---|"]
    for finding in _findings(judged):
        change = finding.change
        sure = "" if change.confidence == 1 else f" ({change.confidence:.2f})"
        places = f"<code>{markdown(_places(change), limit=2 * _PATH_LIMIT)}</code>"
        detail = markdown(change.detail, limit=_DETAIL_LIMIT) + _also(finding)
        lines.append(f"| {finding.level} | {change.check}{sure} | {places} | {detail} |")
    return "\n".join(lines) + "\n"


def render_json(
    diff: SchemaDiff,
    *,
    direction: str = Direction.RESPONSE,
    policy: str = Policy.DECLARED,
    judgement: Judgement | None = None,
) -> dict[str, Json]:
    """Return the document of `driftmend diff --format json`.

    `before_path` is null for what was added and `after_path` for what was removed; `also` lists
    the paths of further places of the same change. `witness` is there when inclusion found one,
    and `undecided` says what kept inclusion from an answer. Without `judgement` the table of
    checks alone judges it.
    """
    judged = judgement or judge_by_table(diff, direction=direction, policy=policy)
    document: dict[str, Json] = {
        "before": diff.before,
        "after": diff.after,
        "direction": str(judged.direction),
        "policy": str(judged.policy),
        "verdict": str(judged.verdict),
        "decided_by": str(judged.decided_by),
    }
    if judged.has_witness:
        document["witness"] = judged.witness
    if judged.obstacle:
        document["undecided"] = judged.obstacle
    return document | {"changes": [_finding_to_json(f) for f in _findings(judged)]}


def _finding_to_json(finding: _Finding) -> dict[str, Json]:
    change = finding.change
    document: dict[str, Json] = {
        "check": change.check,
        "path": change.path,
        "before_path": None if change.is_addition else change.before_path,
        "after_path": None if change.is_removal else change.after_path,
        "severity": str(finding.level),
        "detail": change.detail,
        "confidence": change.confidence,
    }
    return document | ({"also": [c.path for c in finding.also]} if finding.also else {})
