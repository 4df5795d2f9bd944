"""Fields that are put together from others, or taken apart, as their names say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from agent.core import paths
from agent.core.language.syntax import Call, Expression, Literal
from agent.core.matching.names import own_name, synonym_groups, words
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Read

JOIN_SCORE = 0.72
PART_SCORE = 0.6
"""First guesses: a join of named parts is likely what is meant, a part of a whole less so."""


@dataclass(frozen=True, slots=True)
class Composition:
    """A whole that goes by one of several names, its parts in order, and what stands between."""

    whole: frozenset[str]
    parts: tuple[str, ...]
    separator: str


@dataclass(frozen=True, slots=True)
class Composed:
    """An expression over several reads, or over a part of one, with its score and the reason."""

    expression: Expression
    reads: tuple[Read, ...]
    score: float
    reason: str


@lru_cache(maxsize=1)
def compositions() -> tuple[Composition, ...]:
    """Return the maintained list of wholes and their parts."""
    text = (files("agent.core.matching") / "compositions.json").read_text("utf-8")
    return tuple(
        Composition(frozenset(one["whole"]), tuple(one["parts"]), one["separator"])
        for one in json.loads(text)
    )


def composed(target: FieldInfo, reads: Sequence[Read]) -> Iterator[Composed]:
    """Yield joins of parts that stand side by side, and parts of a whole, for a text field."""
    if "string" not in target.types:
        return
    texts = [read for read in reads if read.field.types == {"string"}]
    for composition in compositions():
        if _is_named(target.path, composition.whole):
            yield from _joins(composition, texts)
        for place, part in enumerate(composition.parts):
            if _is_named(target.path, frozenset({part})):
                yield from _parts(composition, place, texts)


def _joins(composition: Composition, texts: Sequence[Read]) -> Iterator[Composed]:
    """One join per object that has every part."""
    by_parent: dict[str, list[Read]] = {}
    for read in texts:
        by_parent.setdefault(paths.parent(read.path), []).append(read)
    for siblings in by_parent.values():
        found = [_named(part, siblings) for part in composition.parts]
        reads = tuple(read for read in found if read is not None)
        if len(reads) == len(composition.parts):
            expression = call(
                "join", Literal(composition.separator), *(r.expression for r in reads)
            )
            said = " and ".join(read.path for read in reads)
            yield Composed(expression, reads, JOIN_SCORE, f"joined from {said}")


def _parts(composition: Composition, place: int, texts: Sequence[Read]) -> Iterator[Composed]:
    """The first or the last part of a whole; the ones between cannot be told apart."""
    index = 0 if place == 0 else -1
    for read in texts:
        if _is_named(read.path, composition.whole):
            separator = Literal(composition.separator)
            expression = Call("part", (read.expression, separator, Literal(index)))
            which = "first" if index == 0 else "last"
            yield Composed(expression, (read,), PART_SCORE, f"the {which} part of {read.path}")


def _named(part: str, reads: Sequence[Read]) -> Read | None:
    return next((read for read in reads if _is_named(read.path, frozenset({part}))), None)


def _is_named(path: str, names: frozenset[str]) -> bool:
    """Whether a field goes by one of several names, or by a synonym of one."""
    own = " ".join(words(own_name(path)))
    groups = synonym_groups()
    return own in names or any(
        groups.get(own, frozenset()) & groups.get(name, frozenset())
        for name in names
        if " " in name
    )
