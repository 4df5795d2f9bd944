"""What the description of a contract field says of values, of fields, and of what is left out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from agent.core import paths
from agent.core.matching.names import own_name, stem, words
from agent.core.matching.score import GENERIC

SHORTEST: Final = 3
"""Letters of the shortest value that a description can be said to speak of."""

REACH: Final = 5
"""Words that a negation reaches: `unless the order is open`."""

_CLAUSES: Final = re.compile(r"[,.;:()]\s|[,.;:()]$")
_NEGATIONS: Final = frozenset({"no", "not", "unless", "except", "without", "never", "neither"})
_QUOTED: Final = re.compile(r"['\"`]([^'\"`]{1,40})['\"`]")
_ENDINGS: Final = ("ing", "ed", "e", "d")


def telling(value: str, description: str) -> int:
    """Return 1 where a description speaks of a value, -1 where only of its absence, else 0.

    `no longer open` and `unless it is open` tell of `OPEN` that it must not be.
    """
    if sum(map(str.isalnum, value)) < SHORTEST or not description:
        return 0
    return _telling(value, description)


@lru_cache(maxsize=65_536)
def telling_field(path: str, description: str) -> int:
    """Return what a description says of a field, as `telling` does.

    A field with a name that says nothing goes by that of the object that holds it.
    """
    name = own_name(path)
    found = telling(name, description)
    if not found and all(stem(word) in GENERIC for word in words(name)):
        return telling(own_name(paths.parent(path)), description)
    return found


def quoted(description: str) -> frozenset[str]:
    """Return the short texts that a description has in quotes."""
    return frozenset(_QUOTED.findall(description))


@lru_cache(maxsize=65_536)
def _telling(value: str, description: str) -> int:
    said = tuple(map(_root, words(value)))
    found = 0
    for clause in _clauses(description) if said else ():
        for at in range(len(clause) - len(said) + 1):
            if tuple(root for _, root in clause[at : at + len(said)]) == said:
                before = {word for word, _ in clause[max(0, at - REACH) : at]}
                if not _NEGATIONS & before:
                    return 1
                found = -1
    return found


@lru_cache(maxsize=4_096)
def _clauses(description: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return the clauses of a description as words, each as written and in its root."""
    return tuple(
        tuple((token.lower(), _root(word)) for token in clause.split() for word in words(token))
        for clause in _CLAUSES.split(description)
    )


def _root(word: str) -> str:
    """Return a word without its endings, so that `opened` and `open` are the same."""
    base = stem(word)
    for ending in _ENDINGS:
        if base.endswith(ending) and len(base) - len(ending) >= SHORTEST:
            return base[: -len(ending)]
    return base
