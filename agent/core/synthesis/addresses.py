"""Parts of addresses: scheme, host, port, path, query and fragment (RFC 3986, section 3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agent.core.language.syntax import Expression, Literal
from agent.core.synthesis.build import V, call

_SCHEME: Final = "(?:[A-Za-z][A-Za-z0-9+.-]*:)?//"
_START: Final = f"^(?:{_SCHEME})?"
_USER: Final = "(?:[^/?#@]*@)?"
_HOST: Final = "[^/?#:@]+"

PARTS: Final = (
    ("scheme", "^([A-Za-z][A-Za-z0-9+.-]*)://"),
    ("host and port", f"{_START}{_USER}([^/?#@]+)"),
    ("host", f"{_START}{_USER}({_HOST})"),
    ("port", f"{_START}{_USER}{_HOST}:([0-9]+)"),
    ("path", f"{_START}[^/?#]+(/[^?#]*)"),
    ("path without its slash", f"{_START}[^/?#]+/([^?#]+)"),
    ("scheme and host", f"^({_SCHEME}[^/?#]+)"),
    ("path with its query", f"{_START}[^/?#]+(/[^#]*)"),
    ("query", r"[?]([^#]+)"),
    ("fragment", "#(.+)$"),
)
"""Parts of an address that has its scheme or not, by the pattern that takes them out."""


def address_parts(texts: Sequence[str]) -> Iterator[tuple[Expression, str]]:
    """Yield what takes a part out of `v`, with its name, where some text is a whole address."""
    if any("://" in one for one in texts):
        for name, pattern in PARTS:
            yield call("extract", V, Literal(pattern)), name
