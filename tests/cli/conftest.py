from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import CONTRACT, RULES, SOURCE, Ran, run_main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test a data folder of its own, and no settings from outside."""
    monkeypatch.setenv("DRIFTMEND_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DRIFTMEND_MEMORY", "off")
    monkeypatch.setenv("DRIFTMEND_SEARCH_TRIES", "60")
    return tmp_path / "data"


@pytest.fixture
def driftmend(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Ran]:
    """Return a call of the command in this process."""

    def call(*arguments: object) -> Ran:
        return run_main(capsysbinary, *(str(argument) for argument in arguments))

    return call


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Any], Path]:
    """Return a call that writes a file: bytes and text as they are, the rest as JSON."""

    def call(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return call


@pytest.fixture
def adapter(write: Callable[[str, Any], Path]) -> Path:
    """Return the file of an adapter from people to badges."""
    document = {
        "driftmend_adapter": 1,
        "name": "people-to-badges",
        "source": "people",
        "source_fingerprints": [],
        "source_schema": SOURCE,
        "consumer": "badges",
        "contract_fingerprint": "",
        "contract": CONTRACT,
        "rules": RULES,
        "drops": [],
    }
    return write("adapter.json", document)
