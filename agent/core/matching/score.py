"""How alike two names and two sets of types are."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache

from agent.core import paths
from agent.core.matching.names import own_name, stem, synonym_groups, words

_GENERIC_TEXT = (
    "value text content data name identifier type key code number amount label title count list "
    "item items entry result object attribute description link date time status unit total "
    "enabled active"
)
GENERIC = frozenset(_GENERIC_TEXT.split())
"""Words that say little without the word before them."""

UNWRAPPED = 0.75
"""Name likeness of `price` and the generic leaf `price.value`: an object was put around it."""

GENERIC_WEIGHT = 1 / 3
"""What such a word counts beside others."""

PHRASE_LIKENESS = 0.85
"""Likeness of two names that a synonym group lists as a whole."""

LOOKALIKE = 0.8
"""From this share of letters in order on, two words look alike (typing errors, inflection)."""

_SCALARS = frozenset({"string", "integer", "number", "boolean"})


@lru_cache(maxsize=200_000)
def word_similarity(left: str, right: str) -> float:
    """Return 1 for the same word, 0.8 for synonyms, and less for words that only look alike."""
    if left == right or stem(left) == stem(right):
        return 1.0
    groups = synonym_groups()
    if groups.get(stem(left), frozenset()) & groups.get(stem(right), frozenset()):
        return 0.8
    if min(len(left), len(right)) >= 4 and (left.startswith(right) or right.startswith(left)):
        return 0.7
    ratio = SequenceMatcher(None, left, right).ratio()
    return ratio * 0.7 if ratio >= LOOKALIKE else 0.0


@lru_cache(maxsize=200_000)
def words_similarity(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Return the share of words on both sides that find a partner, weighed by likeness.

    Generic words count a third, so that `user name` is nearer to `user` than to `name`.
    """
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    groups = synonym_groups()
    if groups.get(" ".join(left), frozenset()) & groups.get(" ".join(right), frozenset()):
        return PHRASE_LIKENESS
    weights = [GENERIC_WEIGHT if stem(word) in GENERIC else 1.0 for word in (*left, *right)]
    best = [max(word_similarity(word, other) for other in right) for word in left]
    best += [max(word_similarity(word, other) for other in left) for word in right]
    return sum(w * b for w, b in zip(weights, best, strict=True)) / sum(weights)


def naming_words(path: str) -> tuple[str, ...]:
    """Return the words that name a field; a generic last name brings its parent's along."""
    own = words(own_name(path))
    if not own or all(stem(word) in GENERIC or word.isdecimal() for word in own):
        named = [token for token in paths.parse(path) if token != paths.ANY]
        return tuple(word for token in named[-2:] for word in words(paths.key_of(token)))
    return own


def name_similarity(source: str, target: str) -> float:
    """Return how alike the names of two paths are, with a generic name's parent read or not."""
    own = words_similarity(words(own_name(source)), words(own_name(target)))
    full = words_similarity(naming_words(source), naming_words(target))
    unwrapped = UNWRAPPED if _wraps(source, target) or _wraps(target, source) else 0.0
    return max(full, unwrapped, own if own == 1.0 and full >= 0.5 else own * 0.85)


def _wraps(outer: str, inner: str) -> bool:
    """Whether `outer` is a generic leaf in an object that is called what `inner` is called."""
    own = words(own_name(outer))
    around = words(own_name(paths.parent(outer)))
    is_generic = bool(own) and all(stem(word) in GENERIC for word in own)
    return is_generic and bool(around) and around == words(own_name(inner))


def type_similarity(source: frozenset[str], target: frozenset[str]) -> float:
    """Return 1 when values of one set of types can pass as they are, less when converted."""
    if not source or not target or source <= target:
        return 1.0
    if source & target:
        return 0.97
    if source == {"integer"} and "number" in target:
        return 1.0
    if source <= _SCALARS and target & _SCALARS:
        return 0.85 if "boolean" not in source ^ target else 0.7
    if ("array" in source and target & _SCALARS) or ("array" in target and source & _SCALARS):
        return 0.6
    return 0.25
