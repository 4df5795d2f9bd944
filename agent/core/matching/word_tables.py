"""Likeness of names for all fields of two schemas at once.

The rules are those of `score.words_similarity`; here every two words are compared once only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from agent.core.matching.names import stem, synonym_groups
from agent.core.matching.score import (
    GENERIC,
    GENERIC_WEIGHT,
    LOOKALIKE,
    PHRASE_LIKENESS,
    word_similarity,
)

Table = NDArray[np.float64]
Words = tuple[str, ...]


def likeness_table(left: Sequence[Words], right: Sequence[Words]) -> Table:
    """Return how alike every two names are, 0 to 1, rows by `left`."""
    if not left or not right:
        return np.zeros((len(left), len(right)))
    rows, columns = _vocabulary(left), _vocabulary(right)
    alike = _word_table(rows, columns)
    of_left, of_right = _weights(left, rows), _weights(right, columns)
    total = of_left @ _best(alike, right, columns) + (of_right @ _best(alike.T, left, rows)).T
    mass = of_left.sum(axis=1)[:, None] + of_right.sum(axis=1)[None, :]
    found = np.divide(total, mass, out=np.zeros_like(total), where=mass > 0)
    found[~np.outer([bool(one) for one in left], [bool(one) for one in right])] = 0.0
    return _with_phrases(found, left, right)


def _vocabulary(names: Sequence[Words]) -> dict[str, int]:
    return {word: at for at, word in enumerate(dict.fromkeys(w for name in names for w in name))}


def _weights(names: Sequence[Words], vocabulary: dict[str, int]) -> Table:
    """Return how much each word counts in each name: a generic one counts less."""
    made = np.zeros((len(names), len(vocabulary)))
    for row, name in enumerate(names):
        for word in name:
            made[row, vocabulary[word]] += GENERIC_WEIGHT if stem(word) in GENERIC else 1.0
    return made


def _best(alike: Table, names: Sequence[Words], vocabulary: dict[str, int]) -> Table:
    """Return for each word (row) how alike its best partner in each name is."""
    made = np.zeros((alike.shape[0], len(names)))
    for column, name in enumerate(names):
        if name:
            made[:, column] = alike[:, [vocabulary[word] for word in name]].max(axis=1)
    return made


def _word_table(rows: Iterable[str], columns: Iterable[str]) -> Table:
    """Return `word_similarity` of every two words; those that share no letters are not compared."""
    left, right = list(rows), list(columns)
    may_look_alike = _letters_shared(left, right) >= LOOKALIKE
    made = np.zeros((len(left), len(right)))
    for row, column in np.argwhere(may_look_alike):
        made[row, column] = word_similarity(left[row], right[column])
    return np.maximum(made, _related(left, right))


def _letters_shared(left: Sequence[str], right: Sequence[str]) -> Table:
    """Return the most that `SequenceMatcher.ratio` could give; 1 where one begins the other."""
    one, other = _letters(left), _letters(right)
    shared = np.zeros((len(left), len(right)))
    for letter in range(one.shape[1]):
        shared += np.minimum.outer(one[:, letter], other[:, letter])
    sizes = one.sum(axis=1)[:, None] + other.sum(axis=1)[None, :]
    inside = np.minimum(one.sum(axis=1)[:, None], other.sum(axis=1)[None, :])
    return np.where(shared == inside, 1.0, 2 * shared / np.maximum(sizes, 1))


def _letters(words: Sequence[str]) -> Table:
    """Return how often each of 32 classes of letters is in each word."""
    made = np.zeros((len(words), 32))
    for row, word in enumerate(words):
        for letter, times in Counter(word).items():
            made[row, ord(letter) % 32] += times
    return made


def _related(left: Sequence[str], right: Sequence[str]) -> Table:
    """Return `word_similarity` of the words that share a synonym group, 0 elsewhere."""
    groups = synonym_groups()
    by_group: dict[int, list[int]] = {}
    for column, word in enumerate(right):
        for group in groups.get(stem(word), frozenset()):
            by_group.setdefault(group, []).append(column)
    made = np.zeros((len(left), len(right)))
    for row, word in enumerate(left):
        for group in groups.get(stem(word), frozenset()):
            for column in by_group.get(group, ()):
                made[row, column] = word_similarity(word, right[column])
    return made


def _with_phrases(found: Table, left: Sequence[Words], right: Sequence[Words]) -> Table:
    """Raise names that are the same, or that a synonym group lists as a whole."""
    groups = synonym_groups()
    by_key: dict[object, list[int]] = {}
    for column, name in enumerate(right):
        for key in (name, *groups.get(" ".join(name), ())):
            by_key.setdefault(key, []).append(column)
    for row, name in enumerate(left):
        for group in groups.get(" ".join(name), frozenset()):
            columns = by_key.get(group, [])
            found[row, columns] = PHRASE_LIKENESS
        if name:
            found[row, by_key.get(name, [])] = 1.0
    return found


def rarity_table(left: Sequence[Words], right: Sequence[Words]) -> Table:
    """Return the cosine of every two texts, a word weighing more the fewer texts hold it."""
    texts = [Counter(map(stem, words)) for words in (*left, *right)]
    if not left or not right:
        return np.zeros((len(left), len(right)))
    held = Counter(word for text in texts for word in text)
    column = {word: at for at, word in enumerate(held)}
    made = np.zeros((len(texts), len(held)))
    for row, text in enumerate(texts):
        for word, times in text.items():
            rarity = log((1 + len(texts)) / (1 + held[word])) + 1
            made[row, column[word]] = (1 + log(times)) * rarity
    made /= np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)
    found: Table = made[: len(left)] @ made[len(left) :].T
    return found
