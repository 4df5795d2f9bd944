"""Names for the items of a loop."""

from __future__ import annotations

import keyword
from collections.abc import Collection

from agent.core.language.functions import FUNCTIONS
from agent.core.matching.names import own_name, stem, words

_RESERVED = frozenset({"src", "v", "e", "x", "inner", "outer"})
"""Names that expressions of our own making use inside."""


def fresh_name(array: str, taken: Collection[str]) -> str:
    """Return a short name for the items of an array at a path that nothing in reach has."""
    said = words(own_name(array))
    base = stem(said[-1]) if said and said[-1].isascii() and said[-1].isalpha() else "item"
    name, number = base, 2
    while name in taken or name in FUNCTIONS or name in _RESERVED or not _is_name(name):
        name, number = f"{base}{number}", number + 1
    return name


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text) and not keyword.issoftkeyword(text)
