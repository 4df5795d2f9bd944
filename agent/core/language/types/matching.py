"""Whether all texts of a shape match a pattern, as far as patterns and lengths tell."""

from __future__ import annotations

import functools

from agent.core import inclusion
from agent.core.schema import make_schema
from agent.core.shapes.parts import Texts
from agent.core.shapes.shape import Parts, of_parts
from agent.core.shapes.writing import to_document


@functools.lru_cache(maxsize=1024)
def all_match(texts: Texts, pattern: str) -> bool:
    """Return whether every one of some texts surely matches a pattern of JSON Schema."""
    if not texts.facts and texts.values is None:
        return False
    written = make_schema(to_document(of_parts(Parts(texts=texts))))
    return inclusion.decide(written, make_schema({"pattern": pattern})).is_proved
