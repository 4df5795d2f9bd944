"""What a contract declares at a place of the output: which fields `copy` may write there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, TypeAlias

from agent.core.declared import Declarations, is_free, listed, named, named_by_patterns, valued
from agent.core.paths import ANY, key_of
from agent.core.values import Json

Place: TypeAlias = list[dict[str, Any]]
"""The subschemas that look at one place together; never empty."""

_FREE: Final[Place] = [{}]


class Declared:
    """The declared places of one canonical contract."""

    def __init__(self, document: Json) -> None:
        self._declarations = Declarations(document)
        self.root: Place = self._declarations.closure([document])

    def field(self, place: Place, key: str) -> Place | None:
        """Return the place of a field, or None when it is not declared."""
        if is_free(place):
            return _FREE
        found = named(place, key)
        return None if found is None else self._declarations.closure(found)

    def fields_by_any_key(self, place: Place) -> Iterator[Place | None]:
        """Yield every place that some field may be at; None is that of one not declared."""
        if is_free(place):
            yield _FREE
            return
        for key in self.names(place):
            yield self.field(place, key)
        yield from self.fields_by_patterns(place)

    def fields_by_patterns(
        self, place: Place, *, matching: Collection[str] = (), others: Collection[str] = ()
    ) -> Iterator[Place | None]:
        """Yield every place that a field without a name may be at, as `fields_by_any_key`.

        The key is known to match the patterns `matching` and none of `others`.
        """
        for found in named_by_patterns(place, matching=matching, others=others):
            yield None if found is None else self._declarations.closure(found)

    def names(self, place: Place) -> tuple[str, ...]:
        """Return the keys that are named at a place."""
        return tuple(dict.fromkeys(key for node in place for key in node.get("properties", {})))

    def every(self, place: Place) -> Place:
        """Return the place of all items and all fields together; where nothing is said, anything
        is declared."""
        found = [*listed(place, 0), *valued(place)]
        return self._declarations.closure(found) if found else _FREE

    def item(self, place: Place, index: int) -> Place:
        """Return the place of an array item; where nothing is said, anything is declared."""
        found = listed(place, index)
        return self._declarations.closure(found) if found else _FREE

    def project(self, value: Json, place: Place, excluded: Sequence[tuple[str, ...]]) -> Json:
        """Return a value with its declared fields only, deeply, without the excluded places."""
        if isinstance(value, dict):
            fields = {}
            for key, item, below, left_out in self.fields(value, place, excluded):
                fields[key] = self.project(item, below, left_out)
            return fields
        if isinstance(value, list):
            items = []
            for index, item in enumerate(value):
                if not _is_excluded(excluded, str(index)):
                    inner = _below(excluded, str(index))
                    items.append(self.project(item, self.item(place, index), inner))
            return items
        return value

    def fields(
        self, value: dict[str, Json], place: Place, excluded: Sequence[tuple[str, ...]]
    ) -> list[tuple[str, Json, Place, list[tuple[str, ...]]]]:
        """Return the declared fields: key, value, place, and what is excluded below."""
        found = []
        for key, item in value.items():
            below = self.field(place, key)
            if below is not None and not _is_excluded(excluded, key):
                found.append((key, item, below, _below(excluded, key)))
        return found


def _is_excluded(excluded: Sequence[tuple[str, ...]], key: str) -> bool:
    return any(len(tokens) == 1 and _names(tokens[0], key) for tokens in excluded)


def _below(excluded: Sequence[tuple[str, ...]], key: str) -> list[tuple[str, ...]]:
    return [tokens[1:] for tokens in excluded if len(tokens) > 1 and _names(tokens[0], key)]


def _names(token: str, key: str) -> bool:
    return token == ANY or key_of(token) == key
