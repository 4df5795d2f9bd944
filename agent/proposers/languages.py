"""Texts that stand beside their language, against plain texts: which language is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agent.core import paths
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Expression,
    Field,
    Index,
    Literal,
    Loop,
    Name,
    ObjectDisplay,
)
from agent.core.matching.names import own_name, stem, words
from agent.core.proposing import Task
from agent.core.schema import FieldInfo, Schema
from agent.core.synthesis.build import call, equals
from agent.core.synthesis.examples import Read
from agent.core.synthesis.naming import fresh_name
from agent.core.values import Json
from agent.proposers.choosing import Candidate
from agent.proposers.place import named_children

SAID = 0.95
GUESSED = 0.7
"""Certainty of the language that a schema says, and of the first text where none is said."""

USUAL = "en"
"""The language that is guessed where none is said, and texts are seen to be in it."""

_LANGUAGE_NAMES = frozenset({"language", "lang", "locale"})
_TEXT_NAMES = frozenset({"text", "value", "label", "content", "name", "title", "string"})
_CODE = re.compile(r"\blanguage\s*[:=]?\s*['\"]([a-z]{2,3}(?:-[A-Z]{2})?)['\"]")
_CODES = {
    "arabic": "ar",
    "chinese": "zh",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
    "ukrainian": "uk",
}


@dataclass(frozen=True, slots=True)
class Tagged:
    """An array of objects with a text and its language; the names of both fields."""

    text: str
    language: str


def tagged(schema: Schema, path: str) -> Tagged | None:
    """Return the names of text and language of an array's items, where they hold just these."""
    children = named_children(schema, paths.items(path))
    if len(children) != 2 or any(one.types != {"string"} for one in children):
        return None
    by_kind = {
        kind: [own_name(one.path) for one in children if _last(one) in names]
        for kind, names in (("language", _LANGUAGE_NAMES), ("text", _TEXT_NAMES))
    }
    if len(by_kind["language"]) != 1 or len(by_kind["text"]) != 1:
        return None
    return Tagged(by_kind["text"][0], by_kind["language"][0])


def _last(field: FieldInfo) -> str:
    said = words(own_name(field.path))
    return stem(said[-1]) if said else ""


def said_language(*descriptions: str) -> str | None:
    """Return the one language that descriptions name, as its code, or None."""
    for description in descriptions:
        codes = set(_CODE.findall(description))
        said = re.findall(r"[a-z]+", description.lower())
        codes |= {_CODES[word] for word in said if word in _CODES}
        if len(codes) == 1:
            return str(codes.pop())
    return None


def root_descriptions(task: Task) -> tuple[str, ...]:
    """Return what the contract and the source say of themselves."""
    roots = (task.contract.schema.field(""), task.after.field(""))
    return tuple(root.description for root in roots if root is not None)


def plain_texts(
    reads: list[Read],
    after: Schema,
    language: str | None,
    *,
    taken: frozenset[str],
    seen: Callable[[FieldInfo], Sequence[Json]],
) -> Iterator[Candidate]:
    """Yield the text in one language of every array of tagged texts, else the first text.

    `seen` gives the values that a source field is known to hold.
    """
    for read in reads:
        names = tagged(after, read.path)
        if names is None:
            continue
        made: Expression
        made = Field(Index(read.expression, 0), names.text)
        tags = after.field(f"{paths.items(read.path)}/{names.language}")
        wanted = language or (USUAL if tags and USUAL in seen(tags) else None)
        if wanted is not None:
            name = fresh_name(read.path, taken)
            is_meant = equals(Field(Name(name), names.language), wanted)
            loop = Loop((name,), read.expression, (is_meant,))
            found = call("first", ArrayComprehension(Field(Name(name), names.text), (loop,)))
            made = found if language else call("coalesce", found, made)
        said = f"the text in {wanted}" if wanted else "the first text"
        yield Candidate(
            read=read,
            expression=made,
            score=read.prior * (SAID if language else GUESSED),
            reason=said,
            is_lossy=False,
            is_ambiguous=language is None,
        )


def tagged_text(read: Expression, names: Tagged, language: str) -> Expression:
    """Return an array of one text with its language."""
    entries = ((Literal(names.text), read), (Literal(names.language), Literal(language)))
    return ArrayDisplay((ObjectDisplay(entries),))
