"""Alternatives that both sides of an inclusion hold, which need no proof.

An API that sends one of thirty kinds of events gets a thirty-first: all but one are the same.
"""

from __future__ import annotations

from agent.core.keywords import ANNOTATIONS
from agent.core.likeness import classes_of, followed, schema_fingerprint
from agent.core.schema import Schema
from agent.core.values import Json

_UNIONS = ("anyOf", "oneOf")


def shared_arms(sub: Schema, super: Schema) -> frozenset[int]:
    """Return the positions of SUB's alternatives that are, alike, alternatives of SUPER.

    None where SUPER is no plain `anyOf`, or SUB no plain union. Whatever meets such an alternative
    is in SUPER, so only the others have to be asked about.
    """
    keyword = _union(sub.document)
    if keyword is None or _union(super.document) != "anyOf":
        return frozenset()
    mine, theirs = classes_of(sub.document, super.document)
    known = {theirs.get(id(followed(super.document, arm))) for arm in super.document["anyOf"]} - {
        None
    }
    return frozenset(
        index
        for index, arm in enumerate(sub.document[keyword])
        if mine.get(id(followed(sub.document, arm))) in known
    )


def without_arms(schema: Schema, positions: frozenset[int]) -> Schema:
    """Return a union without some of its alternatives, as `anyOf`: what is left may overlap."""
    document = dict(schema.document)
    keyword = next(key for key in _UNIONS if key in document)
    arms = document.pop(keyword)
    left = [arm for index, arm in enumerate(arms) if index not in positions]
    if left:
        document["anyOf"] = left
    else:
        document["not"] = {}
    return Schema(document=document, fingerprint=schema_fingerprint(document))


def _union(document: Json) -> str | None:
    said = [key for key in document if key not in ANNOTATIONS and not key.startswith(("$", "x-"))]
    return said[0] if len(said) == 1 and said[0] in _UNIONS else None
