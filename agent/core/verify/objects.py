"""Writing one object of a payload: its properties, its map entries, a field nobody declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from agent.core import paths
from agent.core.values import Json
from agent.core.verify.choices import Hints, Kind
from agent.core.verify.nodes import NoValueError
from agent.core.verify.patterns import texts_matching
from agent.core.verify.spots import Spot, anything

ODD_KEYS = ("a/b~c", "*", "", "ß 🙂")
"""Map keys that are legal and often forgotten."""


class Job(Protocol):
    """What the writing of an object needs from the writing of the payload around it."""

    @property
    def hints(self) -> Hints:
        """Return what is known about the adapter under search."""
        ...

    def value(self, node: Json, spot: Spot) -> Json:
        """Return a value for a node."""
        ...

    def choose(
        self, spot: Spot, detail: str, kind: Kind, count: int, *, least: int | None = None
    ) -> int:
        """Return the option that the policy takes."""
        ...


class ObjectJob:
    """The writing of one object."""

    def __init__(self, job: Job, node: Json, spot: Spot) -> None:
        self._job = job
        self._node = node
        self._spot = spot
        self._properties: Json = node.get("properties", {})
        self._written: dict[str, Json] = {}

    def write(self) -> Json:
        """Return the object: named properties, map entries, then what a minimum still asks for."""
        required = self._required()
        for name in self._properties:
            self._named(name, is_required=name in required)
        for name in required:
            if name not in self._written:
                self._written[name] = self._unnamed_value(name)
        self._entries()
        self._extra()
        self._keep_bounds(required)
        return self._written

    def _required(self) -> list[str]:
        """Return the required names, with those that present properties depend on."""
        names = dict.fromkeys(self._node.get("required", ()))
        for name, needed in self._node.get("dependentRequired", {}).items():
            if name in names:
                names.update(dict.fromkeys(needed))
        return list(names)

    def _named(self, name: str, *, is_required: bool) -> None:
        schema = self._properties[name]
        if not is_required and (schema is False or self._spot.is_lean):
            return
        spot = self._spot.key(name)
        if not is_required and not self._is_present(spot):
            return
        try:
            self._written[name] = self._job.value(schema, anything(spot, schema))
        except NoValueError:
            if is_required:
                raise

    def _is_present(self, spot: Spot) -> bool:
        return self._job.choose(spot, "presence", Kind.PRESENCE, 2, least=1) == 0

    def _unnamed_value(self, name: str) -> Json:
        schema = self._schema_of(name)
        if schema is False:
            raise NoValueError
        return self._job.value(schema, self._spot.key(name))

    def _schema_of(self, name: str) -> Json:
        patterns = self._node.get("patternProperties", {})
        matched = [schema for text, schema in patterns.items() if name in texts_matching(text)]
        return {"allOf": matched} if matched else self._node.get("additionalProperties", True)

    def _entries(self) -> None:
        """Write entries of a map: keys that no property names."""
        for pattern, schema in self._node.get("patternProperties", {}).items():
            self._map(f"pattern {pattern}", texts_matching(pattern), schema)
        schema = self._node.get("additionalProperties", True)
        is_map = isinstance(schema, dict) and schema != {}
        if schema is not False and (is_map or not self._properties):
            self._map("entries", self._keys(), schema)

    def _keys(self) -> tuple[str, ...]:
        names = self._node.get("propertyNames")
        if isinstance(names, dict):
            pattern, allowed = names.get("pattern"), names.get("enum")
            return tuple(allowed or (texts_matching(pattern) if pattern else ()))
        return ("key_one", "key_two", *ODD_KEYS)

    def _map(self, detail: str, keys: tuple[str, ...], schema: Json) -> None:
        keys = tuple(key for key in keys if key not in self._properties)
        sizes = list(dict.fromkeys(min(size, len(keys)) for size in (2, 0, 1, len(keys))))
        size = sizes[
            self._job.choose(
                self._spot, detail, Kind.SIZE, len(sizes), least=sizes.index(min(sizes))
            )
        ]
        for index, key in enumerate(keys[:size]):
            spot = self._spot.key(key, is_open=True, index=index)
            self._written[key] = self._job.value(schema, anything(spot, schema))

    def _extra(self) -> None:
        """Write one field that the schema allows but does not declare."""
        schema = self._node.get("additionalProperties", True)
        if schema is False or not self._properties or "propertyNames" in self._node:
            return
        names = ("", *self._extra_names())
        name = names[self._job.choose(self._spot, "extra", Kind.EXTRA, len(names))]
        if name:
            self._written[name] = self._job.value(schema, self._spot.key(name))

    def _extra_names(self) -> Iterator[str]:
        hints, path = self._job.hints, self._spot.path
        yield "unexpected_field"
        known = self._properties.keys() | {"unexpected_field"}
        if hints.is_read_whole(path):
            yield from (name for name in hints.names if name not in known)
        for read in sorted(hints.reads or ()):
            if paths.parent(read) == path and not read.endswith("/*"):
                name = paths.last(read)
                if name not in known and name not in hints.names:
                    yield name

    def _keep_bounds(self, required: list[str]) -> None:
        least = self._node.get("minProperties", 0)
        for name in self._properties:
            if len(self._written) < least and name not in self._written:
                self._written[name] = self._job.value(self._properties[name], self._spot.key(name))
        for index in range(min(least, 50)):
            if len(self._written) < least:
                self._written[f"more_{index}"] = self._unnamed_value(f"more_{index}")
        most = self._node.get("maxProperties", len(self._written))
        for name in [one for one in self._written if one not in required][::-1]:
            if len(self._written) > most:
                del self._written[name]
