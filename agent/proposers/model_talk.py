"""The calls of one proposal: within their bounds, with retries, and what they came to."""

from __future__ import annotations

import json
from typing import Protocol

from agent.core.proposing import ModelUsage
from agent.core.values import Json
from agent.proposers.model_answers import Suggestion
from agent.proposers.model_forms import Asking
from agent.proposers.model_patience import Breaker, Pace, Patience, Tokens
from agent.proposers.model_replies import CallFailed, Reply

MAX_FAILURES = 50
"""Failures kept of one proposal; more only repeat themselves."""

MESSAGE_TOKENS = 64
"""What a chat template may add around the texts of a prompt."""


class Asked(Protocol):
    """Whoever answers prompts."""

    name: str
    max_tokens: int
    """Tokens of one answer, at most."""

    def prepare(self) -> None:
        """Do what takes time before the first prompt and is nobody's fault.

        Raises:
            CallFailed: it cannot be done.
        """
        ...

    def ask(
        self, system: str, user: str, *, schema: Json, timeout_s: float, draw: int = 0
    ) -> Reply:
        """Return the answer to one prompt; `draw` 0 is the likeliest, others are drawn by number.

        Raises:
            CallFailed: there is none within `timeout_s`.
        """
        ...


class Talk:
    """One proposal's talk with a model. The clock starts when it is made."""

    def __init__(
        self,
        endpoint: Asked,
        *,
        fingerprint: str,
        patience: Patience,
        pace: Pace,
        breaker: Breaker,
    ) -> None:
        self._endpoint = endpoint
        self._patience = patience
        self._pace = pace
        self._breaker = breaker
        self._fingerprint = fingerprint
        self._started = pace.watch()
        self._calls = self._tokens_in = self._tokens_out = 0
        self._unbilled = Tokens(0, 0)
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

    def ask(self, asking: Asking) -> tuple[Suggestion, ...]:
        """Return what the model says to a prompt, with as many retries as are due.

        Raises:
            CallFailed: it says nothing of use, or is not to be asked any more.
        """
        self._require_patience()
        for retry in range(self._patience.max_retries + 1):
            self._require_means(asking)
            try:
                said = asking.read(self._call(asking).text)
            except CallFailed as failure:
                self._recover(failure, retry)
            else:
                self._breaker.report(is_success=True)
                return said
        raise AssertionError("the last retry is final")

    def _require_patience(self) -> None:
        if self._calls >= self._patience.max_calls:
            raise CallFailed(found=f"not asked further: {self._calls} calls are spent")
        if self._left_s <= 0:
            raise CallFailed(found=f"not asked further: {self._patience.timeout_s:g} s are spent")
        rest_s = self._breaker.rest_s()
        if rest_s > 0:
            raise CallFailed(found=f"not asked: it kept failing, and rests for {rest_s:.0f} s")

    def _require_means(self, asking: Asking) -> None:
        """Raise when the call could cost more than what is left of tokens or money."""
        spent, means = self._spent, self._patience.means
        most = spent + Tokens(_most_tokens(asking), self._endpoint.max_tokens)
        lacking = means.lacking(most)
        if lacking:
            raise CallFailed(found=f"not asked further: {lacking} might be overspent")

    @property
    def _spent(self) -> Tokens:
        """Return what was billed, and the most that calls without a bill can have cost."""
        return Tokens(self._tokens_in, self._tokens_out) + self._unbilled

    def _call(self, asking: Asking) -> Reply:
        self._calls += 1
        try:
            reply = self._endpoint.ask(
                asking.system,
                asking.user,
                schema=asking.schema,
                timeout_s=self._left_s,
                draw=asking.draw,
            )
        except CallFailed as failure:
            self._bill(failure.tokens_in, failure.tokens_out, asking)
            raise
        self._bill(reply.tokens_in, reply.tokens_out, asking)
        return reply

    def _bill(self, tokens_in: int, tokens_out: int, asking: Asking) -> None:
        self._tokens_in += tokens_in
        self._tokens_out += tokens_out
        if not tokens_in:
            self._unbilled += Tokens(_most_tokens(asking), self._endpoint.max_tokens)

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
        """Return what the talk came to, as far as it was billed."""
        billed = Tokens(self._tokens_in, self._tokens_out)
        return ModelUsage(
            model=self._endpoint.name,
            prompt_fingerprint=self._fingerprint,
            calls=self._calls,
            tokens_in=self._tokens_in,
            tokens_out=self._tokens_out,
            seconds=round(self._spent_s, 3),
            cost_usd=round(self._patience.means.cost(billed), 6),
            failures=tuple(self._failures),
        )


def _most_tokens(asking: Asking) -> int:
    """Return how many tokens a prompt can have at most: byte-level vocabularies, one per byte."""
    schema = json.dumps(asking.schema)
    return len(f"{asking.system}{asking.user}{schema}".encode()) + MESSAGE_TOKENS
