"""Guesses for a reviewer: a removed field that may live on in parts, parts that may be one now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.core import paths
from agent.core.alike_names import NAME_LIMIT
from agent.core.matching.names import own_name, stem, words
from agent.core.schema import FieldInfo

PAIR_LIMIT = 10_000
"""Pairs of siblings up to which parts are looked for: it is a hint, and no reason to wait."""
_SHOWN = 4
_KINDS_OF_PARTS: dict[str, frozenset[str]] = {
    "name": frozenset(["first", "last", "given", "family", "middle", "prefix", "suffix"]),
    "address": frozenset(
        ["street", "city", "zip", "postal", "country", "line", "state", "house", "number"]
    ),
    "range": frozenset(["start", "end", "from", "to", "min", "max", "minimum", "maximum"]),
    "period": frozenset(["start", "end", "from", "to"]),
    "price": frozenset(["amount", "currency", "value", "unit"]),
    "amount": frozenset(["value", "currency", "unit"]),
    "location": frozenset(["latitude", "longitude", "lat", "lon", "lng"]),
    "coordinate": frozenset(["latitude", "longitude", "lat", "lon", "lng", "x", "y"]),
    "phone": frozenset(["country", "area", "number", "extension"]),
}
"""Words of which two or more sibling fields each hold one when a value was taken apart."""


@dataclass(frozen=True, slots=True)
class _Named:
    path: str
    words: frozenset[str]


def likely_parts(removed: Sequence[FieldInfo], added: Sequence[FieldInfo]) -> dict[str, str]:
    """Return a sentence (with a leading blank) for each field that may be a whole or a part."""
    notes: dict[str, str] = {}
    old, new = _by_parent(removed), _by_parent(added)
    for home in sorted(old.keys() & new.keys()):
        gone, come = old[home], new[home]
        if len(gone) * len(come) > PAIR_LIMIT:
            continue
        for whole in gone:
            said = ("It may be split into", "It may be part of")
            _note(whole, _parts_of(whole, come), notes, said)
        for whole in come:
            said = ("It may join", "It may have joined into")
            _note(whole, _parts_of(whole, gone), notes, said)
    return notes


def _by_parent(fields: Iterable[FieldInfo]) -> dict[str, list[_Named]]:
    """Return the scalar fields by where they lie, with the words of their names."""
    groups: dict[str, list[_Named]] = defaultdict(list)
    for info in fields:
        if not (info.types & {"object", "array"} or info.path.endswith("/*")):
            name = own_name(info.path)[:NAME_LIMIT]
            found = _Named(info.path, frozenset(map(stem, words(name))))
            groups[paths.parent(info.path)].append(found)
    return groups


def _note(whole: _Named, parts: list[str], notes: dict[str, str], said: tuple[str, str]) -> None:
    if len(parts) < 2:
        return
    shown = ", ".join(parts[:_SHOWN]) + (" and more" if len(parts) > _SHOWN else "")
    notes.setdefault(whole.path, f" {said[0]} {shown}.")
    for part in parts:
        notes.setdefault(part, f" {said[1]} {whole.path}.")


def _parts_of(whole: _Named, others: Sequence[_Named]) -> list[str]:
    """Return those siblings that look like parts of a field, by the words of their names."""
    kinds = frozenset(w for word in whole.words for w in _KINDS_OF_PARTS.get(word, ()))
    return sorted(
        other.path
        for other in others
        if (whole.words and whole.words < other.words) or other.words & kinds
    )
