"""Texts that match a regular expression, for the simple patterns that schemas hold."""

from __future__ import annotations

import functools
import importlib
import random
import re
import warnings
from typing import Any

from agent.core.inclusion.languages import TextSet, members, read_pattern
from agent.core.verify.spelling import is_found, python_spelling

MAX_REPEATS = 3
"""How far a repetition usually goes beyond its least count."""

MAX_STRETCH = 64
"""How far a repetition with an upper end is stretched once, to reach that end."""

TRIES_PER_TEXT = 4

LONG_NUMBER = 40
"""Characters of a number that no reader holds."""

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
def texts_matching(pattern: str, *, count: int = 6) -> tuple[str, ...]:
    """Return up to `count` different texts that `pattern` finds; none when it is too hard.

    Texts are written from the parsed pattern and judged by the validation engine, which a hostile
    pattern cannot hang. Look-arounds are not written for, so that many tries fail on them.
    """
    tree = _parsed(pattern)
    found: dict[str, None] = {}
    for attempt in range(count * TRIES_PER_TEXT if tree is not None else 0):
        text = _write(tree, random.Random(attempt), extra=_extra(attempt))
        if text is None and attempt == 0:
            return ()
        if text is not None and is_found(pattern, text):
            found[text] = None
        if len(found) == count:
            break
    return tuple(found)


_JSON_NUMBER = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?$"
"""Numbers as JSON writes them, of no more digits than any reader holds."""


@functools.lru_cache(maxsize=2048)
def no_numbers_matching(pattern: str, *, count: int = 3) -> tuple[str, ...]:
    """Return texts that `pattern` finds and that are no plain number, such as `007`.

    There are none where the pattern finds texts without any digit: it is not about numbers.
    """
    language, number = read_pattern(pattern), read_pattern(_JSON_NUMBER)
    digit = read_pattern("[0-9]")
    if language is None or number is None or digit is None:
        return ()
    if members(TextSet((language,), (digit,)), 1).texts:
        return ()
    short = members(TextSet((language,), (number,)), count).texts
    long = members(TextSet((language,), (number,), shortest=LONG_NUMBER), 1).texts
    return tuple(dict.fromkeys((*short, *long)))


def text_matching(pattern: str, rng: random.Random) -> str | None:
    """Return a random text that `pattern` finds, or None when this try fails."""
    tree = _parsed(pattern)
    text = None if tree is None else _write(tree, rng, extra=rng.choice((0, 1, 3, MAX_STRETCH)))
    return text if text is not None and is_found(pattern, text) else None


def _extra(attempt: int) -> int:
    return MAX_STRETCH if attempt == MAX_REPEATS + 1 else min(attempt, MAX_REPEATS)


@functools.lru_cache(maxsize=2048)
def _parsed(pattern: str) -> Any:
    # The imported name is Python's own parser, reached by name because `sre_parse` is deprecated.
    parser = importlib.import_module("re._parser")
    try:
        with warnings.catch_warnings():
            # Python warns of sets that may change their meaning; schemas are not written for it.
            warnings.simplefilter("ignore", FutureWarning)
            return parser.parse(python_spelling(pattern))
    except (re.error, RecursionError, OverflowError):
        return None


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
            case "AT" | "ASSERT" | "ASSERT_NOT":
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
        more = self._extra if self._extra == MAX_STRETCH else self._rng.randint(0, self._extra)
        times = min(int(most), least + more)
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
