"""Texts that are joined from what is there of several reads: titles, given and family names."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent.core.language.syntax import Call, Expression
from agent.core.synthesis.build import call, text
from agent.core.synthesis.examples import Read, Solution, distinct_count, is_present
from agent.core.synthesis.problem import Problem

MAX_PARTS: Final = 6
LONGEST_SEPARATOR: Final = 3
JOIN_COST: Final = 1.2
PART_COST: Final = 0.4


@dataclass(frozen=True, slots=True)
class _Part:
    """A read with where its value stands in the text of each row, where it is there."""

    read: Read
    spans: tuple[tuple[int, int] | None, ...]


def joins(problem: Problem) -> Iterator[Solution]:
    """Yield the join of reads, some of them left out in some examples, that gives every text.

    Parts within parts may be joined by another separator: `van Dyck, Anthony`.
    """
    rows = [row for row, one in enumerate(problem.wanted) if isinstance(one, str) and one]
    texts = [str(problem.wanted[row]) for row in rows]
    if distinct_count(texts) < 2 or len(rows) != sum(map(is_present, problem.wanted)):
        return
    parts = _in_order(_parts(problem, rows, texts))
    if len(parts) < 2 or all(span is not None for part in parts for span in part.spans):
        return
    alone = [part for part in parts if not _meets(part, parts)]
    together = [part for part in parts if part not in alone]
    if len(together) < 2:
        return
    for joined in _joined(together, texts):
        for clean in (joined, call("non_empty", joined)):
            singles = [part.read.expression for part in alone]
            whole: Expression = Call("coalesce", (*singles, clean)) if alone else clean
            if problem.is_explained_by(whole):
                yield _solution(whole, parts, texts)
                return


def _solution(whole: Expression, parts: Sequence[_Part], texts: Sequence[str]) -> Solution:
    reads = [part.read for part in parts]
    return Solution(
        expression=whole,
        paths=tuple(dict.fromkeys(read.path for read in reads)),
        cost=JOIN_COST + sum(PART_COST + read.cost / 2 for read in reads),
        prior=sum(read.prior for read in reads) / len(reads) * 0.5 + 0.4,
        support=distinct_count(texts),
        reason=f"joined from what is there, in {len(texts)} pairs",
        is_ambiguous=any(read.is_guess for read in reads),
    )


def _parts(problem: Problem, rows: Sequence[int], texts: Sequence[str]) -> list[_Part]:
    """Return the reads whose values stand in every text, wherever they are there, side by side."""
    found: list[_Part] = []
    for read, column in problem.columns:
        values = [column[row] for row in rows]
        if not any(map(is_present, values)) or not all(
            not is_present(one) or (isinstance(one, str) and one) for one in values
        ):
            continue
        spans = tuple(map(_span, values, texts))
        is_placed = all(
            (span is None) == (not is_present(v)) for span, v in zip(spans, values, strict=False)
        )
        if is_placed and not any(_overlap(spans, other.spans) for other in found):
            found.append(_Part(read, spans))
        if len(found) >= MAX_PARTS:
            break
    return found


def _span(value: object, whole: str) -> tuple[int, int] | None:
    """Return where a value stands by itself in a text."""
    if not isinstance(value, str):
        return None
    at = whole.find(value)
    while at >= 0:
        around = whole[at - 1 : at] if at else "", whole[at + len(value) : at + len(value) + 1]
        if not any(map(str.isalnum, around)):
            return at, at + len(value)
        at = whole.find(value, at + 1)
    return None


def _overlap(
    left: Sequence[tuple[int, int] | None], right: Sequence[tuple[int, int] | None]
) -> bool:
    return any(
        one is not None and other is not None and one[0] < other[1] and other[0] < one[1]
        for one, other in zip(left, right, strict=True)
    )


def _in_order(parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts as they stand in the texts, by insertion."""
    ordered: list[_Part] = []
    for part in parts:
        at = 0
        for place, other in enumerate(ordered):
            if any(
                one is not None and two is not None and two < one
                for one, two in zip(part.spans, other.spans, strict=True)
            ):
                at = place + 1
        ordered.insert(at, part)
    return ordered


def _meets(part: _Part, parts: Sequence[_Part]) -> bool:
    """Return whether a part stands beside another one in some text."""
    return any(
        other is not part
        and any(
            a is not None and b is not None for a, b in zip(part.spans, other.spans, strict=True)
        )
        for other in parts
    )


def _joined(parts: Sequence[_Part], texts: Sequence[str]) -> Iterator[Expression]:
    """Yield the joins by the separators that stand between the parts, at most two of them."""
    between: dict[tuple[int, int], str] = {}
    for row, whole in enumerate(texts):
        here = [
            (place, span)
            for place, part in enumerate(parts)
            if (span := part.spans[row]) is not None
        ]
        for (left, one), (right, other) in itertools.pairwise(here):
            separator = whole[one[1] : other[0]]
            if between.setdefault((left, right), separator) != separator:
                return
    separators = list(dict.fromkeys(between.values()))
    if not separators or max(map(len, separators)) > LONGEST_SEPARATOR or len(separators) > 2:
        return
    if len(separators) == 1:
        yield call("join", text(separators[0]), *(part.read.expression for part in parts))
        return
    # The shorter one binds more tightly: the space in `van Dyck, Anthony`.
    separators.sort(key=len)
    for inner, outer in (separators, reversed(separators)):
        closed = {
            place
            for (left, right), separator in between.items()
            if separator == inner
            for place in range(left, right)
        }
        groups: list[list[Expression]] = [[]]
        for place, part in enumerate(parts):
            groups[-1].append(part.read.expression)
            if place not in closed:
                groups.append([])
        made = [_group(inner, group) for group in groups if group]
        yield call("join", text(outer), *made)


def _group(separator: str, group: Sequence[Expression]) -> Expression:
    if len(group) == 1:
        return group[0]
    return call("non_empty", call("join", text(separator), *group))
