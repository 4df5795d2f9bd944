"""Regular expressions of schemas: ECMA-262 spelling turned into what the linear engine reads.

JSON Schema asks for ECMA-262. Validation runs on Rust's engine (with a capped backtracking
fallback for look-arounds and back-references), whose spelling differs inside character classes
and for a few escapes. What neither can express is refused when the schema is read.
"""

from __future__ import annotations

import functools

_CLASS_SHORTHANDS = "dDwWsSpP"
_ESCAPES = {"0": r"\x00", "/": "/", "-": r"\-"}
PATTERN_LIMIT = 10_000
"""Longest pattern that is read, in characters."""


@functools.lru_cache(maxsize=4096)
def translate(pattern: str) -> str:
    """Return `pattern` in the spelling of the validation engine; most come back unchanged."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        piece, at = _take(pattern, at)
        out.append(piece)
    return "".join(out)


@functools.lru_cache(maxsize=4096)
def is_usable(pattern: str) -> bool:
    """Return whether the validation engine can compile `pattern` within its size limits."""
    import jsonschema_rs

    if len(pattern) > PATTERN_LIMIT:
        return False
    try:
        jsonschema_rs.Draft202012Validator({"pattern": translate(pattern)})
    except ValueError:
        return False
    return True


def _take(pattern: str, at: int) -> tuple[str, int]:
    """Return the next piece in the engine's spelling, and where the rest begins."""
    match pattern[at]:
        case "\\":
            return _take_escape(pattern, at)
        case "[":
            return _take_class(pattern, at)
        case "{" if not _is_quantifier(pattern, at):
            return r"\{", at + 1
        case _:
            return pattern[at], at + 1


def _take_escape(pattern: str, at: int) -> tuple[str, int]:
    escaped = pattern[at + 1 : at + 2]
    if escaped == "0" and not pattern[at + 2 : at + 3].isdigit():
        return r"\x00", at + 2
    if escaped in ("p", "P", "u", "k") and pattern[at + 2 : at + 3] in ("{", "<"):
        end = pattern.find("}" if pattern[at + 2] == "{" else ">", at)
        return (pattern[at : end + 1], end + 1) if end > 0 else (pattern[at : at + 2], at + 2)
    return pattern[at : at + 2], at + 2


def _is_quantifier(pattern: str, at: int) -> bool:
    end = pattern.find("}", at)
    low, comma, high = pattern[at + 1 : end].partition(",") if end > 0 else ("", "", "")
    return low.isdecimal() and (not comma or not high or high.isdecimal()) and at > 0


def _take_class(pattern: str, at: int) -> tuple[str, int]:
    """Rewrite one character class: no nested sets, no set operators, a hyphen may be literal."""
    if pattern.startswith("[^]", at):
        return r"[\s\S]", at + 3
    if pattern.startswith("[]", at):
        return r"[^\s\S]", at + 2
    opening = "[^" if pattern.startswith("[^", at) else "["
    atoms, at = _class_atoms(pattern, at + len(opening))
    if at > len(pattern):
        return opening + "".join(atoms), at
    return opening + _join_atoms(atoms) + "]", at


def _class_atoms(pattern: str, at: int) -> tuple[list[str], int]:
    """Return the atoms up to the closing bracket; the position is past the end when none is."""
    atoms: list[str] = []
    while at < len(pattern) and pattern[at] != "]":
        if pattern[at] == "\\":
            piece, at = _take_escape(pattern, at)
            atoms.append(r"\x08" if piece == r"\b" else piece)
        else:
            atoms.append("\\" + pattern[at] if pattern[at] in "[&~" else pattern[at])
            at += 1
    return atoms, at + 1


def _join_atoms(atoms: list[str]) -> str:
    """Join class atoms, with every hyphen escaped that cannot be a range."""
    out: list[str] = []
    index = 0
    while index < len(atoms):
        is_range = (
            index + 2 < len(atoms)
            and atoms[index + 1] == "-"
            and not _is_shorthand(atoms[index])
            and not _is_shorthand(atoms[index + 2])
        )
        if is_range:
            out.append(f"{_literal(atoms[index])}-{_literal(atoms[index + 2])}")
            index += 3
        else:
            out.append(_literal(atoms[index]))
            index += 1
    return "".join(out)


def _literal(atom: str) -> str:
    return r"\-" if atom == "-" else atom


def _is_shorthand(atom: str) -> bool:
    return len(atom) > 1 and atom[0] == "\\" and atom[1] in _CLASS_SHORTHANDS
