"""Rules that a counterexample has shown to be wrong, taken out so that others can be proposed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from agent.core.language.syntax import EachRow, GroupRow, Row, ValueRow, WithRow
from agent.core.language.walk import places
from agent.core.proposing import Answer, Evidence, EvidenceKind, RuleNote, Task
from agent.core.repair.repairing import starred
from agent.core.values import Json
from agent.core.verify.record import Counterexample

_SHOWN = 120


def blamed(task: Task, answer: Answer, shown: Counterexample) -> frozenset[str]:
    """Return the targets of the rules that wrote what a counterexample finds wrong."""
    wrong = {starred(task, violation.path) for violation in shown.violations}
    return frozenset(
        place.target
        for place in places(answer.rows, let=answer.let)
        if isinstance(place.row, ValueRow) and place.target in wrong
    )


def without(answer: Answer, targets: Iterable[str]) -> Answer:
    """Return the answer without the value rules of some targets and what was said of them."""
    gone = frozenset(targets)
    dropped = {
        place.rule
        for place in places(answer.rows, let=answer.let)
        if isinstance(place.row, ValueRow) and place.target in gone
    }
    return replace(
        answer,
        rows=_kept(answer.rows, "", dropped),
        notes=tuple(note for note in answer.notes if note.target not in gone),
    )


def _kept(rows: tuple[Row, ...], above: str, dropped: set[str]) -> tuple[Row, ...]:
    kept: list[Row] = []
    for number, row in enumerate(rows):
        rule = f"{above}/rules/{number}"
        if rule in dropped:
            continue
        if isinstance(row, EachRow | WithRow | GroupRow):
            row = replace(row, rows=_kept(row.rows, rule, dropped))
        kept.append(row)
    return tuple(kept)


def noted_again(answer: Answer, targets: Iterable[str], payload: Json) -> Answer:
    """Return the answer with the counterexample kept as evidence of the rules proposed after it."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    said = Evidence(EvidenceKind.CONTRACT, f"proposed anew after a counterexample: it was {shown}")
    gone = frozenset(targets)
    known = {note.target for note in answer.notes}
    notes = [
        replace(note, evidence=(*note.evidence, said), is_ambiguous=True)
        if note.target in gone
        else note
        for note in answer.notes
    ]
    notes += [RuleNote(path, 0.5, (said,), is_ambiguous=True) for path in sorted(gone - known)]
    return replace(answer, notes=tuple(notes))
