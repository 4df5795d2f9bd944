"""Texts that are put together from what is read, with constants between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.language.syntax import Call, Literal
from agent.core.synthesis.examples import Read, Solution, distinct_count, is_present

TEMPLATE_READS = 120
LONG_PART = 5
LONG_TEXT = 8
CALLED_FOR = 0.3

Columns = Sequence[tuple[Read, tuple[object, ...]]]
"""Reads with what they give in each example."""


def templates(columns: Columns, wanted: Sequence[object]) -> Iterator[Solution]:
    """Yield the text that is put together from reads with constants between them, if there is one.

    `columns` are reads with what they give in each example.
    """
    rows = [row for row, w in enumerate(wanted) if isinstance(w, str) and w]
    if not rows or len(rows) != sum(1 for w in wanted if is_present(w)):
        return
    texts = []
    for read, column in columns[:TEMPLATE_READS]:
        shown = [column[row] for row in rows]
        if all(isinstance(v, (str, int)) and not isinstance(v, bool) and str(v) for v in shown):
            texts.append((read, column))
    targets = [str(wanted[row]) for row in rows]
    for chosen in _covering(texts, rows, targets):
        pattern, parts = chosen
        expression = Call("format", (Literal(pattern), *(read.expression for read in parts)))
        yield Solution(
            expression=expression,
            paths=tuple(read.path for read in parts),
            cost=1.0 + 0.8 * len(parts),
            prior=sum(read.prior for read in parts) / len(parts) * 0.5 + 0.4,
            support=distinct_count(targets),
            reason=f"written as {pattern}, in {len(rows)} pairs",
        )
        return


def _covering(
    texts: list[tuple[Read, tuple[object, ...]]], rows: list[int], targets: list[str]
) -> Iterator[tuple[str, tuple[Read, ...]]]:
    """Yield a format pattern and its reads when the first target decomposes and all agree."""
    row, target = rows[0], targets[0]
    spans = []
    for read, column in texts:
        value = str(column[row])
        at = target.find(value)
        while at >= 0 and not _is_token(target, at, at + len(value)):
            at = target.find(value, at + 1)
        if at >= 0 and value != target:
            spans.append((at, at + len(value), read, column))
    spans.sort(key=lambda span: (-(span[1] - span[0]), -span[2].prior))
    taken: list[tuple[int, int, Read, tuple[object, ...]]] = []
    for span in spans:
        if all(span[1] <= other[0] or span[0] >= other[1] for other in taken):
            taken.append(span)
    taken.sort(key=lambda span: span[0])
    if not taken or "{" in target or "}" in target:
        return
    if distinct_count(targets) < 2 and not _is_telling(target, taken):
        return
    pattern, at = "", 0
    for start, end, _, _ in taken:
        pattern += target[at:start] + "{}"
        at = end
    pattern += target[at:]
    for index, other in zip(rows, targets, strict=True):
        values = [str(column[index]) for _, _, _, column in taken]
        if pattern.format(*values) != other:
            return
    yield pattern, tuple(read for _, _, read, _ in taken)


def _is_token(text: str, start: int, end: int) -> bool:
    """Return whether a part of a text stands alone; a long one may stand anywhere."""
    if end - start >= LONG_PART:
        return True
    around = text[start - 1 : start] + text[end : end + 1]
    return not any(character.isalnum() for character in around)


def _is_telling(target: str, taken: Sequence[tuple[int, int, Read, tuple[object, ...]]]) -> bool:
    """Return whether the parts of one text are hardly there by coincidence.

    They are most of it, or it is long and each of them is called for.
    """
    covered = sum(end - start for start, end, _, _ in taken)
    if len(taken) > 1 and covered * 2 >= len(target):
        return True
    return len(target) >= LONG_TEXT and all(read.prior >= CALLED_FOR for _, _, read, _ in taken)
