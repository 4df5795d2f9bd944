"""One step of repair: the rule behind a counterexample mended, or a question about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agent.core import paths
from agent.core.contract import Violation
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import path_of
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Call,
    CopyRow,
    EachRow,
    Expression,
    Literal,
    Loop,
    Name,
    Row,
    ValueRow,
)
from agent.core.language.walk import Place, places
from agent.core.proposing import Answer, Evidence, EvidenceKind, RuleNote, Task
from agent.core.repair.remedies import GUARDED, Need, Remedy, remedy
from agent.core.repair.sites import Site, free_name, is_read, put_rows, sites
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.values import Json
from agent.core.verify.record import Counterexample, CounterexampleKind, Verification

UNDECLARED = "undeclared"
_CLOSED = (UNDECLARED, "additionalProperties", "unevaluatedProperties")
_SHOWN = 120


def repair(task: Task, answer: Answer, verification: Verification) -> Answer | None:
    """Return the answer with one rule mended for the counterexample, or None.

    What is missing or null gets the default that contract or source document, becomes absent
    (optional field) or is refused; an array or a map that a loop does not make is made empty and
    asked about; a value of another type is converted, or refused and asked
    about where it cannot be; one beyond the contract's bounds is refused, and one that the
    contract does not know is asked about too; what is undeclared is cut by a copy or a pick. Where
    no rule can be mended the question alone is added. The step and its counterexample stand in the
    note of the rule.
    """
    shown = verification.counterexample
    if shown is None or shown.kind is not CounterexampleKind.CONTRACT:
        return None
    for violation in shown.violations:
        for mended in _mended(task, answer, violation, shown):
            if mended.rows != answer.rows:
                return mended
    for violation in shown.violations:
        asked = _asked(task, answer, violation, shown)
        if asked is not None:
            return asked
    return None


def _mended(
    task: Task, answer: Answer, violation: Violation, shown: Counterexample
) -> Iterator[Answer]:
    keyword = violation.clause.rpartition("/")[2]
    if keyword in _CLOSED:
        yield from _copied(task, answer, violation, shown)
        yield from _picked(task, answer, violation, shown)
        return
    for need in _needs(task, violation, keyword, shown.output):
        for site in sites(answer.rows, answer.let, need.target, is_array=_has_items(task)):
            found = remedy(site.value, replace(need, read=_read_field(task, site)))
            if found is not None:
                rows = site.put(found.value)
                yield _noted(replace(answer, rows=rows), need.target, found, shown)
        if need.is_absent:
            yield from _emptied(answer, need.target, shown)


def _emptied(answer: Answer, target: str, shown: Counterexample) -> Iterator[Answer]:
    """Yield the answer with a loop that makes an empty array or map where it makes none."""
    made = [one for one in places(answer.rows, let=answer.let) if one.target == target]
    for place in made if len(made) == 1 else ():
        row = place.row
        if isinstance(row, EachRow) and not _is_filled(row):
            empty = Call("default", (row.each, ArrayDisplay(())))
            rows = put_rows(answer.rows, place, replace(row, each=empty, when=None))
            remedy = Remedy(
                empty,
                "it is empty where its source is absent",
                question=f"is {target} empty where {print_expression(row.each)} is absent?",
                is_certain=False,
            )
            yield _noted(replace(answer, rows=rows), target, remedy, shown)


def _is_filled(row: EachRow) -> bool:
    return row.when is None and isinstance(row.each, Call) and row.each.function == "default"


def _has_items(task: Task) -> Callable[[str], bool]:
    def has_items(path: str) -> bool:
        below = task.contract.schema.field(paths.items(path))
        return below is not None and not below.in_map

    return has_items


def _needs(task: Task, violation: Violation, keyword: str, output: Json) -> Iterator[Need]:
    """Yield the contract paths that a violation is about, with what is wrong there."""
    target = starred(task, violation.path)
    found = next(paths.find(output, violation.path), None)
    if found is None:
        return
    if keyword == "required":
        for child in task.contract.schema.children(target):
            name = paths.last(child.path)
            if child.is_required and isinstance(found[1], dict) and name not in found[1]:
                yield Need(child.path, child, keyword, is_absent=True, value=None)
        return
    field = task.contract.schema.field(target)
    if field is not None:
        yield Need(target, field, keyword, is_absent=False, value=found[1])
        if keyword in ("anyOf", "oneOf") and isinstance(found[1], dict):
            yield from _discriminators(task, field, found[1])


def _discriminators(task: Task, union: FieldInfo, value: dict[str, Json]) -> Iterator[Need]:
    """Yield the fields of a union that tell its arms apart and hold what no arm knows."""
    for child in task.contract.schema.children(union.path):
        name = paths.last(child.path)
        if child.enum and isinstance(value.get(name), str) and value[name] not in child.enum:
            yield Need(child.path, child, "enum", is_absent=False, value=value[name])


def _read_field(task: Task, site: Site) -> FieldInfo | None:
    path = path_of(_innermost(site.value), scope=site.scope)
    return None if path is None else task.after.field(path)


def _innermost(value: Expression) -> Expression:
    while isinstance(value, Call) and value.arguments:
        value = value.arguments[0]
    return value


def starred(task: Task, pointer: str) -> str:
    """Return a payload pointer as the contract path that declares it."""
    path = ""
    for token in paths.parse(pointer):
        named = paths.child(path, paths.key_of(token))
        path = named if task.contract.schema.field(named) else paths.items(path)
    return path


def _copied(
    task: Task, answer: Answer, violation: Violation, shown: Counterexample
) -> Iterator[Answer]:
    """Yield the answer with a copy of declared fields in place of the value that brought others."""
    above = _holder(task, violation)
    while True:
        for place in places(answer.rows, let=answer.let):
            row = _copying(place, above, is_array=_has_items(task)(place.target))
            if row is not None:
                rows = put_rows(answer.rows, place, row)
                said = Remedy(Name("src"), "only what the contract declares is copied")
                yield _noted(replace(answer, rows=rows), place.target, said, shown)
        if not above:
            return
        above = paths.parent(above)


def _holder(task: Task, violation: Violation) -> str:
    """Return the contract path of the object that holds what is not declared."""
    is_field = violation.clause == UNDECLARED
    return starred(task, paths.parent(violation.path) if is_field else violation.path)


def _picked(
    task: Task, answer: Answer, violation: Violation, shown: Counterexample
) -> Iterator[Answer]:
    """Yield the answer with the declared fields picked out of a computed object, or of its items.

    An object with fields of any name declares no list of them.
    """
    above = _holder(task, violation)
    field, children = task.contract.schema.field(above), task.contract.schema.children(above)
    names = [paths.key_of(paths.last(child.path)) for child in children]
    if field is None or not names or any(child.in_map for child in children):
        return
    items = task.contract.schema.field(paths.parent(above))
    is_item = paths.last(above) == paths.ANY and items is not None and "array" in items.types
    said = Remedy(Name("src"), "only what the contract declares is picked")
    for target in (above, paths.parent(above)) if is_item else (above,):
        for site in sites(answer.rows, answer.let, target, is_array=_has_items(task)):
            made = _with_fields(site, names, is_array=target != above)
            if made is not None:
                mended = replace(answer, rows=site.put(made))
                yield _noted(mended, _known_above(answer, above), said, shown)


def _known_above(answer: Answer, target: str) -> str:
    """Return the nearest target at or above one that there is a note on, or the target itself."""
    known = {note.target for note in answer.notes}
    path = target
    while path and path not in known:
        path = paths.parent(path)
    return path if path in known else target


def _with_fields(site: Site, names: Sequence[str], *, is_array: bool) -> Expression | None:
    if not is_array:
        is_picked = isinstance(site.value, Call) and site.value.function == "pick"
        return None if is_picked else call("pick", site.value, *map(Literal, names))
    if isinstance(site.value, ArrayComprehension):
        return None
    name = free_name(site.scope)
    item = call("pick", Name(name), *map(Literal, names))
    return ArrayComprehension(item, (Loop((name,), site.value, ()),))


def _copying(place: Place, target: str, *, is_array: bool) -> Row | None:
    """Return the row with a copy in place of its value, where that value is at `target`."""
    match place.row:
        case ValueRow(target=own, value=value) if is_read(value):
            if place.target == target:
                return CopyRow(own, value, when=place.row.when, let=place.row.let)
            if is_array and paths.items(place.target) == target:
                inner = (CopyRow("", Name("item")),)
                if "item" in place.scope:
                    return None
                return EachRow(
                    own, value, "item", rows=inner, when=place.row.when, let=place.row.let
                )
        case EachRow(value=value) if value is not None and is_read(value):
            if paths.items(place.target) == target and place.row.key is None:
                return replace(place.row, rows=(CopyRow("", value),), value=None)
    return None


def _asked(
    task: Task, answer: Answer, violation: Violation, shown: Counterexample
) -> Answer | None:
    """Return the answer with a question about a value that no rule can be mended for."""
    target = starred(task, violation.path)
    found = next(paths.find(shown.output, violation.path), None)
    if found is None or any(note.target == target and note.question for note in answer.notes):
        return None
    question = (
        f"what should {_compact(found[1], 60)} become at {target or '/'}? {violation.message}"
    )
    remedy = Remedy(Name("src"), "no rule could be mended", question[:300], is_certain=False)
    return _noted(answer, target, remedy, shown)


def _noted(answer: Answer, target: str, remedy: Remedy, shown: Counterexample) -> Answer:
    """Return the answer with the step, its counterexample and its question in the rule's note."""
    said = (
        f"repaired after a counterexample: {remedy.said}; it was {_compact(shown.payload, _SHOWN)}"
    )
    known = next((note for note in answer.notes if note.target == target), None)
    note = known or RuleNote(target, 0.5, proposer="repair")
    note = replace(note, evidence=(*note.evidence, Evidence(EvidenceKind.CONTRACT, said)))
    if not remedy.is_certain:
        note = replace(note, confidence=min(note.confidence, GUARDED))
    if remedy.question:
        note = replace(note, question=remedy.question)
    notes = tuple(note if one is known else one for one in answer.notes)
    return replace(answer, notes=notes if known is not None else (*notes, note))


def _compact(value: Json, limit: int) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
