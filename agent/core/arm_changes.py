"""What changed in the alternatives and conditions of a field, where its fields do not tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.changes import Change, Level, Severity
from agent.core.constraints import accepted_types, value_key
from agent.core.field_changes import HARMLESS, NARROWED, REPLACED, WIDENED, Pair
from agent.core.schema import FieldInfo
from agent.core.subschemas import ARMS
from agent.core.values import Json

LIKE_ENOUGH = 0.5
"""Share of equal property names from which two alternatives count as one that changed."""
PAIR_LIMIT = 10_000
"""Pairs of alternatives up to which they are looked at."""
_RESTRICTIONS = {
    "added": ("schema-narrowed", NARROWED),
    "removed": ("schema-widened", WIDENED),
    "changed": ("schema-changed", REPLACED),
}


def condition_changes(pair: Pair, *, is_explained: bool) -> Iterator[Change]:
    """Yield changes of keywords that are compared as wholes (`not`, `if`, `contains`, …).

    `is_explained` says that something at the field or below it is already reported: then what the
    inventory of fields tells as well is left out.
    """
    before, after = pair.nodes()
    for difference in pair.old.differences(before, pair.new, after):
        if not (difference.is_listed and is_explained):
            check, severity = _RESTRICTIONS[difference.kind]
            if difference.is_annotation:
                check = "content-changed"
            yield pair.change(check, severity, difference.detail)


@dataclass(frozen=True, slots=True)
class Arms:
    """The alternatives of a field (`anyOf`, `oneOf`) that only one version has."""

    gone: tuple[Json, ...]
    added: tuple[Json, ...]
    key: tuple[tuple[str, ...], tuple[str, ...]]
    counts: tuple[int, int]


def differing_arms(pair: Pair) -> Arms | None:
    """Return how the alternatives of a field differ, or None when they do not.

    Arms are equal when their outlines are; `key` has those of gone and added.
    """
    before, after = _arms(pair)
    old, new = [pair.old.outline(arm) for arm in before], [pair.new.outline(arm) for arm in after]
    gone, added = _without(before, old, new), _without(after, new, old)
    first, second = (_count(node) for node in pair.nodes())
    is_counted = first > 1 and second > 1 and first != second
    if not gone and not added and not is_counted:
        return None
    shapes = tuple(sorted(map(pair.old.outline, gone))), tuple(sorted(map(pair.new.outline, added)))
    return Arms(tuple(gone), tuple(added), shapes, (first, second))


def arm_changes(pair: Pair, arms: Arms, *, is_explained: bool) -> Iterator[Change]:
    """Yield alternatives that came, went or changed.

    One that brings or takes a type, or values that are listed, is told by the changes of the field
    itself; one that changed within is told when `is_explained`.
    """
    if not arms.gone and not arms.added:
        detail = "{} alternatives became {}, which accept the same.".format(*arms.counts)
        yield pair.change("variants-rewritten", HARMLESS, detail)
    gone, added = list(arms.gone), list(arms.added)
    paired = _take_pairs(gone, added)
    if is_explained and len(gone) == len(added):
        return
    if paired and not is_explained:
        yield pair.change("variant-changed", REPLACED, f"Alternatives that changed: {paired}.")
    gone = [arm for arm in gone if not _is_told(arm, pair.after, is_explained=is_explained)]
    if gone:
        detail = f"Alternatives that are gone: {_names(gone)}."
        yield pair.change("variant-removed", NARROWED, detail)
    added = [arm for arm in added if not _is_told(arm, pair.before, is_explained=is_explained)]
    if added:
        yield pair.change("variant-added", WIDENED, f"New alternatives: {_names(added)}.")


def unexplained(pair: Pair) -> Iterator[Change]:
    """Yield a change for alternatives that differ deeper than outlines show.

    It is for diffs that find nothing else: what no rule explains is never called harmless.
    """
    before, after = _arms(pair)
    if sorted(map(pair.old.shape, before)) != sorted(map(pair.new.shape, after)):
        severity = Severity(Level.POSSIBLE, Level.POSSIBLE)
        detail = "Alternatives differ in a way that no single field tells."
        yield pair.change("variant-changed", severity, detail)


def _count(node: Json) -> int:
    return max(len(node.get(key, ())) for key in ARMS) if isinstance(node, dict) else 0


def _without(arms: tuple[Json, ...], shapes: list[str], others: list[str]) -> list[Json]:
    """Return the arms that the other version does not have, as often as it does not."""
    left = Counter(others)
    found = []
    for arm, shape in zip(arms, shapes, strict=True):
        left[shape] -= 1
        if left[shape] < 0:
            found.append(arm)
    return found


def _arms(pair: Pair) -> tuple[tuple[Json, ...], tuple[Json, ...]]:
    """Return the alternatives of both; a field without any is its own only one."""
    before, after = pair.old.arms(pair.before.node), pair.new.arms(pair.after.node)
    if len(before) < 2 and len(after) < 2:
        return (), ()
    flat = pair.nodes()
    return before if len(before) > 1 else flat[:1], after if len(after) > 1 else flat[1:]


def _take_pairs(gone: list[Json], added: list[Json]) -> int:
    """Take alternatives out of both lists that are forms of one another; return how many."""
    if len(gone) * len(added) > PAIR_LIMIT:
        return 0
    ranked = sorted(
        (-_likeness(old, new), i, j) for i, old in enumerate(gone) for j, new in enumerate(added)
    )
    old_taken: set[int] = set()
    new_taken: set[int] = set()
    for negative, i, j in ranked:
        if -negative >= LIKE_ENOUGH and i not in old_taken and j not in new_taken:
            old_taken.add(i)
            new_taken.add(j)
    gone[:] = [arm for i, arm in enumerate(gone) if i not in old_taken]
    added[:] = [arm for j, arm in enumerate(added) if j not in new_taken]
    return len(old_taken)


def _likeness(old: Json, new: Json) -> float:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return 0.0
    mine, other = set(old.get("properties", ())), set(new.get("properties", ()))
    if mine or other:
        return 2 * len(mine & other) / (len(mine) + len(other))
    return 1.0 if value_key(old.get("type")) == value_key(new.get("type")) else 0.0


def _is_told(arm: Json, field: FieldInfo, *, is_explained: bool) -> bool:
    """Whether the type or the values of the field itself tell that it never had this arm."""
    if not isinstance(arm, dict):
        return is_explained
    declared = arm.get("type", [])
    types = frozenset([declared] if isinstance(declared, str) else declared) - {"null"}
    if types and not types <= accepted_types(field):
        return True
    lists = "enum" in arm or "const" in arm
    is_scalar = lists or (bool(types) and not types & {"object", "array"})
    return is_scalar and (is_explained or (lists and field.enum is not None))


def _names(arms: list[Json]) -> str:
    return ", ".join(sorted(_name(arm) for arm in arms))


def _name(arm: Json) -> str:
    """Return a word for an alternative: its title, its properties or its type."""
    if not isinstance(arm, dict):
        return "anything" if arm else "nothing"
    if arm.get("title"):
        return str(arm["title"])[:60]
    if arm.get("properties"):
        return "object with " + "/".join(sorted(arm["properties"])[:5])[:80]
    return str(arm.get("type") or "other")
