"""Tables between two closed lists that a description spells out: `S small, M mid-market`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.core.matching.names import words
from agent.core.schema import FieldInfo

Code = str | int

_CLAUSES: Final = re.compile(r"[,;:]\s+|\.\s+|\.$")
_TOKENS: Final = re.compile(r"[\w-]+")


def told_table(source: FieldInfo, target: FieldInfo) -> dict[Code, str]:
    """Return what the values of a source enum are called in the contract's, as one of them says.

    Empty unless one description has every value of the source in a clause of its own, each with
    just one value of the contract: a part of a table proves nothing. Two at least must be there;
    others may be called the same on both sides.
    """
    given = [one for one in source.enum or () if _is_code(one)]
    wanted = [one for one in target.enum or () if isinstance(one, str) and words(one)]
    if len(given) < 2 or len(wanted) < 2 or set(given) <= set(wanted):
        return {}
    for description in (source.description, target.description):
        found = _table(given, wanted, description)
        if len(found) > 1:
            found |= {
                one: same[0]
                for one in given
                if one not in found
                and (same := [value for value in wanted if words(value) == words(str(one))])
            }
        if len(found) == len(given) and len(set(found.values())) > 1:
            return found
    return {}


def _is_code(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""


def _table(given: Sequence[Code], wanted: Sequence[str], description: str) -> dict[Code, str]:
    found: dict[Code, str] = {}
    for clause in _CLAUSES.split(description):
        tokens = _TOKENS.findall(clause)
        keys = [one for one in given if str(one) in tokens]
        if len(keys) != 1 or keys[0] in found:
            continue
        rest = [token for token in tokens if token != str(keys[0])]
        said = tuple(word for token in rest for word in words(token))
        values = [one for one in wanted if _holds(said, words(one))]
        if len(values) == 1:
            found[keys[0]] = values[0]
    return found


def _holds(said: tuple[str, ...], value: tuple[str, ...]) -> bool:
    return any(said[at : at + len(value)] == value for at in range(len(said)))
