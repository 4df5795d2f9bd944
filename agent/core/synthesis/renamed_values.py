"""Values of enums that have a new name, as descriptions tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.core.matching.names import words
from agent.core.schema import FieldInfo

_FORMER: Final = re.compile(
    r"'(?P<new>[^']+)'\s*\((?:the\s+)?(?:former|formerly|previously|once|old)\s+(?P<old>[^)]*)\)"
)
_QUOTED: Final = re.compile(r"'([^']+)'")
_ARROW: Final = re.compile(
    r"(?P<old>\"[^\"]+\"|'[^']+'|[\w./-]+)\s*(?:->|→|=>|⇒)\s*(?P<new>\"[^\"]+\"|'[^']+'|[\w./-]+)"
)
_BECOMES: Final = re.compile(r"\b(?:is|are|becomes?|counts? as|shown as|given as)\b")


def renamed_values(target: FieldInfo) -> tuple[dict[str, str], bool]:
    """Return the old values with the new ones that a description puts in their place.

    Also return whether other values stay as they are: where it speaks of former names only.
    """
    return dict(_renamed(target.description)), bool(_FORMER.search(target.description))


def _renamed(description: str) -> Iterator[tuple[str, str]]:
    for match in _FORMER.finditer(description):
        for old in _QUOTED.findall(match["old"]):
            yield old, match["new"]
    arrows = [(_bare(match["old"]), _bare(match["new"])) for match in _ARROW.finditer(description)]
    if len(arrows) > 1:
        yield from arrows


def _bare(text: str) -> str:
    return text[1:-1] if text[:1] in "'\"" else text


def renamed_between(
    given: Sequence[str], wanted: Sequence[str], description: str
) -> dict[str, str]:
    """Return the values that a description puts in the place of others: "what is burnt is waste".

    The old value must stand before the verb and just one wanted value right after it.
    """
    found: dict[str, str] = {}
    for clause in re.split(r"[.;]", description):
        for verb in _BECOMES.finditer(clause):
            before, after = words(clause[: verb.start()]), words(clause[verb.end() :])
            new = [one for one in wanted if words(one) and words(one) == after[: len(words(one))]]
            old = [one for one in given if one not in wanted and _ends_with(before, words(one))]
            if len(new) == 1 and len(old) == 1:
                found[old[0]] = new[0]
    return found


def _ends_with(said: tuple[str, ...], value: tuple[str, ...]) -> bool:
    return bool(value) and said[-len(value) :] == value
