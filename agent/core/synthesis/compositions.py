"""Fields that are put together from others, or taken apart, as their names say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from agent.core import paths
from agent.core.language.syntax import Call, Expression, Literal
from agent.core.matching.names import own_name, stems, synonym_groups, words
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Read

JOIN_SCORE = 0.72
PART_SCORE = 0.6
"""First guesses: a join of named parts is likely what is meant, a part of a whole less so."""


_WIDTHS = {"year": 4, "month": 2, "day": 2}
"""The parts of an RFC 3339 date, and how many digits each has."""

_DATES = {"date": "", "date-time": "T00:00:00Z"}
"""What follows the day in a text of a format: a day alone is a moment at midnight, UTC."""


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
    if target.format in _DATES:
        yield from _dates(target, reads)
    texts = [read for read in reads if read.field.types == {"string"}]
    for composition in compositions():
        if _is_named(target.path, composition.whole):
            yield from _joins(composition, texts)
        for place, part in enumerate(composition.parts):
            if target.format not in _DATES and _is_named(target.path, frozenset({part})):
                yield from _parts(composition, place, texts)


def _dates(target: FieldInfo, reads: Sequence[Read]) -> Iterator[Composed]:
    """Yield the date of each object that holds a year, a month and a day as numbers.

    It is surest where the object, or what it stands in, is called like the target.
    """
    numbers = [read for read in reads if "integer" in read.field.types]
    for parent, siblings in _by_parent(numbers).items():
        found = {part: _named(part, siblings) for part in _WIDTHS}
        parts = {part: read for part, read in found.items() if read is not None}
        if len(parts) < len(_WIDTHS):
            continue
        said = " ".join(map(str, paths.parse(parent)))
        is_called = bool(stems(own_name(target.path)) & stems(said))
        digits = (_digits(part, read, target.description) for part, read in parts.items())
        yield Composed(
            call("format", Literal("{}-{}-{}" + _DATES[target.format]), *digits),
            tuple(parts.values()),
            max(JOIN_SCORE if is_called else 0.0, *(read.prior for read in parts.values())),
            f"the date whose parts are in {parent}",
        )


def _digits(part: str, read: Read, description: str) -> Expression:
    """Return a part of a date in all its digits; a description may say what stands for none."""
    number = read.expression
    said = re.search(rf"\b{part} (\d+)\b[^.;]*\b(?:unknown|missing|absent)\b", description.lower())
    if said:
        number = Call("default", (number, Literal(int(said[1]))))
    return call("pad", call("text", number), Literal(_WIDTHS[part]), Literal("0"))


def _by_parent(reads: Sequence[Read]) -> dict[str, list[Read]]:
    found: dict[str, list[Read]] = {}
    for read in reads:
        found.setdefault(paths.parent(read.path), []).append(read)
    return found


def _joins(composition: Composition, texts: Sequence[Read]) -> Iterator[Composed]:
    """One join per object that has every part."""
    for siblings in _by_parent(texts).values():
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
