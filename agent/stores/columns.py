"""How values stand in SQL columns, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from agent.core.values import Json
from agent.errors import InvalidDocument

MAX_NAME_CHARS = 255
"""Two names and a number must fit one index entry of PostgreSQL (2,704 bytes), at 4 bytes each."""


def encode_json(value: Json) -> str:
    """Return ASCII JSON text that reads back as the same value, key order included.

    ASCII, because PostgreSQL text holds neither U+0000 nor lone surrogates; text instead of the
    databases' own JSON types, because those change numbers and key order.
    """
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


class JsonText(TypeDecorator[Any]):
    """A JSON value as text; None is JSON's null, so the column is never NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        """Return the text to store."""
        return encode_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Return the value that was stored."""
        return None if value is None else json.loads(value)


class Name(TypeDecorator[str]):
    """A short text that names something: at most `MAX_NAME_CHARS`, no U+0000, no surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the name, or refuse what the databases could not keep alike."""
        if value is None:
            return None
        if len(value) > MAX_NAME_CHARS:
            raise InvalidDocument(
                where=f"name {value[:40]!r}…",
                found=f"has {len(value)} characters",
                help=f"use at most {MAX_NAME_CHARS}",
            )
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise InvalidDocument(
                where=f"name {value!r}",
                found="holds U+0000 or half a surrogate pair",
                help="use plain Unicode text",
            )
        return value


class UtcTime(TypeDecorator[datetime]):
    """An aware time in UTC with microseconds; SQLite itself knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC, without its zone where the database knows none."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
