"""The helper functions that exports bring along: of each export only those that it uses."""

from __future__ import annotations

import functools
import importlib.resources
import re
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def used_parts(files: tuple[str, ...], *, defines: str, by: str) -> str:
    """Return the parts of runtime files that the program `by` uses, directly or not, in order.

    Parts are separated by blank lines; `defines` is a pattern whose group 1 is a part's name.
    """
    parts = _parts(files, defines)
    used: set[str] = set()
    waiting = [word for word in set(_WORD.findall(by)) if word in parts]
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += [word for word in set(_WORD.findall(parts[name])) if word in parts]
    return "\n\n".join(text for name, text in parts.items() if name in used)


@functools.lru_cache(maxsize=8)
def _parts(files: tuple[str, ...], defines: str) -> dict[str, str]:
    folder = importlib.resources.files("agent.exports.runtime")
    parts = {}
    for file in files:
        for text in folder.joinpath(file).read_text(encoding="utf-8").strip().split("\n\n"):
            match = re.search(defines, text, re.MULTILINE)
            if match is not None:
                parts[match.group(1)] = text
    return parts
