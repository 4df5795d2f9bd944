"""A language model asked about what the other proposers left open or ambiguous.

It has no tools and no say: its answer is expressions in the closed grammar, each checked, each
left to a person. Whatever the endpoint does, the answer so far comes back.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from agent.core.proposing import Answer, ModelUsage, Task
from agent.core.untrusted import visible
from agent.core.values import Json
from agent.proposers.model_answers import Suggestion, read_answer
from agent.proposers.model_endpoint import Endpoint
from agent.proposers.model_patience import Breaker, Patience
from agent.proposers.model_prompt import Prompts, batches
from agent.proposers.model_questions import Question, questions
from agent.proposers.model_replies import CallFailed, Reply
from agent.proposers.model_rules import Dropped, work_in

MAX_FAILURES = 50
"""Failures kept of one proposal; more only repeat themselves."""


class Asks(Protocol):
    """Whoever answers prompts."""

    name: str

    def prepare(self) -> None:
        """Do what takes time before the first question and is nobody's fault."""
        ...

    def ask(self, system: str, user: str, *, schema: Json, timeout_s: float) -> Reply:
        """Return the answer to one prompt, or raise CallFailed within `timeout_s`."""
        ...


class LanguageModel:
    """Suggests rules for open targets, and has an opinion on ambiguous ones.

    `watch` gives seconds that only grow, `sleep` waits, `chance` gives 0 to 1.
    """

    name = "language-model"

    def __init__(
        self,
        endpoint: Asks,
        *,
        patience: Patience,
        watch: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._endpoint = endpoint
        self._patience = patience
        self._watch = watch
        self._sleep = sleep
        self._chance = chance
        self._breaker = Breaker(watch=watch)
        self._prompts = Prompts()

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
        talk = _Talk(self._endpoint, self._patience, self._prompts, breaker=self._breaker)
        answer = so_far
        try:
            self._endpoint.prepare()
            talk.begin(watch=self._watch, sleep=self._sleep, chance=self._chance)
            for group, data in batches(task, asked):
                answer = self._work_in(task, answer, group, said=talk.ask(data), talk=talk)
        except CallFailed as failure:
            talk.note(failure.found)
        return replace(answer, usage=_sum(so_far.usage, talk.usage()))

    def _work_in(
        self,
        task: Task,
        answer: Answer,
        group: Sequence[Question],
        *,
        said: Sequence[Suggestion],
        talk: _Talk,
    ) -> Answer:
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


class _Talk:
    """The questions of one proposal: their bounds, their cost, and what went wrong."""

    def __init__(
        self, endpoint: Asks, patience: Patience, prompts: Prompts, *, breaker: Breaker
    ) -> None:
        self._endpoint = endpoint
        self._patience = patience
        self._prompts = prompts
        self._breaker = breaker
        self._calls = self._tokens_in = self._tokens_out = 0
        self._failures: list[str] = []
        self._watch: Callable[[], float] = lambda: 0.0
        self._started = 0.0

    def begin(
        self,
        *,
        watch: Callable[[], float],
        sleep: Callable[[float], None],
        chance: Callable[[], float],
    ) -> None:
        """Start the clock."""
        self._watch, self._sleep, self._chance = watch, sleep, chance
        self._started = watch()

    @property
    def _left_s(self) -> float:
        return self._patience.timeout_s - (self._watch() - self._started)

    def note(self, failure: str) -> None:
        """Keep what went wrong, once, in our own words."""
        if failure not in self._failures and len(self._failures) < MAX_FAILURES:
            self._failures.append(failure)

    def ask(self, data: Json) -> tuple[Suggestion, ...]:
        """Return what the model says about some data, with as many retries as are due.

        Raises:
            CallFailed: it says nothing of use, or is not to be asked any more.
        """
        self._require_budget()
        rest_s = self._breaker.rest_s()
        if rest_s > 0:
            raise CallFailed(found=f"not asked: it kept failing, and rests for {rest_s:.0f} s")
        user = self._prompts.user(data)
        for retry in range(self._patience.max_retries + 1):
            try:
                said = read_answer(self._call(user).text)
            except CallFailed as failure:
                self._recover(failure, retry)
            else:
                self._breaker.report(is_success=True)
                return said
        raise AssertionError("the last retry is final")

    def _call(self, user: str) -> Reply:
        self._calls += 1
        system, schema = self._prompts.system, self._prompts.answer_schema
        try:
            reply = self._endpoint.ask(system, user, schema=schema, timeout_s=self._left_s)
        except CallFailed as failure:
            self._bill(failure.tokens_in, failure.tokens_out)
            raise
        self._bill(reply.tokens_in, reply.tokens_out)
        return reply

    def _bill(self, tokens_in: int, tokens_out: int) -> None:
        self._tokens_in += tokens_in
        self._tokens_out += tokens_out

    def _recover(self, failure: CallFailed, retry: int) -> None:
        """Wait until a retry is due.

        Raises:
            CallFailed: there will be none.
        """
        self.note(f"call {self._calls}: {failure.found}")
        wait_s = self._patience.wait_s(retry, chance=self._chance(), asked_s=failure.retry_after_s)
        is_last = retry == self._patience.max_retries or self._calls >= self._patience.max_calls
        if failure.is_final or is_last or wait_s >= self._left_s:
            self._breaker.report(is_success=False)
            raise CallFailed(found=f"gave up after {self._calls} calls")
        self._sleep(wait_s)

    def _require_budget(self) -> None:
        if self._calls >= self._patience.max_calls:
            raise CallFailed(found=f"not asked further: {self._calls} calls are spent")
        if self._left_s <= 0:
            raise CallFailed(found=f"not asked further: {self._patience.timeout_s:g} s are spent")

    def usage(self) -> ModelUsage:
        """Return what the talk cost."""
        return ModelUsage(
            model=self._endpoint.name,
            prompt_fingerprint=self._prompts.fingerprint,
            calls=self._calls,
            tokens_in=self._tokens_in,
            tokens_out=self._tokens_out,
            seconds=round(self._watch() - self._started, 3),
            failures=tuple(self._failures),
        )


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
