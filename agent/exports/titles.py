"""Letters whose title form is not their capital: other languages know capitals only."""

from __future__ import annotations

import functools
import sys


@functools.cache
def titles() -> list[list[str]]:
    """Return pairs of a letter and its title form, where that is not its capital."""
    letters = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    return [[letter, letter.title()] for letter in letters if letter.title() != letter.upper()]
