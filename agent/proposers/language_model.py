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
from agent.proposers.model_endpoint import Endpoint
from agent.proposers.model_patience import Breaker, Pace, Patience
from agent.proposers.model_prompt import batches
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

    def __init__(self, endpoint: Asked, *, patience: Patience, pace: Pace | None = None) -> None:
        self._endpoint = endpoint
        self._patience = patience
        self._pace = pace or Pace()
        self._breaker = Breaker(watch=self._pace.watch)

    @classmethod
    def from_endpoint(
        cls,
        *,
        base_url: str,
        name: str,
        api_key: str,
        timeout_s: float,
        max_calls: int,
        max_tokens: int,
    ) -> LanguageModel:
        """Return the proposer for one model of an OpenAI-compatible endpoint.

        `timeout_s` and `max_calls` bound one proposal, retries included; `max_tokens` one answer.
        """
        endpoint = Endpoint(base_url=base_url, name=name, api_key=api_key, max_tokens=max_tokens)
        return cls(endpoint, patience=Patience(timeout_s=timeout_s, max_calls=max_calls))

    def propose(self, task: Task, so_far: Answer) -> Answer:
        """Return the answer with what the model could add, and what asking it came to."""
        asked = questions(task, so_far, asker=self.name)
        if not asked:
            return so_far
        unready = self._prepare()
        talk = Talk(self._endpoint, patience=self._patience, pace=self._pace, breaker=self._breaker)
        answer = so_far
        try:
            if unready is not None:
                raise unready
            for group, data in batches(task, asked):
                answer = self._work_in(task, answer, group, said=talk.ask(data), talk=talk)
        except CallFailed as failure:
            talk.note(failure.found)
        return replace(answer, usage=_sum(so_far.usage, talk.usage()))

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
