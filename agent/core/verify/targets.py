"""Which targets come out right on payloads whose outputs are known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from agent.core import paths
from agent.core.values import RELATIVE_TOLERANCE, Json, json_type, same_value


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was expected of one payload, and what came out, or which target refused it."""

    expected: Json
    output: Json = None
    refused_at: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """On how many payloads a target was right, and on how many wrong."""

    right: int = 0
    wrong: int = 0

    @property
    def is_known(self) -> bool:
        """Return whether any payload tells about the target."""
        return self.right + self.wrong > 0


def judge_targets(
    targets: Collection[str],
    outcomes: Sequence[Outcome],
    *,
    tolerance: float = RELATIVE_TOLERANCE,
) -> dict[str, Record]:
    """Return the record of each contract path over all outcomes.

    Of a target with others below it only its own part counts: whether it is there, and how many
    items it has. A refused payload tells about the refusing target alone.
    """
    found = {}
    for target in dict.fromkeys(targets):
        has_parts = any(one != target and paths.is_within(one, target) for one in targets)
        verdicts = [
            _is_right(target, one, has_parts=has_parts, tolerance=tolerance) for one in outcomes
        ]
        found[target] = Record(verdicts.count(True), verdicts.count(False))
    return found


def _is_right(target: str, outcome: Outcome, *, has_parts: bool, tolerance: float) -> bool | None:
    if outcome.refused_at is not None:
        return False if _names(target, outcome.refused_at) else None
    wanted = dict(paths.find(outcome.expected, target))
    found = dict(paths.find(outcome.output, target))
    if wanted.keys() != found.keys():
        return False
    if has_parts:
        return all(_outline(wanted[at]) == _outline(found[at]) for at in wanted)
    return all(same_value(wanted[at], found[at], tolerance=tolerance) for at in wanted)


def _outline(value: Json) -> tuple[str, int]:
    """Return the type of a value, and of an array how many items it has."""
    return json_type(value), len(value) if isinstance(value, list) else 0


def _names(target: str, place: str) -> bool:
    """Return whether a target with `*` names a concrete place."""
    wanted, found = paths.parse(target), paths.parse(place)
    return len(wanted) == len(found) and all(
        one in (paths.ANY, other) for one, other in zip(wanted, found, strict=True)
    )
