from __future__ import annotations

import time
from pathlib import Path

import httpx
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.conftest import open_service
from tests.api.serving import serve
from tests.api.story import NEW, OLD_PAYLOAD, OUTPUT, Story


def client_over(folder: Path) -> tuple[TestClient, Story]:
    """Return a client of a fresh application over a folder."""
    service = open_service(folder)
    client = TestClient(create_app(service, run_worker=False))
    return client, Story(client, service)


def test_restart__at_every_step__keeps_the_queue(tmp_path: Path) -> None:
    """A new process over the same folder sees the same queue, and goes on where it stopped."""
    client, story = client_over(tmp_path)
    first = story.registered().imported()
    client, story = client_over(tmp_path)
    assert story.proposal(first["id"])["state"] == "pending"
    story.decide(first["id"], "approve")
    client, story = client_over(tmp_path)
    assert client.post("/v1/adapt/orders/1/billing", json=OLD_PAYLOAD).json() == OUTPUT
    changed = story.changed()
    client, story = client_over(tmp_path)
    page = client.get("/v1/proposals").json()["items"]
    assert [one["id"] for one in page] == [changed["id"], first["id"]]
    assert story.proposal(changed["id"]) == changed


def test_restart__a_kept_answer__is_replayed_by_the_new_process(tmp_path: Path) -> None:
    """An idempotency key outlives the process that saw it first."""
    _, story = client_over(tmp_path)
    story.registered()
    body = {"type": "object", "title": "x", "required": ["b"], "properties": {"b": {}}}
    first = story.report(body, **{"Idempotency-Key": "k"})
    _, story = client_over(tmp_path)
    second = story.report(body, **{"Idempotency-Key": "k"})
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"


def test_worker__inside_a_running_server__drafts_without_being_asked(tmp_path: Path) -> None:
    """After a version is posted, its proposal becomes pending by itself."""
    service = open_service(tmp_path)
    with (
        serve(create_app(service)) as address,
        httpx.Client(base_url=f"http://{address}") as client,
    ):
        story = Story(client, service)  # type: ignore[arg-type]
        story.registered().approved()
        id = story.report(NEW).json()["proposals"][0]["id"]
        deadline = time.monotonic() + 60
        while story.proposal(id)["state"] in {"drafting", "verifying"}:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert story.proposal(id)["state"] == "pending"
