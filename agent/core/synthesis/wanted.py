"""What examples want of a field: in which order it is looked at, and how much of it there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.core.schema import FieldInfo


def leaves_first(
    named: Mapping[str, FieldInfo], wanted: Sequence[object]
) -> list[tuple[str, FieldInfo]]:
    """Return the fields that some example shows, scalars first: they are the quickest to fail."""
    shown: dict[str, bool] = {}
    for value in wanted:
        for key, part in value.items() if isinstance(value, dict) else ():
            shown[key] = shown.get(key, False) or isinstance(part, (dict, list))
    found = [(key, child) for key, child in named.items() if key in shown]
    return sorted(found, key=lambda pair: shown[pair[0]])


def is_single(wanted: Sequence[object]) -> bool:
    """Return whether no array has more than one item."""
    return all(len(value) <= 1 for value in wanted if isinstance(value, list))


def is_flat(wanted: Sequence[object]) -> bool:
    """Return whether no value is an array or an object."""
    return not any(isinstance(value, (dict, list)) for value in wanted)
