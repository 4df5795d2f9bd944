"""Tables that the description of a field documents: `8507 male, 8532 female`.

Prose is not trusted by itself: a table counts where it agrees with every pair, and one of them is
in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from agent.core.keywords import is_number
from agent.core.language.syntax import Call, Expression, ObjectDisplay
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, literal
from agent.core.synthesis.examples import distinct_count, equal
from agent.core.synthesis.renamed_values import renamed_values
from agent.core.synthesis.said import said_otherwise
from agent.core.synthesis.spelling import spelling
from agent.core.values import Json

_CLAUSES: Final = re.compile(r"[,;]\s+|\.\s+|\.$")
_TOKENS: Final = re.compile(r"[^\s()\"'`:=]+")
_LINKS: Final = frozenset({"and", "or", "is", "are", "means", "the", "a", "for", "to", "->", "→"})
_JOINED: Final = frozenset({"and", "or"})
_NULL: Final = re.compile(r"\bnull\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Clause:
    """What one clause says: a value of the target, and the other words in their order."""

    value: Json
    words: tuple[str, ...]
    are_joined: bool


def documented_table(
    source: FieldInfo, target: FieldInfo, pairs: Sequence[tuple[object, object]]
) -> Expression | None:
    """Return the lookup of `v` that a description of either field spells out, or None."""
    known = {str(given): wanted for given, wanted in pairs}
    if any(isinstance(given, (bool, float, list, dict)) for given, _ in pairs):
        return None
    seen = {str(value) for value in (*(source.enum or ()), *source.examples)} | known.keys()
    for said in dict.fromkeys((target.description, source.description)):
        table = _table(_clauses_of(said, target), frozenset(seen), frozenset(known))
        if len(table) < 2 or not table.keys() & known.keys():
            continue
        made = _lookup(table, target, pairs)
        if made is not None:
            return made
    return _renamed(target, pairs, known)


def _renamed(
    target: FieldInfo, pairs: Sequence[tuple[object, object]], known: dict[str, object]
) -> Expression | None:
    """Return the lookup of what arrows or former names tell, where a pair shows some of it."""
    renamed, is_partial = renamed_values(target)
    if len(renamed) < 2 or is_partial or not renamed.keys() & known.keys():
        return None
    return _lookup(dict(renamed), target, pairs)


def says_null(target: FieldInfo) -> bool:
    """Return whether a field may be null and its description says when."""
    return target.is_nullable and _NULL.search(target.description) is not None


def _lookup(
    table: dict[str, Json], target: FieldInfo, pairs: Sequence[tuple[object, object]]
) -> Expression | None:
    default = said_otherwise(target)
    entries: dict[Json, Json] = {}
    is_number_key = all(isinstance(given, int) for given, _ in pairs)
    for key, value in table.items():
        if is_number_key and not key.lstrip("-").isdecimal():
            return None
        entries[int(key) if is_number_key else key] = value
    for given, wanted in pairs:
        assert given is None or isinstance(given, (str, int))
        if given in entries and not equal(entries[given], wanted):
            return None
        if given not in entries and (default is None or not equal(default[0], wanted)):
            entries[given] = wanted
    if distinct_count(list(entries.values())) < 2:
        return None
    shown = ObjectDisplay(tuple((literal(key), literal(value)) for key, value in entries.items()))
    otherwise = () if default is None else (("otherwise", literal(default[0])),)
    return Call("lookup", (V, shown), otherwise)


def _table(
    clauses: Sequence[_Clause], seen: frozenset[str], known: frozenset[str]
) -> dict[str, Json]:
    """Return what the clauses say of keys: values that are seen, else what is spelled like them."""
    spelled = {spelling(word) for clause in clauses for word in clause.words if word in known}
    table: dict[str, Json] = {}
    for clause in clauses:
        keys = [word for word in clause.words if word in seen]
        alike = [word for word in clause.words if spelling(word) in spelled]
        if clause.are_joined or (not keys and len(alike) == 1):
            keys = [word for word in clause.words if word in (*keys, *alike)]
        elif not keys and len(clause.words) == 1:
            keys = list(clause.words)
        for key in keys:
            table.setdefault(key, clause.value)
    return table


@lru_cache(maxsize=1_024)
def _split(description: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(_TOKENS.findall(clause)) for clause in _CLAUSES.split(description) if clause.strip()
    )


def _clauses_of(description: str, target: FieldInfo) -> list[_Clause]:
    """Return the clauses that have one value of the target at one of their ends."""
    found = []
    for tokens in _split(description):
        for at in (0, -1):
            value = _value(tokens[at], target) if len(tokens) > 1 else None
            if value is None:
                continue
            rest = tokens[1:] if at == 0 else tokens[:-1]
            words = tuple(word for word in rest if word.lower() not in _LINKS)
            if words and "when" not in rest and "if" not in rest:
                found.append(_Clause(value[0], words, bool(_JOINED & set(rest))))
                break
    return found


def _value(word: str, target: FieldInfo) -> tuple[Json] | None:
    """Return what a word stands for as a value of the target, if it can be one."""
    for allowed in target.enum or ():
        if isinstance(allowed, str) and allowed == word:
            return (allowed,)
    if target.enum is None and target.types & {"integer", "number"} and word.isdecimal():
        return (int(word),)
    if target.enum is not None and any(is_number(one) and str(one) == word for one in target.enum):
        return (int(word),)
    return None


@lru_cache(maxsize=1_024)
def documented_names(description: str) -> dict[int, str]:
    """Return what numbers stand for, where a description says it: `0 draft, 10 listed`."""
    found: dict[int, str] = {}
    for tokens in _split(description):
        words = [token for token in tokens if token.lower() not in _LINKS]
        numbers = [token for token in words if token.isdecimal()]
        if len(words) == 2 and len(numbers) == 1:
            found[int(numbers[0])] = next(word for word in words if word not in numbers)
    return found if len(found) > 1 else {}
