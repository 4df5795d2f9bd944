"""The schemas of a document by the place that holds them, and who refers to whom.

A holder is a component (whatever is referred to is one) or the schema that stands in an operation
itself. What it refers to belongs to other holders, so every real change has exactly one holder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.core.openapi.document import ApiDocument, Spot, is_local, pointer_of, step
from agent.core.openapi.operations import Operation, Payload
from agent.core.values import Json, canonical_text

_VALUES = frozenset({"example", "examples", "default", "enum", "const"})
"""Below these stand values, not schemas."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A payload of an operation, from which components are reached."""

    operation: Operation
    payload: Payload

    @property
    def place(self) -> str:
        """Say the place: the operation and the part of it."""
        return f"{self.operation.name} {self.payload.words}"


class Holders:
    """The holders of one document, with the references between them."""

    def __init__(self, document: ApiDocument, operations: Iterable[Operation]) -> None:
        self.document = document
        self.components = _components(document)
        self._roots: dict[str, list[Reach]] = {}
        for operation in operations:
            for payload in operation.payloads:
                self._roots.setdefault(payload.spot.pointer, []).append(Reach(operation, payload))
        self._sizes: dict[str, int] = {}
        self._referring: dict[str, list[str]] = {}
        self._referred: dict[str, tuple[str, ...]] = {}
        self._link()

    def _link(self) -> None:
        waiting = [*self.components, *self._roots]
        while waiting:
            pointer = waiting.pop()
            if pointer in self._referred:
                continue
            targets = tuple(dict.fromkeys(references(self.document.at(pointer).node)))
            self._referred[pointer] = targets
            for target in targets:
                self._referring.setdefault(target, []).append(pointer)
                waiting.append(target)
                home = self._home(target)
                if home != target:
                    self._referring.setdefault(home, []).append(target)
                elif target not in self.components:
                    self.components[target] = self.document.at(target)

    def _home(self, pointer: str) -> str:
        """Return the component that a pointer leads into, or the pointer itself."""
        home = "/".join(pointer.split("/")[:4])
        return home if home in self.components else pointer

    @property
    def is_used(self) -> bool:
        """Whether any operation has a payload."""
        return bool(self._roots)

    def closure(self, pointer: str) -> tuple[str, ...]:
        """Return a holder and all that it reaches, in a fixed order."""
        found: dict[str, None] = {}
        waiting = [pointer]
        while waiting:
            place = waiting.pop()
            if place not in found:
                found[place] = None
                waiting.extend(reversed(self._referred.get(place, ())))
        return tuple(found)

    def size(self, pointer: str) -> int:
        """Return how many characters a holder itself takes."""
        if pointer not in self._sizes:
            self._sizes[pointer] = len(canonical_text(self.document.at(pointer).node))
        return self._sizes[pointer]

    def referring(self, pointer: str) -> list[str]:
        """Return the holders that refer to one directly."""
        return self._referring.get(pointer, [])

    def reaches(self, pointer: str) -> Iterator[Reach]:
        """Yield the payloads that reach a holder, each once."""
        seen: set[str] = set()
        waiting = [pointer]
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                yield from self._roots.get(place, ())
                waiting.extend(self._referring.get(place, ()))


def _components(document: ApiDocument) -> dict[str, Spot]:
    schemas = document.at("/components/schemas")
    return {
        step(schemas.pointer, name): schemas.below(name)
        for name, node in schemas.entries.items()
        if isinstance(node, (dict, bool))
    }


def references(node: Json) -> Iterator[str]:
    """Yield the pointers that a schema refers to inside its document, in reading order."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(reversed(part))
        elif isinstance(part, dict):
            if is_local(part.get("$ref")):
                yield pointer_of(part["$ref"])
            waiting.extend(v for k, v in reversed(part.items()) if not _is_value(k, v))


def _is_value(key: str, value: Json) -> bool:
    """Whether values stand there; a property may have one of these names, and is an object."""
    return key in _VALUES and not (isinstance(value, dict) and key != "example")
