"""A copy of a payload whose texts and numbers know where they stand, for naming what failed.

Functions and operators hand values on as they are, through filters, sorting, joins and objects of
their own making, so that a value that failed can be asked where in the payload it stands.
"""

from __future__ import annotations

from typing import Any, Final

from agent.core import paths
from agent.core.language.absence import Value
from agent.core.values import Json


class _Text(str):
    place: str


class _Integer(int):
    place: str


class _Float(float):
    place: str


_PLACED: Final[dict[type, Any]] = {str: _Text, int: _Integer, float: _Float}


def place_of(value: Value) -> str | None:
    """Return the pointer of a text or number of a placed payload, of a key that of its value.

    None for any other value; booleans and null are one object each, wherever they stand.
    """
    return value.place if isinstance(value, (_Text, _Integer, _Float)) else None


def place_all(payload: Json) -> Json:
    """Return the payload with its texts, numbers and keys placed."""
    return _placed(payload, "")


def place_fields(payload: Json, fields: frozenset[str]) -> Json:
    """Return the payload with only what is within some of its fields placed."""
    if not isinstance(payload, dict):
        return place_all(payload)
    return {
        _place(key, at) if key in fields else key: _placed(value, at) if key in fields else value
        for key, value, at in ((key, value, paths.child("", key)) for key, value in payload.items())
    }


def _placed(payload: Json, top_place: str) -> Json:
    top: list[Json] = [payload]
    waiting: list[tuple[Any, Any, str]] = [(top, 0, top_place)]
    while waiting:
        holder, key, at = waiting.pop()
        value = holder[key]
        if isinstance(value, dict):
            fields = {_place(name, paths.child(at, name)): item for name, item in value.items()}
            holder[key] = fields
            waiting.extend((fields, name, name.place) for name in fields)
        elif isinstance(value, list):
            items = list(value)
            holder[key] = items
            waiting.extend((items, index, paths.child(at, index)) for index in range(len(items)))
        else:
            holder[key] = _place(value, at)
    return top[0]


def _place(value: Value, at: str) -> Any:
    kind = _PLACED.get(type(value))
    if kind is None:
        return value
    placed = kind(value)
    placed.place = at
    return placed
