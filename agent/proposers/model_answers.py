"""Reading what a model wrote: JSON of one known form, or a reason why it is not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NoReturn

from agent.core.values import Json
from agent.proposers.model_replies import CallFailed

MAX_RULES = 200
"""Entries read of one answer."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model said about one target; `value` None says that nothing feeds it."""

    target: str
    value: str | None
    why: str


def read_answer(text: str) -> tuple[Suggestion, ...]:
    """Return the suggestions of an answer, at most `MAX_RULES`, in order.

    Raises:
        CallFailed: the text is not JSON of the form of `prompts/propose.answer.json`.
    """
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise CallFailed(found="the answer is not JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("rules"), list):
        raise CallFailed(found="the answer has no list of rules")
    if len(document) != 1:
        raise CallFailed(found="the answer holds more than rules")
    return tuple(_suggestion(entry) for entry in document["rules"][:MAX_RULES])


def _suggestion(entry: Json) -> Suggestion:
    match entry:
        case {"target": str(target), "value": str() | None as value, "why": str(why)}:
            if len(entry) == 3:
                return Suggestion(target, value, why)
    raise CallFailed(found="a rule of the answer is not target, value and why")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
