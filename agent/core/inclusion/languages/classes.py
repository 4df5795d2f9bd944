r"""The characters behind `\d`, `\w`, `\s`, `.` and `\p{...}`, as the validation engine has them.

The first four are ECMA-262's, but for the dot: the engine's leaves out the line feed only. What
`\p{...}` holds depends on the edition of Unicode that the engine was built with (Python's own is
another), so the engine is asked about every character. In a pattern with a look-around the engine
leaves `\d`, `\w` and `\s` as they are to a library for which they are Unicode's; it is asked again.
"""

from __future__ import annotations

import array
import functools
import re
import sys
from collections.abc import Callable, Iterator, Mapping

from agent.core.inclusion.languages.charsets import (
    ALL,
    CharSet,
    complement,
    make_charset,
    of_characters,
)

DIGIT = of_characters("0123456789")
WORD = make_charset([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
SPACE = make_charset(
    [
        *((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
        *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)),
        (0xFEFF, 0xFEFF),
    ]
)
DOT = complement(of_characters("\n"))
SHORTHANDS = {
    "d": DIGIT,
    "D": complement(DIGIT),
    "w": WORD,
    "W": complement(WORD),
    "s": SPACE,
    "S": complement(SPACE),
}
_BLOCK = 1024
_PROPERTY = re.compile(r"[A-Za-z0-9_]+(=[A-Za-z0-9_]+)?")


@functools.lru_cache(maxsize=64)
def read_property(name: str) -> CharSet | None:
    r"""Return the characters of `\p{name}`, or None when the engine knows no such property."""
    if _PROPERTY.fullmatch(name) is None:
        return None
    try:
        return _ask(rf"\p{{{name}}}", rf"\P{{{name}}}")
    except ValueError:
        return None


@functools.lru_cache(maxsize=1)
def read_raw_shorthands() -> Mapping[str, CharSet]:
    """Return the characters of the shorthands in a pattern with a look-around."""
    found = {each: _ask(rf"\{each}", rf"\{each.upper()}", before="(?!x{2}y)") for each in "dws"}
    return {**found, **{each.upper(): complement(charset) for each, charset in found.items()}}


def _ask(escape: str, opposite: str, *, before: str = "") -> CharSet:
    """Return the characters that an escape stands for; `before` precedes it in the pattern."""
    inside, outside = _is_all(before, escape), _is_all(before, opposite)
    every = _every_character()
    blocks = (every[start : start + _BLOCK] for start in range(0, len(every), _BLOCK))
    return make_charset(run for block in blocks for run in _runs(block, inside, outside))


def _runs(
    text: str, inside: Callable[[str], bool], outside: Callable[[str], bool]
) -> Iterator[tuple[int, int]]:
    """Yield the ranges of a run of neighbours that are inside, by halving."""
    is_in = inside(text[0])
    if is_in and inside(text):
        yield ord(text[0]), ord(text[-1])
    elif is_in or not outside(text):
        middle = len(text) // 2
        yield from _runs(text[:middle], inside, outside)
        yield from _runs(text[middle:], inside, outside)


def _is_all(before: str, escape: str) -> Callable[[str], bool]:
    """Return a check whether a text has only characters that an escape stands for."""
    import jsonschema_rs

    rule = jsonschema_rs.Draft202012Validator({"pattern": f"^{before}{escape}*$"})
    return lambda text: bool(rule.is_valid(text))


@functools.lru_cache(maxsize=1)
def _every_character() -> str:
    codes = b"".join(array.array("I", range(low, high + 1)).tobytes() for low, high in ALL)
    return codes.decode(f"utf-32-{sys.byteorder[0]}e")
