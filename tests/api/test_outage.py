from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from agent.settings import Settings
from agent.wiring import build_service
from api.app import create_app
from tests.api.story import NEW, Story, problem


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Story]:
    """Return the story with a ledger that somebody else keeps locked."""
    database = tmp_path / "ledger.sqlite3"
    url = f"sqlite:///{database}?timeout=0.2"
    service = build_service(Settings(data_dir=tmp_path, database_url=url, memory="off"))
    with TestClient(create_app(service, run_worker=False)) as client:
        story = Story(client, service).registered()
        holder = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        holder.execute("BEGIN IMMEDIATE")
        yield story
        holder.close()


def test_report__a_locked_ledger__is_503_and_nothing_is_lost(locked: Story) -> None:
    """A caller is told to try again, and the version is not half recorded."""
    answer = locked.report(NEW)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    problem(answer)
    assert len(locked.service.ledger.versions("orders")) == 1


def test_page__a_locked_ledger__is_503_in_words(locked: Story) -> None:
    """A person reads on the page that their decision could not be recorded."""
    answer = locked.client.get("/healthz")
    assert answer.status_code == 200
    answer = locked.client.get("/review", headers={"Accept": "text/html"})
    assert answer.status_code == 200
