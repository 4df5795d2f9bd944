"""Source fields in reach of a contract field, and how alike they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.syntax import Expression
from agent.core.matching.names import own_name
from agent.core.matching.score import name_similarity
from agent.core.proposing import Task
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Example, Read, value_of
from agent.core.synthesis.said import said_for_nothing
from agent.proposers.agreeing import projects
from agent.proposers.place import Place, copies_whole, holds_more, named_children
from agent.proposers.remembered import Priors, priors_of
from agent.proposers.source_fields import (
    key_fields,
    machine_twins,
    names_a_key,
    seen_fields,
)

Similarity = Callable[[FieldInfo, FieldInfo, bool], float]
"""Score of (source field, contract field, parents are matched), 0 to 1."""

CONTAINER_FLOOR = 0.33
COPY_FLOOR = 0.6
UNDECLARED_DISCOUNT = 0.9
KEY_SCORE = 0.6
"""Score of the keys of a map for a field of its items that is called a key or a name."""

MACHINE_ADDRESS = 0.75
"""What is left of a score where the source holds addresses for programs: a link is for people."""

CLAIMED = 0.9
"""From this score on a source field is what a contract field is called after."""


@dataclass(slots=True)
class Reach:
    """The source of one task as it looks from a contract field."""

    task: Task
    similarity: Similarity
    sources: tuple[FieldInfo, ...] = field(init=False)
    fields: dict[str, FieldInfo] = field(init=False)
    priors: Priors = field(init=False)
    _keys: dict[str, FieldInfo] = field(init=False)
    _machine: dict[str, str] = field(init=False)
    _targets: dict[str, FieldInfo] = field(init=False)
    _claims: dict[str, set[str]] | None = field(default=None, init=False)
    _likenesses: dict[tuple[str, str, bool], float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.priors = priors_of(self.task)
        seen = seen_fields(self.task)
        self.fields = {one.path: one for one in seen}
        self._keys = {one.path: one for one in key_fields(self.task)}
        self.sources = (*seen, *self._keys.values())
        self._machine = dict(machine_twins(seen))
        self._targets = {one.path: one for one in self.task.contract.schema.fields}

    def likeness(self, source: str, target: str, is_near: bool) -> float:
        """Return the score of two paths; a path that no schema declares goes by its name."""
        key = (source, target, is_near)
        known = self._likenesses.get(key)
        if known is None:
            one, other = self.fields.get(source), self._targets.get(target)
            if one is not None and other is not None:
                known = self.similarity(one, other, is_near)
            else:
                known = UNDECLARED_DISCOUNT * name_similarity(source, target)
            self._likenesses[key] = known
        return known

    def is_claimed(self, source: str, target: str) -> bool:
        """Return whether a source field is near certain to be meant by another contract field."""
        if self._claims is None:
            self._claims = {}
            for one in self.sources:
                for other in self._targets.values():
                    if one.path and self.similarity(one, other, False) >= CLAIMED:
                        self._claims.setdefault(one.path, set()).add(other.path)
        return bool(self._claims.get(source, set()) - {target})

    def may_copy(self, source: str, target: str) -> bool:
        """Return whether all of a source object or array is what the contract declares there."""
        schema = self.task.contract.schema
        if schema.field(target) is None:
            return True
        after = self.task.after
        return copies_whole(after, source, schema, target) and not holds_more(
            after, source, schema, target
        )

    def is_same(self, source: str, target: str) -> bool:
        """Return whether a source path has just what the contract declares below it.

        Below a map, or what the contract leaves open, any field is declared.
        """
        after, contract = self.task.after, self.task.contract.schema
        given = {
            one.path[len(source) :] for one in after.fields if paths.is_within(one.path, source)
        }
        wanted = {
            one.path[len(target) :] for one in contract.fields if paths.is_within(one.path, target)
        }
        is_extra = any(
            named_children(contract, paths.parent(target + below))
            for below in given - wanted
            if below
        )
        return not is_extra and wanted <= given and self.may_copy(source, target)

    def copy_fits(self, source: Read, target: FieldInfo, examples: Sequence[Example]) -> bool:
        """Return whether copying a source object gives all, in every pair too."""
        contract = self.task.contract.schema
        if source.prior < COPY_FLOOR or not copies_whole(
            self.task.after, source.path, contract, target.path
        ):
            return False
        return all(
            projects(value_of(source.expression, example.bindings), example.expected)
            for example in examples
        )

    def said_for_nothing(self, target: FieldInfo) -> tuple[object] | None:
        """Return what the contract says of a field with nothing in it, where no pair denies it.

        Of a scalar that is left out it needs no word.
        """
        said = said_for_nothing(target)
        if said is None or said[0] is MISSING:
            return said if target.types & {"array", "object"} else None
        key = paths.key_of(paths.last(target.path)) if target.path else ""
        holders = (
            holder
            for _, expected in self.task.pairs()
            for _, holder in paths.find(expected, paths.parent(target.path))
        )
        is_denied = any(isinstance(holder, dict) and key not in holder for holder in holders)
        return None if is_denied else said

    def presence(self, read: Expression, path: str, scope: Mapping[str, str]) -> Expression | None:
        """Return the condition that a read of a path is there, or None where it always is."""
        source = self.task.after.field(path)
        is_nullable = source is not None and source.is_nullable
        place = Place(base="", scope=scope, context="", examples=())
        if not is_nullable and not place.may_be_absent(self.task.after, path):
            return None
        return call("present", call("not_null", read) if is_nullable else read)

    def is_map(self, path: str) -> bool:
        """Return whether a source field is an object with keys that are data."""
        values = self.task.after.field(paths.items(path))
        return values is not None and values.in_map

    def container(self, target: FieldInfo, place: Place, kind: str) -> Read | None:
        """Return the source object or array that is most like a contract one."""
        found = [
            read
            for read in self.reads(target, place, kinds=frozenset({kind}))
            if read.prior >= CONTAINER_FLOOR and read.path
        ]
        return found[0] if found else None

    def alike_reads(self, target: FieldInfo, place: Place) -> list[Read]:
        """Return the fields in reach that could pass as a leaf: no array of objects."""
        return [
            read
            for read in self.reads(target, place)
            if "array" not in read.field.types
            or not named_children(self.task.after, paths.items(read.path))
        ]

    def reads(
        self, target: FieldInfo, place: Place, *, kinds: frozenset[str] | None = None
    ) -> list[Read]:
        """Return the source fields in reach, most alike first."""
        found = []
        for source in self.sources:
            is_key = source.path in self._keys
            read = place.stand.get(source.path) if is_key else place.read(source.path)
            if read is None or (kinds is not None and not source.types & kinds):
                continue
            in_context = paths.parent(source.path) == place.context
            prior = self.similarity(source, target, in_context)
            if own_name(target.path) != own_name(source.path):
                if source.path in self._machine.values():
                    prior *= MACHINE_ADDRESS
                twin = self.fields.get(self._machine.get(source.path, ""))
                if twin is not None:
                    prior = max(prior, self.similarity(twin, target, in_context))
            if is_key and names_a_key(target.path):
                prior = max(prior, KEY_SCORE)
            found.append(Read(read, source.path, source, prior))
        return sorted(found, key=lambda read: (-read.prior, read.path))
