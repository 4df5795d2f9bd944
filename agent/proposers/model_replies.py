"""What one call of a model's endpoint comes back with: a reply, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote, and the tokens it was billed for (0 when the endpoint does not say)."""

    text: str
    tokens_in: int = 0
    tokens_out: int = 0


class CallFailed(ModelUnavailable):
    """One call gave no usable answer; `found` is in our own words, never the endpoint's.

    `is_final` when the same call would fail again. `retry_after_s` is what the endpoint asked
    for; the tokens are those of an answer that was billed and is of no use.
    """

    def __init__(
        self,
        *,
        found: str,
        is_final: bool = True,
        retry_after_s: float = 0.0,
        tokens_in: int = 0,
        tokens_out: int = 0,
    ) -> None:
        super().__init__(where="the model's endpoint", found=found)
        self.is_final = is_final
        self.retry_after_s = retry_after_s
        self.tokens_in = tokens_in
        self.tokens_out = tokens_out
