"""The forms of the review page: reading them, and the token that shows they are ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from agent.errors import InvalidDocument
from api.problems import Forbidden

COOKIE = "driftmend_form"
FIELD = "token"
MAX_FIELDS = 50


class Forms:
    """Gives out form tokens and checks them: a keyed hash of a cookie that only we can read.

    The key lives as long as the process; a form from before a restart is asked for once more.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)

    def token(self, request: Request) -> tuple[str, str]:
        """Return the cookie of this browser, a new one if it has none, and its form token."""
        cookie = request.cookies.get(COOKIE, "")
        if not (cookie.isascii() and 20 <= len(cookie) <= 100):
            cookie = secrets.token_urlsafe(24)
        return cookie, self._sign(cookie)

    def check(self, request: Request, form: Mapping[str, str]) -> None:
        """Return quietly when a form was given out by us to this browser.

        Raises:
            Forbidden: the token is missing, or belongs to another browser or process.
        """
        cookie = request.cookies.get(COOKIE, "")
        expected = self._sign(cookie).encode()
        if not cookie or not hmac.compare_digest(form.get(FIELD, "").encode(), expected):
            raise Forbidden(
                where="form",
                found="it has expired, or was not given out to this browser",
                help="load the page again and send it once more",
            )

    def _sign(self, cookie: str) -> str:
        return hmac.new(self._key, cookie.encode(), hashlib.sha256).hexdigest()


def set_cookie(response: Response, cookie: str) -> None:
    """Let the browser keep the cookie that its form tokens belong to."""
    response.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", path="/")


def read_form(raw: bytes) -> dict[str, str]:
    """Return the fields of a form; of a repeated one, the last.

    Raises:
        InvalidDocument: it is no form.
    """
    try:
        fields = parse_qs(
            raw.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=MAX_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise InvalidDocument(where="form", found=str(error)[:200], help="use the page") from None
    return {name: values[-1].replace("\r\n", "\n") for name, values in fields.items()}
