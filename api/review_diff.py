"""A schema diff as rows for the page: what changed, and the fields side by side."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.diff import SchemaDiff, diff_from_json
from agent.core.review import Change, Version
from agent.core.schema import FieldInfo, Schema
from agent.core.values import Json
from agent.errors import DriftmendError
from agent.pipeline.serving import schema_of
from agent.ports import Ledger

ANYTHING = 5
"""From this many types on, a field is shown as one that may hold anything."""

MAX_ENUM = 8


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: where it was, where it is, and how bad it is for a reader of responses."""

    check: str
    before: str | None
    after: str | None
    level: str
    detail: str
    confidence: float


@dataclass(frozen=True, slots=True)
class FieldPair:
    """A field before and after; None on the side where it does not exist."""

    before: str | None
    before_type: str
    after: str | None
    after_type: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class DiffView:
    """What the page shows of a change."""

    before: int | None
    after: int
    changes: tuple[ChangeRow, ...]
    fields: tuple[FieldPair, ...]

    @property
    def breaking(self) -> int:
        """How many changes break a reader."""
        return sum(row.level == "breaking" for row in self.changes)


def diff_view(change: Change | None, ledger: Ledger) -> DiffView | None:
    """Return the view of a change, or None when there is none."""
    if change is None or not change.diff:
        return None
    diff = diff_from_json(change.diff)
    before = None if change.before is None else ledger.version(change.source, change.before)
    after = ledger.version(change.source, change.after)
    rows = tuple(
        ChangeRow(
            check=one.check,
            before=None if one.is_addition else one.before_path,
            after=None if one.is_removal else one.after_path,
            level=one.severity.level("response").value,
            detail=one.detail,
            confidence=one.confidence,
        )
        for one in diff.changes
    )
    return DiffView(change.before, change.after, rows, _pairs(before, after, diff))


def _pairs(before: Version | None, after: Version, diff: SchemaDiff) -> tuple[FieldPair, ...]:
    if before is None:
        return ()
    old, new = schema_of(before.document), schema_of(after.document)
    pairs, met = [], set()
    for field in old.fields[1:]:
        place = diff.locate(field.path)
        there = new.field(place) if place is not None else None
        met.add(there.path if there else None)
        pairs.append(_pair(field, there, diff))
    pairs += [_pair(None, field, diff) for field in new.fields[1:] if field.path not in met]
    return tuple(pairs)


def _pair(old: FieldInfo | None, new: FieldInfo | None, diff: SchemaDiff) -> FieldPair:
    is_touched = (old is not None and old.path in diff.touched_before) or (
        new is not None and new.path in diff.touched_after
    )
    return FieldPair(
        before=old.path if old else None,
        before_type=type_text(old) if old else "",
        after=new.path if new else None,
        after_type=type_text(new) if new else "",
        is_changed=is_touched or old is None or new is None,
    )


def type_text(field: FieldInfo) -> str:
    """Return what a field may hold, in a few words."""
    types = "anything" if len(field.types) >= ANYTHING else " or ".join(sorted(field.types))
    words = [types or "nothing"]
    if field.format:
        words.append(f"({field.format})")
    if field.enum is not None:
        shown = ", ".join(str(value) for value in field.enum[:MAX_ENUM])
        words.append(f"one of {shown}" + (", …" if len(field.enum) > MAX_ENUM else ""))
    if field.is_nullable:
        words.append("or null")
    if not field.is_required:
        words.append("· optional")
    return " ".join(words)


def field_types(document: Json) -> dict[str, str]:
    """Return the types of a schema's fields by path; nothing when it cannot be read."""
    try:
        schema: Schema = schema_of(document)
    except DriftmendError:
        return {}
    return {field.path: type_text(field) for field in schema.fields}
