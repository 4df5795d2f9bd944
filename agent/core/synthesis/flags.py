"""Booleans that tell whether a field has one of its known values, or whether it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.core import paths
from agent.core.language.syntax import Comparison, Expression, Literal, Logic
from agent.core.matching.names import asks_for, own_name, stems
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call, equals
from agent.core.synthesis.compositions import Composed
from agent.core.synthesis.examples import Read, Solution
from agent.core.synthesis.telling import telling

NAMED_SCORE = 0.8
SAID_SCORE = 0.7
"""First guesses: a flag called like a value tells that value, one described with it may."""

BOTH_SCORE = 0.96
"""A description that joins the words in which two flags differ leaves little doubt."""

TAUGHT_COST = 0.5
TAUGHT_PRIOR = 0.85
"""What a test for a value that a flag is called like assumes, and what the name is worth."""

BESIDE_SCORE = 0.9
"""A description that says of which value a flag is true leaves little doubt."""

MOMENT_SCORE = 0.75
"""A flag that is called like a moment, `archived` of `archived_at`, tells whether it has come."""

_MOMENTS = frozenset({"at", "on", "date", "time", "timestamp", "day"})
"""What the name of a moment has beside the name of what happened."""

MANY_VALUES = 12
"""A text with more known values than this is no state."""


def flags(target: FieldInfo, reads: Sequence[Read]) -> Iterator[Composed]:
    """Yield `read == value` for a boolean that is called like a value, or described with one."""
    if target.types != {"boolean"}:
        return
    yield from joined_flags(target, reads)
    yield from _come(target, reads)
    name = asks_for(target.path)
    for read in reads:
        if read.field.types != {"string"}:
            continue
        values = _known(read.field)
        if not 0 < len(values) <= MANY_VALUES:
            continue
        named = [value for value in values if stems(value) and stems(value) == name]
        if named:
            yield _flag(read, named[0], "==", NAMED_SCORE)
            continue
        yield from _described(target, read, values)


def flags_told_beside(
    target: FieldInfo, beside: Sequence[FieldInfo], reads: Sequence[Read]
) -> Iterator[Composed]:
    """Yield `read == value` for a boolean that the description of another field speaks of.

    `status`: "what was not sold is closed with isLost true" tells that `isLost` is true of the
    value `not-sold` of a closed list; `closed` is what `status` itself becomes.
    """
    if target.types != {"boolean"}:
        return
    name = re.escape(own_name(target.path))
    mentions = re.compile(rf"\b{name}\b\W+(?:(?:is|=)\s+)?(true|false)\b")
    for other in beside:
        for clause in re.split(r"[.;]\s", other.description) if other is not target else ():
            said = mentions.search(clause)
            if said is None:
                continue
            rest = clause.replace(said[0], "")
            for read in reads:
                told = [one for one in _closed(read.field) if telling(one, rest) > 0]
                told = [one for one in told if not any(_is_part(one, more) for more in told)]
                told = [one for one in told if one not in (other.enum or ())] or told
                if len(told) == 1:
                    yield _flag(read, told[0], "==" if said[1] == "true" else "!=", BESIDE_SCORE)


def _closed(field: FieldInfo) -> tuple[str, ...]:
    return tuple(one for one in field.enum or () if isinstance(one, str))


def _is_part(one: str, more: str) -> bool:
    """Return whether the words of a value are some of those of another: `done`, `not-done`."""
    return stems(one) < stems(more)


def taught_flags(
    columns: Sequence[tuple[Read, tuple[object, ...]]],
    wanted: Sequence[object],
    target: FieldInfo | None,
) -> Iterator[Solution]:
    """Yield `read == value` for a boolean that is called like a value and so in all pairs.

    The value is declared by an enum or seen in a pair. One pair is enough; where all pairs agree
    on true or on false the test is a guess.
    """
    if target is None or not all(isinstance(want, bool) for want in wanted):
        return
    name = asks_for(target.path)
    for read, column in columns:
        declared = [value for value in read.field.enum or () if isinstance(value, str)]
        seen = [value for value in column if isinstance(value, str)]
        for text in dict.fromkeys((*declared, *seen)):
            holds = [value == text for value in column]
            if name and stems(text) == name and holds == list(wanted):
                yield Solution(
                    equals(read.expression, text),
                    (read.path,),
                    TAUGHT_COST + read.cost,
                    TAUGHT_PRIOR,
                    len(set(holds)),
                    f"whether it is {text!r}, as the field is called",
                    is_ambiguous=len(set(holds)) < 2,
                )


def joined_flags(target: FieldInfo, reads: Sequence[Read]) -> Iterator[Composed]:
    """Yield `a and b` for two booleans side by side whose differing words a description joins.

    `open_allowed`, described as "allowed to start and to end", of `start_open_allowed` and
    `end_open_allowed`.
    """
    name = stems(own_name(target.path))
    flagged = [
        (read, more)
        for read in reads
        if read.field.types == {"boolean"}
        and len(more := stems(own_name(read.path)) - name) == 1
        and name <= stems(own_name(read.path))
    ]
    for place, (one, left) in enumerate(flagged):
        for other, right in flagged[place + 1 :]:
            first, second = re.escape(next(iter(left))), re.escape(next(iter(right)))
            joined = "|".join(
                rf"\b{a}\w*\s+and\s+(?:to\s+)?{b}" for a, b in ((first, second), (second, first))
            )
            is_beside = paths.parent(one.path) == paths.parent(other.path)
            if is_beside and re.search(joined, target.description.lower()):
                made = Logic("and", (one.expression, other.expression))
                yield Composed(made, (one, other), BOTH_SCORE, f"{one.path} and {other.path}")


def _come(target: FieldInfo, reads: Sequence[Read]) -> Iterator[Composed]:
    """Yield whether there is a moment that may be missing and is called what a flag is."""
    name = asks_for(target.path)
    for read in reads:
        said = stems(own_name(read.path))
        is_moment = read.field.format in ("date", "date-time") or said & _MOMENTS
        is_open = read.field.is_nullable or not read.field.is_required
        if name and is_open and is_moment and read.field.types and said - _MOMENTS == name:
            known = call("not_null", read.expression) if read.field.is_nullable else read.expression
            yield Composed(
                call("present", known), (read,), MOMENT_SCORE, f"whether there is {read.path}"
            )


def _described(target: FieldInfo, read: Read, values: Sequence[str]) -> Iterator[Composed]:
    """Yield the comparison that a description speaks of, where it names the field and one value."""
    told = {one: sign for one in values if (sign := telling(one, target.description))}
    if len(told) == 1 and stems(own_name(read.path)) & stems(target.description):
        ((value, sign),) = told.items()
        yield _flag(read, value, "==" if sign > 0 else "!=", SAID_SCORE)


def _flag(read: Read, value: str, operator: str, score: float) -> Composed:
    made: Expression = Comparison(read.expression, operator, Literal(value))
    verb = "is" if operator == "==" else "is not"
    return Composed(made, (read,), score, f"whether {read.path} {verb} {value!r}")


def _known(field: FieldInfo) -> tuple[str, ...]:
    """Return the values of an enum, else those that were seen."""
    shown = field.enum or field.examples
    return tuple(dict.fromkeys(one for one in shown if isinstance(one, str)))
