"""Repair by counterexample: what the contract itself documents, never an invented value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agent.core import paths
from agent.core.contract import Violation
from agent.core.language.syntax import (
    Call,
    CopyRow,
    EachRow,
    Expression,
    Field,
    GroupRow,
    Literal,
    Name,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.language.walk import Place, places
from agent.core.proposing import Answer, Evidence, EvidenceKind, RuleNote, Task
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call, literal
from agent.core.values import Json
from agent.core.verify.record import CounterexampleKind, Verification

UNDECLARED = "undeclared"


def repair(task: Task, answer: Answer, verification: Verification) -> Answer | None:
    """Return the answer with one rule mended for the counterexample, or None.

    A null that the contract forbids becomes absent (optional field), the documented default, or
    a refusal (required field); an undeclared field is cut by a copy in place of a value.
    """
    shown = verification.counterexample
    if shown is None or shown.kind is not CounterexampleKind.CONTRACT:
        return None
    for violation in shown.violations:
        mended = _mend(task, answer, violation, shown.output)
        if mended is not None and mended.rows != answer.rows:
            return mended
    return None


def _mend(task: Task, answer: Answer, violation: Violation, output: Json) -> Answer | None:
    keyword = violation.clause.rpartition("/")[2]
    if keyword in ("type", "enum", "const") and not _is_null(output, violation.path):
        return None
    targets = _targets(task, violation, output, keyword)
    for target in targets:
        for place in places(answer.rows, let=answer.let):
            if place.target == target and isinstance(place.row, ValueRow):
                row, said = _mended_row(place, task.contract.schema.field(target), keyword)
                if row is not None:
                    return _replaced(answer, place.rule, row, target=target, said=said)
    return None


def _is_null(output: Json, pointer: str) -> bool:
    return any(value is None for _, value in paths.find(output, pointer))


def _targets(task: Task, violation: Violation, output: Json, keyword: str) -> list[str]:
    """Return the contract paths (with `*`) whose rules a violation is about, nearest first."""
    place = starred(task, violation.path)
    if keyword == "required":
        made = next((value for _, value in paths.find(output, violation.path)), None)
        children = task.contract.schema.children(place)
        return [
            child.path
            for child in children
            if child.is_required and isinstance(made, dict) and paths.last(child.path) not in made
        ]
    found = [place]
    while found[-1]:
        found.append(paths.parent(found[-1]))
    return found


def starred(task: Task, pointer: str) -> str:
    """Return a payload pointer as the contract path that declares it."""
    path = ""
    for token in paths.parse(pointer):
        named = paths.child(path, paths.key_of(token))
        path = named if task.contract.schema.field(named) else paths.items(path)
    return path


def _mended_row(place: Place, field: FieldInfo | None, keyword: str) -> tuple[Row | None, str]:
    row = place.row
    assert isinstance(row, ValueRow)
    if keyword == UNDECLARED:
        if _is_read(row.value):
            made = CopyRow(row.target, row.value, when=row.when, let=row.let)
            return made, "only what the contract declares is copied"
        return None, ""
    if field is None or keyword not in ("type", "required", "enum", "const", "anyOf", "oneOf"):
        return None, ""
    if field.has_default and not _is_call(row.value, "default"):
        value: Expression = Call("default", (row.value, literal(field.default)))
        return replace(row, value=value), "the contract's documented default stands in"
    if field.is_required and not _is_call(row.value, "require"):
        value = Call("require", (row.value, Literal(f"the contract requires {place.target}")))
        return replace(row, value=value), "a payload without it is refused"
    if not field.is_required and not _is_call(row.value, "not_null"):
        return replace(row, value=call("not_null", row.value)), "null becomes absent"
    return None, ""


def _is_call(expression: Expression, function: str) -> bool:
    return isinstance(expression, Call) and expression.function == function


def _is_read(expression: Expression) -> bool:
    return isinstance(expression, (Name, Field))


def _replaced(answer: Answer, rule: str, row: Row, *, target: str, said: str) -> Answer:
    """Return the answer with one row changed, and the repair as evidence."""
    indexes = [int(token) for token in paths.parse(rule) if token.isdecimal()]
    rows = replace_row(answer.rows, indexes, lambda _: row)
    evidence = Evidence(EvidenceKind.CONTRACT, f"repaired after a counterexample: {said}")
    notes = tuple(
        replace(note, evidence=(*note.evidence, evidence)) if note.target == target else note
        for note in answer.notes
    )
    if not any(note.target == target for note in notes):
        notes += (RuleNote(target, 0.5, (evidence,), proposer="repair"),)
    return replace(answer, rows=rows, notes=notes)


def replace_row(
    rows: tuple[Row, ...], indexes: list[int], change: Callable[[Row], Row]
) -> tuple[Row, ...]:
    """Return rows with the one at a chain of indexes changed."""
    at, rest = indexes[0], indexes[1:]
    row = rows[at]
    if rest:
        assert isinstance(row, (EachRow, WithRow, GroupRow))
        row = replace(row, rows=replace_row(row.rows, rest, change))
    else:
        row = change(row)
    return (*rows[:at], row, *rows[at + 1 :])
