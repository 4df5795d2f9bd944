"""How questions become prompts, and answers suggestions: one form per way of asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.core.proposing import Task
from agent.core.values import Json
from agent.proposers.model_answers import Suggestion
from agent.proposers.model_questions import Question


@dataclass(frozen=True, slots=True)
class Asking:
    """One prompt, the form that its answer must have, and how that is read.

    `read` raises CallFailed for an answer of another form. `draw` is 0 for the likeliest answer,
    and else the number of one drawn by chance.
    """

    system: str
    user: str
    schema: Json
    read: Callable[[str], tuple[Suggestion, ...]]
    draw: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """Questions that one prompt asks; `asking` makes the prompt of one vote, counted from 0."""

    questions: tuple[Question, ...]
    asking: Callable[[int], Asking]


class Form(Protocol):
    """A way of asking. `fingerprint` covers all of its prompts that does not come from a task."""

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the prompts."""
        ...

    def rounds(self, task: Task, asked: Sequence[Question]) -> Iterator[Round]:
        """Yield the prompts for some questions, in order."""
        ...


def agreed(votes: Sequence[Sequence[Suggestion]], *, of: int) -> tuple[Suggestion, ...]:
    """Return, in the order of the first vote, what more than half of `of` votes say alike.

    A target that a vote says nothing about has no voice in it.
    """
    first: dict[str, dict[str | None, Suggestion]] = {}
    counts: dict[tuple[str, str | None], int] = {}
    for vote in votes:
        for one in {said.target: said for said in reversed(vote)}.values():
            first.setdefault(one.target, {}).setdefault(one.value, one)
            counts[one.target, one.value] = counts.get((one.target, one.value), 0) + 1
    return tuple(
        said
        for target, values in first.items()
        for value, said in values.items()
        if 2 * counts[target, value] > of
    )


def is_settled(votes: Sequence[Sequence[Suggestion]], *, of: int) -> bool:
    """Return whether no vote that is still out can bring a value that is not there yet."""
    left = of - len(votes)
    counts: dict[tuple[str, str], int] = {}
    for vote in votes:
        for one in vote:
            if one.value is not None:
                counts[one.target, one.value] = counts.get((one.target, one.value), 0) + 1
    is_open = any(2 * count <= of < 2 * (count + left) for count in counts.values())
    return not is_open and 2 * left <= of
