r"""Patterns: from RE2 into a spelling that backtracking engines read the same way.

Only what means the same everywhere is carried over: literals, classes of ASCII kinds, groups,
alternatives, repetitions, and the anchors. What RE2 does in linear time and another engine might do
in exponential time, a repetition within a repetition, is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_SYNTAX: Final = "^$\\.*+?()[]{}|/"
_CONTROLS: Final = {"n": "\\n", "t": "\\t", "r": "\\r", "f": "\\f"}
_KINDS: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": "\\t\\n\\f\\r "}
"""RE2's kinds are ASCII; spelled out, they are in every engine."""
_REPEAT: Final = re.compile(r"[*+?]\??|\{(\d{1,4})(?:(,)(\d{0,4}))?\}\??")
_NAMED: Final = re.compile(r"\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>")


class Untranslatable(Exception):
    """A pattern holds something that engines read differently."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A pattern for other engines, the number of its groups, and their names."""

    source: str
    groups: int
    names: dict[str, int]
    may_be_empty: bool


@dataclass(frozen=True, slots=True)
class _Part:
    source: str
    may_be_empty: bool = False
    repeats: bool = False
    captures: bool = False


def translate(pattern: str, *, anchors: tuple[str, str] = ("^", "$")) -> Translated:
    """Return the pattern for other engines; `anchors` are theirs for the ends of the text.

    Raises:
        Untranslatable: it holds something that engines read differently; says what.
    """
    reader = _Reader(pattern, anchors)
    part = reader.alternatives()
    if reader.at < len(pattern):
        raise Untranslatable("an unbalanced )")
    return Translated(part.source, reader.groups, dict(reader.names), part.may_be_empty)


@dataclass
class _Reader:
    pattern: str
    anchors: tuple[str, str]
    at: int = 0
    groups: int = 0
    names: dict[str, int] = field(default_factory=dict)

    def alternatives(self) -> _Part:
        parts = [self._sequence()]
        while self.pattern.startswith("|", self.at):
            self.at += 1
            parts.append(self._sequence())
        return _Part(
            "|".join(part.source for part in parts),
            any(part.may_be_empty for part in parts),
            any(part.repeats for part in parts),
            any(part.captures for part in parts),
        )

    def _sequence(self) -> _Part:
        parts = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            parts.append(self._repeated(self._atom()))
        return _Part(
            "".join(part.source for part in parts),
            all(part.may_be_empty for part in parts),
            any(part.repeats for part in parts),
            any(part.captures for part in parts),
        )

    def _repeated(self, part: _Part) -> _Part:
        match = _REPEAT.match(self.pattern, self.at)
        if match is None:
            return part
        self.at = match.end()
        repeat = match.group()
        lowest, highest = _bounds(match)
        if part.source in (*self.anchors, "\\b", "\\B"):
            raise Untranslatable(f"{part.source}{repeat}, a repeated anchor")
        if _REPEAT.match(self.pattern, self.at):
            raise Untranslatable(f"a repetition right after {repeat}")
        if highest > 1 and (part.repeats or part.captures or part.may_be_empty):
            raise Untranslatable(f"{repeat} around a repetition or a captured group")
        return _Part(
            part.source + repeat,
            part.may_be_empty or lowest == 0,
            part.repeats or highest > 1,
            part.captures,
        )

    def _atom(self) -> _Part:
        char = self.pattern[self.at]
        match char:
            case "(":
                return self._group()
            case "[":
                return _Part(self._class())
            case "\\":
                return self._escape()
            case "^" | "$":
                self.at += 1
                return _Part(self.anchors["^$".index(char)], may_be_empty=True)
            case ".":
                self.at += 1
                return _Part("[^\\n]")
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise Untranslatable(f"{char} on its own")
            case _:
                self.at += 1
                return _Part(_literal(char))

    def _group(self) -> _Part:
        named = _NAMED.match(self.pattern, self.at)
        is_plain = self.pattern.startswith("(?:", self.at)
        if named is None and not is_plain and self.pattern.startswith("(?", self.at):
            raise Untranslatable("flags of a group, (?…)")
        self.at = named.end() if named else self.at + (3 if is_plain else 1)
        if not is_plain:
            self.groups += 1
        if named:
            self.names[named.group(1)] = self.groups
        inner = self.alternatives()
        if not self.pattern.startswith(")", self.at):
            raise Untranslatable("an unbalanced (")
        self.at += 1
        source = f"({'?:' if is_plain else ''}{inner.source})"
        return _Part(source, inner.may_be_empty, inner.repeats, inner.captures or not is_plain)

    def _escape(self) -> _Part:
        escaped = self.pattern[self.at + 1 : self.at + 2]
        self.at += 2
        if escaped in ("b", "B"):
            if self.anchors[0] != "^":
                raise Untranslatable(f"\\{escaped}, which is not ASCII there")
            return _Part(f"\\{escaped}", may_be_empty=True)
        if escaped in ("A", "z"):
            return _Part(self.anchors["Az".index(escaped)], may_be_empty=True)
        if escaped.lower() in _KINDS:
            opening = "[" if escaped.islower() else "[^"
            return _Part(f"{opening}{_KINDS[escaped.lower()]}]")
        return _Part(_plain_escape(escaped))

    def _class(self) -> str:
        self.at += 1
        opening = "["
        if self.pattern.startswith("^", self.at):
            self.at, opening = self.at + 1, "[^"
        atoms = [opening]
        is_first = True
        while is_first or not self.pattern.startswith("]", self.at):
            atoms.append(self._class_range())
            is_first = False
        self.at += 1
        return "".join(atoms) + "]"

    def _class_range(self) -> str:
        low = self._class_atom()
        is_range = self.pattern.startswith("-", self.at) and not self.pattern.startswith(
            "-]", self.at
        )
        if not is_range:
            return low
        self.at += 1
        high = self._class_atom()
        if low in _KINDS.values() or high in _KINDS.values():
            raise Untranslatable("a range that ends in a kind such as \\d")
        return f"{low}-{high}"

    def _class_atom(self) -> str:
        char = self.pattern[self.at : self.at + 1]
        if char == "":
            raise Untranslatable("an unbalanced [")
        if char == "[" and self.pattern[self.at + 1 : self.at + 2] in (":", ".", "="):
            raise Untranslatable("a named class, [:…:]")
        self.at += 1
        if char != "\\":
            return "\\-" if char == "-" else _literal(char)
        escaped = self.pattern[self.at : self.at + 1]
        self.at += 1
        if escaped == "-":
            return "\\-"
        return _KINDS[escaped] if escaped in _KINDS else _plain_escape(escaped)


def _bounds(match: re.Match[str]) -> tuple[int, float]:
    text = match.group()
    if text[0] != "{":
        return (1 if text[0] == "+" else 0), (1 if text[0] == "?" else float("inf"))
    low = int(match.group(1))
    high = match.group(3)
    highest = low if match.group(2) is None else float("inf") if high == "" else int(high)
    if low > highest or max(low, 0 if highest == float("inf") else highest) > 1000:
        raise Untranslatable(f"the repetition {text}")
    return low, highest


def _literal(char: str) -> str:
    return f"\\{char}" if char in _SYNTAX else char


def _plain_escape(escaped: str) -> str:
    if escaped in _CONTROLS:
        return _CONTROLS[escaped]
    if escaped == "" or escaped.isalnum() or not escaped.isascii():
        raise Untranslatable(f"\\{escaped}")
    return _literal(escaped)
