"""How much two field names say the same: words, synonyms, abbreviations, and opposites."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache

from agent.core.matching.names import stem, synonym_groups, words

OPPOSITES = frozenset(
    frozenset(pair.split("/"))
    for pair in [
        "start/end",
        "min/max",
        "minimum/maximum",
        "first/last",
        "from/to",
        "before/after",
        "enabled/disabled",
        "latitude/longitude",
        "created/updated",
        "create/update",
        "open/close",
        "opened/closed",
        "in/out",
        "width/height",
        "left/right",
        "up/down",
        "source/target",
        "sender/receiver",
        "sender/recipient",
        "billing/shipping",
        "total/subtotal",
        "old/new",
        "debit/credit",
        "gross/net",
        "buyer/seller",
        "public/private",
        "parent/child",
        "input/output",
        "next/previous",
    ]
)
"""Words of which one never is another name for the other, however alike the rest is."""
GENERIC = frozenset(
    [
        "name",
        "id",
        "identifier",
        "type",
        "kind",
        "value",
        "code",
        "text",
        "description",
        "title",
        "status",
        "state",
        "key",
        "label",
        "count",
        "number",
        "date",
        "time",
        "url",
        "data",
    ]
)
"""Words that many fields are called by: alone they say little about where a field went."""
WEIGHTS = (0.25, 0.4, 1.0)
"""What a number, a generic word and any other word of a name tell."""
NAME_LIMIT = 120
"""Characters of a name that are looked at: comparing spelling costs their square."""
NEGATIONS = frozenset({"not", "no", "non"})
NEGATING_PREFIXES = ("dis", "un", "in", "non", "im", "de")


def name_likeness(old: str, new: str) -> float:
    """Return how much two field names say the same, 0 to 1, in either order."""
    return _likeness(*sorted((old[:NAME_LIMIT], new[:NAME_LIMIT])))


@lru_cache(maxsize=65_536)
def _likeness(left: str, right: str) -> float:
    """Return 0 to 1 by shared words (synonyms count for less), else by shared spelling."""
    mine, other = (tuple(map(stem, words(name))) for name in (left, right))
    if mine and mine == other:
        return 1.0
    shared = _shared(mine, other) + _shared(other, mine)
    by_words = shared / max(0.1, sum(map(_weight, mine + other)))
    if _are_opposites(frozenset(mine), frozenset(other)):
        return 0.2 * by_words
    phrase = 0.85 if _are_synonyms(" ".join(mine), " ".join(other)) else 0.0
    return max(by_words, phrase, _spelling(left, right) if not set(mine) & set(other) else 0.0)


def _spelling(left: str, right: str) -> float:
    """Return how alike two names are written; where words are shared, those would decide it."""
    ratio = SequenceMatcher(None, left.lower(), right.lower()).ratio()
    return 0.8 * ratio if ratio > 0.6 else 0.0


def _shared(mine: tuple[str, ...], other: tuple[str, ...]) -> float:
    return sum(_weight(a) * max((_word_likeness(a, b) for b in other), default=0.0) for a in mine)


def _weight(word: str) -> float:
    number, generic, telling = WEIGHTS
    return number if word.isdigit() else generic if word in GENERIC else telling


def _are_opposites(left: frozenset[str], right: frozenset[str]) -> bool:
    """Return whether two names differ by a word and its opposite: one is not the other's rename."""
    mine, other = left - right, right - left
    if any(word.isdigit() for word in mine) and any(word.isdigit() for word in other):
        return True
    if any(frozenset((a, b)) in OPPOSITES for a in mine for b in other):
        return True
    if (mine | other) and (mine | other) <= NEGATIONS:
        return True
    return any(
        long in (prefix + short for prefix in NEGATING_PREFIXES)
        for a in mine
        for b in other
        for short, long in ((a, b), (b, a))
    )


def _word_likeness(left: str, right: str) -> float:
    if left == right:
        return 1.0
    short, long = sorted((left, right), key=len)
    if len(short) >= 3 and long.startswith(short):
        return 0.8
    return 0.75 if _are_synonyms(left, right) else 0.0


def _are_synonyms(left: str, right: str) -> bool:
    groups = synonym_groups()
    return bool(groups.get(left, frozenset()) & groups.get(right, frozenset()))
