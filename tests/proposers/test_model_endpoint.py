"""Endpoints that fail, drip, rest and recover, over real connections."""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from agent.core.contract import Contract
from agent.core.proposing import Answer, Unfed
from agent.core.schema import make_schema
from agent.proposers.language_model import LanguageModel
from agent.proposers.model_endpoint import THREAD_NAME, Endpoint
from agent.proposers.model_patience import Breaker, Patience
from tests.proposers.fake_endpoint import (
    FakeEndpoint,
    Manner,
    breaks_off,
    completion,
    drips_body,
    drips_headers,
    fails,
    hangs_up,
    is_silent,
    says,
    sends,
    suggests,
)
from tests.proposers.model_story import (
    KEY,
    SO_FAR,
    TASK,
    TEXT,
    make_task,
    model_at,
    propose,
    rule_at,
)


@pytest.mark.parametrize(
    ("manner", "found", "calls"),
    [
        (fails(401), "HTTP 401", 1),
        (fails(404), "HTTP 404", 1),
        (fails(400), "HTTP 400", 1),
        (fails(307, location="http://127.0.0.1:9/v1"), "HTTP 307", 1),
        (fails(429), "HTTP 429", 4),
        (fails(500), "HTTP 500", 4),
        (fails(503, b"<html>busy</html>"), "HTTP 503", 4),
        (hangs_up, "the connection failed", 4),
        (breaks_off, "the connection failed", 4),
        (sends(b"<html>hello</html>", content_type="text/html"), "no chat completion", 1),
        (sends(b""), "the answer", 1),
        (sends(b"null"), "the answer", 1),
        (sends(b"[]"), "the answer", 1),
        (sends(b"\xff\xfe\x00"), "the answer", 1),
        (sends(b"[" * 200_000), "the answer", 1),
        (sends(b'{"choices": []}'), "the answer", 1),
        (sends(b'{"choices": null, "error": {"message": "out of tune"}}'), "the answer", 1),
        (sends(json.dumps(completion('{"rules"', finish="length")).encode()), "cut off", 1),
        (sends(b"x" * 5_000_000), "longer than 1,000,000 bytes", 1),
        (sends(b"x" * 1000, content_encoding="gzip"), "compressed", 1),
        (says(""), "empty", 1),
        (says(None), "empty", 1),
        (says("I would rather talk"), "not JSON", 1),
        (says('{"rules": [{"target": "/id"'), "not JSON", 1),
        (says('{"rules": [NaN]}'), "not JSON", 1),
        (says("[" * 100_000), "not JSON", 1),
        (says('{"answer": []}'), "no list of rules", 1),
        (says('{"rules": {}}'), "no list of rules", 1),
        (says('{"rules": [], "approve": true}'), "more than rules", 1),
        (says('{"rules": [{"target": "/customer/name", "value": "src.id"}]}'), "value and why", 1),
        (says('{"rules": [{"target": 1, "value": "src.id", "why": ""}]}'), "value and why", 1),
        (says('{"rules": ["src.id"]}'), "value and why", 1),
    ],
)
def test_propose__when_the_endpoint_fails__returns_the_answer_so_far(
    manner: Manner, found: str, calls: int
) -> None:
    """Whatever an endpoint does, the rules so far come back, with what went wrong."""
    with FakeEndpoint(manner) as fake:
        answer = model_at(fake).propose(TASK, SO_FAR)
    assert replace(answer, usage=None) == SO_FAR
    assert answer.usage is not None
    assert found in answer.usage.failures[0]
    assert answer.usage.calls == len(fake.requests) == calls


def test_propose__when_nobody_listens__returns_the_answer_so_far() -> None:
    """A refused connection is a failure like any other."""
    with FakeEndpoint(suggests()) as fake:
        proposer = model_at(fake)
    answer = proposer.propose(TASK, SO_FAR)
    assert replace(answer, usage=None) == SO_FAR
    assert answer.usage is not None
    assert "the connection failed (ConnectError)" in answer.usage.failures[0]


@pytest.mark.parametrize(
    "address", ["", "no address", "http://", "ftp://127.0.0.1/v1", "http://[/v1"]
)
def test_propose__when_the_address_is_none__returns_the_answer_so_far(address: str) -> None:
    """A base URL that cannot be used fails the call, not the proposal."""
    endpoint = Endpoint(base_url=address, name="m", api_key="k\u00e9y\n", max_tokens=64)
    proposer = LanguageModel(endpoint, patience=Patience(timeout_s=2, max_calls=1))
    assert replace(proposer.propose(TASK, SO_FAR), usage=None) == SO_FAR


def test_propose__when_an_answer_was_cut_off__counts_its_tokens() -> None:
    """What was billed is recorded, also where it is of no use."""
    usage = propose(says('{"rules": [', finish="length")).usage
    assert usage is not None
    assert (usage.tokens_in, usage.tokens_out) == (70, 9)


def test_propose__when_a_later_call_fails__keeps_what_the_first_gave() -> None:
    """A failure takes back nothing."""
    fields = {f"f{number:02}": TEXT for number in range(20)}
    contract = Contract("billing", make_schema({"type": "object", "properties": fields}))
    so_far = Answer(unfed=tuple(Unfed(f"/{name}", False, "?") for name in fields))
    with FakeEndpoint(suggests(f00="src.id"), fails(401)) as fake:
        answer = model_at(fake).propose(make_task(contract=contract), so_far)
    assert [row.target for row in answer.rows] == ["/f00"]


# time, retries, the breaker


@pytest.mark.parametrize("manner", [is_silent, drips_body, drips_headers])
def test_propose__when_the_endpoint_is_slow__keeps_its_deadline(manner: Manner) -> None:
    """The deadline holds within a second, also when every byte resets a socket's timeout."""
    with FakeEndpoint(manner) as fake:
        proposer = model_at(fake, timeout_s=1.0)
        started = time.monotonic()
        answer = proposer.propose(TASK, SO_FAR)
        took_s = time.monotonic() - started
    assert 0.9 <= took_s <= 2.0
    assert replace(answer, usage=None) == SO_FAR


def test_propose__when_a_call_was_abandoned__its_thread_ends() -> None:
    """Nothing goes on reading behind the back of a proposal."""
    with FakeEndpoint(drips_headers) as fake:
        model_at(fake, timeout_s=0.5).propose(TASK, SO_FAR)
        until = time.monotonic() + 3
        while any(one.name == THREAD_NAME for one in threading.enumerate()):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_propose__when_the_endpoint_recovers__goes_on_after_a_retry() -> None:
    """A failure that may pass is tried again, at doubling distances times chance."""
    waits: list[float] = []
    with FakeEndpoint(fails(503), fails(429), suggests(customer__name="src.alt_id")) as fake:
        answer = model_at(fake, waits=waits).propose(TASK, SO_FAR)
    assert rule_at(answer, "/customer/name") == "src.alt_id"
    assert waits == [0.25, 0.5]
    assert answer.usage is not None
    assert answer.usage.failures == ("call 1: HTTP 503", "call 2: HTTP 429")


def test_propose__when_it_keeps_failing__retries_three_times_at_most() -> None:
    """A question is asked four times, then given up."""
    waits: list[float] = []
    with FakeEndpoint(fails(500)) as fake:
        model_at(fake, max_calls=100, waits=waits).propose(TASK, SO_FAR)
    assert (len(fake.requests), len(waits)) == (4, 3)


def test_propose__when_calls_are_few__counts_retries_among_them() -> None:
    """`max_calls` is what is spent at most, whatever happens."""
    with FakeEndpoint(fails(500)) as fake:
        model_at(fake, max_calls=2).propose(TASK, SO_FAR)
    assert len(fake.requests) == 2


@pytest.mark.parametrize(
    ("asked", "waits"),
    [("3", [3.0] * 3), ("60", []), ("inf", [0.25, 0.5, 1.0]), ("-1", [0.25, 0.5, 1.0])],
)
def test_propose__when_the_endpoint_asks_for_time__waits_or_gives_up(
    asked: str, waits: list[float]
) -> None:
    """Retry-After is granted within the deadline; beyond it there is no use in waiting."""
    found: list[float] = []
    with FakeEndpoint(fails(429, retry_after=asked)) as fake:
        model_at(fake, waits=found).propose(TASK, SO_FAR)
    assert found == waits


def test_propose__when_the_endpoint_fails_again_and_again__stops_asking() -> None:
    """After three failed questions in a row the endpoint is left alone."""
    with FakeEndpoint(fails(401)) as fake:
        proposer = model_at(fake)
        answers = [proposer.propose(TASK, SO_FAR) for _ in range(5)]
    assert len(fake.requests) == 3
    assert answers[-1].usage is not None
    assert answers[-1].usage.calls == 0
    assert answers[-1].usage.failures[0].startswith("not asked: it kept failing, and rests for")


def test_breaker__after_its_rest__lets_one_question_through() -> None:
    """Of many callers one tries again, and its success closes the breaker for all."""
    now = [0.0]
    breaker = Breaker(watch=lambda: now[0], limit=2, cool_off_s=10)
    for _ in range(2):
        assert breaker.rest_s() == 0
        breaker.report(is_success=False)
    assert breaker.rest_s() == 10
    now[0] = 10.5
    assert [breaker.rest_s() for _ in range(3)] == [0, 10, 10]
    breaker.report(is_success=False)
    now[0] = 21.0
    assert breaker.rest_s() == 0
    breaker.report(is_success=True)
    assert [breaker.rest_s() for _ in range(3)] == [0, 0, 0]


# the key


def echoes_key(handler: Any) -> None:
    """Answer 401 with the key in the message, as some endpoints do."""
    handler.start(401)
    handler.wfile.write(json.dumps({"error": {"message": f"bad key {KEY}"}}).encode())


@pytest.mark.parametrize(
    "manner", [suggests(customer__name="src.id"), echoes_key, hangs_up, fails(500)]
)
def test_key__whatever_happens__is_in_no_error_log_or_text(
    manner: Manner, caplog: pytest.LogCaptureFixture
) -> None:
    """The API key stays out of failures, logs of every library, and representations."""
    with caplog.at_level(logging.DEBUG), FakeEndpoint(manner) as fake:
        proposer = model_at(fake)
        answer = proposer.propose(TASK, SO_FAR)
    assert KEY in fake.requests[0].headers["authorization"]
    assert KEY not in f"{answer!r} {proposer!r} {vars(proposer)!r}"
    assert KEY not in caplog.text
