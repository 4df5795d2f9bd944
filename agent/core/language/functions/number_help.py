"""What to write instead where a text is no number by JSON's grammar."""

from __future__ import annotations

import re
from typing import Final

_GROUPED: Final = re.compile(r"-?[0-9]{1,3}(?:([., _'\u00a0\u202f])[0-9]{3})+(?:([.,])[0-9]+)?")
_LEADING: Final = re.compile(r"\+?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DECIMAL_COMMA: Final = re.compile(r"-?[0-9]+,[0-9]+")
_NO_NUMBERS: Final = ("nan", "inf", "infinity")
_LONGEST: Final = 100


def number_help(text: str, *, reader: str) -> str:
    """Return what helps `reader`, the function `number` or `integer`, with such a text."""
    bare = text[:_LONGEST].strip()
    if not bare:
        return f"leave it out: {_read('non_empty(trim(x))', reader)}"
    if bare.lstrip("+-").lower() in _NO_NUMBERS:
        return "JSON has no such number: leave it out with an if, or keep the text"
    if bare != text[:_LONGEST]:
        return f"trim it: {_read('trim(x)', reader)}"
    if _LEADING.fullmatch(text):
        wanted = _read("extract(x, '0*([0-9].*)')", reader)
        return f"JSON writes no leading + or 0: {wanted}"
    if match := _GROUPED.fullmatch(text):
        group, comma = match.group(1), match.group(2)
        if comma != group and not (group in ".," and comma is None):
            wanted = _read(f"replace(x, {_written(group)}, '')", reader, comma or ".")
            return f"take out what groups thousands: {wanted}"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"for a decimal comma: {_read('x', reader, ',')}"
    return "it wants digits as in 12 or -1.5; leave other texts out with an if"


def _read(text: str, reader: str, mark: str = ".") -> str:
    """Return the call that reads an expression; only `number` takes a decimal mark."""
    if mark == ".":
        return f"{reader}({text})"
    call = f"number({text}, decimal='{mark}')"
    return call if reader == "number" else f"{reader}({call})"


def _written(mark: str) -> str:
    return f'"{mark}"' if mark == "'" else f"'{mark}'"
