"""How likely one source field feeds one contract field, from names, meaning, types and values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from agent.core import paths
from agent.core.matching.names import own_name, path_words, stem, synonym_groups, words
from agent.core.schema import FieldInfo

NAME_WEIGHT = 0.15
PATH_WEIGHT = 0.30
MEANING_WEIGHT = 0.55
SAME_PATH_SCORE = 0.97
ENUM_BONUS = 0.10
FORMAT_BONUS = 0.05
CONTEXT_BONUS = 0.10
"""The first three were chosen on attribute-level gold of 25 schema pairs; the rest are guesses."""

COSINE_FLOOR = 0.15
"""Two unrelated field texts have about this cosine under MiniLM."""

_GENERIC_TEXT = (
    "value text content data name identifier type key code number amount label title count list "
    "item items entry result object attribute description link date time status unit total "
    "enabled active"
)
GENERIC = frozenset(_GENERIC_TEXT.split())
"""Words that say little without the word before them."""

UNWRAPPED = 0.75
"""Name likeness of `price` and the generic leaf `price.value`: an object was put around it."""

_SCALARS = frozenset({"string", "integer", "number", "boolean"})


@dataclass(frozen=True, slots=True)
class Score:
    """A score from 0 to 1 and what it is made of."""

    total: float
    name: float
    path: float
    meaning: float
    type: float


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
    return ratio * 0.7 if ratio >= 0.8 else 0.0


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
        return 0.85
    weights = [1 / 3 if stem(word) in GENERIC else 1.0 for word in (*left, *right)]
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


def type_similarity(source: FieldInfo, target: FieldInfo) -> float:
    """Return 1 when values can pass as they are, less when a conversion could help."""
    if not source.types or not target.types or source.types <= target.types:
        return 1.0
    if source.types & target.types:
        return 0.97
    if source.types == {"integer"} and "number" in target.types:
        return 1.0
    if source.types <= _SCALARS and target.types & _SCALARS:
        return 0.85 if "boolean" not in source.types ^ target.types else 0.7
    if "array" in source.types and target.types & _SCALARS:
        return 0.6
    if "array" in target.types and source.types & _SCALARS:
        return 0.6
    return 0.25


def enum_overlap(source: FieldInfo, target: FieldInfo) -> float:
    """Return the share of the smaller enum whose values, as words, are in the other."""
    if not source.enum or not target.enum:
        return 0.0
    left = {words(str(value)) for value in source.enum}
    right = {words(str(value)) for value in target.enum}
    return len(left & right) / min(len(left), len(right))


def score(
    source: FieldInfo, target: FieldInfo, *, cosine: float, in_context: bool = False
) -> Score:
    """Return the score of one pair; `in_context` when their parents are matched already."""
    name = name_similarity(source.path, target.path)
    path = words_similarity(path_words(source.path), path_words(target.path))
    meaning = max(0.0, (cosine - COSINE_FLOOR) / (1.0 - COSINE_FLOOR))
    kind = type_similarity(source, target)
    total = NAME_WEIGHT * name + PATH_WEIGHT * path + MEANING_WEIGHT * meaning
    total += ENUM_BONUS * enum_overlap(source, target)
    total += FORMAT_BONUS if source.format and source.format == target.format else 0.0
    total += CONTEXT_BONUS if in_context else 0.0
    same_name = in_context and own_name(source.path) == own_name(target.path)
    if source.path == target.path or same_name:
        total = max(total, SAME_PATH_SCORE)
    return Score(min(1.0, total) * kind, name, path, meaning, kind)


def cosines(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the cosine of every pair of unit vectors, rows by `left`."""
    if not left or not right:
        return [[] for _ in left]
    import numpy as np

    product = np.asarray(left, dtype=np.float32) @ np.asarray(right, dtype=np.float32).T
    return [[float(value) for value in row] for row in product]
