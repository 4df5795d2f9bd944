"""Matching and synthesis: fields that correspond, and expressions that agree with all pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.core import paths
from agent.core.language.syntax import EachRow, Row, ValueRow
from agent.core.language.walk import places
from agent.core.matching.names import TEXT_LIMIT, matching_text
from agent.core.proposing import Answer, Task
from agent.core.schema import FieldInfo
from agent.ports import Embedder
from agent.proposers.feeding import Feeding
from agent.proposers.history import History, history_of, with_likely_past
from agent.proposers.notebook import Notebook
from agent.proposers.place import is_leaf
from agent.proposers.reach import Similarity
from agent.proposers.remembered import priors_of
from agent.proposers.source_fields import key_fields, seen_fields, with_values

if TYPE_CHECKING:
    from agent.core.matching.features import Meaning
    from agent.core.matching.word_tables import Table

REBUILT = 6
"""Where so many required values, and more than half of all, lost their source at once, the payload
was rebuilt rather than cut down, and what is most like each of them is proposed."""


def _is_whole(row: Row) -> bool:
    """Return whether a row writes all that stands below its target by one expression."""
    return isinstance(row, ValueRow) or (isinstance(row, EachRow) and row.value is not None)


def _is_rebuilt(history: History, task: Task) -> bool:
    """Return whether most of what a contract needs was taken away: see `REBUILT`."""
    contract = task.contract.schema
    needed = [
        one.path
        for one in contract.fields
        if one.path and one.is_required and is_leaf(contract, one)
    ]
    gone = [path for path in needed if any(paths.is_within(path, above) for above in history.gone)]
    return len(gone) >= REBUILT and 2 * len(gone) > len(needed)


class Matching:
    """Feeds every contract field that is still open, without a model."""

    name = "matching"
    is_free = True

    def __init__(self, *, embedder: Embedder) -> None:
        self._embedder = embedder

    def propose(self, task: Task, so_far: Answer) -> Answer:
        """Return the answer with rules for all fields that names, types or pairs can feed."""
        rows, book = self._fed(task, so_far.rows)
        known = {note.target for note in so_far.notes}
        kept = {place.target for place in places(rows)} | {one.path for one in book.unfed}
        whole = [place.target for place in places(rows) if _is_whole(place.row)]
        notes = so_far.notes + tuple(
            note
            for note in book.notes
            if note.target not in known
            and (note.target in kept or any(paths.is_within(note.target, at) for at in whole))
        )
        return replace(so_far, rows=rows, notes=notes, unfed=tuple(book.unfed))

    def _fed(self, task: Task, kept: tuple[Row, ...]) -> tuple[tuple[Row, ...], Notebook]:
        """Return the rows for a task, and the notes on them."""
        feeding = Feeding(task, self.similarity(task), self.name, self._history(task))
        return feeding.root(kept), feeding.notebook

    def _history(self, task: Task) -> History:
        """Return what became of the contract's sources; nothing counts as gone where `REBUILT`."""
        history = history_of(task)
        if task.before is not None and not history.is_known:
            score = self._scores(task.before.fields, task.contract.schema.fields)
            history = with_likely_past(history, task, lambda one, other: score(one, other, False))
        return replace(history, gone=frozenset()) if _is_rebuilt(history, task) else history

    def similarity(self, task: Task) -> Similarity:
        """Return how alike every source field and contract field of a task are."""
        outputs = [*task.contract.examples]
        for sample in task.samples:
            outputs.extend(sample.expected_by(task.contract.consumer))
        score = self._scores(
            (*seen_fields(task), *key_fields(task)),
            with_values(task.contract.schema.fields, outputs),
        )
        moved, priors = history_of(task).moved, priors_of(task)

        def similarity(source: FieldInfo, target: FieldInfo, in_context: bool) -> float:
            known = moved.get((source.path, target.path), 0.0)
            found = max(score(source, target, in_context), known)
            return max(found, priors.likeness(source.path, target.path))

        return similarity

    def _scores(self, sources: Sequence[FieldInfo], targets: Sequence[FieldInfo]) -> Similarity:
        from agent.core.matching.feeding_scores import score_tables

        plain, near = score_tables(sources, targets, self._meaning(sources, targets))
        row = {field.path: number for number, field in enumerate(sources)}
        column = {field.path: number for number, field in enumerate(targets)}

        def score(source: FieldInfo, target: FieldInfo, in_context: bool) -> float:
            return float((near if in_context else plain)[row[source.path], column[target.path]])

        return score

    def _meaning(self, sources: Sequence[FieldInfo], targets: Sequence[FieldInfo]) -> Meaning:
        from agent.core.matching.features import Meaning
        from agent.core.matching.value_tables import known_values

        return Meaning(
            self._cosines(sources, targets, lambda one: matching_text(one, known_values(one))),
            self._cosines(sources, targets, lambda one: one.description[:TEXT_LIMIT]),
        )

    def _cosines(
        self,
        sources: Sequence[FieldInfo],
        targets: Sequence[FieldInfo],
        text: Callable[[FieldInfo], str],
    ) -> Table:
        """Return the cosine of a text of every source field with that of every contract field."""
        import numpy as np

        left = np.array(self._embedder.embed([text(field) for field in sources]))
        right = np.array(self._embedder.embed([text(field) for field in targets]))
        found: Table = left @ right.T
        return found
