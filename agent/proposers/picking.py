"""The items of an array that a contract field is about, and what it takes of them.

`homePhone` is the number of the item whose `type` is `home`; "the link whose name is ssh" says it
in words. What no value tells apart is taken of the item that is marked as the main one, or of the
first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent.core import paths
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import (
    ArrayComprehension,
    Expression,
    Field,
    Index,
    Logic,
    Loop,
    Name,
)
from agent.core.matching.names import own_name, stem, stems, words
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, call, equals
from agent.core.synthesis.conversions import conversion
from agent.core.synthesis.examples import Read
from agent.core.synthesis.naming import fresh_name
from agent.core.synthesis.telling import telling
from agent.proposers.choosing import FLOOR, Candidate
from agent.proposers.place import Place, is_leaf, named_children
from agent.proposers.reach import Reach

TOLD_SCORE: Final = 0.6
NAMED_SCORE: Final = 0.2
"""Score of a field of an item that a value tells, and what its own name adds at most."""

MAIN_SHARE: Final = 0.8
FIRST_SHARE: Final = 0.7
"""What is left of a likeness where the main or the first of several items stands for all."""

ALIKE: Final = 0.1
"""From this likeness on a field of an item may be meant, although they share no word."""

ENDS_SCORE: Final = 0.8
"""Score of a field of the first or last item where a description names both."""

MANY_VALUES: Final = 12
MAX_DEPTH: Final = 3
LONGEST: Final = 30
"""A text with more known values, deeper in the item or longer than this tells no kind of item."""

_ENDS: Final = re.compile(r"\b(first|last)\s+(\w+)", re.IGNORECASE)
_MAIN: Final = frozenset({"primary", "main", "default", "preferred", "principal"})


@dataclass(frozen=True, slots=True)
class Pick:
    """The items of an array that a contract field names by values of theirs.

    `where` holds the conditions over an item that is bound to `name`; `rest` the words of the
    contract field's name beside those values.
    """

    holder: Read
    name: str
    where: tuple[Expression, ...]
    tags: tuple[FieldInfo, ...]
    values: tuple[str, ...]
    rest: frozenset[str]

    def condition(self) -> Expression:
        """Return what holds of the items."""
        return self.where[0] if len(self.where) == 1 else Logic("and", self.where)

    def items(self) -> ArrayComprehension:
        """Return the items."""
        return self.of(Name(self.name))

    def of(self, value: Expression) -> ArrayComprehension:
        """Return a value of each of the items."""
        loop = Loop((self.name,), self.holder.expression, (self.condition(),))
        return ArrayComprehension(value, (loop,))

    @property
    def said(self) -> str:
        """Return the pick in words."""
        return f"items of {self.holder.path} that say {' and '.join(map(repr, self.values))}"


def picks(target: FieldInfo, place: Place, reach: Reach) -> Iterator[Pick]:
    """Yield for each array of objects in reach the items that a contract field names, if any."""
    for holder in reach.reads(target, place, kinds=frozenset({"array"})):
        if holder.field.types != {"array"}:
            continue
        found = pick_of(target, holder, place, reach)
        if found is not None:
            yield found


def pick_of(target: FieldInfo, holder: Read, place: Place, reach: Reach) -> Pick | None:
    """Return the items of one array that a contract field names, or None."""
    items = paths.items(holder.path)
    if not named_children(reach.task.after, items):
        return None
    name = fresh_name(holder.path, place.scope)
    tags: list[tuple[FieldInfo, str]] = []
    for part in _parts(items, reach):
        value = _told(part, target, holder.path) if part.types == {"string"} else None
        if value is not None:
            tags.append((part, value))
    if not tags:
        return None
    return Pick(
        holder=holder,
        name=name,
        where=tuple(equals(_read(name, items, part.path), value) for part, value in tags),
        tags=tuple(part for part, _ in tags),
        values=tuple(value for _, value in tags),
        rest=stems(own_name(target.path)) - {one for _, value in tags for one in stems(value)},
    )


def picked(target: FieldInfo, place: Place, reach: Reach) -> Iterator[Candidate]:
    """Yield fields of the items that a leaf names, or of the main or the first item of arrays.

    The latter only where the object is made in any case: an optional one is not made of scraps.
    """
    for pick in picks(target, place, reach):
        yield from _of_pick(target, pick, reach)
    if target.types and not target.types & {"array", "object"}:
        yield from _at_an_end(target, place, reach)
    if place.is_certain and target.types and not target.types & {"array", "object"}:
        yield from _of_one(target, place, reach)


def _of_pick(target: FieldInfo, pick: Pick, reach: Reach) -> Iterator[Candidate]:
    items = paths.items(pick.holder.path)
    wanted = target
    if "array" in target.types:
        item = reach.task.contract.schema.field(paths.items(target.path))
        if item is None:
            return
        wanted = item
    tagged = {one.path for one in pick.tags}
    leaves = [one for one in _parts(items, reach) if one.path not in tagged]
    around = stems(own_name(pick.holder.path))
    for leaf in leaves:
        converted = conversion(leaf, wanted)
        if converted is None:
            continue
        shared = pick.rest & (around | stems(" ".join(paths.parse(leaf.path[len(items) :]))))
        likeness = reach.similarity(leaf, target, False)
        fits = [one for one in leaves if conversion(one, wanted) is not None]
        if not shared and likeness < ALIKE and len(fits) > 1:
            continue
        named = len(shared) / len(pick.rest) if pick.rest else 1.0
        value = replace_name(converted.expression, V.name, _read(pick.name, items, leaf.path))
        made: Expression = pick.of(value)
        yield Candidate(
            read=Read(pick.holder.expression, leaf.path, leaf, likeness),
            others=tuple(Read(pick.holder.expression, one.path, one, 0.0) for one in pick.tags),
            expression=made if wanted is not target else call("first", made),
            score=(TOLD_SCORE + NAMED_SCORE * (named + likeness) / 2) * converted.certainty,
            reason=f"{leaf.path} of the {pick.said}",
            is_lossy=True,
            is_ambiguous=True,
            part=" ".join(pick.values),
        )


def _at_an_end(target: FieldInfo, place: Place, reach: Reach) -> Iterator[Candidate]:
    """Yield the field of the first or last item that a description speaks of.

    "Site of the last stop" is the `site` of the last of `stops`.
    """
    said = _ENDS.search(target.description)
    if said is None:
        return
    end, spoken = said[1].lower(), stems(target.description)
    for holder in reach.reads(target, place, kinds=frozenset({"array"})):
        around = stems(own_name(holder.path))
        if stem(said[2].lower()) not in around or holder.field.types != {"array"}:
            continue
        items = paths.items(holder.path)
        named = [
            (leaf, converted)
            for leaf in _parts(items, reach)
            if (name := stems(own_name(leaf.path)) - around)
            and name <= spoken
            and (converted := conversion(leaf, target)) is not None
        ]
        if len(named) != 1:
            continue
        leaf, converted = named[0]
        read = _stepped(call(end, holder.expression), paths.parse(leaf.path[len(items) :]))
        yield Candidate(
            read=Read(holder.expression, leaf.path, leaf, ENDS_SCORE),
            expression=replace_name(converted.expression, V.name, read),
            score=ENDS_SCORE * converted.certainty,
            reason=f"{leaf.path} of the {end} item, as described",
            is_lossy=True,
            is_ambiguous=True,
            part=end,
        )


def _of_one(target: FieldInfo, place: Place, reach: Reach) -> Iterator[Candidate]:
    """Yield what is like a leaf in the main item of an array, else in its first."""
    for holder in reach.reads(target, place, kinds=frozenset({"array"})):
        items = paths.items(holder.path)
        if holder.field.types != {"array"} or not named_children(reach.task.after, items):
            continue
        for leaf in _parts(items, reach):
            likeness = reach.similarity(leaf, target, False)
            converted = conversion(leaf, target) if likeness >= FLOOR else None
            if converted is None:
                continue
            one, share, said = _one_item(holder, place, reach)
            read = _stepped(one, paths.parse(leaf.path[len(items) :]))
            yield Candidate(
                read=Read(holder.expression, leaf.path, leaf, likeness),
                expression=replace_name(converted.expression, V.name, read),
                score=likeness * share * converted.certainty,
                reason=f"{leaf.path} of the {said} item",
                is_lossy=True,
                is_ambiguous=True,
            )


def _one_item(holder: Read, place: Place, reach: Reach) -> tuple[Expression, float, str]:
    """Return the item of an array that is marked as the main one, else the first."""
    items = paths.items(holder.path)
    for part in _parts(items, reach):
        if part.types == {"boolean"} and _MAIN & set(words(own_name(part.path))):
            name = fresh_name(holder.path, place.scope)
            loop = Loop((name,), holder.expression, (_read(name, items, part.path),))
            return call("first", ArrayComprehension(Name(name), (loop,))), MAIN_SHARE, "main"
    return Index(holder.expression, 0), FIRST_SHARE, "first"


def _parts(items: str, reach: Reach) -> list[FieldInfo]:
    """Return the plain fields of an item, through objects but through no array or map."""
    found = []
    for one in reach.sources:
        if not paths.is_within(one.path, items) or one.path == items:
            continue
        steps = paths.parse(one.path[len(items) :])
        if len(steps) <= MAX_DEPTH and paths.ANY not in steps and is_leaf(reach.task.after, one):
            found.append(one)
    return found


def _told(tag: FieldInfo, target: FieldInfo, array: str) -> str | None:
    """Return the one known value of a text that a contract field is called after, or speaks of.

    What the array or the text itself is called tells no item from another.
    """
    values = _known(tag)
    if not 0 < len(values) <= MANY_VALUES:
        return None
    common = stems(own_name(array)) | stems(own_name(tag.path))
    telling_ones = [value for value in values if not stems(value) <= common]
    called = [one for one in telling_ones if stems(one) <= stems(own_name(target.path))]
    longest = max((len(stems(one)) for one in called), default=0)
    called = [one for one in called if len(stems(one)) == longest]
    if len(called) == 1:
        return called[0]
    beside = [one for one in telling_ones if _stands_beside(tag, one, target.description)]
    if len(beside) == 1:
        return beside[0]
    spoken = [one for one in telling_ones if telling(one, target.description)]
    is_about = bool(stems(own_name(array)) & stems(target.description))
    if len(spoken) == 1 and is_about and telling(spoken[0], target.description) > 0:
        return spoken[0]
    return None


def _known(field: FieldInfo) -> tuple[str, ...]:
    shown = field.enum or field.examples
    texts = (one for one in shown if isinstance(one, str) and 0 < len(one) <= LONGEST)
    return tuple(one for one in dict.fromkeys(texts) if stems(one))


def _stands_beside(tag: FieldInfo, value: str, description: str) -> bool:
    """Return whether a description says `<tag> is <value>`, or `of <tag> <value>`."""
    said = [stem(word) for word in words(description)]
    tag_word = stem(words(own_name(tag.path))[-1])
    wanted = [stem(word) for word in words(value)]
    for at, word in enumerate(said):
        if word != tag_word:
            continue
        after = at + 1 + (said[at + 1 : at + 2] in (["is"], ["are"], ["equal"]))
        if said[after : after + len(wanted)] == wanted:
            return True
    return False


def _read(name: str, items: str, path: str) -> Expression:
    return _stepped(Name(name), paths.parse(path[len(items) :]))


def _stepped(read: Expression, steps: Sequence[str]) -> Expression:
    for step in steps:
        read = Field(read, paths.key_of(step))
    return read
