"""What the source may do at a read that no paired sample shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.core import paths
from agent.core.schema import FieldInfo
from agent.core.values import Json

Payloads = Sequence[Json]


def count_unseen(reads: Sequence[str], fields: Mapping[str, FieldInfo], payloads: Payloads) -> int:
    """Return in how many ways reads may come that no payload shows.

    Each field on the way, up to the nearest array, may be left out or null if the schema says so;
    an enum may give another value.
    """
    return sum(_unseen(path, fields, payloads) for path in dict.fromkeys(reads))


def _unseen(path: str, fields: Mapping[str, FieldInfo], payloads: Payloads) -> int:
    field = fields.get(path)
    values = [value for payload in payloads for _, value in paths.find(payload, path)]
    count = 0
    if field is not None and field.enum is not None:
        count += any(value not in values for value in field.enum if value is not None)
    while path and not path.endswith(f"/{paths.ANY}"):
        field = fields.get(path)
        if field is not None:
            count += field.is_nullable and not _is_ever_null(path, payloads)
            count += not field.is_required and not _is_ever_absent(path, payloads)
        path = paths.parent(path)
    return count


def _is_ever_null(path: str, payloads: Payloads) -> bool:
    return any(value is None for payload in payloads for _, value in paths.find(payload, path))


def _is_ever_absent(path: str, payloads: Payloads) -> bool:
    key = paths.key_of(paths.last(path))
    return any(
        isinstance(holder, dict) and key not in holder
        for payload in payloads
        for _, holder in paths.find(payload, paths.parent(path))
    )
