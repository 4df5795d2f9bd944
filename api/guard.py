"""What every request passes: host and origin checks, a correlation id, security headers."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Forbidden, WrongHost, problem_of, request_id_of, respond

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]", "testserver")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "connect-src 'self'",
        "base-uri 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Under `no-referrer` a browser sends `Origin: null` with our own forms, which we would refuse."""

log = logging.getLogger("driftmend.api")


class Guard:
    """ASGI middleware around everything else; it answers to the names in `hosts` only."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str] = LOOPBACK_HOSTS,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, pass it on, and answer for what escapes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope.setdefault("state", {})["request_id"] = self._id(headers)
        outlet = _Outlet(send, request_id=request_id_of(scope))
        try:
            self._check(scope["method"], headers)
            await self._app(scope, receive, outlet)
        except Exception as error:  # noqa: BLE001 -- the outermost place: nothing may escape
            await self._answer(error, scope, receive, outlet)

    async def _answer(
        self, error: Exception, scope: Scope, receive: Receive, outlet: _Outlet
    ) -> None:
        problem = problem_of(error)
        if problem.kind.status >= 500:
            log.error("request %s failed", request_id_of(scope), exc_info=error)
        if outlet.is_started:
            # Half an answer is out: only a torn connection tells the caller that it is not whole.
            raise error
        await respond(problem, scope=scope)(scope, receive, outlet)

    def _id(self, headers: Headers) -> str:
        offered = headers.get("x-request-id", "")
        return offered if SANE_ID.fullmatch(offered) else self._new_id()

    def _check(self, method: str, headers: Headers) -> None:
        host = headers.get("host", "")
        if _name_of(host) not in self._hosts:
            raise WrongHost(
                where="header Host",
                found=f"{host[:100]!r} is not this service",
                help="use http://127.0.0.1 or http://localhost",
            )
        if method not in SAFE_METHODS and _is_foreign(headers, host):
            raise Forbidden(
                where="header Origin",
                found="a page from elsewhere sent this",
                help="send it from the review page, or without a browser",
            )


def _name_of(host: str) -> str:
    """Return the host of a Host header without its port, in lower case."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


def _is_foreign(headers: Headers, host: str) -> bool:
    """Return whether a browser says that the request comes from another origin."""
    if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:
        return True
    return parts.scheme not in {"http", "https"} or parts.netloc.lower() != host.lower()


class _Outlet:
    """Sends on, with our headers on the first message; remembers that it was sent."""

    def __init__(self, send: Send, *, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.is_started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_started = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)
