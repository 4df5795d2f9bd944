"""Texts that are dates: the pattern that they are written in, and the parts that they have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from agent.core.language.syntax import Call, Expression, Literal
from agent.core.matching.names import own_name, words
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, call
from agent.core.synthesis.examples import is_present, value_of
from agent.core.values import Json

DATE_PATTERNS: Final = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d",
    "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S %z",
    "%a %b %d %H:%M:%S %z %Y", "%a %b %d %H:%M:%S %Y",
    "%a, %d %b %Y %H:%M:%S %z", "%d/%m/%Y %H:%M", "%H:%M:%S", "%H:%M", "%Y", "%Y-%m",
)  # fmt: skip

DATE_PARTS: Final = {
    "year": "^0*([0-9]+)",
    "month": "^[0-9]+-0?([0-9]+)",
    "day": "^[0-9]+-[0-9]+-0?([0-9]+)",
}
"""The numbers of an RFC 3339 date; those of a moment are of the day where it was."""

_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2}(T.*)?)?)?")
"""An ISO 8601 date, of reduced precision perhaps."""

_FORMATS: Final = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "date-time": re.compile(
        r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})", re.IGNORECASE
    ),
}


def date_format(field: FieldInfo) -> str:
    """Return the format of a text field, or that of a date which all its known values have."""
    texts = _texts(field)
    if field.format or not texts:
        return field.format
    return next(
        (name for name, pattern in _FORMATS.items() if all(map(pattern.fullmatch, texts))), ""
    )


def day_patterns(field: FieldInfo) -> tuple[str, ...] | None:
    """Return the patterns of whole dates that all known values have; None of no known values."""
    texts = _texts(field)
    return _patterns(texts) if texts else None


def read_by(pattern: str) -> Expression:
    """Return the moment of a text that is written by a pattern; without a zone it is in UTC."""
    if "%z" in pattern or "%Z" in pattern:
        return call("parse_date", V, pattern=pattern)
    return Call("parse_date", (V,), (("pattern", Literal(pattern)), ("assume_zone", _UTC)))


_UTC: Final = Literal("UTC")


def asked_part(field: FieldInfo, target: FieldInfo) -> tuple[str, Expression] | None:
    """Return the part of a date that a target's name asks for: its year, month or day."""
    asked = set(words(own_name(target.path))) & DATE_PARTS.keys()
    is_date = field.format in ("date", "date-time") or _shows_dates(field.examples)
    if not is_date or len(asked) != 1:
        return None
    (name,) = asked
    return name, call("integer", call("extract", V, Literal(DATE_PARTS[name])))


def _shows_dates(values: Sequence[Json]) -> bool:
    """Return whether values are dates, and not years alone, which may be any number."""
    texts = [value for value in values if isinstance(value, str)]
    if not texts or len(texts) < len(values):
        return False
    return all(map(_DATE.fullmatch, texts)) and any("-" in text for text in texts)


def _texts(field: FieldInfo) -> tuple[str, ...]:
    shown = field.enum or field.examples
    return tuple(dict.fromkeys(one for one in shown if isinstance(one, str) and one))


@lru_cache(maxsize=4_096)
def _patterns(texts: tuple[str, ...]) -> tuple[str, ...]:
    whole = [one for one in DATE_PATTERNS if "%Y" in one and re.search("%[mbB]", one)]
    return tuple(
        pattern
        for pattern in whole
        if "%d" in pattern
        and all(
            is_present(value_of(call("iso_date", read_by(pattern)), {V.name: text}))
            for text in texts
        )
    )
