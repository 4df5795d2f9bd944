"""The rule table of a proposal as a reviewer reads it: flat, least certain first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agent.core.values import Json

LOW_CONFIDENCE = "low-confidence"
"""A finding that says what the confidence column shows."""

UNKNOWN = -1.0
"""Sorts a rule that nobody gave a confidence before all others."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule: what it writes, how, and what is known about it.

    `target` is the full contract path with `*`; `around` are the blocks that it stands in, in
    words; `pointer` is its place in the adapter document.
    """

    target: str
    expression: str
    pointer: str
    around: tuple[str, ...] = ()
    target_type: str = ""
    confidence: float | None = None
    evidence: tuple[tuple[str, str], ...] = ()
    alternatives: tuple[tuple[str, float | None], ...] = ()
    findings: tuple[tuple[str, str, str], ...] = ()
    proposer: str = ""


def rule_rows(
    adapter: Json, verification: Json, *, types: Mapping[str, str]
) -> tuple[RuleRow, ...]:
    """Return every rule that writes something, least certain first."""
    known = verification or {}
    notes = {note.get("target", ""): note for note in known.get("rules", ())}
    rows = []
    for row in _leaves((adapter or {}).get("rules", ()), at="", pointer="/rules", around=()):
        noted = _noted(row, notes.get(row.target))
        rows.append(
            replace(
                noted,
                target_type=types.get(row.target, ""),
                findings=findings_at(known, row.target),
            )
        )
    return tuple(sorted(rows, key=_certainty))


def _certainty(row: RuleRow) -> float:
    return UNKNOWN if row.confidence is None else row.confidence


def findings_at(verification: Json, path: str) -> tuple[tuple[str, str, str], ...]:
    """Return (severity, code, message) of the findings about one path."""
    return tuple(
        (one.get("severity", ""), one.get("code", ""), one.get("message", ""))
        for one in verification.get("findings", ())
        if one.get("path") == path and one.get("code") != LOW_CONFIDENCE
    )


def _noted(row: RuleRow, note: Json) -> RuleRow:
    if note is None:
        return row
    return replace(
        row,
        confidence=note.get("confidence"),
        evidence=tuple((one["kind"], one["text"]) for one in note.get("evidence", ())),
        alternatives=tuple(
            (one["expression"], one.get("confidence")) for one in note.get("alternatives", ())
        ),
        proposer=note.get("proposer", ""),
    )


def _leaves(rules: Json, *, at: str, pointer: str, around: tuple[str, ...]) -> Iterator[RuleRow]:
    for index, row in enumerate(rules):
        place = f"{pointer}/{index}"
        target = at + row.get("target", "")
        yield from _leaf_or_block(row, target=target, place=place, around=around + _guards(row))


def _leaf_or_block(
    row: Json, *, target: str, place: str, around: tuple[str, ...]
) -> Iterator[RuleRow]:
    if "each" in row:
        target = f"{target}/*"
        around = (*around, _each(row))
    if "with" in row:
        around = (*around, f"with {row.get('as', 'item')} = {row['with']}")
    if "value" in row:
        yield RuleRow(target, row["value"], place, around)
    elif "copy" in row:
        yield RuleRow(target, _copy(row), place, around)
    else:
        yield from _leaves(row.get("rules", ()), at=target, pointer=f"{place}/rules", around=around)


def _guards(row: Json) -> tuple[str, ...]:
    bound = tuple(f"let {name} = {text}" for name, text in row.get("let", {}).items())
    return (*((f"when {row['when']}",) if "when" in row else ()), *bound)


def _each(row: Json) -> str:
    where = f" where {row['where']}" if "where" in row else ""
    key = f" by key {row['key']}" if "key" in row else ""
    return f"for each {row.get('as', 'item')} in {row['each']}{key}{where}"


def _copy(row: Json) -> str:
    excluded = ", ".join(row.get("except", ()))
    return f"copy {row['copy']}" + (f" except {excluded}" if excluded else "")


def rule_texts(adapter: Json) -> dict[str, str]:
    """Return the text of every rule by its place, to tell two rule tables apart."""
    rules = (adapter or {}).get("rules", ())
    found: dict[str, str] = {}
    for row in _leaves(rules, at="", pointer="/rules", around=()):
        text = "; ".join((row.expression, *row.around))
        found[row.target] = f"{found[row.target]} | {text}" if row.target in found else text
    return found
