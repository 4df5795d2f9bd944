"""Leaves that spoil each other: several writes of one target, several rules fed by one read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from agent.core import paths
from agent.core.language.inverse.leaves import Leaf, is_own
from agent.core.language.inverse.records import Kind


def settle(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    """Return the leaves of one block, each of them in an inverse that no other contradicts."""
    return _apart_in_reads(_apart_in_targets(tuple(map(_settle_items, leaves))))


def _settle_items(leaf: Leaf) -> Leaf:
    if leaf.items is None:
        return leaf
    items = settle(leaf.items)
    settled = replace(leaf, items=items)
    if leaf.is_undone and not any(item.is_undone for item in items):
        return settled.spoilt("Nothing of its items comes back but how many there were.")
    return settled


def _apart_in_targets(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    found = defaultdict(list)
    for number, leaf in enumerate(leaves):
        found[leaf.target].append(number)
    clashing: dict[int, str] = {}
    for number, leaf in enumerate(leaves):
        for pointer in _upwards(leaf.target):
            for other in found.get(pointer, ()):
                if other != number and not _is_own(leaves[other], leaf):
                    clashing.setdefault(number, leaves[other].target)
                    clashing.setdefault(other, leaf.target)
    return tuple(
        leaf.spoilt(f"Another rule writes {clashing[number] or 'the whole'}, over or under it.")
        if number in clashing
        else leaf
        for number, leaf in enumerate(leaves)
    )


def _is_own(one: Leaf, other: Leaf) -> bool:
    return is_own(one, other) or is_own(other, one)


def _upwards(pointer: str) -> Iterator[str]:
    yield pointer
    while pointer:
        pointer = paths.parent(pointer)
        yield pointer


def _apart_in_reads(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    """Let each part of the source be brought back by one leaf: an exact, wide, early one."""

    def rank(number: int) -> tuple[bool, int, int]:
        leaf = leaves[number]
        return (leaf.undone.kind is not Kind.ISO, leaf.read.count("/"), number)

    settled = list(leaves)
    taken: dict[str, str] = {}
    above: dict[str, str] = {}
    for number in sorted(range(len(leaves)), key=rank):
        leaf = leaves[number]
        if not leaf.is_undone or leaf.is_null:
            continue
        holder = next((taken[part] for part in _upwards(leaf.read) if part in taken), None)
        holder = above.get(leaf.read) if holder is None else holder
        if holder is not None:
            settled[number] = leaf.spoilt(
                f"{holder or 'The whole'} is fed by the same read and brings it back; "
                "a write here alone is lost."
            )
            continue
        taken[leaf.read] = leaf.target
        for part in _upwards(leaf.read):
            above.setdefault(part, leaf.target)
    return tuple(settled)
