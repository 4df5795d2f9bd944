from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from agent.pipeline.service import Service
from agent.settings import Settings
from agent.wiring import build_service
from api.app import create_app
from tests.api.story import Story


def open_service(folder: Path) -> Service:
    """Return the real service over a folder, without memory and model."""
    return build_service(Settings(data_dir=folder, memory="off", search_tries=60))


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """Return the real service over a fresh folder."""
    return open_service(tmp_path)


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    """Return a client of the application; proposals are worked on by hand."""
    with TestClient(create_app(service, run_worker=False)) as client:
        yield client


@pytest.fixture
def story(client: TestClient, service: Service) -> Story:
    """Return the story of orders and billing, before anything is told."""
    return Story(client, service)
