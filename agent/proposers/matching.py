"""Matching and synthesis: fields that correspond, and expressions that agree with all pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.core import paths
from agent.core.language.syntax import EachRow, Row, ValueRow
from agent.core.language.walk import places
from agent.core.matching.names import TEXT_LIMIT, field_text
from agent.core.matching.score import cosines, score
from agent.core.proposing import Answer, Task
from agent.core.schema import FieldInfo
from agent.ports import Embedder
from agent.proposers.feeding import Feeding
from agent.proposers.history import history_of
from agent.proposers.reach import Similarity


def _is_whole(row: Row) -> bool:
    """Return whether a row writes all that stands below its target by one expression."""
    return isinstance(row, ValueRow) or (isinstance(row, EachRow) and row.value is not None)


class Matching:
    """Feeds every contract field that is still open, without a model."""

    name = "matching"

    def __init__(self, *, embedder: Embedder) -> None:
        self._embedder = embedder

    def propose(self, task: Task, so_far: Answer) -> Answer:
        """Return the answer with rules for all fields that names, types or pairs can feed."""
        feeding = Feeding(task, self._similarity(task), self.name, history_of(task))
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

    def _similarity(self, task: Task) -> Similarity:
        sources, targets = task.after.fields, task.contract.schema.fields
        table = self._table(field_text, sources, targets)
        said = self._table(lambda field: field.description[:TEXT_LIMIT], sources, targets)
        history = history_of(task)
        row = {field.path: number for number, field in enumerate(sources)}
        column = {field.path: number for number, field in enumerate(targets)}
        known: dict[tuple[str, str, bool], float] = {}

        def similarity(source: FieldInfo, target: FieldInfo, in_context: bool) -> float:
            key = (source.path, target.path, in_context)
            if key not in known:
                at, to = row[source.path], column[target.path]
                cosine = table[at][to]
                if source.description and target.description:
                    cosine = max(cosine, said[at][to])
                found = score(source, target, cosine=cosine, in_context=in_context).total
                known[key] = max(found, history.moved.get((source.path, target.path), 0.0))
            return known[key]

        return similarity

    def _table(
        self,
        text: Callable[[FieldInfo], str],
        sources: Sequence[FieldInfo],
        targets: Sequence[FieldInfo],
    ) -> list[list[float]]:
        """Return the cosine of a text of every source field with that of every contract field."""
        return cosines(
            self._embedder.embed([text(field) for field in sources]),
            self._embedder.embed([text(field) for field in targets]),
        )
