"""Texts that are put together from what is read, or from pieces of it, with constants between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from agent.core.language.absence import MISSING
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import Call, Expression, Literal
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, call
from agent.core.synthesis.examples import Read, Solution, distinct_count, is_present, value_of

TEMPLATE_READS = 120
LONG_PART = 5
LONG_TEXT = 8
CALLED_FOR = 0.3
SPLIT_READS = 25
SPLIT_AT = (", ", "/", ":", "@", " ", "-", ".")
SPLIT_PLACES = (0, 1, -1, 2, -2, 3, 4)
SPLIT_COST = 0.6
RESPELT_COST = 0.4
POINTER_TOKEN = call(
    "replace", call("replace", V, Literal("~"), Literal("~0")), Literal("/"), Literal("~1")
)
"""A key as a step of a JSON Pointer (RFC 6901, section 3)."""

MAX_COMBINED = 40
"""Combinations of reads that stand at the same places of the first text."""

SAME_PLACE = 4
_ENDING = re.compile(r"(.*\{\})([^{}A-Za-z0-9]{1,3})\{\}", re.DOTALL)
"""A pattern that ends with a separator and one more part."""

LETTER_COST = 0.08
MOST_LITERAL = 2.5

Columns = Sequence[tuple[Read, tuple[object, ...]]]
"""Reads with what they give in each example."""


def templates(
    columns: Columns, wanted: Sequence[object], target: FieldInfo | None = None
) -> Iterator[Solution]:
    """Yield the text that is put together from reads with constants between them, if there is one.

    Pieces of reads are tried where whole ones do not do.
    """
    rows = [row for row, w in enumerate(wanted) if isinstance(w, str) and w]
    if not rows or len(rows) != sum(1 for w in wanted if is_present(w)):
        return
    targets = [str(wanted[row]) for row in rows]
    texts = [one for one in columns[:TEMPLATE_READS] if _is_text(one[1], rows)]
    made = _covered(texts, rows, targets)
    if made is None and distinct_count(targets) > 1:
        made = _side_by_side(texts, rows, targets)
    if made is None and distinct_count(targets) > 1:
        near = texts[:SPLIT_READS]
        pieces = [*_pieces(near, rows), *_respelt(near, rows, targets[0])]
        made = _covered([*texts, *pieces], rows, targets)
    if made is None:
        return
    pattern, parts = made
    yield Solution(
        expression=_written(pattern, parts, target),
        paths=tuple(dict.fromkeys(read.path for read in parts)),
        cost=1.0 + sum(0.45 + read.cost / 2 for read in parts) + literal_cost(pattern),
        prior=sum(read.prior for read in parts) / len(parts) * 0.5 + 0.4,
        support=distinct_count(targets),
        reason=f"written as {pattern}, in {len(rows)} pairs",
        is_ambiguous=any(read.is_guess for read in parts),
    )


def _written(pattern: str, parts: Sequence[Read], target: FieldInfo | None) -> Expression:
    """Return the format of the parts; a required text does without an end that may be absent."""
    made = Call("format", (Literal(pattern), *(read.expression for read in parts)))
    if target is None or not target.is_required or len(parts) < 2:
        return made
    ending, last = _ENDING.fullmatch(pattern), parts[-1]
    if ending is None or not last.field.types or last.field.is_required:
        return made
    first = Call("format", (Literal(ending[1]), *(read.expression for read in parts[:-1])))
    return Call("join", (Literal(ending[2]), first, last.expression))


def literal_cost(pattern: str) -> float:
    """Return what the constant letters of a pattern cost: they might come from somewhere."""
    return min(MOST_LITERAL, LETTER_COST * sum(map(str.isalnum, pattern)))


def _is_text(column: tuple[object, ...], rows: Sequence[int]) -> bool:
    return all(
        isinstance(column[row], (str, int)) and not isinstance(column[row], bool) and column[row]
        for row in rows
    )


def _pieces(texts: Columns, rows: Sequence[int]) -> Iterator[tuple[Read, tuple[object, ...]]]:
    """Yield what stands between separators, and numbers padded to two digits.

    A piece counted from the left may be meant from the right.
    """
    for read, column in texts:
        if all(isinstance(column[row], int) for row in rows):
            made = Call("pad", (Call("text", (read.expression,)), Literal(2), Literal("0")))
            padded = tuple(f"{v:02}" if isinstance(v, int) else MISSING for v in column)
            yield replace(read, expression=made, cost=read.cost + SPLIT_COST), padded
        cost = read.cost + SPLIT_COST
        for separator in SPLIT_AT:
            if not all(separator in str(column[row]) for row in rows):
                continue
            for place in SPLIT_PLACES:
                values = tuple(_piece(value, separator, place) for value in column)
                if _is_text(values, rows):
                    made = Call("part", (read.expression, Literal(separator), Literal(place)))
                    yield replace(read, expression=made, cost=cost, is_guess=True), values


def _respelt(
    texts: Columns, rows: Sequence[int], target: str
) -> Iterator[tuple[Read, tuple[object, ...]]]:
    """Yield what stands in the first text in other letters, or escaped for a pointer."""
    for read, column in texts:
        first = column[rows[0]]
        if not isinstance(first, str) or not any(map(str.isalpha, first)):
            continue
        for expression in (
            *(Call(function, (V,)) for function in ("lower", "upper", "kebab", "snake")),
            POINTER_TOKEN,
        ):
            shown = value_of(expression, {V.name: first})
            if shown == first or not isinstance(shown, str) or shown not in target:
                continue
            values = tuple(
                value_of(expression, {V.name: value}) if isinstance(value, str) else MISSING
                for value in column
            )
            if _is_text(values, rows):
                made = replace_name(expression, V.name, read.expression)
                yield replace(read, expression=made, cost=read.cost + RESPELT_COST), values


def _piece(value: object, separator: str, place: int) -> object:
    parts = value.split(separator) if isinstance(value, str) else []
    return parts[place] if -len(parts) <= place < len(parts) else MISSING


@dataclass(frozen=True, slots=True)
class _Span:
    """A part of the first text that a read gives."""

    start: int
    end: int
    read: Read
    column: tuple[object, ...]


def _covered(
    texts: Columns, rows: Sequence[int], targets: Sequence[str]
) -> tuple[str, tuple[Read, ...]] | None:
    """Return a format pattern and its reads, when the first text decomposes and all agree."""
    target = targets[0]
    if "{" in target or "}" in target:
        return None
    spans = sorted(
        _spans(texts, rows[0], target),
        key=lambda span: (
            span.read.told <= 0,
            span.start - span.end,
            span.read.cost,
            -span.read.prior,
        ),
    )
    taken: list[_Span] = []
    for span in spans:
        if all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
    taken.sort(key=lambda span: span.start)
    if not taken or (distinct_count(targets) < 2 and not _is_telling(target, taken, rows)):
        return None
    pattern, at = "", 0
    for span in taken:
        pattern += target[at : span.start] + "{}"
        at = span.end
    pattern += target[at:]
    options = [
        [one for one in spans if (one.start, one.end) == (span.start, span.end)][:SAME_PLACE]
        for span in taken
    ]
    for chosen in islice(product(*options), MAX_COMBINED):
        if all(
            pattern.format(*(str(span.column[row]) for span in chosen)) == text
            for row, text in zip(rows, targets, strict=True)
        ):
            return pattern, tuple(span.read for span in chosen)
    return None


def _side_by_side(
    texts: Columns, rows: Sequence[int], targets: Sequence[str]
) -> tuple[str, tuple[Read, ...]] | None:
    """Return two reads that make every text with nothing between them: `KL` and `1142`."""
    first = targets[0]
    values = [[str(column[row]) for row in rows] for _, column in texts]
    for place, starts in enumerate(values):
        if not first.startswith(starts[0]) or first == starts[0]:
            continue
        for other, ends in enumerate(values):
            if all(a + b == text for a, b, text in zip(starts, ends, targets, strict=True)):
                return "{}{}", (texts[place][0], texts[other][0])
    return None


def _spans(texts: Columns, row: int, target: str) -> Iterator[_Span]:
    for read, column in texts:
        value = str(column[row])
        at = target.find(value)
        while at >= 0 and not _is_token(target, at, at + len(value)):
            at = target.find(value, at + 1)
        if at >= 0 and value != target:
            yield _Span(at, at + len(value), read, column)


def _is_token(text: str, start: int, end: int) -> bool:
    """Return whether a part of a text stands alone; a long one may stand anywhere."""
    if end - start >= LONG_PART:
        return True
    around = text[start - 1 : start] + text[end : end + 1]
    return not any(character.isalnum() for character in around)


def _is_telling(target: str, taken: Sequence[_Span], rows: Sequence[int]) -> bool:
    """Return whether the parts of one text are hardly there by coincidence.

    They are most of it, or it is long and each of them is called for; in one pair alone they also
    have to be a good part of it.
    """
    row, count = rows[0], len(rows)
    covered = sum(span.end - span.start for span in taken)
    if len(taken) > 1 and covered * 2 >= len(target):
        return True
    is_called_for = all(
        span.read.told > 0 or span.read.prior >= CALLED_FOR or is_specific(str(span.column[row]))
        for span in taken
    )
    is_part = count > 1 or covered * 3 >= len(target)
    return len(target) >= LONG_TEXT and is_part and is_called_for


def is_specific(value: str) -> bool:
    """Return whether a text is hardly a word that stands in two places by coincidence."""
    return len(value) >= LONG_PART and not value.isalpha() and any(map(str.isalpha, value))
