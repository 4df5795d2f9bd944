"""What the description of a map says of its entries: `Name -> price in cents`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent.core.matching.names import own_name, stems
from agent.core.schema import FieldInfo

_ARROW: Final = re.compile(r"^\s*([^.;]{2,60}?)\s*(?:->|=>|→)\s*([^.;]{2,200})")
_SEPARATORS: Final = (
    (re.compile(r"\bdot(?:ted|\W(?:separated|joined))\b", re.IGNORECASE), "."),
    (re.compile(r"\bslash\W(?:separated|joined)\b", re.IGNORECASE), "/"),
    (re.compile(r"\bcomma\W(?:separated|joined)\b", re.IGNORECASE), ","),
)


@dataclass(frozen=True, slots=True)
class Entries:
    """The words for the keys of a map, those for its values, and what parts of a key stand in."""

    key: frozenset[str]
    value: frozenset[str]
    separator: str | None


def told_entries(description: str) -> Entries | None:
    """Return what a description says of the entries of a map, or None where it has no arrow."""
    found = _ARROW.match(description)
    if found is None:
        return None
    separators = (sign for pattern, sign in _SEPARATORS if pattern.search(found[1]))
    return Entries(stems(found[1]), stems(found[2]), next(separators, None))


def most_told(said: frozenset[str], fields: Sequence[FieldInfo]) -> FieldInfo | None:
    """Return the one field that shares most words with what is said; those of names count twice."""
    shared = [
        (len(said & stems(own_name(one.path))) + len(said & _all_stems(one)), one) for one in fields
    ]
    most = max((count for count, _ in shared), default=0)
    best = [one for count, one in shared if count == most]
    return best[0] if most and len(best) == 1 else None


def _all_stems(field: FieldInfo) -> frozenset[str]:
    return stems(f"{own_name(field.path)} {field.description}")
