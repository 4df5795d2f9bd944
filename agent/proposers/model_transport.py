"""The HTTP client that a model is asked through: bounded in time and size, sending only our own.

Its exceptions are `CallFailed`, which the libraries above hand on as it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx

from agent.proposers.model_replies import CallFailed

MAX_RESPONSE_BYTES = 1_000_000
"""A thousand tokens are about 5 kB; what is larger than this is no answer."""

_KEPT_HEADERS = ("host", "content-length", "content-type", "accept", "x-stainless-raw-response")
"""What HTTP needs, and the mark by which the openai library knows how to read the response."""


def bounded_client(*, api_key: str, ends: float) -> httpx.Client:
    """Return a client that is done by `ends` (of `time.monotonic`), for one request.

    The libraries add headers from the environment (another provider's key, organisation and
    project; the machine's platform): none of them leaves here. Redirects are not followed, so
    that the key stays with the host that it was given for.
    """

    def keep_ours(request: httpx.Request) -> None:
        kept = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
        if api_key:
            kept["authorization"] = f"Bearer {api_key}"
        # Compressed answers are refused below: their size is not known before they are unpacked.
        request.headers = httpx.Headers({**kept, "accept-encoding": "identity"})
        left_s = max(0.001, ends - time.monotonic())
        request.extensions = {**request.extensions, "timeout": httpx.Timeout(left_s).as_dict()}

    def bound(response: httpx.Response) -> None:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise CallFailed(found="the answer is compressed, which was not asked for")
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _BoundedStream(response.stream, ends)

    return httpx.Client(
        event_hooks={"request": [keep_ours], "response": [bound]}, follow_redirects=False
    )


class _BoundedStream(httpx.SyncByteStream):
    """A body that stops when it is too large or too late: a drip resets every socket timeout."""

    def __init__(self, stream: httpx.SyncByteStream, ends: float) -> None:
        self._stream = stream
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._stream:
            size += len(part)
            if size > MAX_RESPONSE_BYTES:
                raise CallFailed(found=f"the answer is longer than {MAX_RESPONSE_BYTES:,} bytes")
            if time.monotonic() > self._ends:
                raise CallFailed(found="the answer did not end in time")
            yield part

    def close(self) -> None:
        self._stream.close()
