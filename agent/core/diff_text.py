"""A diff for people and programs to read: text, Markdown, JSON.

Names and values in it were written by others; text and Markdown show them inert.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.changes import Change, Direction, Level, Policy, SchemaDiff
from agent.core.untrusted import markdown, visible
from agent.core.values import Json

_SIGNS = {
    Level.BREAKING: "!!",
    Level.POSSIBLE: " ?",
    Level.NON_BREAKING: " +",
    Level.INFO: " i",
}
_PATH_LIMIT = 300
_DETAIL_LIMIT = 400


@dataclass(frozen=True, slots=True)
class _Finding:
    """A change with the other places of the same change."""

    change: Change
    level: Level
    also: tuple[Change, ...]


def _findings(diff: SchemaDiff, direction: str, policy: str) -> Iterator[_Finding]:
    repeats: dict[tuple[str, str], list[Change]] = {}
    for change in diff.changes:
        if change.repeats:
            repeats.setdefault((change.check, change.repeats), []).append(change)
    for change in diff.changes:
        if not change.repeats:
            also = tuple(repeats.pop((change.check, change.path), ()))
            yield _Finding(change, change.severity.level(direction, policy), also)


def render_text(
    diff: SchemaDiff,
    *,
    direction: str = Direction.RESPONSE,
    policy: str = Policy.DECLARED,
) -> str:
    """Return the diff as plain text: the verdict, then one line per real change, then why."""
    lines = [f"{diff.verdict(direction, policy)} for {_reader(direction)} ({policy} policy)"]
    for finding in _findings(diff, direction, policy):
        change = finding.change
        sure = "" if change.confidence == 1 else f" (confidence {change.confidence:.2f})"
        lines.append(f"{_SIGNS[finding.level]} {change.check}: {_places(change)}{sure}")
        lines.append(f"     {visible(change.detail, limit=_DETAIL_LIMIT)}{_also(finding)}")
    return "\n".join(lines) + "\n"


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
) -> str:
    """Return the diff as Markdown: a verdict line and a table, safe to post on a forge."""
    verdict = diff.verdict(direction, policy)
    lines = [f"**{verdict}** for {_reader(direction)} ({policy} policy)"]
    if diff.changes:
        lines += ["", "| severity | change | where | what |", "|---|---|---|---|"]
    for finding in _findings(diff, direction, policy):
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
) -> dict[str, Json]:
    """Return the document of `driftmend diff --format json`.

    `before_path` is null for what was added and `after_path` for what was removed; `also` lists
    the paths of further places of the same change.
    """
    return {
        "before": diff.before,
        "after": diff.after,
        "direction": str(Direction(direction)),
        "policy": str(Policy(policy)),
        "verdict": str(diff.verdict(direction, policy)),
        "decided_by": "policy",
        "changes": [_finding_to_json(f) for f in _findings(diff, direction, policy)],
    }


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
