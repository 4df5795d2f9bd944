"""A small real HTTP server that speaks the chat-completions protocol as a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Manner = Callable[["_Handler"], None]
"""How one request is answered."""


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        """Return the JSON body."""
        return json.loads(self.text)

    @property
    def prompt(self) -> str:
        """Return the user's message."""
        return str(self.body["messages"][-1]["content"])


class FakeEndpoint:
    """Serves on a free loopback port; answers with `manners` in turn, the last one for ever."""

    def __init__(self, *manners: Manner) -> None:
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._manners: Sequence[Manner] = manners
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.fake = self  # type: ignore[attr-defined]

    @property
    def base_url(self) -> str:
        """Return the address that a client is given."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def take(self, request: Request) -> Manner:
        """Keep a request and return how it is to be answered."""
        with self._lock:
            self.requests.append(request)
            return self._manners[min(len(self.requests), len(self._manners)) - 1]

    def __enter__(self) -> FakeEndpoint:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection; HTTP/1.0, so that closing it ends a body of unknown length."""

    @property
    def fake(self) -> FakeEndpoint:
        return self.server.fake  # type: ignore[attr-defined, no-any-return]

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        text = self.rfile.read(size).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        manner = self.fake.take(Request(self.path, headers, text))
        try:
            manner(self)
        except OSError:
            self.close_connection = True

    do_GET = do_POST  # noqa: N815

    def start(self, status: int = 200, **headers: str) -> None:
        """Send the status line and the headers."""
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def completion(text: str | None, *, finish: str = "stop", tokens: tuple[int, int] = (70, 9)) -> Any:
    """Return a chat completion as OpenAI would write it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text},
            }
        ],
        "usage": {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        },
    }


def says(text: str | None, *, finish: str = "stop", tokens: tuple[int, int] = (70, 9)) -> Manner:
    """Answer with a message of this text."""
    return sends(json.dumps(completion(text, finish=finish, tokens=tokens)).encode())


def suggests(**values: str | None) -> Manner:
    """Answer with one rule per target; the name `a__b` stands for `/a/b`, `_X_` for `*`."""
    rules = [
        {"target": _target(name), "value": value, "why": "it means the same"}
        for name, value in values.items()
    ]
    return says(json.dumps({"rules": rules}))


def _target(name: str) -> str:
    return "/" + name.replace("_X_", "*").replace("__", "/")


def sends(body: bytes, **headers: str) -> Manner:
    """Answer 200 with these bytes."""

    def manner(handler: _Handler) -> None:
        handler.start(**headers)
        handler.wfile.write(body)

    return manner


def fails(status: int, body: bytes = b'{"error":{"message":"no"}}', **headers: str) -> Manner:
    """Answer with an error status."""

    def manner(handler: _Handler) -> None:
        handler.start(status, **headers)
        handler.wfile.write(body)

    return manner


def is_silent(handler: _Handler) -> None:
    """Answer nothing, and keep the connection."""
    handler.fake.stopping.wait(30)


def hangs_up(handler: _Handler) -> None:
    """Close the connection without a word."""
    handler.connection.close()


def breaks_off(handler: _Handler) -> None:
    """Announce more than is sent."""
    handler.start(content_length="5000")
    handler.wfile.write(b'{"choices": [')


def drips_body(handler: _Handler) -> None:
    """Send white space for ever, a byte at a time."""
    handler.start()
    _drip(handler, b" ")


def drips_headers(handler: _Handler) -> None:
    """Send one header for ever, a byte at a time."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nx-slow: ")
    _drip(handler, b"x")


def _drip(handler: _Handler, byte: bytes) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and not handler.fake.stopping.wait(0.05):
        handler.wfile.write(byte)
        handler.wfile.flush()
