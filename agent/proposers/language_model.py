"""A language model asked about what the other proposers left open or ambiguous.

It has no tools and no say: its answer is expressions in the closed grammar, each checked, each
left to a person. Whatever the endpoint does, the answer so far comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.core.proposing import Answer, ModelUsage, Task
from agent.core.untrusted import visible
from agent.proposers.model_answers import Suggestion
from agent.proposers.model_forms import Form, Round, agreed, is_settled
from agent.proposers.model_patience import Breaker, Pace, Patience
from agent.proposers.model_prompt import Writing
from agent.proposers.model_questions import Question, questions
from agent.proposers.model_replies import CallFailed
from agent.proposers.model_rules import Dropped, work_in
from agent.proposers.model_talk import Asked, Talk


class LanguageModel:
    """Suggests rules for open targets, and has an opinion on ambiguous ones.

    One may be shared by threads: what it keeps between proposals is its breaker.
    """

    name = "language-model"
    is_free = False

    def __init__(
        self,
        endpoint: Asked,
        *,
        patience: Patience,
        pace: Pace | None = None,
        form: Form | None = None,
        votes: int = 1,
    ) -> None:
        self._endpoint = endpoint
        self._form = form or Writing()
        self._votes = votes
        self._patience = patience
        self._pace = pace or Pace()
        self._breaker = Breaker(watch=self._pace.watch)

    def propose(self, task: Task, so_far: Answer) -> Answer:
        """Return the answer with what the model could add, and what asking it came to."""
        asked = questions(task, so_far, asker=self.name)
        if not asked:
            return so_far
        unready = self._prepare()
        talk = Talk(
            self._endpoint,
            fingerprint=self._form.fingerprint,
            patience=self._patience,
            pace=self._pace,
            breaker=self._breaker,
        )
        answer = so_far
        try:
            if unready is not None:
                raise unready
            for one in self._form.rounds(task, asked):
                said = self._voted(one, talk)
                answer = self._work_in(task, answer, one.questions, said=said, talk=talk)
        except CallFailed as failure:
            talk.note(failure.found)
        return replace(answer, usage=_sum(so_far.usage, talk.usage()))

    def _voted(self, one: Round, talk: Talk) -> tuple[Suggestion, ...]:
        """Return what more than half of the votes agree on."""
        if self._votes == 1:
            return talk.ask(one.asking(0))
        votes: list[tuple[Suggestion, ...]] = []
        while len(votes) < self._votes and not is_settled(votes, of=self._votes):
            votes.append(talk.ask(one.asking(len(votes))))
        return agreed(votes, of=self._votes)

    def _prepare(self) -> CallFailed | None:
        """Return why the endpoint cannot be asked at all, or None."""
        try:
            self._endpoint.prepare()
        except CallFailed as failure:
            return failure
        return None

    def _work_in(
        self,
        task: Task,
        answer: Answer,
        group: Sequence[Question],
        *,
        said: Sequence[Suggestion],
        talk: Talk,
    ) -> Answer:
        """Return the answer with every suggestion that can be taken; the others are noted."""
        waiting = {question.target.path: question for question in group}
        for one in said:
            question = waiting.pop(one.target, None)
            try:
                if question is None:
                    raise Dropped("it was not asked for, or is answered already")
                if one.value is not None:
                    answer = work_in(task, answer, question, said=one, name=self.name)
            except Dropped as reason:
                talk.note(f"dropped {visible(one.target, limit=100)}: {reason}")
        return answer


def _sum(before: ModelUsage | None, now: ModelUsage) -> ModelUsage:
    if before is None:
        return now
    return replace(
        now,
        calls=before.calls + now.calls,
        tokens_in=before.tokens_in + now.tokens_in,
        tokens_out=before.tokens_out + now.tokens_out,
        seconds=round(before.seconds + now.seconds, 3),
        cost_usd=before.cost_usd + now.cost_usd,
        failures=(*before.failures, *now.failures),
    )
