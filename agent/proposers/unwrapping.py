"""A plain value out of the object or array that took its name over."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core import paths
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import Expression, Field, Index
from agent.core.matching.names import own_name, stem, words
from agent.core.matching.value_tables import known_values
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V
from agent.core.synthesis.conversions import conversion
from agent.proposers.choosing import Candidate
from agent.proposers.place import Place, is_leaf
from agent.proposers.reach import Reach

KNOWN_SCORE = 0.85
"""Score of a part whose known values are among those that the contract allows."""

MAX_STEPS = 4


def unwrapped(child: FieldInfo, place: Place, reach: Reach) -> Iterator[Candidate]:
    """Yield the parts of a container of the same name that hold values which the contract lists.

    Of an array on the way it is the first item that counts.
    """
    if not child.enum or "string" not in child.types:
        return
    allowed = {value for value in child.enum if isinstance(value, str)}
    for holder in reach.reads(child, place, kinds=frozenset({"object", "array"})):
        if not _is_namesake(holder.path, child.path):
            continue
        for part in reach.sources:
            if not paths.is_within(part.path, holder.path):
                continue
            steps = paths.parse(part.path[len(holder.path) :])
            if not 0 < len(steps) <= MAX_STEPS:
                continue
            if not is_leaf(reach.task.after, part) or not allowed & set(known_values(part)):
                continue
            converted = conversion(part, child)
            read = _stepped(holder.expression, holder.path, steps, reach)
            if converted is None or read is None:
                continue
            yield Candidate(
                read=holder,
                expression=replace_name(converted.expression, V.name, read),
                score=KNOWN_SCORE * converted.certainty,
                reason=f"{part.path} holds values that the contract lists",
                is_lossy=converted.is_lossy or paths.ANY in steps,
                is_ambiguous=converted.is_ambiguous,
            )


def _is_namesake(source: str, target: str) -> bool:
    one, other = (tuple(map(stem, words(own_name(path)))) for path in (source, target))
    return bool(one) and one == other and paths.last(source) != paths.ANY


def _stepped(
    read: Expression, path: str, steps: tuple[str, ...], reach: Reach
) -> Expression | None:
    """Return the read some steps below another, through first items; None through a map."""
    for step in steps:
        if step != paths.ANY:
            read, path = Field(read, paths.key_of(step)), f"{path}/{step}"
        elif reach.is_map(path):
            return None
        else:
            read, path = Index(read, 0), paths.items(path)
    return read
