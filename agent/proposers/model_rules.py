"""Working a model's suggestion into an answer, or saying why it is dropped.

Nothing that a model says is believed: an expression must parse in the closed grammar, read
declared source fields, invent no value and meet every paired sample. What passes is one more
rule that waits for a person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.document import Adapter, read_adapter, write_adapter
from agent.core.language.interpreter import run
from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.language.reads import read_paths
from agent.core.language.syntax import EachRow, Expression, GroupRow, Row, ValueRow, WithRow
from agent.core.proposing import (
    Alternative,
    Answer,
    Evidence,
    EvidenceKind,
    RuleNote,
    Task,
)
from agent.core.repair import replace_row, starred
from agent.core.schema import Schema
from agent.core.untrusted import visible
from agent.core.values import Json, same_value
from agent.errors import InvalidAdapter, InvalidExpression, PayloadRefused
from agent.proposers.choosing import SHOWN, Choice, guard
from agent.proposers.model_answers import Suggestion
from agent.proposers.model_constants import invented
from agent.proposers.model_questions import Question
from agent.proposers.place import Place

CONFIDENCE: Final = 0.5
PAIRED_CONFIDENCE: Final = 0.6
"""P(right) of a model's rule, and of one that meets a pair: first guesses, and never enough to go
without a person."""

ALTERNATIVE_CONFIDENCE: Final = 0.3

MAX_EXPRESSION = 2_000
"""Characters of an expression that a model may write."""

MAX_PAIRS = 20
"""Paired samples that a suggestion is tried on."""

_WHY_LIMIT = 200


class Dropped(Exception):
    """A suggestion that is not taken, with the reason in words."""


def work_in(
    task: Task, answer: Answer, question: Question, *, said: Suggestion, name: str
) -> Answer:
    """Return the answer with one suggestion worked in, in the name of a proposer.

    An open target gets a rule. The rule of an ambiguous one is exchanged for one of its known
    alternatives, and for any other expression where it is a guess that is less likely right than
    the model; else another expression becomes one more alternative.

    Raises:
        Dropped: the suggestion cannot be taken.
    """
    expression = _checked(task, question, said.value or "")
    evidence = Evidence(EvidenceKind.MODEL, visible(said.why, limit=_WHY_LIMIT))
    if question.note is None:
        return _with_rule(task, answer, question, expression, evidence, name)
    return _with_opinion(task, answer, question, expression, evidence, name)


# what an expression must be


def _checked(task: Task, question: Question, text: str) -> Expression:
    """Return the expression of a suggestion that is within the language and its bounds."""
    if len(text) > MAX_EXPRESSION:
        raise Dropped(f"an expression of {len(text)} characters")
    scope = question.block.scope
    try:
        expression = parse(text, names=frozenset(scope))
    except InvalidExpression as error:
        raise Dropped(f"outside the language: {visible(error.found)}") from None
    reads = read_paths(expression, scope)
    if not reads:
        raise Dropped("it reads no source field, and values are not invented")
    unknown = sorted(path for path in reads if not declares(task.after, path))
    if unknown:
        raise Dropped(f"it reads {visible(unknown[0])}, which the source does not declare")
    target = question.target.path
    shown = [value for _, wanted in task.pairs() for _, value in paths.find(wanted, target)]
    constant = invented(expression, target, contract=task.contract.schema, shown=shown)
    if constant:
        raise Dropped(f"it invents {visible(constant, limit=60)}, which nothing documents")
    return expression


def declares(schema: Schema, path: str) -> bool:
    """Return whether a source path is a declared field, or a key of a declared map."""
    at = ""
    for token in paths.parse(path):
        named = paths.items(at) if token == paths.ANY else paths.child(at, paths.key_of(token))
        values = schema.field(paths.items(at))
        if schema.field(named) is not None:
            at = named
        elif values is not None and values.in_map:
            at = values.path
        else:
            return False
    return True


# open targets


def _with_rule(
    task: Task,
    answer: Answer,
    question: Question,
    expression: Expression,
    evidence: Evidence,
    name: str,
) -> Answer:
    row = ValueRow(question.row_target, _guarded(task, question, expression))
    made = replace(
        answer,
        rows=_added(answer.rows, question.block.rule, row),
        unfed=tuple(one for one in answer.unfed if one.path != question.target.path),
    )
    is_paired = _is_met(task, made, question.target.path)
    confidence = PAIRED_CONFIDENCE if is_paired else CONFIDENCE
    note = RuleNote(question.target.path, confidence, (evidence,), is_ambiguous=True, proposer=name)
    return replace(made, notes=(*answer.notes, note))


def _guarded(task: Task, question: Question, expression: Expression) -> Expression:
    """Return the expression made safe where what it reads may be missing or null."""
    block, target = question.block, question.target
    place = Place(block.base, block.scope, "", (), is_certain=block.is_certain)
    reads = tuple(sorted(read_paths(expression, block.scope)))
    fields = [task.after.field(path) for path in reads]
    return guard(
        Choice(expression, reads, Signals(Ground.MODEL), ()),
        target,
        may_be_absent=any(place.may_be_absent(task.after, path) for path in reads),
        is_nullable=any(field is not None and field.is_nullable for field in fields),
        is_certain=block.is_certain and _is_owed(task.contract.schema, question),
    )


def _is_owed(contract: Schema, question: Question) -> bool:
    """Return whether every object between the block and the target must be there."""
    path = paths.parent(question.target.path)
    while path != question.block.base:
        field = contract.field(path)
        if field is None or not field.is_required:
            return False
        path = paths.parent(path)
    return True


def _added(rows: tuple[Row, ...], rule: str, row: Row) -> tuple[Row, ...]:
    """Return the table with one more row at the end of the block at `rule`."""

    def extend(block: Row) -> Row:
        assert isinstance(block, (EachRow, WithRow, GroupRow))
        return replace(block, rows=(*block.rows, row))

    return replace_row(rows, _indexes(rule), extend) if rule else (*rows, row)


def _indexes(rule: str) -> list[int]:
    return [int(token) for token in paths.parse(rule) if token != "rules"]


# ambiguous targets


def _with_opinion(
    task: Task,
    answer: Answer,
    question: Question,
    expression: Expression,
    evidence: Evidence,
    name: str,
) -> Answer:
    note, place = question.note, question.rule
    assert note is not None
    assert place is not None
    assert isinstance(place.row, ValueRow)
    row, text = place.row, print_expression(expression)
    guarded = _guarded(task, question, expression)
    if row.value in (expression, guarded):
        return _noted(answer, replace(note, evidence=(*note.evidence, evidence)))
    others = tuple(one for one in note.alternatives if one.expression != text)
    is_known = len(others) < len(note.alternatives)
    if row.when is not None or not (is_known or note.confidence < CONFIDENCE):
        said = Alternative(text, ALTERNATIVE_CONFIDENCE)
        evidence = replace(evidence, text=visible(f"{text}: {evidence.text}", limit=_WHY_LIMIT))
        added = replace(note, alternatives=(*others, said), evidence=(*note.evidence, evidence))
        return _noted(answer, added)
    exchanged = replace_row(
        answer.rows, _indexes(place.rule), lambda _: replace(row, value=guarded)
    )
    made = replace(answer, rows=exchanged)
    _is_met(task, made, note.target)
    before = Alternative(print_expression(row.value), min(note.confidence, CONFIDENCE))
    return _noted(
        made,
        replace(
            note,
            confidence=min(note.confidence, CONFIDENCE),
            evidence=(evidence,),
            alternatives=(before, *others)[: SHOWN + 1],
            proposer=name,
        ),
    )


def _noted(answer: Answer, note: RuleNote) -> Answer:
    """Return the answer with another note on one target."""
    notes = tuple(note if one.target == note.target else one for one in answer.notes)
    return replace(answer, notes=notes)


# what the whole table must be


def _is_met(task: Task, answer: Answer, target: str) -> bool:
    """Return whether some pair shows the target and the table gives it just so.

    Raises:
        Dropped: a pair shows something else, or the table is outside the language.
    """
    adapter = _adapter(task, answer)
    try:
        if read_adapter(write_adapter(adapter)) != adapter:
            raise Dropped("it does not read back as it was written")
    except InvalidAdapter as error:
        raise Dropped(f"outside the language: {visible(error.found)}") from None
    met = [
        _meets(task, adapter, payload, expected, target)
        for payload, expected in task.pairs()[:MAX_PAIRS]
    ]
    return any(met)


def _meets(task: Task, adapter: Adapter, payload: Json, expected: Json, target: str) -> bool:
    """Return whether one pair shows the target; what the other rules do is not looked at."""
    try:
        output = run(adapter, payload)
    except PayloadRefused as refusal:
        if starred(task, refusal.target) == target:
            raise Dropped("it refuses a paired sample") from None
        return False
    around = _item_of(target)
    if dict(paths.find(output, around)).keys() != dict(paths.find(expected, around)).keys():
        return False
    given, wanted = dict(paths.find(output, target)), dict(paths.find(expected, target))
    if not same_value(given, wanted):
        raise Dropped("a paired sample shows another value")
    return bool(wanted)


def _item_of(target: str) -> str:
    """Return the path of the innermost array item around a target, or ""."""
    tokens = paths.parse(target)
    depth = max((at + 1 for at, token in enumerate(tokens) if token == paths.ANY), default=0)
    return paths.join(tokens[:depth])


def _adapter(task: Task, answer: Answer) -> Adapter:
    return Adapter(
        name="draft",
        source=task.source,
        source_fingerprints=(),
        source_schema=task.after.document,
        consumer=task.consumer,
        contract_fingerprint="",
        contract=task.contract.schema.document,
        let=answer.let,
        rows=answer.rows,
    )
