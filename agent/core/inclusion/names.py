"""Fresh keys: texts that match some patterns and not others, and that nothing mentions."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.core.inclusion.formulas import Keys
from agent.core.inclusion.members import Goal, Members

if TYPE_CHECKING:
    from agent.core.inclusion.search import Search


@dataclass(frozen=True, slots=True)
class Cell:
    """Keys that match all `matched` patterns, none of `unmatched`, and are not mentioned.

    `names` is what every key of the object satisfies as a text.
    """

    matched: tuple[str, ...]
    unmatched: tuple[str, ...]
    mentioned: frozenset[str]
    names: Goal

    def is_within(self, keys: Keys) -> bool:
        """Return whether a set of keys, made of mentioned names and patterns, holds the cell."""
        if keys.name is not None:
            return False
        if keys.pattern is not None:
            return keys.pattern in self.matched
        return not any(pattern in self.matched for pattern in keys.patterns)


def fresh_names(
    search: Search, cell: Cell, names: Goal, *, want: int, taken: Set[str] = frozenset()
) -> Members:
    """Return different keys of a cell that satisfy `names` too and are not taken."""
    return search.texts(
        cell.names | names,
        matched=cell.matched,
        unmatched=cell.unmatched,
        excluded=cell.mentioned | taken,
        want=want,
    )
