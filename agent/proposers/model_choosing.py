"""Asking a small model: one field at a time, which of a few expressions is meant.

A model of a billion parameters writes expressions badly and names one of a few fairly well; with
letters in front of them it only likes the first ones. Every vote gets them in another order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from typing import Final

from agent.core import paths
from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.language.reads import read_paths
from agent.core.language.rewrite import read_of, replace_name
from agent.core.language.syntax import Expression, ValueRow
from agent.core.proposing import Task
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V
from agent.core.synthesis.conversions import conversion
from agent.core.synthesis.examples import Read
from agent.core.untrusted import visible
from agent.core.values import Json, fingerprint
from agent.core.verify.sensitive import classify
from agent.errors import InvalidExpression
from agent.proposers.model_answers import Suggestion
from agent.proposers.model_forms import Asking, Round
from agent.proposers.model_prompt import fenced_text, values_of
from agent.proposers.model_questions import Question, is_showable
from agent.proposers.model_replies import CallFailed
from agent.proposers.model_shapes import shapes_at, shows_no_value
from agent.proposers.reach import Similarity
from agent.proposers.remembered import priors_of, without_guard
from prompts import load_prompt

MOST_OPTIONS = 6
"""Expressions to choose among, beside none of them."""

MOST_SAID = 120
MOST_VALUES = 6
"""Characters of a description, and listed values, that are shown of a field."""

SURE = 0.6
"""A rule of at least this confidence stands, whatever a small model thinks of it."""

NOTHING: Final = "none"


@dataclass(frozen=True, slots=True)
class Option:
    """One expression, and what a model is shown of the fields that it reads.

    `is_present` tells that the target has it already: choosing it changes nothing.
    """

    expression: str
    about: tuple[str, ...] = ()
    is_present: bool = False
    is_approved: bool = False


@cache
def _texts() -> tuple[str, str, str]:
    system, user = load_prompt("choose.system.md"), load_prompt("choose.user.md")
    return system.text, user.text, fingerprint([system.text, user.text])


def choosing_fingerprint() -> str:
    """Return the fingerprint of the prompts, of all that does not come from a task."""
    return _texts()[2]


class Choosing:
    """The form for small models. `similarity` tells how alike the fields of a task are."""

    def __init__(self, similarity: Callable[[Task], Similarity]) -> None:
        self._similarity = similarity

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the prompts."""
        return choosing_fingerprint()

    def rounds(self, task: Task, asked: Sequence[Question]) -> Iterator[Round]:
        """Yield one prompt per question that there are options for."""
        unsure = [one for one in asked if _is_unsure(one)]
        if not unsure:
            return
        similarity = self._similarity(task)
        for question in unsure:
            options = _options(task, question, similarity)
            if options:
                yield Round((question,), partial(_asking, task, question, options))


def _is_unsure(question: Question) -> bool:
    """Return whether a small model may help: what is optional and open is best left so."""
    if question.note is None:
        return question.target.is_required
    return question.note.confidence < SURE


def _options(task: Task, question: Question, similarity: Similarity) -> tuple[Option, ...]:
    names = frozenset(question.block.scope)
    likely = list(_likely(task, question, similarity))
    if question.rule is not None and question.note is not None:
        assert isinstance(question.rule.row, ValueRow)
        known = [one.expression for one in question.note.alternatives]
        likely = [print_expression(question.rule.row.value), *known, *likely]
    texts = dict.fromkeys(filter(None, (_bare(text, names) for text in likely)))
    shown = (
        text for text in texts if is_showable(text) and shows_no_value(text, names=names, task=task)
    )
    return tuple(_described(task, text, question) for text in islice(shown, MOST_OPTIONS))


def _bare(text: str, names: frozenset[str]) -> str:
    """Return an expression as text without the guard around it, or "" when it reads other names."""
    try:
        return print_expression(without_guard(parse(text, names=names)))
    except InvalidExpression:
        return ""


def _likely(task: Task, question: Question, similarity: Similarity) -> Iterator[str]:
    """Yield what was approved for a target before, then what types allow, likeliest first."""
    scope, target = question.block.scope, question.target
    innermost = max((path or "" for path in scope.values()), key=len)
    reads = []
    for field in task.after.fields:
        read = read_of(field.path, scope=scope) if field.path else None
        if read is not None and paths.is_within(field.path, innermost):
            reads.append(Read(read, field.path, field, similarity(field, target, False)))
    reads.sort(key=lambda one: (-one.prior, one.path))
    for known in priors_of(task).approved(target, reads):
        yield print_expression(known.over([read.expression for read in known.reads]))
    rated = [
        (one.prior * made.certainty, print_expression(_over(made.expression, one)))
        for one in reads
        if one.field.types and (made := conversion(one.field, target)) is not None
    ]
    for _, text in sorted(rated, key=lambda row: (-row[0], row[1])):
        yield text


def _over(shape: Expression, read: Read) -> Expression:
    return replace_name(shape, V.name, read.expression)


def _described(task: Task, text: str, question: Question) -> Option:
    payloads = [sample.payload for sample in task.samples]
    scope = question.block.scope
    reads = read_paths(parse(text, names=frozenset(scope)), scope)
    fields = [task.after.field(path) for path in sorted(reads)]
    about = tuple(_field(field, payloads) for field in fields if field is not None)
    row = None if question.rule is None else question.rule.row
    is_present = isinstance(row, ValueRow) and print_expression(without_guard(row.value)) == text
    return Option(text, about, is_present)


def _field(field: FieldInfo, payloads: Sequence[Json]) -> str:
    """Return what a line says of the field that an option reads."""
    said = ["/".join(sorted(field.types)), *shapes_at(payloads, field.path)[:1]]
    if not classify(field):
        said += [json.dumps(value) for value in values_of(field)[:MOST_VALUES]]
    about = visible(field.description, limit=MOST_SAID)
    return " ".join(said) + (f": {about}" if about else "")


def _asking(task: Task, question: Question, options: Sequence[Option], vote: int) -> Asking:
    target = question.target
    turned = _turned(options, vote)
    lines = [f"Target field: {target.path} ({_wanted(target)})", "Options:"]
    lines += [_line(option) for option in turned]
    if task.counterexamples and question.rule is not None:
        lines.append("The rule that the target has now failed on a payload.")
    system, user, _ = _texts()
    names = [option.expression for option in turned]
    return Asking(
        system=system,
        user=user.replace("$data", fenced_text("\n".join(lines))),
        schema={
            "type": "object",
            "properties": {"option": {"enum": [*names, NOTHING]}},
            "required": ["option"],
            "additionalProperties": False,
        },
        read=partial(_read, target.path, tuple(options)),
    )


def _wanted(target: FieldInfo) -> str:
    said = ["/".join(sorted(target.types)), target.format]
    said += [json.dumps(value) for value in values_of(target)[:MOST_VALUES]]
    about = visible(" ".join((target.title, target.description)).strip(), limit=MOST_SAID)
    return " ".join(filter(None, said)) + (f": {about}" if about else "")


def _line(option: Option) -> str:
    known = ", approved before" if option.is_approved else ""
    return f"- {option.expression} ({'; '.join(option.about)}{known})"


def _turned(options: Sequence[Option], vote: int) -> list[Option]:
    """Return the options in an order of their own for every vote, the likely ones near the top."""
    by = (vote * (len(options) // 2)) % len(options)
    return [*options[by:], *options[:by]]


def _read(target: str, options: Sequence[Option], text: str) -> tuple[Suggestion, ...]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise CallFailed(found="the answer is not JSON") from None
    if not isinstance(document, dict) or set(document) != {"option"}:
        raise CallFailed(found="the answer is no choice")
    chosen = document["option"]
    option = next((one for one in options if one.expression == chosen), None)
    if option is None and chosen != NOTHING:
        raise CallFailed(found="the answer chooses what was not offered")
    value = None if option is None or option.is_present else option.expression
    return (Suggestion(target, value, f"chosen among {len(options)} candidates"),)
