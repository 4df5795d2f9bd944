"""What a shape knows and cannot compute with: patterns, decimal multiples, uniqueness.

A fact is one JSON Schema keyword with its value. Whether a value satisfies it is decided by the
engine that validates payloads, so that the two cannot disagree.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

from agent.core.patterns import translate
from agent.core.values import Json, canonical_text


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """A keyword that every member satisfies; `value` is its value as canonical JSON text."""

    keyword: str
    value: str

    def read(self) -> Json:
        """Return the value of the keyword."""
        return json.loads(self.value)


def make_fact(keyword: str, value: Json) -> Fact:
    """Return the fact that a keyword with this value holds."""
    return Fact(keyword, canonical_text(value))


def holds(fact: Fact, value: Json) -> bool:
    """Return whether a value satisfies a fact."""
    try:
        return bool(_rule(fact).is_valid(value))
    except ValueError:
        return False


def does_match(pattern: str, text: str) -> bool:
    """Return whether a schema's pattern matches a text anywhere."""
    return holds(make_fact("pattern", pattern), text)


@functools.lru_cache(maxsize=64)
def _format_rule(name: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)


def has_format(name: str, text: str) -> bool:
    """Return whether a text has a format; every text has one that nobody defines."""
    return bool(_format_rule(name).is_valid(text))


@functools.lru_cache(maxsize=4096)
def _rule(fact: Fact) -> Any:
    import jsonschema_rs

    value = fact.read()
    if fact.keyword == "pattern":
        value = translate(value)
    return jsonschema_rs.Draft202012Validator({fact.keyword: value}, validate_formats=False)
