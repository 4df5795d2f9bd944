"""Identity: names made of names, digests, encodings."""

from __future__ import annotations

import math
from typing import Final

from agent.core.language.functions.identity import uuid5
from agent.core.language.types.rules.site import Rule, Site
from agent.core.language.types.typed import NEVER, Typed
from agent.core.language.types.values import tried
from agent.core.shapes.facts import make_fact
from agent.core.shapes.parts import Texts
from agent.core.shapes.shape import texts

_UUID = texts(
    Texts(
        36,
        36,
        None,
        frozenset(
            {
                make_fact(
                    "pattern",
                    "^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
                )
            }
        ),
    )
)
_DIGEST = texts(Texts(64, 64, None, frozenset({make_fact("pattern", "^[0-9a-f]{64}$")})))
_LONGEST_CHARACTER: Final = 4
"""Bytes of one character in UTF-8, at most."""


def _uuid5(site: Site) -> Typed:
    namespace, name = site.text("namespace"), site.text("name")
    known = site.choice("namespace", "")
    if known is None or isinstance(tried(uuid5, known, ""), str):
        site.fail("a namespace that may be none")
    return NEVER if namespace is None or name is None else Typed(_UUID)


def _sha256(site: Site) -> Typed:
    return NEVER if site.text("s") is None else Typed(_DIGEST)


def _base64(site: Site) -> Typed:
    part = site.text("s")
    if part is None:
        return NEVER
    longest = None
    if part.longest is not None:
        longest = math.ceil(part.longest * _LONGEST_CHARACTER / 3) * 4
    return Typed(texts(Texts(math.ceil(part.shortest / 3) * 4, longest)))


def _unbase64(site: Site) -> Typed:
    part = site.text("s")
    if part is None:
        return NEVER
    site.fail("not base64 of a text")
    return Typed(texts(Texts(0, part.longest)))


IDENTITY_RULES: Final[dict[str, Rule]] = {
    "uuid5": _uuid5,
    "sha256": _sha256,
    "base64": _base64,
    "unbase64": _unbase64,
}
