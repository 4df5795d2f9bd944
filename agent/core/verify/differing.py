"""A payload on which a rule and its alternative differ: the question that a person can answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from agent.core import paths
from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.proposing import RuleNote
from agent.core.repair.sites import sites
from agent.core.values import Json, canonical_text, same_value
from agent.core.verify.shrink import shrink
from agent.errors import InvalidExpression, PayloadRefused

MOST_ASKED: Final = 6
"""Ambiguous rules for which a payload is looked for."""

MOST_TRIED: Final = 40
"""Payloads that are tried on each alternative."""

SHOWN: Final = 60
"""Characters of a value that a question shows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two expressions for one target, and a small payload on which they give different values."""

    target: str
    question: str
    payload: Json


@dataclass(frozen=True, slots=True)
class _Shown:
    payload: Json
    left: str
    right: str


def differences(
    adapter: Adapter,
    notes: Sequence[RuleNote],
    payloads: Iterable[Json],
    *,
    is_valid: Callable[[Json], bool],
) -> Iterator[Difference]:
    """Yield for ambiguous rules what tells each from the first alternative that differs."""
    tried = list(islice(payloads, MOST_TRIED))
    asked = [note for note in notes if note.is_ambiguous and note.alternatives]
    for note in asked[:MOST_ASKED]:
        for taken, other, exchanged in _exchanged(adapter, note):
            found = _told_apart(adapter, exchanged, note.target, tried, is_valid)
            if found is not None:
                question = (
                    f"`{taken}` and `{other}` could both feed {note.target}; on this payload they "
                    f"give {found.left} and {found.right}: which is right?"
                )
                yield Difference(note.target, question, found.payload)
                break


def _exchanged(adapter: Adapter, note: RuleNote) -> Iterator[tuple[str, str, Adapter]]:
    """Yield the expression taken, an alternative, and the adapter with that in its place."""
    site = next(sites(adapter.rows, adapter.let, note.target), None)
    if site is None:
        return
    taken = print_expression(site.value)
    for one in note.alternatives:
        try:
            other = parse(one.expression, names=frozenset(site.scope))
        except InvalidExpression:
            continue
        if other != site.value:
            yield taken, one.expression, replace(adapter, rows=site.put(other))


def _told_apart(
    left: Adapter,
    right: Adapter,
    target: str,
    payloads: Sequence[Json],
    is_valid: Callable[[Json], bool],
) -> _Shown | None:
    """Return a small payload, and what both adapters give at the target, where they differ."""

    def given(payload: Json) -> tuple[str, str] | None:
        try:
            mine, its = (dict(paths.find(run(one, payload), target)) for one in (left, right))
        except PayloadRefused:
            return None
        for at in sorted(mine.keys() | its.keys()):
            if at not in mine or at not in its or not same_value(mine[at], its[at]):
                return _short(mine, at), _short(its, at)
        return None

    def differs(payload: Json) -> bool:
        return is_valid(payload) and given(payload) is not None

    shown = next((payload for payload in payloads if differs(payload)), None)
    if shown is None:
        return None
    small = shrink(shown, still_fails=differs)
    values = given(small)
    return None if values is None else _Shown(small, *values)


def _short(found: Mapping[str, Json], at: str) -> str:
    if at not in found:
        return "nothing"
    text = canonical_text(found[at])
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
