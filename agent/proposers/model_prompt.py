"""What a model is shown of a task: redacted, capped, and fenced as data."""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from itertools import islice
from typing import Final

from agent.core import paths
from agent.core.language.functions.help import prompt_lines
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import read_of
from agent.core.language.syntax import ValueRow
from agent.core.matching.names import path_words, stem
from agent.core.matching.score import name_similarity
from agent.core.proposing import Task
from agent.core.schema import FieldInfo
from agent.core.untrusted import visible
from agent.core.values import Json, fingerprint
from agent.core.verify.sensitive import classify
from agent.proposers.model_answers import read_answer
from agent.proposers.model_forms import Asking, Round
from agent.proposers.model_questions import Question, is_showable
from agent.proposers.model_shapes import shapes_at, shows_no_value
from prompts import load_prompt

CANDIDATES = 8
"""Source fields shown per target."""

MAX_QUESTIONS = 8
MAX_DATA_CHARACTERS = 20_000
"""One prompt asks at most so many questions, in so much data (about 6,000 tokens); their answers
fit the default of 1,024 tokens."""

_COMPARED = 200
"""Source fields compared closely with a target: those that share most words with it."""

_TEXT_LIMIT = 200
_VALUE_LIMIT = 60
_MOST_VALUES = 30
_MOST_CHANGES = 20
_MOST_INSIDE = 20
_MOST_PRIORS = 5
_PRIOR_DISTANCE = 0.6
"""Cosine distance from which on a recalled mapping is about something else."""

_PRIOR_NAMES: Final = frozenset({"a", "src"})

_FENCE: Final = re.compile(
    r'"<(?:text:\d+|array:\d+|date-time|date|time|uuid|email|uri|integer text|number text'
    r'|null|boolean|integer|number|object)>"|[<>&`]'
)
"""A shape, which stays as it is, or a character that could close the fence or a code block, or
begin a control token such as `<|im_end|>`. All of them stand in JSON texts only."""


_FENCE_TEXT: Final = re.compile(_FENCE.pattern.replace('"', ""))
"""The same in plain lines, where shapes have no quotes around them."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompt texts of one version; `fingerprint` covers all that does not come from a task."""

    system: str
    answer_schema: Json
    fingerprint: str

    def user(self, data: Json) -> str:
        """Return the user prompt around some data."""
        return load_prompt("propose.user.md").fill(data=fenced(data))


def _drawn(asking: Asking, vote: int) -> Asking:
    return replace(asking, draw=vote)


class Writing:
    """The form for models that write expressions: several questions to a prompt."""

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the prompts."""
        return propose_prompts().fingerprint

    def rounds(self, task: Task, asked: Sequence[Question]) -> Iterator[Round]:
        """Yield the prompts for some questions; every vote is asked the same."""
        prompts = propose_prompts()
        for group, data in batches(task, asked):
            asking = Asking(prompts.system, prompts.user(data), prompts.answer_schema, read_answer)
            yield Round(group, partial(_drawn, asking))


@cache
def propose_prompts() -> Prompts:
    """Return the prompts for proposing, with the functions of the language listed."""
    system = load_prompt("propose.system.md").fill(functions=prompt_lines())
    answer_schema = json.loads(load_prompt("propose.answer.json").text)
    texts = [system, load_prompt("propose.user.md").text, answer_schema]
    return Prompts(system, answer_schema, fingerprint(texts))


def fenced(data: Json) -> str:
    """Return data as JSON text that no text inside can break out of."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _FENCE.sub(lambda match: _inert(match[0]), text)


def fenced_text(text: str) -> str:
    """Return lines of plain text that cannot break out of the fence."""
    return _FENCE_TEXT.sub(lambda match: _inert(match[0]), text)


def _inert(text: str) -> str:
    return text if len(text) > 1 else f"\\u{ord(text):04x}"


def batches(task: Task, asked: Sequence[Question]) -> Iterator[tuple[tuple[Question, ...], Json]]:
    """Yield groups of questions that fit one prompt each, with the data to ask them with."""
    frame = _frame(task)
    room = MAX_DATA_CHARACTERS - len(fenced(frame))
    group: list[tuple[Question, Json]] = []
    used = 0
    for question in asked:
        shown = _question(task, question)
        size = len(fenced(shown)) + 1
        if group and (used + size > room or len(group) == MAX_QUESTIONS):
            yield _batch(task, group, frame)
            group, used = [], 0
        group.append((question, shown))
        used += size
    if group:
        yield _batch(task, group, frame)


def _batch(
    task: Task, group: Sequence[tuple[Question, Json]], frame: Json
) -> tuple[tuple[Question, ...], Json]:
    asked = tuple(question for question, _ in group)
    data = {**frame, "targets": [shown for _, shown in group]}
    priors = list(_priors(task, {question.target.path for question in asked}))
    return asked, {**data, "prior_mappings": priors} if priors else data


def _frame(task: Task) -> Json:
    """Return what every prompt of a task begins with."""
    frame: Json = {"source": _text(task.source), "consumer": _text(task.consumer)}
    changes = task.diff.changes[:_MOST_CHANGES] if task.diff is not None else ()
    said = [
        kept(
            {"change": one.check, "before": _text(one.before_path), "after": _text(one.after_path)}
        )
        for one in changes
    ]
    broken = [
        {field.path: seen[0]}
        for field in task.after.fields[: 2 * MAX_QUESTIONS]
        if is_showable(field.path)
        and (seen := shapes_at(task.counterexamples[:1], field.path))
        and not task.after.children(field.path)
    ]
    return {**frame, **kept({"changes": said, "breaks_on": broken})}


def _question(task: Task, question: Question) -> Json:
    target = question.target
    expected = [wanted for _, wanted in task.pairs()]
    shown = {
        "target": target.path,
        "required": target.is_required,
        **described(target),
        "values": values_of(target),
        "wanted": shapes_at(expected, target.path),
        "names": sorted(question.block.scope),
        "inside": list(_inside(task, target)),
        "candidates": list(_candidates(task, question)),
        "choose_from": list(_known_rules(task, question)),
    }
    default = {"default": _value(target.default)} if target.has_default else {}
    return {**kept(shown), **default}


def _inside(task: Task, target: FieldInfo) -> Iterator[Json]:
    """Yield the fields within an array or object that is asked about as a whole."""
    below = (
        field
        for field in task.contract.schema.fields
        if field.path != target.path
        and paths.is_within(field.path, target.path)
        and is_showable(field.path)
    )
    for field in islice(below, _MOST_INSIDE):
        shown = {"path": field.path, "required": field.is_required, "type": sorted(field.types)}
        yield kept({**shown, "values": values_of(field)})


def _candidates(task: Task, question: Question) -> Iterator[Json]:
    payloads = [sample.payload for sample in task.samples]
    for field in _nearest(task.after.fields, question.target):
        read = read_of(field.path, scope=question.block.scope)
        text = "" if read is None else print_expression(read)
        if is_showable(text):
            shown = {
                "read": text,
                "path": "" if text else field.path,
                **described(field),
                "optional": not field.is_required,
                "values": () if classify(field) else values_of(field),
                "seen": shapes_at(payloads, field.path),
            }
            yield kept(shown)


def _known_rules(task: Task, question: Question) -> Iterator[str]:
    """Yield the rule of an ambiguous target and its alternatives, as far as they show no value."""
    if question.rule is None or question.note is None:
        return
    assert isinstance(question.rule.row, ValueRow)
    texts = [print_expression(question.rule.row.value)]
    texts += [one.expression for one in question.note.alternatives]
    for text in texts:
        if is_showable(text) and shows_no_value(
            text, names=frozenset(question.block.scope), task=task
        ):
            yield text


def _nearest(fields: Iterable[FieldInfo], target: FieldInfo) -> list[FieldInfo]:
    """Return the source fields whose names are most like a target's."""
    wanted = _stems(target.path)
    named = (field for field in fields if field.path and is_showable(field.path))
    near = heapq.nlargest(_COMPARED, named, key=lambda one: len(wanted & _stems(one.path)))
    near.sort(key=lambda one: (-name_similarity(one.path, target.path), one.path))
    return near[:CANDIDATES]


@lru_cache(maxsize=20_000)
def _stems(path: str) -> frozenset[str]:
    return frozenset(map(stem, path_words(path)))


def described(field: FieldInfo) -> dict[str, Json]:
    """Return what a schema says of a field in words and types."""
    kinds = sorted(field.types) + (["null"] if field.is_nullable else [])
    return {
        "type": kinds,
        "format": _text(field.format),
        "title": _text(field.title),
        "description": _text(field.description),
    }


def values_of(field: FieldInfo) -> list[Json]:
    """Return the values that a schema lists for a field, cut to what may be shown."""
    listed = (field.const,) if field.has_const else field.enum or ()
    return [_value(value) for value in listed[:_MOST_VALUES]]


def _value(value: Json) -> Json:
    """Return a value that a schema names; an array or object only as its JSON text, cut."""
    if isinstance(value, (str, list, dict)):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return visible(text, limit=_VALUE_LIMIT)
    return value


def _priors(task: Task, targets: set[str]) -> Iterator[Json]:
    """Yield the approved mappings that are about one of the targets, nearest first."""
    names = {paths.last(path) for path in targets}
    near = [
        prior
        for prior in task.priors
        if prior.is_approved
        and prior.distance <= _PRIOR_DISTANCE
        and paths.last(prior.target) in names
        and is_showable(prior.expression)
    ]
    for prior in sorted(near, key=lambda one: one.distance)[:_MOST_PRIORS]:
        is_safe = shows_no_value(prior.expression, names=_PRIOR_NAMES, task=task)
        yield kept(
            {
                "target": _text(prior.target),
                "reads": [_text(path) for path in prior.reads[:CANDIDATES]],
                "expression": prior.expression if is_safe else "",
            }
        )


def _text(text: str) -> str:
    return visible(text, limit=_TEXT_LIMIT)


def kept(shown: dict[str, Json]) -> Json:
    """Return an object without what says nothing."""
    return {key: value for key, value in shown.items() if value}
