"""Which names one schema declares where another one has an object.

Two schemas are walked side by side from their roots: what one says of a property faces what the
other says of that property, items face items, and the values of maps face whatever they may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.core.likeness import classes_of, followed
from agent.core.scopes import scope_parts
from agent.core.values import Json

PAIR_LIMIT = 20_000
"""Pairs of subschemas that are looked at; further ones count as facing nothing."""
_MAP, _LIST = "*map", "*list"
"""What the values of maps and the items of arrays go by; a property goes by `=` and its name."""
_ITEMS = ("items", "unevaluatedItems", "contains")
_VALUES = ("additionalProperties", "unevaluatedProperties")


def facing_names(document: Json, other: Json) -> dict[int, set[str]]:
    """Return the names that `other` declares where it faces another subschema of `document`.

    Keys are the `id` of subschemas of `document` as `followed` gives them. One that faces only
    what is alike, or nothing, is left out, and so is whatever lies below it.
    """
    mine_classes, their_classes = classes_of(document, other)
    facing: dict[int, set[str]] = {}
    waiting: list[tuple[Json, Json]] = [(document, other)]
    seen: set[tuple[int, int]] = set()
    while waiting and len(seen) < PAIR_LIMIT:
        node, faced = waiting.pop()
        mine, theirs = followed(document, node), followed(other, faced)
        pair = id(mine), id(theirs)
        if pair in seen or mine_classes[pair[0]] == their_classes[pair[1]]:
            continue
        seen.add(pair)
        parts = list(scope_parts(other, theirs))
        names = {name for part in parts for name in part.get("properties", ())}
        facing.setdefault(pair[0], set()).update(names)
        waiting.extend(_pairs(_children(scope_parts(document, mine)), _children(parts)))
    return facing


Children = dict[str, list[Json]]


def _children(parts: Iterable[dict[str, Json]]) -> Children:
    """Return what the parts of a scope say of the values inside, by how those are reached."""
    found: Children = {}
    for part in parts:
        for name, node in part.get("properties", {}).items():
            found.setdefault(f"={name}", []).append(node)
        mapped = [part[key] for key in _VALUES if key in part]
        found.setdefault(_MAP, []).extend([*mapped, *part.get("patternProperties", {}).values()])
        listed = [part[key] for key in _ITEMS if key in part]
        found.setdefault(_LIST, []).extend([*listed, *part.get("prefixItems", ())])
    return found


def _pairs(mine: Children, theirs: Children) -> Iterator[tuple[Json, Json]]:
    for key, nodes in mine.items():
        faced = list(theirs.get(key, ()))
        if key == _MAP:
            faced += [node for name, found in theirs.items() if name[0] == "=" for node in found]
        elif key != _LIST:
            faced += theirs.get(_MAP, ())
        for node in nodes:
            for other in faced:
                if isinstance(node, dict) and isinstance(other, dict):
                    yield node, other
