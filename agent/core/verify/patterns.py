"""Texts that match a regular expression, for the simple patterns that schemas hold."""

from __future__ import annotations

import functools
import importlib
import random
import re
import warnings
from typing import Any

MAX_REPEATS = 3
"""How far a repetition goes beyond its least count."""

MAX_LENGTH = 2000

_CLASSES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_SPACE": " \t",
    "CATEGORY_WORD": "abcdefxyzABCXYZ_0189",
    "CATEGORY_NOT_DIGIT": "abcXYZ -_",
    "CATEGORY_NOT_SPACE": "abcXYZ019-_",
    "CATEGORY_NOT_WORD": " -./",
}
_ANYTHING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.:/"


class _UnsupportedError(Exception):
    """The pattern holds something that this generator does not write."""


@functools.lru_cache(maxsize=2048)
def texts_matching(pattern: str, *, count: int = 4) -> tuple[str, ...]:
    """Return up to `count` different texts that `pattern` finds; none when it is too hard.

    Patterns are read as Python's and never run here, where a hostile one could hang; the caller
    validates, because the dialects differ.
    """
    # The imported name is Python's own parser, reached by name because `sre_parse` is deprecated.
    parser = importlib.import_module("re._parser")
    try:
        with warnings.catch_warnings():
            # Python warns of sets that may change their meaning; schemas are not written for it.
            warnings.simplefilter("ignore", FutureWarning)
            tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return ()
    found: dict[str, None] = {}
    for attempt in range(count * 3):
        text = _write(tree, random.Random(attempt), extra=min(attempt, MAX_REPEATS))
        if text is None:
            return tuple(found)
        found[text] = None
    return tuple(found)[:count]


def _write(tree: Any, rng: random.Random, *, extra: int) -> str | None:
    try:
        return _Writer(rng, extra).sequence(tree)
    except (_UnsupportedError, RecursionError):
        return None


class _Writer:
    """Writes one text for a parsed pattern; `extra` bounds what repetitions add."""

    def __init__(self, rng: random.Random, extra: int) -> None:
        self._rng = rng
        self._extra = extra
        self._groups: dict[int, str] = {}
        self._length = 0

    def sequence(self, tree: Any) -> str:
        return "".join(self._item(str(operator), argument) for operator, argument in tree)

    def _item(self, operator: str, argument: Any) -> str:
        match operator:
            case "LITERAL":
                return self._kept(chr(argument))
            case "NOT_LITERAL":
                return self._kept(self._choose(_ANYTHING, without={chr(argument)}))
            case "ANY":
                return self._kept(self._rng.choice(_ANYTHING))
            case "IN":
                return self._kept(self._member(argument))
            case "AT":
                return ""
            case "BRANCH":
                return self.sequence(self._rng.choice(argument[1]))
            case "SUBPATTERN":
                return self._group(argument[0], argument[-1])
            case "GROUPREF":
                return self._groups.get(argument, "")
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self._repeat(*argument)
            case _:
                raise _UnsupportedError(operator)

    def _kept(self, text: str) -> str:
        self._length += len(text)
        if self._length > MAX_LENGTH:
            raise _UnsupportedError("too long")
        return text

    def _group(self, number: int | None, tree: Any) -> str:
        text = self.sequence(tree)
        if number is not None:
            self._groups[number] = text
        return text

    def _repeat(self, least: int, most: int, tree: Any) -> str:
        times = min(int(most), least + self._rng.randint(0, self._extra))
        if least == 0 and self._extra == 0:
            times = 0
        return "".join(self.sequence(tree) for _ in range(times))

    def _member(self, entries: Any) -> str:
        """Return one character of a class such as `[a-z\\d_]`."""
        if str(entries[0][0]) == "NEGATE":
            refused = {text for entry in entries[1:] for text in self._characters(*entry)}
            return self._choose(_ANYTHING, without=refused)
        characters = "".join(self._characters(*entry) for entry in entries)
        return self._choose(characters, without=set())

    def _characters(self, operator: Any, argument: Any) -> str:
        match str(operator):
            case "LITERAL":
                return chr(argument)
            case "RANGE":
                low, high = argument
                last = high if high - low < 128 else low + 127
                return "".join(map(chr, range(low, last + 1)))
            case "CATEGORY":
                return _CLASSES[str(argument)]
            case other:
                raise _UnsupportedError(other)

    def _choose(self, characters: str, *, without: set[str]) -> str:
        allowed = [one for one in characters if one not in without and not _is_surrogate(one)]
        if not allowed:
            raise _UnsupportedError("no character is left")
        return self._rng.choice(allowed)


def _is_surrogate(character: str) -> bool:
    return 0xD800 <= ord(character) <= 0xDFFF
