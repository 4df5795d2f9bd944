"""Source fields that a description lists one after the other: `the label, else its code`.

Prose is not trusted by itself: every clause has to name one field, and all pairs have to agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.syntax import Call, Expression, Field, Index, Name
from agent.core.matching.names import own_name, stem, stems, words
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call, literal
from agent.core.synthesis.examples import Solution, distinct_count
from agent.core.synthesis.explanation import gives
from agent.core.synthesis.said import said_for_nothing
from agent.core.synthesis.scope import Scope

_SENTENCES: Final = re.compile(r";\s+(?!else|otherwise)|\.\s+|\.$|:\s+")
_NONE: Final = (
    r"(?:if|when|where)\s+(?:(?:there\s+is|it\s+has)\s+(?:none|no\b[^,;.]*)|none\b|"
    r"(?:it|that|this|the\s+\w+)?\s*(?:is\s+)?(?:missing|absent|empty|unset|null|unknown|"
    r"not\s+(?:set|given|known|there|present)))"
)
_ELSE: Final = re.compile(
    rf"[,;]?\s+(?:or\s+)?(?:else|otherwise),?\s+|[,;]?\s+(?:falling|falls|fall)\s+back\s+(?:on|to)\s+"
    rf"|,?\s+or\s+{_NONE},?\s+|[,;]?\s+or\s+(?=[^,;.]*\s{_NONE})",
    re.IGNORECASE,
)
_WITHOUT: Final = re.compile(rf"\s+{_NONE}\s*$", re.IGNORECASE)
_DOTTED: Final = re.compile(r"[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)+")
_PRESENT: Final = re.compile(
    r"\b(?:if|when|where)\s+(?:it\s+is\s+|there\s+is\s+(?:one|any)|any|one|present|given|set|known)"
    r".*$",
    re.IGNORECASE,
)
_SILENT: Final = frozenset(
    map(stem, ("the", "a", "an", "of", "its", "their", "in", "from", "on", "at", "and", "by", "as"))
)
_FIRST: Final = frozenset({"first", "1st"})


TOLD_COST: Final = 0.2
TOLD_PRIOR: Final = 0.9
"""What it assumes that a value is from where a description says, and what that is worth."""


@dataclass(frozen=True, slots=True)
class ToldChain:
    """The first of several source fields that is there, in the order that a description tells."""

    expression: Expression
    paths: tuple[str, ...]
    said: str


def told_solution(
    target: FieldInfo | None,
    said: str,
    wanted: Sequence[object],
    *,
    scope: Scope,
    fields: Mapping[str, FieldInfo],
) -> tuple[Solution, ...]:
    """Return what a description lists for a contract field, if all pairs agree with it."""
    if target is None:
        return ()
    made = told_chain(target, said, fields=fields, places=scope.bound)
    if made is None or not gives(made.expression, wanted, scope):
        return ()
    support = distinct_count(wanted)
    reason = f"as the contract says: {made.said}"
    is_open = support < 2
    return (
        Solution(
            made.expression, made.paths, TOLD_COST, TOLD_PRIOR, support, reason, None, is_open
        ),
    )


def told_chain(
    target: FieldInfo,
    description: str,
    *,
    fields: Mapping[str, FieldInfo],
    places: Mapping[str, str],
) -> ToldChain | None:
    """Return the fields that a description lists for a contract field, in its order, or None.

    `places` are the names in reach with the source paths that they stand for.
    """
    for sentence in _SENTENCES.split(description):
        clauses = [_bare(clause) for clause in _ELSE.split(sentence)]
        if len(clauses) < 2:
            continue
        found: list[str] = []
        for clause in clauses:
            path = _told(clause, target, fields, found[-1] if found else "", places)
            if path is None:
                break
            found.append(path)
        reads = [_read(path, places) for path in found]
        if len(found) == len(clauses) == len(set(found)) and None not in reads:
            whole: Expression = Call("coalesce", tuple(one for one in reads if one is not None))
            said = said_for_nothing(target)
            if said is not None and said[0] is not MISSING:
                function = "if_missing" if said[0] is None else "default"
                whole = call(function, whole, literal(said[0]))
            return ToldChain(whole, tuple(found), sentence.strip())
    return None


def _bare(clause: str) -> str:
    """Return a clause without what it says of when it counts."""
    return _PRESENT.sub("", _WITHOUT.sub("", clause)).strip(" ,;")


def _told(
    clause: str,
    target: FieldInfo,
    fields: Mapping[str, FieldInfo],
    before: str,
    places: Mapping[str, str],
) -> str | None:
    """Return the path of the only field that a clause names, nearest to the one before, or None."""
    fitting = [
        one.path
        for one in fields.values()
        if one.types & target.types
        and not one.types & {"object", "array"}
        and _names(clause, one.path, places)
    ]
    if not fitting:
        return None
    nearness = {path: _nearness(path, before) for path in fitting}
    best = min(nearness.values())
    nearest = [path for path, near in nearness.items() if near == best]
    return nearest[0] if len(nearest) == 1 else None


def _nearness(path: str, before: str) -> tuple[int, int]:
    """Return how far a path is from the one before: the shared steps first, then its length."""
    own, other = paths.parse(path), paths.parse(before)
    shared = 0
    for one, two in zip(own[:-1], other, strict=False):
        if one != two:
            break
        shared += 1
    return -shared, len(own)


def _names(clause: str, path: str, places: Mapping[str, str]) -> bool:
    """Return whether a clause names a path: in dots, or by its own name and words of its holders.

    Every word of the clause has to be one of the path, and an item has to be said to be the first.
    """
    steps = [paths.key_of(one) for one in paths.parse(path) if one != paths.ANY]
    dotted = _DOTTED.fullmatch(clause.strip("`'\" "))
    if dotted:
        told = dotted[0].split(".")
        return steps[-len(told) :] == told and not _picks(path, places)
    said = [stem(word) for word in words(clause)]
    content = {word for word in said if word not in _SILENT}
    is_first = bool(content & _FIRST)
    content -= _FIRST
    own = stems(own_name(path))
    held = stems(" ".join(steps))
    is_named = bool(own) and own <= content <= held
    return is_named and (is_first or not _picks(path, places) or "its" in clause.lower().split())


def _picks(path: str, places: Mapping[str, str]) -> int:
    """Return how many arrays stand between what is in reach and a path."""
    base = max((one for one in places.values() if paths.is_within(path, one)), key=len, default="")
    return paths.parse(path[len(base) :]).count(paths.ANY)


def _read(path: str, places: Mapping[str, str]) -> Expression | None:
    """Return the read of a path, through the first item of an array on the way."""
    reaching = [(name, base) for name, base in places.items() if paths.is_within(path, base)]
    if not reaching or _picks(path, places) > 1:
        return None
    name, base = max(reaching, key=lambda pair: len(pair[1]))
    read: Expression = Name(name)
    for token in paths.parse(path[len(base) :]):
        read = Index(read, 0) if token == paths.ANY else Field(read, paths.key_of(token))
    return read
