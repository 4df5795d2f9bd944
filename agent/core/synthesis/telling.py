"""What the description of a contract field says of values, of fields, and of what is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from agent.core import paths
from agent.core.matching.names import own_name, stem, stems, words
from agent.core.matching.score import GENERIC
from agent.core.schema import FieldInfo

SHORTEST: Final = 3
"""Letters of the shortest value that a description can be said to speak of."""

REACH: Final = 5
"""Words that a negation reaches: `unless the order is open`."""

_CLAUSES: Final = re.compile(r"[,.;:()]\s|[,.;:()]$")
_NEGATIONS: Final = frozenset({"no", "not", "unless", "except", "without", "never", "neither"})
_QUOTED: Final = re.compile(r"['\"`]([^'\"`]{1,40})['\"`]")
_POINTING: Final = stems("id key ref reference code uid uuid")
"""Words of a name that only say that it points to something."""

_SAME: Final = re.compile(
    r"(?:the )?same (?:rule |form |way )?as ([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)\.?$",
    re.IGNORECASE,
)
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


def is_pointed_to(path: str, via: str, target: str) -> bool:
    """Return whether an item is found by a value that is called like the target.

    `/reviewer_id` is, of `/users`, for `/reviewer_email`; words of the items themselves say
    nothing. `via` is the path of the value, empty where there is none.
    """
    if not via:
        return False
    told = stems(own_name(via)) - _POINTING - stems(path)
    return bool(told) and told <= stems(" ".join(map(str, paths.parse(target))))


def with_rule_of(field: FieldInfo, fields: Sequence[FieldInfo]) -> FieldInfo:
    """Return a field with the description of the one that it says to be made like, as its own.

    "Same rule as Lines.Total" tells what the description of `/Lines/Total` does.
    """
    found = _SAME.match(field.description)
    if found is None:
        return field
    steps = tuple(found[1].split("."))
    others = [
        one
        for one in fields
        if one.path != field.path and paths.parse(one.path)[-len(steps) :] == steps
    ]
    return replace(field, description=others[0].description) if len(others) == 1 else field


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
