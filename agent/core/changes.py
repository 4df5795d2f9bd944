"""What a diff is made of: changes with a severity per direction, and renames."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from agent.core import paths


class Level(StrEnum):
    """How bad one change is for one direction.

    `breaking-possible` is what only practice calls breaking: no payload shows it (an optional
    field that is gone). `info` touches no payload (a default, a deprecation).
    """

    BREAKING = "breaking"
    POSSIBLE = "breaking-possible"
    NON_BREAKING = "non-breaking"
    INFO = "info"


class Verdict(StrEnum):
    """What a whole diff means for one direction."""

    BREAKING = "breaking"
    POSSIBLE = "breaking-possible"
    NON_BREAKING = "non-breaking"
    UNCHANGED = "unchanged"


class Direction(StrEnum):
    """Which way the payloads flow: read by consumers, written by them, or both to be judged."""

    RESPONSE = "response"
    REQUEST = "request"
    EVENT = "event"
    NONE = "none"


class Policy(StrEnum):
    """`declared` looks at declared properties only; `strict` at everything an open object allows.

    `strict` never finds less than `declared`.
    """

    DECLARED = "declared"
    STRICT = "strict"


_ORDER = (Level.INFO, Level.NON_BREAKING, Level.POSSIBLE, Level.BREAKING)


def worst(levels: Iterable[Level]) -> Level:
    """Return the most severe level, `info` when there is none."""
    return max(levels, key=_ORDER.index, default=Level.INFO)


@dataclass(frozen=True, slots=True)
class Severity:
    """The level per direction; the strict ones are given where that policy finds more."""

    response: Level
    request: Level
    strict_response: Level | None = None
    strict_request: Level | None = None

    def level(self, direction: str, policy: str = Policy.DECLARED) -> Level:
        """Return the level for a direction (`event` reads like `response`, `none` is the worse)."""
        is_strict = Policy(policy) is Policy.STRICT
        response = (self.strict_response if is_strict else None) or self.response
        request = (self.strict_request if is_strict else None) or self.request
        match Direction(direction):
            case Direction.REQUEST:
                return request
            case Direction.NONE:
                return worst((response, request))
            case _:
                return response

    @property
    def is_info(self) -> bool:
        """Whether no payload is touched in any direction."""
        return self.response is Level.INFO and self.request is Level.INFO

    def joined(self, other: Severity) -> Severity:
        """Return the worse of two severities, direction by direction."""
        return Severity(
            *(
                worst((self.level(direction, policy), other.level(direction, policy)))
                for policy in (Policy.DECLARED, Policy.STRICT)
                for direction in (Direction.RESPONSE, Direction.REQUEST)
            )
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two schema versions.

    `before_path` is "" for what was added, `after_path` is "" for what was removed (a change of
    the root has "" in both). `check` is a stable id; `confidence` is below 1 for renames, moves
    and guesses. `detail` is one sentence that may quote the schemas: untrusted text. `repeats` is
    the path of another change when both are the same change of one shared definition.
    """

    check: str
    before_path: str
    after_path: str
    severity: Severity
    detail: str
    confidence: float = 1.0
    repeats: str = ""

    @property
    def is_addition(self) -> bool:
        """Whether nothing of it was there before."""
        return self.check in ADDITIONS

    @property
    def is_removal(self) -> bool:
        """Whether nothing of it is there after."""
        return self.check in REMOVALS

    @property
    def path(self) -> str:
        """The place to show: where it is now, or where it was when it is gone."""
        return self.before_path if self.is_removal else self.after_path


ADDITIONS = frozenset({"field-added", "map-values-added", "items-added"})
REMOVALS = frozenset({"field-removed", "map-values-removed", "items-removed"})
INHERITED = REMOVALS | {
    "field-renamed",
    "field-moved",
    "type-changed",
    "type-narrowed",
    "type-widened",
    "became-optional",
    "became-nullable",
}
"""Changes of an object that its descendants' readers feel."""


class RenameKind(StrEnum):
    """Whether only the last name changed, or the place in the tree as well."""

    RENAME = "rename"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Rename:
    """A field found again under another path; whatever lies below it went along."""

    before_path: str
    after_path: str
    confidence: float
    kind: RenameKind


@dataclass(frozen=True, slots=True)
class SchemaDiff:
    """All changes between two schema versions, in path order; `before`, `after` are fingerprints.

    One change per real difference: what lies below a removed, added, renamed or moved field goes
    with it and is only listed where it changed by itself.
    """

    before: str
    after: str
    changes: tuple[Change, ...] = ()
    renames: tuple[Rename, ...] = ()

    def verdict(self, direction: str, policy: str = Policy.DECLARED) -> Verdict:
        """Return the worst of all changes for a direction, `unchanged` when there are none."""
        if not self.changes:
            return Verdict.UNCHANGED
        level = worst(change.severity.level(direction, policy) for change in self.changes)
        return Verdict.NON_BREAKING if level is Level.INFO else Verdict(level.value)

    def is_breaking(self, direction: str, policy: str = Policy.DECLARED) -> bool:
        """Return whether the verdict is `breaking`; `breaking-possible` is not."""
        return self.verdict(direction, policy) is Verdict.BREAKING

    @property
    def touched_before(self) -> frozenset[str]:
        """The before paths of changed fields: the tops; `touches` knows what lies below."""
        return frozenset(c.before_path for c in self.changes if not c.is_addition)

    @property
    def touched_after(self) -> frozenset[str]:
        """The after paths of changed fields: the tops of what was added or changed."""
        return frozenset(c.after_path for c in self.changes if not c.is_removal)

    def touches(self, before_path: str) -> bool:
        """Return whether a reader of `before_path` reads something that changed.

        That is a change of the field itself, of anything below it, or one of an ancestor that
        decides whether and where the field is found. What is only `info` touches nobody.
        """
        return any(
            paths.is_within(change.before_path, before_path)
            or (change.check in INHERITED and paths.is_within(before_path, change.before_path))
            for change in self.changes
            if not change.is_addition and not change.severity.is_info
        )

    def locate(self, before_path: str) -> str | None:
        """Return where a field of the old version is now, or None when it was removed."""
        nearest = max(
            (r for r in self.renames if paths.is_within(before_path, r.before_path)),
            key=lambda rename: len(rename.before_path),
            default=None,
        )
        depth = len(nearest.before_path) if nearest else 0
        gone = any(
            change.is_removal
            and len(change.before_path) > depth
            and paths.is_within(before_path, change.before_path)
            for change in self.changes
        )
        if gone:
            return None
        return nearest.after_path + before_path[depth:] if nearest else before_path
