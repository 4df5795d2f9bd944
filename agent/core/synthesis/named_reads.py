"""How likely reads are meant for a field: by names, descriptions and what feeds its siblings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from agent.core import paths
from agent.core.matching.names import own_name, stems
from agent.core.schema import FieldInfo, Schema
from agent.core.synthesis.examples import Read
from agent.core.synthesis.explanation import Likeness
from agent.core.synthesis.scope import Column, Scope
from agent.core.synthesis.telling import (
    is_pointed_to,
    quoted,
    telling,
    telling_field,
    with_rule_of,
)

TOLD_GAIN: Final = 0.4
TOLD_LIKENESS: Final = 0.2
TOLD_MOST: Final = 0.85
"""What it adds to the likeness of names that a description speaks of the source field."""


@dataclass(slots=True)
class NamedReads:
    """The reads of the fields of one contract, and which source fields feed them so far."""

    contract: Schema
    likeness: Likeness
    fields: dict[str, FieldInfo]
    _kept: list[Scope] = field(default_factory=list)
    _order: dict[tuple[str, int], list[Column]] = field(default_factory=dict)
    _fed: dict[str, frozenset[str]] = field(default_factory=dict)
    _feeds: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    _fields: dict[str, FieldInfo | None] = field(default_factory=dict)

    def ranked(self, target: str, scope: Scope) -> list[Column]:
        """Return the reads of a scope, those most like the target first."""
        key = (target, id(scope))
        if key not in self._order:
            self._kept.append(scope)
            self._order[key] = sorted(
                scope.columns, key=lambda one: one.cost * 0.2 - self.prior(target, one, scope)
            )
        return self._order[key]

    def read(self, target: str, column: Column, scope: Scope) -> Read:
        """Return a column as a read of a source field, with all that speaks for it."""
        info = self.fields.get(column.path) or FieldInfo(
            column.path, frozenset(), is_required=False, is_nullable=False
        )
        prior = self.prior(target, column, scope)
        is_told = column.code in self._quoted(target) or _is_named(column.code, target)
        cost = column.cost - (TOLD_GAIN if is_told else 0.0)
        told = self._speaks_of(target, column.path)
        return Read(column.expression, column.path, info, prior, cost, column.is_guess, told)

    def field(self, target: str) -> FieldInfo | None:
        """Return a contract field; one that is made by the rule of another has its description."""
        if target not in self._fields:
            field = self.contract.field(target)
            self._fields[target] = field and with_rule_of(field, self.contract.fields)
        return self._fields[target]

    def description_of(self, target: str) -> str:
        """Return the description of a field; of an item without one, that of its array."""
        places = (target, paths.parent(target) if paths.last(target) == paths.ANY else "")
        said = [info.description for one in places if (info := self.field(one))]
        return next((one for one in said if one), "")

    def _quoted(self, target: str) -> frozenset[str]:
        """Return the texts that the contract quotes for a field, or for the whole of it."""
        infos = (self.contract.field(target), self.contract.field(""))
        return quoted(" ".join(info.description for info in infos if info is not None))

    def prior(self, target: str, column: Column, scope: Scope) -> float:
        """Return what names and descriptions are worth, 0 to 1, before any pair is looked at."""
        is_near = any(place and paths.parent(column.path) == place for place in scope.around)
        alike = self.likeness(column.said, target, is_near)
        if column.code:
            alike = max(alike, self.likeness(column.path, target, is_near))
        told = self._speaks_of(target, column.path) or is_pointed_to(
            column.path, column.via, target
        )
        return max(alike, min(alike + TOLD_LIKENESS, TOLD_MOST)) if told else alike

    def _speaks_of(self, target: str, path: str) -> int:
        """Return what a field's description says of a source field, as `telling` does.

        It speaks of it too where it speaks of a sibling that the source field feeds.
        """
        field = self.field(target)
        said = "" if field is None else field.description
        if not said:
            return 0
        found = telling_field(path, said)
        if found:
            return found
        siblings = self._feeds.get((path, paths.parent(target)), ())
        return max((telling(own_name(one), said) for one in siblings if one != target), default=0)

    def feed(self, target: str, sources: frozenset[str]) -> None:
        """Write down which source fields feed a target now."""
        above = paths.parent(target)
        for path in self._fed.get(target, frozenset()) - sources:
            del self._feeds[path, above][target]
        for path in sources:
            self._feeds.setdefault((path, above), {})[target] = None
        self._fed[target] = sources


def _is_named(code: str, target: str) -> bool:
    """Return whether a path has all words of a code that picks an item: `home`, `/homeAddress`."""
    said = stems(code)
    return bool(said) and said <= stems(" ".join(map(str, paths.parse(target))))
