"""Idempotency keys: the same key with the same request gets the answer that was given first."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Header
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent.core.review import KeptAnswer
from agent.core.values import Json
from agent.errors import Conflict
from agent.ports import Ledger
from api.problems import InvalidKey, KeyReused

SANE_KEY = re.compile(r"[\x21-\x7e]{1,200}")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="The same key with the same request gets the first answer again.",
    ),
]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that can be kept: its status, its JSON body, its own headers."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, *, is_replay: bool = False) -> Response:
        """Return the response; a replayed one says so."""
        mark = {"Idempotency-Replayed": "true"} if is_replay else {}
        return JSONResponse(self.body, status_code=self.status, headers={**self.headers, **mark})


class Replays:
    """Answers a request once per key. Two at the same time with one key: the second is refused."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._running: set[str] = set()

    def once(
        self, request: Request, raw: bytes, *, key: str | None, do: Callable[[], Told]
    ) -> Response:
        """Return the kept answer of `key`, or that of `do`, which is then kept.

        Only answers are kept, no errors: a request that failed may be mended and sent again.

        Raises:
            InvalidKey: the key is empty, too long or not printable ASCII.
            KeyReused: the key came with another request before.
            Conflict: the first request with this key is still running.
        """
        if key is None:
            return do().response()
        if not SANE_KEY.fullmatch(key):
            raise InvalidKey(
                where="header Idempotency-Key",
                found="not 1 to 200 printable ASCII characters",
                help="a UUID does well",
            )
        asked = _fingerprint(request, raw)
        with self._alone(key):
            kept = self._ledger.kept_answer(key)
            if kept is not None:
                return _replay(kept, asked)
            return self._keep(key, asked, do())

    def _keep(self, key: str, asked: str, told: Told) -> Response:
        body = {"body": told.body, "headers": dict(told.headers)}
        answer = KeptAnswer(key=key, request_fingerprint=asked, status=told.status, body=body)
        kept = self._ledger.keep_answer(answer)
        return told.response() if kept == answer else _replay(kept, asked)

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        with self._lock:
            if key in self._running:
                raise Conflict(
                    where="header Idempotency-Key",
                    found="the first request with this key is still running",
                    help="try again in a moment",
                )
            self._running.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(key)


def _replay(kept: KeptAnswer, asked: str) -> Response:
    if kept.request_fingerprint != asked:
        raise KeyReused(
            where="header Idempotency-Key",
            found="was sent before with another request",
            help="use a new key for a new request",
        )
    told = Told(kept.status, kept.body["body"], kept.body["headers"])
    return told.response(is_replay=True)


def _fingerprint(request: Request, raw: bytes) -> str:
    """Return what tells two requests apart: method, address with query, and body."""
    address = f"{request.method} {request.url.path}?{request.url.query}\n"
    return "sha256:" + hashlib.sha256(address.encode("utf-8", "replace") + raw).hexdigest()
