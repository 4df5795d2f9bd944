"""The calls of one proposal: within their bounds, with retries, and what they came to."""

from __future__ import annotations

from typing import Protocol

from agent.core.proposing import ModelUsage
from agent.core.values import Json
from agent.proposers.model_answers import Suggestion, read_answer
from agent.proposers.model_patience import Breaker, Pace, Patience
from agent.proposers.model_prompt import propose_prompts
from agent.proposers.model_replies import CallFailed, Reply

MAX_FAILURES = 50
"""Failures kept of one proposal; more only repeat themselves."""


class Asked(Protocol):
    """Whoever answers prompts."""

    name: str

    def prepare(self) -> None:
        """Do what takes time before the first prompt and is nobody's fault.

        Raises:
            CallFailed: it cannot be done.
        """
        ...

    def ask(self, system: str, user: str, *, schema: Json, timeout_s: float) -> Reply:
        """Return the answer to one prompt.

        Raises:
            CallFailed: there is none within `timeout_s`.
        """
        ...


class Talk:
    """One proposal's talk with a model. The clock starts when it is made."""

    def __init__(
        self, endpoint: Asked, *, patience: Patience, pace: Pace, breaker: Breaker
    ) -> None:
        self._endpoint = endpoint
        self._patience = patience
        self._pace = pace
        self._breaker = breaker
        self._prompts = propose_prompts()
        self._started = pace.watch()
        self._calls = self._tokens_in = self._tokens_out = 0
        self._failures: list[str] = []

    @property
    def _spent_s(self) -> float:
        return self._pace.watch() - self._started

    @property
    def _left_s(self) -> float:
        return self._patience.timeout_s - self._spent_s

    def note(self, failure: str) -> None:
        """Keep what went wrong, once."""
        if failure not in self._failures and len(self._failures) < MAX_FAILURES:
            self._failures.append(failure)

    def ask(self, data: Json) -> tuple[Suggestion, ...]:
        """Return what the model says about some data, with as many retries as are due.

        Raises:
            CallFailed: it says nothing of use, or is not to be asked any more.
        """
        self._require_budget()
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

    def _require_budget(self) -> None:
        if self._calls >= self._patience.max_calls:
            raise CallFailed(found=f"not asked further: {self._calls} calls are spent")
        if self._left_s <= 0:
            raise CallFailed(found=f"not asked further: {self._patience.timeout_s:g} s are spent")
        rest_s = self._breaker.rest_s()
        if rest_s > 0:
            raise CallFailed(found=f"not asked: it kept failing, and rests for {rest_s:.0f} s")

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
        wait_s = self._patience.wait_s(
            retry, chance=self._pace.chance(), asked_s=failure.retry_after_s
        )
        is_last = retry == self._patience.max_retries or self._calls >= self._patience.max_calls
        if failure.is_final or is_last or wait_s >= self._left_s:
            self._breaker.report(is_success=False)
            times = "1 call" if self._calls == 1 else f"{self._calls} calls"
            raise CallFailed(found=f"gave up after {times}")
        self._pace.sleep(wait_s)

    def usage(self) -> ModelUsage:
        """Return what the talk came to."""
        return ModelUsage(
            model=self._endpoint.name,
            prompt_fingerprint=self._prompts.fingerprint,
            calls=self._calls,
            tokens_in=self._tokens_in,
            tokens_out=self._tokens_out,
            seconds=round(self._spent_s, 3),
            failures=tuple(self._failures),
        )
