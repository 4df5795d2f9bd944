"""Rules for which changes a witness shows."""

from __future__ import annotations

from typing import Any

from agent.core.blame import shown_changes
from agent.core.changes import Direction
from agent.core.diff import compare
from agent.core.flow import Versions
from agent.core.schema import make_schema

TEXT = {"type": "string"}


def shown(before: Any, after: Any, witness: Any) -> list[tuple[str, str]]:
    """Return check and path of the changes that a witness shows for the writers of requests."""
    versions = Versions(make_schema(before), make_schema(after))
    changes = compare(versions.before, versions.after).changes
    found = shown_changes(changes, witness, versions, Direction.REQUEST)
    return sorted((change.check, change.path) for change in found)


def record(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    """Return an object schema."""
    return {"type": "object", "properties": properties, "required": required or []}


def test_shown_changes__a_value_at_one_place__shows_the_change_there() -> None:
    """Of two narrowed fields, the one that the payload holds a wrong value of is shown."""
    before = record(a=TEXT, b={"type": "array", "items": TEXT})
    shorter = {**TEXT, "maxLength": 1}
    after = record(a=shorter, b={"type": "array", "items": shorter})
    assert shown(before, after, {"b": ["x", "long"]}) == [("bounds-narrowed", "/b/*")]


def test_shown_changes__a_missing_field__shows_what_asks_for_it_and_not_what_it_lacks() -> None:
    """A change of a value that the payload does not hold is not shown by it."""
    before = record(a=TEXT, b=TEXT, c=record(d=TEXT))
    after = record(["a"], a=TEXT, b={**TEXT, "maxLength": 1}, c=record(["d"], d=TEXT))
    assert shown(before, after, {}) == [("became-required", "/a")]


def test_shown_changes__no_change_near_the_place__shows_all() -> None:
    """A witness that no place explains accuses every change rather than none."""
    before, after = record(a=TEXT), record(a={**TEXT, "maxLength": 1})
    assert shown(before, after, {"a": "x"}) == [("bounds-narrowed", "/a")]
