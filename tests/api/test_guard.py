from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from api.guard import SECURITY_HEADERS, Guard


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path, or fail when asked to."""
    request = Request(scope, receive)
    if request.url.path == "/fail":
        raise RuntimeError("secret inside")
    await PlainTextResponse(request.url.path)(scope, receive, send)


@pytest.fixture
def client() -> TestClient:
    """Return a client of a guarded application."""
    return TestClient(Guard(echo))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8321", "[::1]:80", "LOCALHOST:1"])
def test_guard__a_loopback_host__passes(client: TestClient, host: str) -> None:
    """Every name of this machine's loopback reaches the service, on any port."""
    assert client.get("/x", headers={"Host": host}).text == "/x"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.", "", "localhost@evil", "[::1]x"]
)
def test_guard__a_foreign_host__is_refused(client: TestClient, host: str) -> None:
    """A name that an attacker's DNS points at us gets no answer (DNS rebinding)."""
    answer = client.get("/x", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:driftmend:problem:wrong-host"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver:81"},
        {"Origin": "http://[broken"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_guard__a_write_from_another_origin__is_refused(
    client: TestClient, headers: dict[str, str]
) -> None:
    """A page from elsewhere cannot make a browser write here."""
    answer = client.post("/x", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["status"] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_guard__a_write_from_our_page_or_no_browser__passes(
    client: TestClient, headers: dict[str, str]
) -> None:
    """Programs send no Origin, and our own page sends ours."""
    assert client.post("/x", headers=headers).status_code == 200


@pytest.mark.parametrize("sent", ["", "a b", "x" * 101, "-a", "ä", "<b>"])
def test_guard__an_odd_request_id__is_replaced(client: TestClient, sent: str) -> None:
    """Only a harmless correlation id comes back; otherwise we make one."""
    answer = client.get("/x", headers={"X-Request-Id": sent.encode("latin-1")})
    assert answer.headers["x-request-id"] not in {"", sent}


def test_guard__a_sane_request_id__comes_back(client: TestClient) -> None:
    """A caller's correlation id is kept."""
    assert (
        client.get("/x", headers={"X-Request-Id": "a-1.b_2"}).headers["x-request-id"] == "a-1.b_2"
    )


@pytest.mark.parametrize("path", ["/x", "/fail"])
def test_guard__any_answer__carries_the_security_headers(client: TestClient, path: str) -> None:
    """Errors are protected like pages."""
    answer = client.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value


def test_guard__an_unexpected_error__tells_nothing_of_its_inside(client: TestClient) -> None:
    """What nobody foresaw is a 500 with a request id, and no stack and no message."""
    answer = client.get("/fail", headers={"X-Request-Id": "find-me"})
    assert answer.status_code == 500
    assert answer.json()["request_id"] == "find-me"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
