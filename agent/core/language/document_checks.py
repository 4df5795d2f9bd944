"""Checks of an adapter document's keys and types, each with a clear refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from agent.core.values import Json, json_type
from agent.errors import InvalidAdapter


def fail(where: str, found: str, help: str = "") -> NoReturn:
    """Refuse the document at `where`."""
    raise InvalidAdapter(where=where, found=found, help=help)


def require_type(value: Json, wanted: str, where: str) -> None:
    """Refuse a value of another JSON type."""
    if json_type(value) != wanted:
        fail(where, f"{describe_type(value)}, not an {wanted}")


def refuse_unknown(value: dict[str, Json], known: frozenset[str], where: str) -> None:
    """Refuse a key outside `known`."""
    for key in value:
        if key not in known:
            fail(where, f"the unknown key {key!r}", f"known here: {', '.join(sorted(known))}")


def text_at(value: Mapping[str, Any], key: str, where: str = "") -> str:
    """Return the text at a key."""
    text = value.get(key)
    if not isinstance(text, str):
        fail(f"{where}/{key}", describe_at(value, key), "give a text")
    return text


def texts_of(value: Json, where: str) -> tuple[str, ...]:
    """Return the texts of an array."""
    require_type(value, "array", where)
    items: Sequence[Json] = value
    for number, item in enumerate(items):
        if not isinstance(item, str):
            fail(f"{where}/{number}", describe_type(item), "give a text")
    return tuple(items)


def describe_at(value: Mapping[str, Any], key: str) -> str:
    """Return what stands at a key, for a message."""
    return describe_type(value[key]) if key in value else f"no {key}"


def describe_type(value: Json) -> str:
    """Return the type of a value with its article."""
    kind = json_type(value)
    return kind if kind == "null" else f"{'an' if kind[0] in 'aio' else 'a'} {kind}"
