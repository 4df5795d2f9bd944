"""Which changes a witness shows: those at the places where it is refused."""

from __future__ import annotations

from collections.abc import Iterable

from agent.core import paths
from agent.core.changes import Change, Direction
from agent.core.contract import payload_validator
from agent.core.flow import Versions
from agent.core.sides import seen_from
from agent.core.values import Json

_PLACES = 20
"""Violations of a witness that are looked at."""
_OF_ABSENCE = frozenset(
    {
        "became-required",
        "became-optional",
        "field-added",
        "field-removed",
        "field-renamed",
        "field-moved",
    }
)
"""Checks that a payload may show by what it does not hold."""


def shown_changes(
    changes: Iterable[Change], witness: Json, versions: Versions, direction: Direction
) -> frozenset[Change]:
    """Return the changes that a witness shows; all of them when no place says more.

    It is refused at a place of the payload: the cause is a change there or further down, else the
    nearest further up. Changes that are no payload's matter are for the caller to leave out.
    """
    listed = list(changes)
    able = [change for change in listed if _can_show(witness, change)]
    found: set[Change] = set()
    for place in _refusals(witness, versions, direction):
        inside = [change for change in able if _leads_to(place, change.path)]
        above = [change for change in able if _leads_to(change.path, place)]
        depth = max((change.path.count("/") for change in above), default=0)
        found.update(inside or [one for one in above if one.path.count("/") == depth])
    return frozenset(found or listed)


def _can_show(witness: Json, change: Change) -> bool:
    """Whether the payload holds what changed, or what would hold it where its absence may tell."""
    is_of_absence = change.check in _OF_ABSENCE
    places = map(paths.parent, _both(change)) if is_of_absence else _both(change)
    return any(True for path in places for _ in paths.find(witness, path))


def _both(change: Change) -> list[str]:
    sides = (change.before_path, change.is_addition), (change.after_path, change.is_removal)
    return [path for path, is_none in sides if not is_none]


def _refusals(witness: Json, versions: Versions, direction: Direction) -> list[str]:
    """Return the pointers at which the taker refuses a witness."""
    taker = versions.flow(direction)[1]
    for schema in (taker, seen_from(taker, direction)):
        violations = payload_validator(schema).violations(witness, limit=_PLACES)
        if violations:
            return [violation.path for violation in violations]
    return []


def _leads_to(path: str, further: str) -> bool:
    """Whether `further` is at or below `path`, where `*` stands for any step."""
    tokens, others = paths.parse(path), paths.parse(further)
    return len(tokens) <= len(others) and all(
        mine == other or paths.ANY in (mine, other)
        for mine, other in zip(tokens, others, strict=False)
    )
