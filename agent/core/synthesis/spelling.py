"""How texts are spelled: runs of digits, runs of letters, and what stands between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_RUNS: Final = re.compile(r"[0-9]+|[A-Za-z]+|.", re.DOTALL)


def telling_pattern(texts: Sequence[str], others: Sequence[str]) -> str | None:
    """Return the pattern of whole texts that all of `texts` have and none of `others`, or None.

    Only texts with digits and with something between runs show a spelling.
    """
    kinds = {tuple(map(_kind, _RUNS.findall(text))) for text in texts}
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    if "0" not in kind or len(kind) < 2:
        return None
    columns = zip(*(_RUNS.findall(text) for text in texts), strict=True)
    pattern = "".join(_pattern(one, runs) for one, runs in zip(kind, columns, strict=True))
    whole = f"^{pattern}$"
    return None if any(re.search(whole, other) for other in others) else whole


def spelling(text: str) -> str:
    """Return a text with `0` for each run of digits and `A` or `a` for each run of letters."""
    return "".join(map(_kind, re.findall(r"[0-9]+|[A-Z]+|[a-z]+|.", text, re.DOTALL)))


def _kind(run: str) -> str:
    if run[0].isascii() and run[0].isalnum():
        return "0" if run[0].isdecimal() else "A" if run.isupper() else "a"
    return run


def _pattern(kind: str, runs: Sequence[str]) -> str:
    if kind == "0":
        lengths = {len(run) for run in runs}
        return f"[0-9]{{{lengths.pop()}}}" if len(lengths) == 1 else "[0-9]+"
    return "[A-Za-z]+" if kind in ("A", "a") else re.escape(kind)
