"""Some members of a set of values, and whether these are all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from agent.core.inclusion.graph import Literal
from agent.core.merging import value_key
from agent.core.values import Json

Goal: TypeAlias = frozenset[Literal]
"""What one value has to satisfy: all of these."""


@dataclass(frozen=True, slots=True)
class Members:
    """Different values of a set; `is_complete` says that it has no others.

    `cuts` are goals that were being looked at while this was found: no value was looked for that
    holds a value of one of them, so completeness stands under that condition only.
    """

    values: tuple[Json, ...] = ()
    is_complete: bool = True
    cuts: frozenset[Goal] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether the set is known to have no member."""
        return not self.values and self.is_complete


NONE: Final = Members()


class Collector:
    """Gathers different members from several sets, up to a number of them."""

    def __init__(self, want: int) -> None:
        self._want = want
        self._values: list[Json] = []
        self._keys: set[str] = set()
        self._is_complete = True
        self._cuts: frozenset[Goal] = frozenset()

    @property
    def missing(self) -> int:
        """How many more are wanted."""
        return self._want - len(self._values)

    @property
    def is_hopeless(self) -> bool:
        """Whether the search so far was complete and found nothing."""
        return not self._values and self._is_complete

    def add(self, found: Members) -> None:
        """Take the members of one more set."""
        for value in found.values:
            self.add_value(value)
        self._is_complete &= found.is_complete
        self._cuts |= found.cuts

    def add_value(self, value: Json) -> None:
        """Take one more member."""
        if self.missing <= 0:
            self._is_complete = False
        elif self._want == 1:  # it needs no key, which for a large value costs much
            self._values.append(value)
        elif (key := value_key(value)) not in self._keys:
            self._keys.add(key)
            self._values.append(value)

    def depend(self, founds: Iterable[Members]) -> None:
        """Note that what is concluded stands on some other sets being as they were found."""
        for found in founds:
            self._cuts |= found.cuts
            self._is_complete &= found.is_complete

    def replace(self, found: Members) -> None:
        """Take a complete listing in place of everything so far."""
        if found.is_complete:
            self._values = list(found.values[: self._want])
            self._keys = {value_key(value) for value in self._values}
            self._is_complete = len(found.values) <= self._want
            self._cuts = found.cuts

    def give_up(self) -> None:
        """Note that there may be members that were not looked for."""
        self._is_complete = False

    def members(self) -> Members:
        """Return what was gathered."""
        # With a condition nothing but emptiness is worth saying: a value may have been cut off.
        is_complete = self._is_complete and not (self._values and self._cuts)
        return Members(tuple(self._values), is_complete, self._cuts)
