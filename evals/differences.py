"""The first difference between what was expected and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.core import paths
from agent.core.values import RELATIVE_TOLERANCE, Json, json_type, same_value


class DifferenceKind(StrEnum):
    """What is wrong at the path of a difference."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
    TYPE = "type"
    LENGTH = "length"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two payloads differ first. The side that is absent there is None."""

    path: str
    kind: DifferenceKind
    expected: Json
    found: Json

    @property
    def types(self) -> str:
        """Return the two JSON types in words."""
        return f"{json_type(self.expected)} expected, {json_type(self.found)} found"


def first_difference(
    expected: Json, found: Json, *, tolerance: float = RELATIVE_TOLERANCE, at: str = ""
) -> Difference | None:
    """Return the first difference, or None when the payloads are equal as section 9 compares.

    First means: in the order of the expected payload's keys and items, then what is unexpected.
    """
    if same_value(expected, found, tolerance=tolerance):
        return None
    if isinstance(expected, dict) and isinstance(found, dict):
        return _in_objects(expected, found, tolerance=tolerance, at=at)
    if isinstance(expected, list) and isinstance(found, list):
        return _in_arrays(expected, found, tolerance=tolerance, at=at)
    kind = DifferenceKind.VALUE if _alike(expected, found) else DifferenceKind.TYPE
    return Difference(at, kind, expected, found)


def _in_objects(
    expected: dict[str, Json], found: dict[str, Json], *, tolerance: float, at: str
) -> Difference | None:
    for key, value in expected.items():
        place = paths.child(at, key)
        if key not in found:
            return Difference(place, DifferenceKind.MISSING, value, None)
        below = first_difference(value, found[key], tolerance=tolerance, at=place)
        if below is not None:
            return below
    for key in found:
        if key not in expected:
            return Difference(paths.child(at, key), DifferenceKind.UNEXPECTED, None, found[key])
    return None


def _in_arrays(
    expected: list[Json], found: list[Json], *, tolerance: float, at: str
) -> Difference | None:
    if len(expected) != len(found):
        return Difference(at, DifferenceKind.LENGTH, expected, found)
    for index, (left, right) in enumerate(zip(expected, found, strict=True)):
        place = paths.child(at, index)
        below = first_difference(left, right, tolerance=tolerance, at=place)
        if below is not None:
            return below
    return None


def _alike(left: Json, right: Json) -> bool:
    numbers = {"integer", "number"}
    types = {json_type(left), json_type(right)}
    return len(types) == 1 or types == numbers
