"""One OpenAPI 3 document: what a pointer or a reference in it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard
from urllib.parse import unquote

from agent.core.dialects import Dialect
from agent.core.values import Json

_CHAIN_LIMIT = 50
"""Most references that follow one another before something is found."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Something in a document, with the pointer to it. `node` is null when nothing is there."""

    pointer: str
    node: Json

    def below(self, *keys: str) -> Spot:
        """Return what lies under the keys; null where nothing does."""
        spot = self
        for key in keys:
            found = spot.node.get(key) if isinstance(spot.node, dict) else None
            spot = Spot(step(spot.pointer, key), found)
        return spot

    @property
    def entries(self) -> dict[str, Json]:
        """The object that stands here, empty when none does."""
        return self.node if isinstance(self.node, dict) else {}

    @property
    def items(self) -> list[Json]:
        """The array that stands here, empty when none does."""
        return self.node if isinstance(self.node, list) else []


def step(pointer: str, key: str) -> str:
    """Return the pointer of a key (RFC 6901, where `*` is a key like any other)."""
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"


@dataclass(frozen=True, slots=True)
class ApiDocument:
    """A document with the dialect of its schemas; `origin` names it in messages."""

    root: Json
    dialect: Dialect
    origin: str = ""

    def at(self, pointer: str) -> Spot:
        """Return what a pointer leads to."""
        spot = Spot("", self.root)
        for token in pointer.split("/")[1:]:
            key = token.replace("~1", "/").replace("~0", "~")
            if isinstance(spot.node, list) and key.isdecimal() and int(key) < len(spot.node):
                spot = Spot(step(spot.pointer, key), spot.node[int(key)])
            else:
                spot = spot.below(key)
        return spot

    def follow(self, spot: Spot) -> Spot:
        """Return what a spot that is a reference refers to, else the spot itself."""
        for _ in range(_CHAIN_LIMIT):
            reference = spot.entries.get("$ref")
            if not is_local(reference):
                return spot
            spot = self.at(pointer_of(reference))
        return Spot(spot.pointer, None)


def is_local(reference: Json) -> TypeGuard[str]:
    """Return whether it is a reference to a place in the same document."""
    return isinstance(reference, str) and reference.startswith("#/")


def pointer_of(reference: str) -> str:
    """Return the pointer that a local reference names."""
    return unquote(reference[1:])
