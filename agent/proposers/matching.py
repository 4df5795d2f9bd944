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
from agent.core.values import Json
from agent.ports import Embedder
from agent.proposers.feeding import Feeding
from agent.proposers.history import history_of
from agent.proposers.reach import Similarity
from agent.proposers.remembered import priors_of

if TYPE_CHECKING:
    from agent.core.matching.features import Meaning
    from agent.core.matching.word_tables import Table

SEEN_VALUES = 20
"""Values of a field that are taken from samples."""


def _is_whole(row: Row) -> bool:
    """Return whether a row writes all that stands below its target by one expression."""
    return isinstance(row, ValueRow) or (isinstance(row, EachRow) and row.value is not None)


class Matching:
    """Feeds every contract field that is still open, without a model."""

    name = "matching"
    is_free = True

    def __init__(self, *, embedder: Embedder) -> None:
        self._embedder = embedder

    def propose(self, task: Task, so_far: Answer) -> Answer:
        """Return the answer with rules for all fields that names, types or pairs can feed."""
        feeding = Feeding(task, self.similarity(task), self.name, history_of(task))
        rows = feeding.root(so_far.rows)
        book = feeding.notebook
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

    def similarity(self, task: Task) -> Similarity:
        """Return how alike every source field and contract field of a task are."""
        from agent.core.matching.feeding_scores import score_tables

        outputs = [*task.contract.examples]
        for sample in task.samples:
            outputs.extend(sample.expected_by(task.contract.consumer))
        sources = _with_values(task.after.fields, [sample.payload for sample in task.samples])
        targets = _with_values(task.contract.schema.fields, outputs)
        plain, near = score_tables(sources, targets, self._meaning(sources, targets))
        row = {field.path: number for number, field in enumerate(sources)}
        column = {field.path: number for number, field in enumerate(targets)}
        moved, priors = history_of(task).moved, priors_of(task)

        def similarity(source: FieldInfo, target: FieldInfo, in_context: bool) -> float:
            table = near if in_context else plain
            found = float(table[row[source.path], column[target.path]])
            known = max(found, moved.get((source.path, target.path), 0.0))
            return max(known, priors.likeness(source.path, target.path))

        return similarity

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


def _with_values(fields: Sequence[FieldInfo], payloads: Sequence[Json]) -> tuple[FieldInfo, ...]:
    """Return the fields with the values that payloads show among their examples."""
    return tuple(
        replace(one, examples=(*one.examples, *_scalars(payloads, one.path))) for one in fields
    )


def _scalars(payloads: Sequence[Json], path: str) -> list[Json]:
    found = (value for payload in payloads for _, value in paths.find(payload, path))
    return [value for value in found if isinstance(value, (str, int, float))][:SEEN_VALUES]
