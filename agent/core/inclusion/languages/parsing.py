"""Patterns read into parts; what a regular language cannot say, or we do not know, is opaque."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agent.core.inclusion.languages.charsets import CharSet, complement, of_characters, unite
from agent.core.inclusion.languages.classes import (
    DOT,
    SHORTHANDS,
    read_property,
    read_raw_shorthands,
)
from agent.core.inclusion.languages.syntax import (
    Begin,
    Chars,
    Choice,
    End,
    Part,
    Reading,
    Repeat,
    Sequence,
)
from agent.core.patterns import is_usable, translate

_NESTING_LIMIT = 40
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_QUANTIFIER = re.compile(r"(?:[*+?]|\{(?P<low>[0-9]{1,6})(?P<more>,(?P<high>[0-9]{0,6}))?\})\??")
_CODE = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}")
_PROPERTY = re.compile(r"[pP]\{([^{}]*)\}")
_GROUP = re.compile(r"\((?:\?(?::|<[A-Za-z_][A-Za-z0-9_]*>))?(?!\?)")
_LOOK = re.compile(r"\(\?(?P<sign>[=!])")
_CONTROL_LETTER = re.compile(r"c([A-Za-z])")
_SYNTAX = "*+?{)"
_LITERAL_ESCAPES = "!\"#$%&'()*+,-./:;=?@[\\]^_`{|}~ "
"""Escaped, these are themselves; the engine reads letters and `\\<` as something else or not."""


class _Opaque(Exception):
    """The pattern has a part that is not read."""


def parse(pattern: str) -> Reading | None:
    """Return what a pattern says, or None when it is opaque.

    The spelling that is read is the validation engine's, so that it and we read the same.
    """
    if not is_usable(pattern):
        return None
    spelling = translate(pattern)
    try:
        reading = _Reader(spelling, SHORTHANDS).read_whole()
        if reading.wanted or reading.unwanted:
            return _Reader(spelling, read_raw_shorthands()).read_whole()
    except _Opaque:
        return None
    return reading


class _Reader:
    """One pass over a pattern; `_at` is the place of the next character."""

    def __init__(self, text: str, shorthands: Mapping[str, CharSet]) -> None:
        self._text = text
        self._shorthands = shorthands
        self._at = 0
        self._looks: list[tuple[Part, bool]] = []

    def read_whole(self) -> Reading:
        """Return the whole pattern.

        What it looks for right after the `^` that it begins with is looked for in the whole text,
        unless there are alternatives to it.
        """
        body = self._read_choice(0)
        if not self._is_done() or (self._looks and isinstance(body, Choice)):
            raise _Opaque
        wanted = tuple(part for part, is_wanted in self._looks if is_wanted)
        unwanted = tuple(part for part, is_wanted in self._looks if not is_wanted)
        return Reading(body, wanted, unwanted)

    def _is_done(self) -> bool:
        return self._at == len(self._text)

    def _read_choice(self, depth: int) -> Part:
        if depth > _NESTING_LIMIT:
            raise _Opaque
        parts = [self._read_sequence(depth)]
        while self._takes("|"):
            parts.append(self._read_sequence(depth))
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _read_sequence(self, depth: int) -> Part:
        parts: list[Part] = []
        while not self._is_done() and self._text[self._at] not in "|)":
            if depth == 0 and parts == [Begin()] and self._read_look():
                continue
            part = self._read_atom(depth)
            parts.append(self._read_quantifier(part))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _read_quantifier(self, part: Part) -> Part:
        found = _QUANTIFIER.match(self._text, self._at)
        if found is None:
            if self._text[self._at : self._at + 1] in ("*", "+", "?", "{"):
                raise _Opaque
            return part
        self._at = found.end()
        is_twice = self._text[self._at : self._at + 1] in ("*", "+", "?", "{")
        if isinstance(part, Begin | End) or is_twice:
            raise _Opaque
        return Repeat(part, *_times(found))

    def _read_atom(self, depth: int) -> Part:
        char = self._text[self._at]
        if char == "(":
            return self._read_group(depth)
        if char == "[":
            return Chars(self._read_class())
        if char == "\\":
            return Chars(self._read_escape())
        if char in _SYNTAX:
            raise _Opaque
        self._at += 1
        match char:
            case "^":
                return Begin()
            case "$":
                return End()
            case ".":
                return Chars(DOT)
            case _:
                return Chars(of_characters(char))

    def _read_group(self, depth: int) -> Part:
        found = _GROUP.match(self._text, self._at)
        if found is None:
            raise _Opaque
        self._at = found.end()
        part = self._read_choice(depth + 1)
        if not self._takes(")"):
            raise _Opaque
        return Sequence((part,))

    def _read_look(self) -> bool:
        """Read a look-ahead from the beginning of the text; return whether there is one."""
        found = self._accepts(_LOOK)
        if found is None:
            return False
        part = self._read_choice(1)
        if not self._takes(")"):
            raise _Opaque
        self._looks.append((Sequence((Begin(), part)), found["sign"] == "="))
        return True

    def _read_escape(self) -> CharSet:
        self._at += 1
        letter = self._text[self._at : self._at + 1]
        if (code := self._accepts(_CODE)) is not None:
            return _character(int(next(each for each in code.groups() if each), 16))
        if (name := self._accepts(_PROPERTY)) is not None:
            return _property(name[1], is_negated=letter == "P")
        if self._shorthands is SHORTHANDS and (control := self._accepts(_CONTROL_LETTER)):
            return _character(ord(control[1].upper()) - 0x40)
        self._at += 1
        if letter in self._shorthands:
            return self._shorthands[letter]
        if letter in _CONTROLS:
            return of_characters(_CONTROLS[letter])
        if letter and letter in _LITERAL_ESCAPES:
            return of_characters(letter)
        raise _Opaque

    def _read_class(self) -> CharSet:
        self._at += 1
        is_negated = self._takes("^")
        sets: list[CharSet] = []
        while not self._takes("]"):
            sets.append(self._read_range())
        return complement(unite(*sets)) if is_negated else unite(*sets)

    def _read_range(self) -> CharSet:
        low = self._read_class_atom()
        if not self._takes("-"):
            return low
        high = self._read_class_atom()
        ends = (_only(low), _only(high))
        if ends[0] > ends[1]:
            raise _Opaque
        return unite(((ends[0], ends[1]),))

    def _read_class_atom(self) -> CharSet:
        char = self._text[self._at : self._at + 1]
        if char == "\\":
            return self._read_escape()
        if not char or char in "[]&~-":
            raise _Opaque
        self._at += 1
        return of_characters(char)

    def _takes(self, char: str) -> bool:
        if not self._text.startswith(char, self._at):
            return False
        self._at += len(char)
        return True

    def _accepts(self, spelling: re.Pattern[str]) -> re.Match[str] | None:
        found = spelling.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found


def _times(quantifier: re.Match[str]) -> tuple[int, int | None]:
    match quantifier[0][0]:
        case "*":
            return 0, None
        case "+":
            return 1, None
        case "?":
            return 0, 1
    low = int(quantifier["low"])
    if quantifier["more"] is None:
        return low, low
    return low, int(quantifier["high"]) if quantifier["high"] else None


def _character(code: int) -> CharSet:
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise _Opaque
    return of_characters(chr(code))


def _property(name: str, *, is_negated: bool) -> CharSet:
    found = read_property(name)
    if found is None:
        raise _Opaque
    return complement(found) if is_negated else found


def _only(charset: CharSet) -> int:
    """Return the one character of a set; a range between sets is not read."""
    if len(charset) != 1 or charset[0][0] != charset[0][1]:
        raise _Opaque
    return charset[0][0]
