"""Contract leaves fed by names: an assignment of source fields, constants, defaults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from agent.core import paths
from agent.core.alike_names import GENERIC
from agent.core.confidence.signals import Ground
from agent.core.language.printer import print_expression
from agent.core.language.syntax import Row, ValueRow
from agent.core.matching.names import own_name, stems
from agent.core.schema import FieldInfo
from agent.core.synthesis.compositions import Composed
from agent.core.synthesis.examples import Read
from agent.core.synthesis.flags import flags_told_beside
from agent.core.synthesis.telling import telling
from agent.core.synthesis.told_chains import TOLD_PRIOR, told_chain
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
    composed_candidate,
    constant_choice,
    default_choice,
    fallback_choice,
    guard,
    has_pairs,
    said_choice,
)
from agent.proposers.history import GONE_FLOOR, History, was_there_before
from agent.proposers.languages import plain_texts, root_descriptions, said_language, tagged
from agent.proposers.notebook import Notebook
from agent.proposers.picking import picked
from agent.proposers.place import Place, is_leaf, named_children
from agent.proposers.reach import Reach
from agent.proposers.unwrapping import unwrapped

USED = 0.5
"""What is left of a likeness below the floor where the source field already feeds another."""

OUTSIDE = 0.5
"""What is left of it where the source field is outside the item that a loop is at."""

OPTIONAL = 0.3
"""What is left of it where the source field may be absent, and what it feeds must be there."""

ASIDE = 0.5
"""What is left of it where no field beside the fed one comes from the same object."""

SECOND_FLOOR = FLOOR / 2
"""What a field that is called like another contract field must be like to feed a second one."""

TOLD_SCORE = 0.7
"""Score of a field of the very name in the object that the description speaks of."""

CONVERTED_FLOOR = 0.02
"""What a field that is unlike and would have to be converted too must at least be like."""


@dataclass(slots=True)
class Leaves:
    """Writes one row per contract leaf that no pair explains."""

    reach: Reach
    notebook: Notebook
    arrays: Arrays
    history: History
    _used: set[str] = field(default_factory=set, init=False)
    _homes: dict[str, str] = field(default_factory=dict, init=False)
    """The source object that the value of each contract field fed by likeness comes from."""

    def assigned(self, children: Sequence[FieldInfo], place: Place) -> dict[str, Choice]:
        """Return an assignment by score of the leaves that no pair shows."""
        schema = self.reach.task.contract.schema
        offers = {
            child.path: self.offers(child, place)
            for child in children
            if is_leaf(schema, child)
            and not has_pairs(place.examples_of(child.path))
            and constant_choice(child) is None
            and (said_choice(child) is None or not child.is_required)
        }
        chosen = {
            path: choice_of(best, rest)
            for path, (best, rest) in assign(offers).items()
            if path not in self.history.gone or best.score >= self._floor_of_gone(best)
        }
        for path, choice in chosen.items():
            self._take(path, choice)
        return chosen

    def _take(self, target: str, choice: Choice) -> None:
        """Take note of what a field is fed from."""
        self._used.update(choice.paths)
        if choice.paths:
            self._homes[target] = paths.parent(choice.paths[0])

    def _floor_of_gone(self, best: Candidate) -> float:
        """Return the score that a stand-in for a removed field needs: a new field is likelier."""
        is_new = not any(was_there_before(self.reach.task, path) for path in best.paths)
        return FLOOR if is_new else GONE_FLOOR

    def offers(
        self, child: FieldInfo, place: Place, *, lowest: float = FLOOR / 2
    ) -> list[Candidate]:
        """Return the candidates for a leaf that no pair shows; where it is absent they are too."""
        examples = place.examples_of(child.path)
        reads = self.reach.alike_reads(child, place)
        found = [*candidates(child, reads, self.reach.priors, lowest=lowest)]
        if child.types == {"string"}:
            found += self._of_tagged(child, place)
        if child.types == {"boolean"}:
            beside = self.reach.task.contract.schema.children(paths.parent(child.path))
            told = flags_told_beside(child, beside, reads)
            found += [composed_candidate(one) for one in told]
        found += self._of_told(child, place)
        found += unwrapped(child, place, self.reach)
        found += picked(child, place, self.reach)
        if child.types == {"integer"}:
            found += self._counts(child, place)
        found = _told_by_object(child, found)
        ranked = sorted(found, key=lambda one: (-one.score, one.read.path))
        return [one for one in ranked if stays_silent(one.expression, examples)]

    def _of_told(self, child: FieldInfo, place: Place) -> Iterator[Candidate]:
        """Yield the source fields that the description lists, one where another is not there."""
        fields = self.reach.fields
        told = told_chain(child, child.description, fields=fields, places=place.scope)
        if told is not None:
            reads = [Read(told.expression, path, fields[path], TOLD_PRIOR) for path in told.paths]
            reason = f"the contract says: {told.said}"
            yield composed_candidate(Composed(told.expression, tuple(reads), TOLD_PRIOR, reason))

    def _counts(self, child: FieldInfo, place: Place) -> Iterator[Candidate]:
        """Yield the counts of arrays of objects, which are no candidates of their own."""
        arrays = self.reach.reads(child, place, kinds=frozenset({"array"}))
        after = self.reach.task.after
        held = [one for one in arrays if named_children(after, paths.items(one.path))]
        return (one for one in candidates(child, held, lowest=1.1))

    def _of_tagged(self, child: FieldInfo, place: Place) -> Iterator[Candidate]:
        """Yield the texts in the language that the contract or the source says."""
        task = self.reach.task
        language = said_language(child.description, *root_descriptions(task))
        arrays = []
        for read in self.reach.reads(child, place, kinds=frozenset({"array"})):
            names = tagged(task.after, read.path)
            text = names and self.reach.fields.get(f"{paths.items(read.path)}/{names.text}")
            if text:
                alike = self.reach.similarity(text, child, False)
                arrays.append(replace(read, prior=max(read.prior, alike)))
        return plain_texts(
            arrays,
            task.after,
            language,
            taken=frozenset(place.scope),
            seen=lambda one: self.reach.fields[one.path].examples,
        )

    def _likeliest(self, child: FieldInfo, place: Place) -> Choice | None:
        """Return the best candidate below the floor for a field that must be there, to be asked.

        A field whose source was taken away gets one of its heirs or none: what is like it
        was never it.
        """
        heirs = self.history.heirs.get(child.path, frozenset())
        is_gone = child.path in self.history.gone
        if not place.is_owed or not child.is_required or (is_gone and not heirs):
            return None
        offers = [
            one
            for one in self.offers(child, place, lowest=0.0)
            if one.score > (0.0 if one.expression == one.read.expression else CONVERTED_FLOOR)
            and one.read.path
            and not one.is_rejected
        ]
        if is_gone:
            offers = [one for one in offers if heirs.issuperset(one.paths)]
        else:
            offers = self._free(offers, child, place)
        offers.sort(key=lambda one: -one.score * self._share_left(one, child, place))
        if not offers:
            return None
        made = choice_of(offers[0], offers[1:])
        taken = print_expression(made.expression)
        lost = f"the field that fed it was removed: is it `{taken}` now?" if is_gone else ""
        return replace(made, is_ambiguous=True, question=made.question or lost)

    def _free(self, offers: Sequence[Candidate], child: FieldInfo, place: Place) -> list[Candidate]:
        """Return the candidates that read nothing that other contract fields are called.

        A field of the same name around the matching object may be repeated in it. Where all are
        taken, and no version before tells of a source that was removed, a field that is quite
        like it may feed a second one.
        """
        repeated = [one for one in offers if _is_repeated(one, child, place)]
        free = [one for one in offers if not self._is_claimed(one, child)]
        if repeated or free or self.reach.task.before is not None:
            return repeated or free
        return [one for one in offers if one.score >= SECOND_FLOOR]

    def _is_claimed(self, one: Candidate, child: FieldInfo) -> bool:
        """Return whether another contract field is called what a candidate reads."""
        return any(self.reach.is_claimed(path, child.path) for path in one.paths)

    def _share_left(self, one: Candidate, child: FieldInfo, place: Place) -> float:
        """Return what is left of a likeness below the floor, where names say little.

        What takes a part of a field leaves the other parts to others.
        """
        share = 1.0
        if not all(place.is_inside(path) for path in one.paths):
            share *= OUTSIDE
        if set(one.paths) & self._used and not one.is_lossy:
            share *= USED
        if any(place.may_be_absent(self.reach.task.after, path) for path in one.paths):
            share *= OPTIONAL
        return share * self._share_of_home(paths.parent(one.paths[0]), child)

    def _share_of_home(self, home: str, child: FieldInfo) -> float:
        """Return what is left by how many of the fields beside one come from an object."""
        holder = paths.parent(child.path)
        beside = [of for path, of in self._homes.items() if paths.parent(path) == holder]
        if not beside:
            return 1.0
        return ASIDE + (1 - ASIDE) * beside.count(home) / len(beside)

    def leaf(self, child: FieldInfo, place: Place) -> tuple[Row, ...]:
        """Return the row of a leaf that neither pairs nor names gave an expression for."""
        choice = (constant_choice(child) or said_choice(child)) if child.is_required else None
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
        if rows:
            return rows
        weak = self._likeliest(child, place)
        if weak is None and child.is_required and place.is_owed:
            weak = fallback_choice(child)
        if weak is not None:
            return self.value(child, weak, place)
        self.notebook.leave(child)
        return ()

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
            source=sources[0] if len(sources) == 1 else None,
        )
        self._take(child.path, choice)
        self.notebook.note(child.path, replace(choice, expression=expression))
        return (ValueRow(target=place.relative(child.path), value=expression, when=choice.when),)


def _told_by_object(child: FieldInfo, found: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates, one of a name that several objects have raised where its is described.

    Of `/start/day` and `/end/day`, "day of the end" tells which `day` is meant.
    """
    name = stems(own_name(child.path))
    same = {
        one.read.path
        for one in found
        if stems(own_name(one.read.path)) == name and one.expression == one.read.expression
    }
    told = [path for path in same if telling(own_name(paths.parent(path)), child.description) > 0]
    if len(same) < 2 or len(told) != 1:
        return list(found)
    return [
        replace(one, score=max(one.score, TOLD_SCORE)) if one.read.path == told[0] else one
        for one in found
    ]


def _is_repeated(one: Candidate, child: FieldInfo, place: Place) -> bool:
    """Return whether a candidate is a field of the very name, from around the matching object."""
    name, home = own_name(child.path), paths.parent(one.read.path)
    return (
        own_name(one.read.path) == name
        and one.expression == one.read.expression
        and home != place.context
        and paths.is_within(place.context, home)
        and not stems(name) <= GENERIC
    )
