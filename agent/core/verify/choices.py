"""The choices that writing a payload consists of, and the hints that steer them.

One payload is a sequence of answers to choices ("is /note there?", "which arm?"), so that every
strategy of the search is only another way to answer them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

from agent.core import paths
from agent.core.values import Json

WILD = -1
"""An answer to a text or number choice: write something random."""


SIZE = "size"
"""The detail of the choice of how many items an array has."""


class Kind(IntEnum):
    """What a choice is about, in the order in which the search varies them."""

    PRESENCE = 0
    TYPE = 1
    ARM = 2
    ENUM = 3
    SIZE = 4
    NUMBER = 5
    TEXT = 6
    EXTRA = 7


class Choice(NamedTuple):
    """One choice at one place of a payload, with so many `options`.

    `key` (place and detail) tells it from every other one in a payload. `base` is the ordinary
    option, `least` the one that makes the payload smallest, and the first `plausible` options
    look like ordinary payloads. A tuple, because millions are made.
    """

    key: tuple[str, str]
    kind: Kind
    options: int
    base: int
    least: int
    plausible: int
    is_read: bool
    ordinal: int

    @property
    def at(self) -> str:
        """Return the concrete pointer of the place."""
        return self.key[0]

    @property
    def detail(self) -> str:
        """Return what is chosen there."""
        return self.key[1]


Policy = Callable[[Choice], int]
"""Answers a choice with an option, or with WILD."""


def _empty() -> Mapping[str, tuple[Json, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known about the adapter under search; every key is a source path with `*`.

    `favourites` are values that its rules are known to take, `literals` those that its
    expressions mention, `sizes` array lengths that they need. Only `reads`, and how many items
    there are in `walks`, can change the output (None: anything may); `names` are keys worth
    trying where unknown ones are allowed.
    """

    favourites: Mapping[str, tuple[Json, ...]] = field(default_factory=_empty)
    literals: Mapping[str, tuple[Json, ...]] = field(default_factory=_empty)
    sizes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    reads: frozenset[str] | None = None
    walks: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()

    def is_read(self, path: str) -> bool:
        """Return whether the value at `path`, or a part of it, may reach the output."""
        if self.reads is None or any(paths.is_within(walk, path) for walk in self.walks):
            return True
        return any(
            paths.is_within(path, read) or paths.is_within(read, path) for read in self.reads
        )

    def is_read_whole(self, path: str) -> bool:
        """Return whether `path` is read together with everything below it."""
        return self.reads is not None and any(paths.is_within(path, read) for read in self.reads)
