"""How rules stand on pairs that they were not made from: each pair left out in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agent.core.confidence.estimating import rule_confidence
from agent.core.confidence.signals import Ground
from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.proposing import Answer, Evidence, EvidenceKind, RuleNote, Task
from agent.core.values import Json
from agent.core.verify.targets import Outcome, Record, judge_targets
from agent.errors import PayloadRefused

MOST = 4
"""Pairs that are left out in turn, of as many as there are."""

Make = Callable[[Task], Adapter]
"""Proposes for a task, the same way as for the whole one."""

ON_PAIRS = frozenset({Ground.PAIRS, Ground.CONDITION, Ground.CONSTANT})
"""The grounds of rules that pairs can be left out of."""


def tried_on_left_out(task: Task, answer: Answer, make: Make) -> Answer:
    """Return the answer with what its rules' like gave on each pair that they did not see.

    A rule whose like goes wrong where its pair is left out explains its pairs and no more. Nothing
    is tried on less than two pairs, or for an answer that leaves a required field open.
    """
    targets = [note.target for note in answer.notes if _rests_on_pairs(note)]
    if not targets or len(task.pairs()) < 2 or any(one.is_required for one in answer.unfed):
        return answer
    outcomes = list(_outcomes(task, make))
    records = judge_targets([note.target for note in answer.notes], outcomes)
    notes = tuple(
        _noted(note, records[note.target]) if _rests_on_pairs(note) else note
        for note in answer.notes
    )
    return replace(answer, notes=notes)


def _rests_on_pairs(note: RuleNote) -> bool:
    return note.signals is not None and note.signals.ground in ON_PAIRS


def _outcomes(task: Task, make: Make) -> Iterator[Outcome]:
    for number in _spread([bool(sample.expected_by(task.consumer)) for sample in task.samples]):
        sample = task.samples[number]
        others = [*task.samples]
        others[number] = replace(sample, expected=())
        adapter = make(replace(task, samples=tuple(others)))
        for expected in sample.expected_by(task.consumer):
            yield _outcome(adapter, sample.payload, expected)


def _spread(is_pair: Sequence[bool]) -> list[int]:
    """Return the places of the pairs, or of as many as are tried, spread over all."""
    found = [number for number, is_one in enumerate(is_pair) if is_one]
    if len(found) <= MOST:
        return found
    return [found[place * (len(found) - 1) // (MOST - 1)] for place in range(MOST)]


def _outcome(adapter: Adapter, payload: Json, expected: Json) -> Outcome:
    try:
        return Outcome(expected, run(adapter, payload))
    except PayloadRefused as refusal:
        return Outcome(expected, refused_at=refusal.target)


def _noted(note: RuleNote, record: Record) -> RuleNote:
    assert note.signals is not None
    if not record.is_known:
        return note
    signals = replace(note.signals, left_out_right=record.right, left_out_wrong=record.wrong)
    count = record.right + record.wrong
    text = f"right on {record.right} of {count} pairs when each was left out in turn"
    return replace(
        note,
        signals=signals,
        confidence=rule_confidence(signals),
        evidence=(*note.evidence, Evidence(EvidenceKind.SAMPLE, text)),
    )
