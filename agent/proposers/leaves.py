"""Contract leaves fed by names: an assignment of source fields, constants, defaults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.core.confidence.signals import Ground
from agent.core.language.syntax import Row, ValueRow
from agent.core.schema import FieldInfo
from agent.proposers.agreeing import stays_silent
from agent.proposers.arms import Arms
from agent.proposers.arrays import Arrays
from agent.proposers.assigning import assign
from agent.proposers.choosing import (
    FLOOR,
    Candidate,
    Choice,
    candidates,
    choice_of,
    constant_choice,
    default_choice,
    guard,
    has_pairs,
)
from agent.proposers.history import GONE_FLOOR, History
from agent.proposers.notebook import Notebook
from agent.proposers.place import Place, is_leaf
from agent.proposers.reach import Reach


@dataclass(slots=True)
class Leaves:
    """Writes one row per contract leaf that no pair explains."""

    reach: Reach
    notebook: Notebook
    arrays: Arrays
    history: History

    def assigned(self, children: Sequence[FieldInfo], place: Place) -> dict[str, Choice]:
        """Return an assignment by score of the leaves that no pair shows."""
        schema = self.reach.task.contract.schema
        offers = {
            child.path: self._offers(child, place)
            for child in children
            if is_leaf(schema, child)
            and not has_pairs(place.examples_of(child.path))
            and constant_choice(child) is None
        }
        return {
            path: choice_of(best, rest)
            for path, (best, rest) in assign(offers).items()
            if path not in self.history.gone or best.score >= self._floor_of_gone(best)
        }

    def _floor_of_gone(self, best: Candidate) -> float:
        """Return the score that a stand-in for a removed field needs: a new field is likelier."""
        before = self.reach.task.before
        is_new = before is not None and all(before.field(path) is None for path in best.paths)
        return FLOOR if is_new else GONE_FLOOR

    def _offers(self, child: FieldInfo, place: Place) -> list[Candidate]:
        """Return the candidates for a leaf that no pair shows; where it is absent they are too."""
        examples = place.examples_of(child.path)
        found = candidates(child, self.reach.alike_reads(child, place), self.reach.priors)
        return [one for one in found if stays_silent(one.expression, examples)]

    def leaf(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return the row of a leaf that neither pairs nor names gave an expression for."""
        choice = constant_choice(child) if child.is_required else None
        if choice is None and child.is_required and not has_pairs(place.examples_of(child.path)):
            choice = default_choice(child)
        if choice is None and has_pairs(place.examples_of(child.path)):
            offers = candidates(child, self.reach.alike_reads(child, place), self.reach.priors)
            if offers and offers[0].score >= FLOOR:
                named = choice_of(offers[0], offers[1:])
                signals = replace(named.signals, ground=Ground.UNEXPLAINED)
                choice = replace(named, signals=signals, is_ambiguous=True)
        if choice is not None:
            return self.value(child, choice, place)
        rows = self.arrays.values_of_items(child, place) if "array" in child.types else ()
        if not rows:
            self.notebook.leave(child)
        return rows

    def value(self, child: FieldInfo, choice: Choice, place: Place) -> tuple[Row, ...]:
        """Return the row of a choice, made safe where its reads may be absent."""
        sources = [self.reach.task.after.field(path) for path in choice.paths]
        arms = Arms(self.reach.task.after)
        asked = arms.completed(choice.expression, place.scope)
        expression = guard(
            replace(choice, expression=arms.taken(asked, child, place.scope)),
            child,
            may_be_absent=any(
                place.may_be_absent(self.reach.task.after, path) for path in choice.paths
            ),
            is_nullable=any(source is not None and source.is_nullable for source in sources),
            is_certain=place.is_certain,
            said=self.reach.said_for_nothing(child),
        )
        self.notebook.note(child.path, replace(choice, expression=expression))
        return (ValueRow(target=place.relative(child.path), value=expression, when=choice.when),)
