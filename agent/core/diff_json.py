"""A diff as JSON and back, without loss."""

from __future__ import annotations

from agent.core.changes import Change, Level, Rename, RenameKind, SchemaDiff, Severity
from agent.core.values import Json

_LEVELS = ("response", "request", "strict_response", "strict_request")


def diff_to_json(diff: SchemaDiff) -> dict[str, Json]:
    """Return a diff as JSON; `diff_from_json` reads it back to an equal diff."""
    return {
        "before": diff.before,
        "after": diff.after,
        "changes": [_change_to_json(change) for change in diff.changes],
        "renames": [
            {
                "before_path": rename.before_path,
                "after_path": rename.after_path,
                "confidence": rename.confidence,
                "kind": rename.kind.value,
            }
            for rename in diff.renames
        ],
    }


def _change_to_json(change: Change) -> dict[str, Json]:
    levels = {name: getattr(change.severity, name) for name in _LEVELS}
    document = {
        "check": change.check,
        "before_path": change.before_path,
        "after_path": change.after_path,
        "severity": {name: str(level) for name, level in levels.items() if level is not None},
        "detail": change.detail,
        "confidence": change.confidence,
    }
    return document | ({"repeats": change.repeats} if change.repeats else {})


def diff_from_json(document: Json) -> SchemaDiff:
    """Return the diff that `diff_to_json` wrote."""
    return SchemaDiff(
        document["before"],
        document["after"],
        tuple(_change_from_json(change) for change in document["changes"]),
        tuple(
            Rename(r["before_path"], r["after_path"], r["confidence"], RenameKind(r["kind"]))
            for r in document["renames"]
        ),
    )


def _change_from_json(document: Json) -> Change:
    levels = {name: Level(level) for name, level in document["severity"].items()}
    return Change(
        document["check"],
        document["before_path"],
        document["after_path"],
        Severity(**levels),
        document["detail"],
        document["confidence"],
        document.get("repeats", ""),
    )
