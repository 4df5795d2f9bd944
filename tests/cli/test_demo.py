"""`driftmend demo`: it ends with 0 only when everything that it tells did hold.

The whole story runs in tests/test_readme.py, as the README shows it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agent.cli.demo import FIXTURE, tell_story
from agent.cli.exits import Exit


@pytest.fixture
def fixture(tmp_path: Path) -> Path:
    """Return a copy of the demo's fixture to break."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "fixture"))


def change(path: Path, **changes: object) -> None:
    """Change keys of a JSON file."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_demo__whose_output_is_not_as_expected__fails(
    fixture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sample that comes out otherwise than its pair says ends the demo with 1."""
    sample = fixture / "samples" / "01.json"
    expected = json.loads(sample.read_text()).get("expected", {})
    expected.setdefault("directory", {})["title"] = "something else"
    change(sample, expected=expected)
    assert tell_story(fixture) is Exit.NO
    out, err = capsys.readouterr()
    assert "sample 1 comes out as expected" in err
    assert "Where to look next" not in out


def test_demo__whose_contract_is_not_met__fails(
    fixture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An adapter in force that old payloads do not pass ends the demo with 1."""
    contract = fixture / "contracts" / "directory.schema.json"
    change(contract, required=[*json.loads(contract.read_text())["required"], "no_such_field"])
    assert tell_story(fixture) is Exit.NO
    assert "Traceback" not in capsys.readouterr().err
