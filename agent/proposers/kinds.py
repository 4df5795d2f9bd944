"""Fields that no pair shows because they are for one kind of object, as their name tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.syntax import Call, Conditional, Expression, Row, ValueRow
from agent.core.matching.names import own_name, stems
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call, equals, negate
from agent.core.synthesis.examples import Read
from agent.proposers.agreeing import stays_silent
from agent.proposers.choosing import Choice, candidates, has_pairs
from agent.proposers.place import Place, named_children
from agent.proposers.reach import Reach

SHORTEST: Final = 3
"""Letters of the shortest word that tells a kind."""

KIND_FLOOR: Final = 0.1
"""What a source field must at least be like where the name of a field tells its kind: much of the
name is that kind, and says nothing of what there is of it."""

ONLY: Final = "only"
"""A description with this word says for which kind a field is."""


@dataclass(slots=True)
class Kinds:
    """Feeds `card_number` from `src.number` where `src.type == 'card'`, as nothing else tells.

    A field beside it that takes the same is then for the other kinds.
    """

    reach: Reach
    _told: dict[str, Expression] = field(default_factory=dict, init=False)

    def choice(self, child: FieldInfo, place: Place) -> Choice | None:
        """Return what feeds a field of one kind, and the condition that it is this kind."""
        examples = place.examples_of(child.path)
        if child.is_required or has_pairs(examples):
            return None
        for read in self.reach.reads(child, place, kinds=frozenset({"string"})):
            value = self._kind(child, read.field)
            source = None if value is None else self._source(child, place, apart=read.path)
            if value is None or source is None:
                continue
            condition = equals(read.expression, value)
            if stays_silent(Conditional(condition, source.expression, call("absent")), examples):
                self._told[child.path] = condition
                text = f"its name tells of {value!r}, one of the values of {read.path}"
                return Choice(
                    source.expression,
                    (source.path, read.path),
                    Signals(Ground.LEFTOVER),
                    (Evidence(EvidenceKind.NAME, text),),
                    when=condition,
                    is_ambiguous=True,
                    question=f"is it only for {value!r} at {read.path}, as its name tells?",
                )
        return None

    def left_to(self, rows: tuple[Row, ...], base: str) -> tuple[Row, ...]:
        """Return rows of which none writes what a row of one kind beside it takes already."""
        taken = [
            (one.target, one.value, self._told[base + one.target])
            for one in rows
            if isinstance(one, ValueRow) and base + one.target in self._told
        ]
        return tuple(self._other(row, taken) for row in rows)

    def _other(self, row: Row, taken: Sequence[tuple[str, Expression, Expression]]) -> Row:
        if not isinstance(row, ValueRow) or row.when is not None:
            return row
        if any(row.target == target for target, _, _ in taken):
            return row
        bare = _unless_empty(row.value)
        kinds = [condition for _, value, condition in taken if value == bare]
        if not kinds:
            return row
        value = row.value
        for condition in kinds:
            value = Conditional(negate(condition), value, call("absent"))
        return replace(row, value=value)

    def _kind(self, child: FieldInfo, source: FieldInfo) -> str | None:
        """Return the one value of an enum that a field's name, or its description, tells."""
        values = [one for one in source.enum or () if isinstance(one, str)]
        if len(values) < 2:
            return None
        said = child.description if ONLY in child.description.lower().split() else ""
        own = {word for word in stems(own_name(child.path)) | stems(said) if len(word) >= SHORTEST}
        beside = named_children(self.reach.task.contract.schema, paths.parent(child.path))
        common = {
            word
            for word in own
            if 2 * sum(word in stems(own_name(one.path)) for one in beside) > len(beside)
        }
        told = [one for one in values if (own - common) & stems(one)]
        return told[0] if len(told) == 1 else None

    def _source(self, child: FieldInfo, place: Place, *, apart: str) -> Read | None:
        """Return the field most like this one that it takes as it is, other than the kind."""
        reads = [one for one in self.reach.alike_reads(child, place) if one.path != apart]
        found = candidates(child, reads, lowest=KIND_FLOOR)
        return next((one.read for one in found if one.expression == one.read.expression), None)


def _unless_empty(value: Expression) -> Expression:
    """Return what is left out when it is empty, or any other expression as it is."""
    match value:
        case Call("non_empty", (inner,), ()):
            return inner
        case _:
            return value
