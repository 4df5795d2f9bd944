"""Where in a payload a value is being written."""

from __future__ import annotations

import functools
from typing import NamedTuple

from agent.core import paths
from agent.core.values import Json

_child = functools.lru_cache(maxsize=65_536)(paths.child)


class Spot(NamedTuple):
    """Where a value is being written. `path` is `at` with `*` for items and map keys."""

    at: str = ""
    path: str = ""
    name: str = ""
    ordinal: int = 0
    depth: int = 0
    visits: tuple[str, ...] = ()
    is_lean: bool = False

    def key(self, name: str, *, is_open: bool = False, index: int = 0) -> Spot:
        """Return the spot of one property; `is_open` for a key that the schema does not name."""
        path = paths.items(self.path) if is_open else _child(self.path, name)
        return Spot(
            _child(self.at, name),
            path,
            name,
            self.ordinal + index,
            self.depth + 1,
            self.visits,
            self.is_lean,
        )

    def item(self, index: int) -> Spot:
        """Return the spot of one array item."""
        return Spot(
            f"{self.at}/{index}",
            paths.items(self.path),
            self.name,
            self.ordinal + index,
            self.depth + 1,
            self.visits,
            self.is_lean,
        )

    def lean(self) -> Spot:
        """Return the spot where the smallest value is asked for."""
        return self._replace(is_lean=True)


def anything(spot: Spot, schema: Json) -> Spot:
    """Return the spot, made lean deep inside values that no schema describes."""
    is_open = schema is True or schema == {}
    return spot.lean() if is_open and spot.depth > 6 else spot
