"""Field names as words: split at their seams, abbreviations written out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from agent.core import paths
from agent.core.schema import FieldInfo

_SEAMS = re.compile(r"A+(?=Aa)|A?a+|A+|0+")
"""Words in the shape of a name: `A` for a capital, `a` for other letters, `0` for digits."""

VALUES_READ = 6
VALUE_LIMIT = 30
"""Values that stand in the text of a field to be matched, and characters of each."""

TEXT_LIMIT = 300
"""Characters of a description that are read; longer ones only repeat themselves."""

_AUXILIARY = frozenset({"is", "has", "was", "are", "been", "be"})


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, str]:
    """Return the maintained dictionary: abbreviation → words."""
    text = (files("agent.core.matching") / "abbreviations.json").read_text("utf-8")
    return dict(json.loads(text))


@lru_cache(maxsize=1)
def synonym_groups() -> dict[str, frozenset[int]]:
    """Return for each word or phrase the numbers of the synonym groups that it is in."""
    text = (files("agent.core.matching") / "synonyms.json").read_text("utf-8")
    groups: dict[str, set[int]] = {}
    for number, words in enumerate(json.loads(text)):
        for word in words:
            groups.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


@lru_cache(maxsize=65_536)
def words(name: str) -> tuple[str, ...]:
    """Return the lower-case words of a name: `custAddrLine1` → customer address line 1."""
    found: list[str] = []
    shape = "".join(map(_shape, name))
    for seam in _SEAMS.finditer(shape):
        lower = name[seam.start() : seam.end()].lower()
        found.extend(abbreviations().get(lower, lower).split())
    return tuple(found)


def _shape(character: str) -> str:
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return "0" if character.isdecimal() else "-"


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return a word without its plural ending."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def path_words(path: str) -> tuple[str, ...]:
    """Return the words of all named steps of a path, outermost first."""
    named = (paths.key_of(token) for token in paths.parse(path) if token != paths.ANY)
    return tuple(word for name in named for word in words(name))


@lru_cache(maxsize=65_536)
def own_name(path: str) -> str:
    """Return the last named step of a path: the items of `/lines` are called `lines`."""
    named = [paths.key_of(token) for token in paths.parse(path) if token != paths.ANY]
    return named[-1] if named else ""


def asks_for(path: str) -> frozenset[str]:
    """Return the stems of what a boolean asks for by its name: `is_sold` asks for `sold`."""
    return stems(own_name(path)) - _AUXILIARY


def stems(text: str) -> frozenset[str]:
    """Return the words of a name or a text without their plural endings."""
    return frozenset(map(stem, words(text)))


def field_text(field: FieldInfo) -> str:
    """Return what an embedding reads of a field: its path in words, title and description."""
    name = " ".join(words(own_name(field.path)))
    context = " ".join(path_words(field.path))
    said = " ".join(part for part in (field.title, field.description) if part)[:TEXT_LIMIT]
    return f"{name}. {context}. {said}".strip()


def matching_text(field: FieldInfo, values: Sequence[str]) -> str:
    """Return what an embedding reads of a field to be matched: its text and some of its values.

    Only values with letters are read: numbers mean nothing to it.
    """
    telling = [value for value in values if any(map(str.isalpha, value))][:VALUES_READ]
    shown = ", ".join(value[:VALUE_LIMIT] for value in telling)
    return f"{field_text(field)} values {shown}" if shown else field_text(field)
