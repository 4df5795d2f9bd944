"""The places that a contract declares, numbered, for `copy` in other languages."""

from __future__ import annotations

from typing import Any, Final

from agent.core.declared import is_free
from agent.core.language.declared import Declared, Place
from agent.core.values import canonical_text

_LARGEST: Final = 2_000
_OTHER_KEY: Final = "\x00any other key"


class UncountablePlaces(Exception):
    """A contract declares fields in a way that other languages cannot ask for."""


def number_places(declared: Declared) -> dict[str, Any]:
    """Return `{"root": n, n: [fields, other fields, first items, other items], …}`.

    Place 0 is free: everything is declared there. None is "not declared".

    Raises:
        UncountablePlaces: the contract declares fields by pattern, or has too many places.
    """
    return _Numbering(declared).table()


class _Numbering:
    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._numbers: dict[frozenset[object], int] = {}
        self._waiting: list[tuple[int, Place]] = []
        self._kept: list[Place] = []

    def table(self) -> dict[str, Any]:
        found: dict[str, Any] = {"root": self._number(self._declared.root)}
        while self._waiting:
            number, place = self._waiting.pop()
            found[str(number)] = self._parts(place)
        return found

    def _number(self, place: Place | None) -> int | None:
        if place is None:
            return None
        if is_free(place) and not any("prefixItems" in n or "items" in n for n in place):
            return 0
        # Kept alive, so that no other node gets the id of one of its nodes.
        self._kept.append(place)
        key = frozenset(canonical_text(node) if len(node) < 2 else id(node) for node in place)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._waiting.append((self._numbers[key], place))
        if len(self._numbers) > _LARGEST:
            raise UncountablePlaces(f"a contract of more than {_LARGEST} places")
        return self._numbers[key]

    def _parts(self, place: Place) -> list[Any]:
        if any(node.get("patternProperties") for node in place):
            raise UncountablePlaces("a contract that declares fields by pattern")
        keys = dict.fromkeys(key for node in place for key in node.get("properties", {}))
        first = max((len(node.get("prefixItems", ())) for node in place), default=0)
        return [
            {key: self._number(self._declared.field(place, key)) for key in keys},
            self._number(self._declared.field(place, _OTHER_KEY)),
            [self._number(self._declared.item(place, index)) for index in range(first)],
            self._number(self._declared.item(place, first)),
        ]
