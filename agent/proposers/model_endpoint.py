"""One call of an OpenAI-compatible endpoint through langchain-openai, with a hard deadline."""

from __future__ import annotations

import importlib
import math
import threading
import time
from typing import TYPE_CHECKING

from agent.core.values import Json
from agent.proposers.model_replies import CallFailed, Reply

if TYPE_CHECKING:
    import httpx
    from langchain_core.messages import BaseMessage
    from openai import APIStatusError

THREAD_NAME = "driftmend-model-call"

_WORTH_RETRYING = frozenset({408, 409, 425, 429})
DRAW_TEMPERATURE = 0.5

_NO_KEY = "none"
"""Without a key the libraries would take another provider's from the environment."""


class Endpoint:
    """An OpenAI-compatible chat-completions endpoint and one of its models."""

    def __init__(self, *, base_url: str, name: str, api_key: str, max_tokens: int) -> None:
        self.name = name
        self._base_url = base_url
        self._api_key = api_key
        self.max_tokens = max_tokens

    def __repr__(self) -> str:
        return f"Endpoint(name={self.name!r})"

    def prepare(self) -> None:
        """Import the libraries: that takes seconds, and deadlines are about the endpoint.

        Raises:
            CallFailed: they cannot be imported.
        """
        try:
            for library in ("langchain_openai", "langsmith", "agent.proposers.model_transport"):
                importlib.import_module(library)
        except ImportError as error:
            raise CallFailed(found=f"langchain-openai cannot be used ({error.name})") from error

    def ask(
        self, system: str, user: str, *, schema: Json, timeout_s: float, draw: int = 0
    ) -> Reply:
        """Return the model's answer to one prompt, asked for in the form of `schema`.

        `draw` 0 is the answer that it finds likeliest; others are drawn by chance, by their number.

        The call has a thread of its own: name resolution, a handshake or headers that drip can
        be bounded in no other way. What is not there in time is abandoned.

        Raises:
            CallFailed: there is no usable answer.
        """
        ends = time.monotonic() + timeout_s
        call = _Call(self, (system, user), schema, ends=ends, draw=draw)
        thread = threading.Thread(target=call.run, name=THREAD_NAME, daemon=True)
        thread.start()
        thread.join(timeout_s)
        outcome = call.outcome
        if outcome is None:
            call.abandon()
            raise CallFailed(found=f"no whole answer within {timeout_s:.1f} s")
        if isinstance(outcome, CallFailed):
            raise outcome
        return outcome

    def complete(
        self, prompt: tuple[str, str], schema: Json, *, client: httpx.Client, draw: int = 0
    ) -> BaseMessage:
        """Return the model's message to a (system, user) prompt, sent through `client`."""
        from langchain_core.messages import HumanMessage, SystemMessage
        from langchain_openai import ChatOpenAI
        from langsmith import tracing_context
        from pydantic import SecretStr

        model = ChatOpenAI(
            model=self.name,
            base_url=self._base_url,
            api_key=SecretStr(self._api_key or _NO_KEY),
            temperature=DRAW_TEMPERATURE if draw else 0,
            seed=draw or None,
            max_completion_tokens=self.max_tokens,
            max_retries=0,
            timeout=None,
            http_client=client,
            use_responses_api=False,
            cache=False,
        )
        form = {"name": "rules", "strict": True, "schema": schema}
        bound = model.bind(response_format={"type": "json_schema", "json_schema": form})
        # A stray LANGSMITH_TRACING=true would send the prompt to a third party.
        with tracing_context(enabled=False):
            return bound.invoke([SystemMessage(prompt[0]), HumanMessage(prompt[1])])

    def open_client(self, ends: float) -> httpx.Client:
        """Return a client for one request that must be over by `ends`."""
        from agent.proposers.model_transport import bounded_client

        return bounded_client(api_key=self._api_key, ends=ends)


class _Call:
    """One call at work; `outcome` stays None until it is over."""

    def __init__(
        self,
        endpoint: Endpoint,
        prompt: tuple[str, str],
        schema: Json,
        *,
        ends: float,
        draw: int,
    ) -> None:
        self.outcome: Reply | CallFailed | None = None
        self._endpoint = endpoint
        self._prompt = prompt
        self._schema = schema
        self._ends = ends
        self._draw = draw
        self._client: httpx.Client | None = None

    def run(self) -> None:
        """Make the call and keep its outcome."""
        try:
            self._client = self._endpoint.open_client(self._ends)
            with self._client:
                message = self._endpoint.complete(
                    self._prompt, self._schema, client=self._client, draw=self._draw
                )
            self.outcome = _reply(message)
        except CallFailed as failure:
            self.outcome = failure
        except Exception as error:  # noqa: BLE001
            # The outermost loop of its thread. Four libraries read the answer, and garbage makes
            # them raise whatever it leads to: TypeError, KeyError, RecursionError, ...
            self.outcome = _failure(error)

    def abandon(self) -> None:
        """Close the connection, so that the thread ends with its next byte or timeout."""
        if self._client is not None:
            self._client.close()


def _reply(message: BaseMessage) -> Reply:
    usage = getattr(message, "usage_metadata", None) or {}
    tokens_in, tokens_out = _count(usage.get("input_tokens")), _count(usage.get("output_tokens"))
    text = message.content
    found = ""
    if message.response_metadata.get("finish_reason") == "length":
        found = "the answer was cut off at its token limit"
    elif message.additional_kwargs.get("refusal"):
        found = "the model refused to answer"
    elif not isinstance(text, str) or not text.strip():
        found = "the answer is empty"
    if found:
        raise CallFailed(found=found, tokens_in=tokens_in, tokens_out=tokens_out)
    assert isinstance(text, str)
    return Reply(text, tokens_in, tokens_out)


def _count(tokens: object) -> int:
    return tokens if isinstance(tokens, int) and not isinstance(tokens, bool) and tokens > 0 else 0


def _failure(error: Exception) -> CallFailed:
    """Return what went wrong in our own words: an endpoint may echo the key or the prompt."""
    import openai

    match error:
        case openai.LengthFinishReasonError():
            usage = error.completion.usage
            return CallFailed(
                found="the answer was cut off at its token limit",
                tokens_in=_count(getattr(usage, "prompt_tokens", 0)),
                tokens_out=_count(getattr(usage, "completion_tokens", 0)),
            )
        case openai.ContentFilterFinishReasonError():
            return CallFailed(found="the answer was withheld by the endpoint's content filter")
        case openai.APITimeoutError():
            return CallFailed(found="no whole answer in time")
        case openai.APIConnectionError():
            cause = type(_root(error)).__name__
            return CallFailed(found=f"the connection failed ({cause})", is_final=False)
        case openai.APIStatusError():
            return _refusal(error)
        case _:
            return CallFailed(found=f"the answer is no chat completion ({type(error).__name__})")


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _refusal(error: APIStatusError) -> CallFailed:
    status = error.status_code
    return CallFailed(
        found=f"HTTP {status}",
        is_final=status < 500 and status not in _WORTH_RETRYING,
        retry_after_s=_seconds(error.response.headers.get("retry-after", "")),
    )


def _seconds(text: str) -> float:
    """Return the seconds of a Retry-After header; a date there counts as none."""
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
