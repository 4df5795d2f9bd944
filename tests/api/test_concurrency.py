from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from agent.pipeline.service import Service
from api.app import create_app
from tests.api.serving import serve
from tests.api.story import NEW, Story

CALLERS = 12


def test_decide__many_at_once__exactly_one_succeeds(story: Story, service: Service) -> None:
    """Of simultaneous approvals and rejections one counts, and the others are conflicts."""
    story.registered()
    with (
        serve(create_app(service, run_worker=False)) as address,
        ThreadPoolExecutor(CALLERS) as pool,
        httpx.Client(base_url=f"http://{address}", timeout=60) as client,
    ):
        for _ in range(4):
            id = story.imported()["id"]

            def decide(number: int, id: str = id) -> int:
                kind = "approve" if number % 2 else "reject"
                body = {"by": f"caller {number}", "reason": "race"}
                return client.post(f"/v1/proposals/{id}/{kind}", json=body).status_code

            counts = Counter(pool.map(decide, range(CALLERS)))
            assert counts == {200: 1, 409: CALLERS - 1}
            assert len(service.ledger.decisions(id)) == 1


def test_report__one_key_many_at_once__is_one_version(story: Story, service: Service) -> None:
    """Simultaneous requests with one idempotency key have one effect and one answer."""
    story.registered()
    with (
        serve(create_app(service, run_worker=False)) as address,
        ThreadPoolExecutor(CALLERS) as pool,
        httpx.Client(base_url=f"http://{address}", timeout=60) as client,
    ):

        def report(_: int) -> httpx.Response:
            headers = {"Idempotency-Key": "one"}
            return client.post("/v1/sources/orders/versions", json=NEW, headers=headers)

        answers = list(pool.map(report, range(CALLERS)))
    told = [answer for answer in answers if answer.status_code == 202]
    assert told
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.text for answer in told}) == 1
    assert len(service.ledger.versions("orders")) == 2
