from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from agent.core.values import Json
from api.app import create_app
from tests.api.conftest import open_service
from tests.api.story import ADAPTER, Story, problem

VOCABULARY = """
type properties items required $ref $defs #/$defs/a enum const allOf anyOf not if pattern schema
pointer samples examples by reason revision rules target value each copy payload object string
array /a src.a src adapter driftmend_adapter additionalProperties
"""
WORDS = st.sampled_from(VOCABULARY.split())
TEXT = WORDS | st.text(max_size=6)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
BODIES = st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> tuple[TestClient, str]:
    """Return a client of a service with one proposal and one adapter, and the proposal's id."""
    folder: Path = tmp_path_factory.mktemp("fuzz")
    service = open_service(folder)
    client = TestClient(create_app(service, run_worker=False))
    story = Story(client, service).registered()
    adapter = story.approved()
    story.imported()
    return client, adapter["id"]


@given(
    call=st.sampled_from(
        (
            ("PUT", "/v1/sources/orders"),
            ("POST", "/v1/sources/orders/versions"),
            ("PUT", "/v1/consumers/other/contracts/orders"),
            ("PATCH", "/v1/proposals/{id}/rules"),
            ("POST", "/v1/proposals/{id}/try"),
            ("POST", "/v1/proposals/{id}/approve"),
            ("POST", "/v1/adapters"),
            ("POST", "/v1/adapters/{adapter}/explain"),
            ("POST", "/v1/adapt/orders/1/billing"),
            ("POST", "/review/{id}/try"),
        )
    ),
    body=BODIES,
)
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_call__with_any_body__never_fails_inside(
    running: tuple[TestClient, str], call: tuple[str, str], body: bytes
) -> None:
    """Whatever is sent, the answer is a result or a problem document, never a 500."""
    client, adapter = running
    listed = client.get("/v1/proposals?state=pending").json()["items"]
    id = listed[0]["id"] if listed else "none"
    path = call[1].format(id=id, adapter=adapter)
    answer = client.request(call[0], path, content=body)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        problem(answer)


RECURSIVE = {"properties": {"a": {"$ref": "#"}}, "required": ["a"]}
DOUBLING = {
    "$defs": {
        str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}, {"$ref": f"#/$defs/{n + 1}"}]}
        for n in range(25)
    }
    | {"25": {"type": "object"}},
    "$ref": "#/$defs/0",
}
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]" for n in range(9)
)


@pytest.mark.parametrize(
    "body",
    [
        BOMB.encode(),
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        json.dumps({"enum": list(range(100_000))}).encode(),
        json.dumps({"type": "string", "pattern": "^(a+)+$"}).encode(),
        json.dumps(RECURSIVE).encode(),
        json.dumps(DOUBLING).encode(),
        json.dumps({"properties": {f"p{n}": {} for n in range(30_000)}}).encode(),
    ],
    ids=["yaml-bomb", "deep-array", "deep-object", "enum", "regex", "self", "doubling", "wide"],
)
def test_report__a_bomb__is_answered_in_time(tmp_path: Path, body: bytes) -> None:
    """No document under the cap keeps the service busy or brings it down."""
    service = open_service(tmp_path)
    client = TestClient(create_app(service, run_worker=False))
    client.put("/v1/sources/orders", json={})
    started = time.monotonic()
    answer = client.post("/v1/sources/orders/versions", content=body)
    assert answer.status_code < 500
    assert time.monotonic() - started < 10


def test_import__an_adapter_bomb__is_refused_in_time(tmp_path: Path) -> None:
    """A deep expression is refused by its depth, not by a crash."""
    service = open_service(tmp_path)
    client = TestClient(create_app(service, run_worker=False))
    Story(client, service).registered()
    for text in ("(" * 9000 + "src" + ")" * 9000, "src" + ".a" * 9000, "-" * 15_000 + "1"):
        rules = [{"target": "/id", "value": text}]
        answer = client.post("/v1/adapters", json={**ADAPTER, "rules": rules})
        assert answer.status_code == 422
        problem(answer)
