"""The source fields that proposers match: those of the schema, with what samples show of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.core import paths
from agent.core.matching.names import own_name, stem, words
from agent.core.proposing import Task
from agent.core.schema import FieldInfo
from agent.core.values import Json

SEEN_VALUES = 20
"""Values of a field that are taken from samples."""

_KEY_NAMES = frozenset({"identifier", "key", "name", "code", "slug"})


def names_a_key(path: str) -> bool:
    """Return whether a field is called what tells one item from another."""
    said = words(own_name(path))
    return bool(said) and stem(said[-1]) in _KEY_NAMES


_FOR_PEOPLE = frozenset({"html", "web", "browser", "permalink"})
_MACHINE_ADDRESS = re.compile(r"https?://(?:api\.|[^/]+/api/)")


def machine_twins(fields: Sequence[FieldInfo]) -> Iterator[tuple[str, str]]:
    """Yield pairs of fields side by side: a page for people, and its address for programs.

    All known values of the latter are addresses of an interface, and the former says "web".
    """
    machine = [one for one in fields if _is_machine_address(one)]
    for one in fields:
        if _FOR_PEOPLE & set(words(own_name(one.path))):
            for other in machine:
                if paths.parent(other.path) == paths.parent(one.path) and other is not one:
                    yield one.path, other.path
                    break


def _is_machine_address(field: FieldInfo) -> bool:
    texts = [value for value in field.examples if isinstance(value, str)]
    return bool(texts) and all(_MACHINE_ADDRESS.match(text) for text in texts)


def key_path(path: str) -> str:
    """Return the path that stands for the keys of a map: they are matched like a field."""
    return paths.child(path, "key")


def seen_fields(task: Task) -> tuple[FieldInfo, ...]:
    """Return the source fields with the values that samples show among their examples."""
    return with_values(task.after.fields, [sample.payload for sample in task.samples])


def key_fields(task: Task) -> Iterator[FieldInfo]:
    """Yield a field for the keys of every map, unless the map has a field of that name."""
    payloads = [sample.payload for sample in task.samples]
    for one in task.after.fields:
        around = task.after.field(paths.parent(one.path)) if one.in_map else None
        if around is None or task.after.field(key_path(around.path)) is not None:
            continue
        keys = (
            key
            for payload in payloads
            for _, value in paths.find(payload, around.path)
            for key in (value if isinstance(value, dict) else ())
        )
        yield FieldInfo(
            path=key_path(around.path),
            types=frozenset({"string"}),
            is_required=True,
            is_nullable=False,
            description=around.description,
            examples=tuple(dict.fromkeys(keys))[:SEEN_VALUES],
        )


def with_values(fields: Sequence[FieldInfo], payloads: Sequence[Json]) -> tuple[FieldInfo, ...]:
    """Return fields with the values that payloads show among their examples."""
    return tuple(
        replace(one, examples=(*one.examples, *_scalars(payloads, one.path))) for one in fields
    )


def _scalars(payloads: Sequence[Json], path: str) -> list[Json]:
    found = (value for payload in payloads for _, value in paths.find(payload, path))
    return [value for value in found if isinstance(value, (str, int, float))][:SEEN_VALUES]
