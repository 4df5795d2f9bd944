"""A schema version: its canonical document, its fingerprint, its fields."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from agent.core.canonical import canonicalise
from agent.core.dialects import Dialect
from agent.core.fields import FieldInfo, take_inventory
from agent.core.inference import infer_schema
from agent.core.likeness import schema_fingerprint
from agent.core.loops import find_trouble
from agent.core.merging import resolve
from agent.core.paths import parent
from agent.core.values import Json, canonical_text
from agent.errors import InvalidSchema

__all__ = ["FieldInfo", "Schema", "infer_schema", "make_schema", "resolve"]


@dataclass(frozen=True)
class Schema:
    """A readable schema. `document` is canonical JSON Schema 2020-12 with references inside only.

    `fingerprint` is the same for schemas that differ in cosmetics only: key order, titles,
    descriptions, examples, comments, names of definitions, what is inlined and what is referred
    to. Fields are listed when they are first asked for.
    """

    document: Json
    fingerprint: str

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def _inventory(self) -> tuple[tuple[FieldInfo, ...], bool]:
        return take_inventory(self.document)

    @property
    def fields(self) -> tuple[FieldInfo, ...]:
        """Every declared field in reading order, the root `""` first."""
        return self._inventory[0]

    @property
    def is_truncated(self) -> bool:
        """Whether the schema declares more fields than the inventory holds."""
        return self._inventory[1]

    @cached_property
    def _by_path(self) -> dict[str, FieldInfo]:
        return {info.path: info for info in self.fields}

    @cached_property
    def _by_parent(self) -> dict[str, tuple[FieldInfo, ...]]:
        groups: dict[str, list[FieldInfo]] = {}
        for info in self.fields[1:]:
            groups.setdefault(parent(info.path), []).append(info)
        return {path: tuple(group) for path, group in groups.items()}

    def field(self, path: str) -> FieldInfo | None:
        """Return the field at a path with `*` for items and map values, or None."""
        return self._by_path.get(path)

    def children(self, path: str) -> tuple[FieldInfo, ...]:
        """Return the fields one step below a path, in reading order."""
        return self._by_parent.get(path, ())


def make_schema(
    document: Json, *, origin: str = "", pointer: str = "", dialect: Dialect | None = None
) -> Schema:
    """Return the schema that `document` holds (at `pointer`), of any draft from 4 to 2020-12.

    `origin` names the document in messages. The draft is the one that `$schema` names, else
    2020-12 with the idioms of older drafts understood; `dialect` overrides both.

    Raises:
        InvalidSchema: it is no schema, refers outside itself or in a circle, or is too costly.
    """
    canonical = canonicalise(document, pointer=pointer, dialect=dialect, origin=origin)
    _require_text(canonical, origin)
    trouble = find_trouble(canonical)
    if trouble:
        raise InvalidSchema(where=origin, found=trouble[0], help=trouble[1])
    return Schema(document=canonical, fingerprint=schema_fingerprint(canonical))


def _require_text(document: Json, origin: str) -> None:
    """Refuse what no JSON text can carry, before it fails far from here."""
    try:
        canonical_text(document).encode()
    except UnicodeEncodeError as error:
        near = str(error.object)[max(0, error.start - 30) : error.start]
        raise InvalidSchema(
            where=origin,
            found=f"a lone surrogate, which is not text, after {near!r}",
            help="write the character itself",
        ) from error
