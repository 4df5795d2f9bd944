"""Tables between two lists of values: by what they are called, and by what pairs show of some."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.core.language.syntax import Call, Expression, Literal, Name, ObjectDisplay
from agent.core.matching.names import stem, words
from agent.core.matching.score import words_similarity
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, call, table

ENUM_MATCH = 0.6
"""Two values are the same in other words from this similarity of their words on."""

WORD_OF = 0.95
"""Likeness of `db2` and `ibm.db2`: one is a whole word of the other."""

FEW = 6
"""Values of a text that may be all that it has."""

_OPPOSITES = ("in", "un", "non", "not", "no", "dis", "de", "im")

CATCH_ALL = frozenset({"other", "others", "unknown", "misc", "miscellaneous", "generic", "custom"})
"""Words for what a list of values has no name for."""


def enum_table(given: list[str], wanted: list[str]) -> dict[str, str]:
    """Return for each given enum value the wanted one that says the same, where one does."""
    scored = sorted(
        (
            (-_likeness(left, right), i, j)
            for i, left in enumerate(given)
            for j, right in enumerate(wanted)
        ),
    )
    found: dict[str, str] = {}
    taken: set[int] = set()
    for negative, i, j in scored:
        if -negative >= ENUM_MATCH and given[i] not in found and j not in taken:
            found[given[i]] = wanted[j]
            taken.add(j)
    return {value: found[value] for value in given if value in found}


def completed_table(
    conversion: Expression, source: FieldInfo, target: FieldInfo | None
) -> Expression:
    """Return a table that pairs taught with the values of the source's enum that they do not show.

    They get the contract's value that says the same, where one does; anything else stays as it is.
    """
    match conversion:
        case Call("lookup", (Name() as read, ObjectDisplay(entries)), ()) if target is not None:
            pass
        case _:
            return conversion
    known = {
        str(key.value): str(value.value)
        for key, value in entries
        if isinstance(key, Literal) and isinstance(value, Literal)
    }
    wanted = [value for value in target.enum or () if isinstance(value, str)]
    given = [value for value in source.enum or () if isinstance(value, str)]
    open_values = [value for value in given if value not in known]
    free = [value for value in wanted if value not in known.values()]
    found = known | enum_table(open_values, free)
    found |= enum_table([value for value in open_values if value not in found], wanted)
    if known:
        with_leftover(found, given, wanted)
        found |= _caught(known, [value for value in given if value not in found], wanted)
    more = tuple(
        (Literal(key), Literal(found[key])) for key in given if key in found.keys() - known
    )
    return Call("lookup", (read, ObjectDisplay((*entries, *more))))


def _caught(known: dict[str, str], open_values: list[str], wanted: list[str]) -> dict[str, str]:
    """Return the values that the contract does not know, under its word for all others.

    Pairs have to show one of them so, and none otherwise.
    """
    strange = {new for old, new in known.items() if old not in wanted}
    if len(strange) != 1 or not (CATCH_ALL & set(words(next(iter(strange))))):
        return {}
    return {value: next(iter(strange)) for value in open_values if value not in wanted}


def closed_table(
    source: FieldInfo, target: FieldInfo, pairs: Sequence[tuple[object, object]]
) -> Expression | None:
    """Return a table of all values of two enums, where pairs show one and names give the others.

    What is left at the end on both sides alone goes together. None where some value stays open or
    where pairs show nothing of one of the enums. For a source without an enum the values that
    samples show, if they are few.
    """
    shown = dict.fromkeys(value for value in source.examples if isinstance(value, str))
    values = source.enum or (tuple(shown) if len(shown) <= FEW else ())
    given = [value for value in values if isinstance(value, str)]
    wanted = [value for value in target.enum or () if isinstance(value, str)]
    known = {str(left): str(right) for left, right in pairs}
    if len(given) < 2 or len(wanted) < 2 or not known.keys() < set(given):
        return None
    if not set(known.values()) <= set(wanted):
        return None
    free = [value for value in wanted if value not in known.values()]
    found = known | enum_table([value for value in given if value not in known], free)
    if len(found) > len(known):
        with_leftover(found, given, wanted)
    if found.keys() != set(given):
        return None
    return call("lookup", V, table({value: found[value] for value in given}))


def _likeness(left: str, right: str) -> float:
    if left == right:
        return 1.0
    a, b = tuple(map(stem, words(left))), tuple(map(stem, words(right)))
    if a == b and a:
        return 0.99
    if _is_opposite("".join(a), "".join(b)) or _is_opposite("".join(b), "".join(a)):
        return 0.0
    return max(words_similarity(a, b), _shared_word(left, right))


def _is_opposite(left: str, right: str) -> bool:
    """Return whether one word denies the other: `inactive`, `active`."""
    return any(left == before + right for before in _OPPOSITES)


def _shared_word(left: str, right: str) -> float:
    """Return how alike two codes are of which one is a word of the other, or begins one."""
    best = 0.0
    for whole, other in ((left.casefold(), right.casefold()), (right.casefold(), left.casefold())):
        for word in re.findall(r"[^\W_]+", other):
            if word == whole and word != other:
                return WORD_OF
            is_code = len(whole) >= 4 or any(map(str.isdecimal, whole))
            if is_code and len(whole) >= 2 and word.startswith(whole):
                best = max(best, ENUM_MATCH + 0.35 * len(whole) / len(word))
            if len(word) >= 4 and word != other and whole.startswith(word):
                best = max(best, ENUM_MATCH + 0.35 * len(word) / len(whole))
    return best


def with_leftover(found: dict[str, str], given: Sequence[str], wanted: Sequence[str]) -> None:
    """Add the only pair of values that is left over between two lists of the same length."""
    left = [value for value in given if value not in found]
    free = [value for value in wanted if value not in found.values()]
    if len(left) == len(free) == 1 and len(given) == len(wanted):
        found[left[0]] = free[0]
