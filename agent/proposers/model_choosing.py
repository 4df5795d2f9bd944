"""Asking a small model: one field at a time, which of a few lettered expressions is meant.

A model of a billion parameters writes expressions badly and picks among them fairly well. Every
vote gets the options in another order, because small models like the first letters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Final

from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.language.reads import read_paths
from agent.core.language.rewrite import read_of
from agent.core.language.syntax import ValueRow
from agent.core.proposing import Task
from agent.core.schema import FieldInfo
from agent.core.synthesis.examples import Read
from agent.core.untrusted import visible
from agent.core.values import Json, fingerprint
from agent.core.verify.sensitive import classify
from agent.proposers.choosing import candidates
from agent.proposers.model_answers import Suggestion
from agent.proposers.model_forms import Asking, Round
from agent.proposers.model_prompt import described, fenced, kept, values_of
from agent.proposers.model_questions import Question, is_showable
from agent.proposers.model_replies import CallFailed
from agent.proposers.model_shapes import shapes_at, shows_no_value
from agent.proposers.reach import Similarity
from agent.proposers.remembered import Priors
from prompts import load_prompt

LETTERS: Final = "ABCDEFGHIJ"
MOST_OPTIONS = 6
"""Expressions to choose among; one more letter stands for none of them."""

LEAST_LIKE = 0.02
"""A field that is less like the target than this is no option."""

SURE = 0.6
"""A rule of at least this confidence stands, whatever a small model thinks of it."""

NOTHING = "none of these"


@dataclass(frozen=True, slots=True)
class Option:
    """One expression, and what a model is shown of the fields that it reads.

    `is_present` tells that the target has it already: choosing it changes nothing.
    """

    expression: str
    about: tuple[Json, ...] = ()
    is_present: bool = False


@cache
def _texts() -> tuple[str, str, str]:
    system, user = load_prompt("choose.system.md"), load_prompt("choose.user.md")
    return system.text, user.text, fingerprint([system.text, user.text])


class Choosing:
    """The form for small models. `similarity` tells how alike the fields of a task are."""

    def __init__(self, similarity: Callable[[Task], Similarity]) -> None:
        self._similarity = similarity

    @cached_property
    def fingerprint(self) -> str:
        """Return the fingerprint of the prompts."""
        return _texts()[2]

    def rounds(self, task: Task, asked: Sequence[Question]) -> Iterator[Round]:
        """Yield one prompt per question that there are options for."""
        unsure = [one for one in asked if one.note is None or one.note.confidence < SURE]
        if not unsure:
            return
        similarity = self._similarity(task)
        for question in unsure:
            options = _options(task, question, similarity)
            if options:
                yield Round((question,), partial(_asking, task, question, options))


def _options(task: Task, question: Question, similarity: Similarity) -> tuple[Option, ...]:
    texts: dict[str, None] = {}
    if question.rule is not None and question.note is not None:
        assert isinstance(question.rule.row, ValueRow)
        texts |= dict.fromkeys([print_expression(question.rule.row.value)])
        texts |= dict.fromkeys(one.expression for one in question.note.alternatives)
    else:
        texts |= dict.fromkeys(_open_options(task, question, similarity))
    names = frozenset(question.block.scope)
    shown = [
        text for text in texts if is_showable(text) and shows_no_value(text, names=names, task=task)
    ]
    return tuple(_described(task, text, question) for text in shown[:MOST_OPTIONS])


def _open_options(task: Task, question: Question, similarity: Similarity) -> Iterator[str]:
    """Yield the expressions that types allow for an open target, likeliest first."""
    reads = []
    for field in task.after.fields:
        read = read_of(field.path, scope=question.block.scope) if field.path else None
        if read is not None:
            prior = similarity(field, question.target, False)
            reads.append(Read(read, field.path, field, prior))
    reads.sort(key=lambda one: (-one.prior, one.path))
    near = [one for one in reads if one.prior >= LEAST_LIKE][: 2 * MOST_OPTIONS]
    for one in candidates(question.target, near, Priors(task.source, task.priors)):
        yield print_expression(one.expression)


def _described(task: Task, text: str, question: Question) -> Option:
    payloads = [sample.payload for sample in task.samples]
    scope = question.block.scope
    reads = read_paths(parse(text, names=frozenset(scope)), scope)
    fields = [task.after.field(path) for path in sorted(reads)]
    about = tuple(_field(field, payloads) for field in fields if field is not None)
    row = None if question.rule is None else question.rule.row
    is_present = isinstance(row, ValueRow) and print_expression(row.value) == text
    return Option(text, about, is_present)


def _field(field: FieldInfo, payloads: Sequence[Json]) -> Json:
    about = {
        "type": "/".join(sorted(field.types)),
        "description": visible(field.description, limit=120),
        "values": () if classify(field) else values_of(field)[:6],
        "seen": shapes_at(payloads, field.path)[:1],
    }
    return kept(about)


def _asking(task: Task, question: Question, options: Sequence[Option], vote: int) -> Asking:
    turned = _turned(options, vote)
    letters = LETTERS[: len(turned) + 1]
    offered: dict[str, Json] = {}
    for letter, option in zip(letters, turned, strict=False):
        about = option.about[0] if len(option.about) == 1 else list(option.about)
        offered[letter] = [option.expression, about] if about else [option.expression]
    offered[letters[-1]] = [NOTHING]
    target = question.target
    data = {
        "target": target.path,
        **kept({**described(target), "values": values_of(target)[:8]}),
        "options": offered,
    }
    counter = _counterexample(task, question)
    system, user, _ = _texts()
    return Asking(
        system=system,
        user=user.replace("$data", fenced({**data, **counter})),
        schema={
            "type": "object",
            "properties": {"choice": {"enum": list(letters)}},
            "required": ["choice"],
            "additionalProperties": False,
        },
        read=partial(_read, target.path, dict(zip(letters, turned, strict=False)), letters),
    )


def _turned(options: Sequence[Option], vote: int) -> list[Option]:
    """Return the options as they stand, then backwards, then turned further and further."""
    turned = list(options) if vote % 2 == 0 else list(reversed(options))
    by = (vote // 2) % len(turned)
    return turned[by:] + turned[:by]


def _counterexample(task: Task, question: Question) -> dict[str, Json]:
    """Return the shapes of a payload that the present rule failed on, at what it reads."""
    if not task.counterexamples or question.note is None:
        return {}
    return {"note": "the first option failed on a payload"}


def _read(
    target: str, options: dict[str, Option], letters: str, text: str
) -> tuple[Suggestion, ...]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise CallFailed(found="the answer is not JSON") from None
    if not isinstance(document, dict) or set(document) != {"choice"}:
        raise CallFailed(found="the answer is no choice")
    letter = document["choice"]
    if not isinstance(letter, str) or letter not in letters or len(letter) != 1:
        raise CallFailed(found="the answer chooses what was not offered")
    option = options.get(letter)
    value = None if option is None or option.is_present else option.expression
    return (Suggestion(target, value, f"chosen among {len(options)} candidates"),)
