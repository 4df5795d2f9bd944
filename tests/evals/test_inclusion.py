"""Measuring inclusion: what counts as answered, as wrong, and what is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.inclusion import main

SUBSUMPTION = Path(__file__).resolve().parents[3] / "shared" / "data" / "subsumption"


def _write(path: Path, *, expected: bool) -> Path:
    row = {"id": "one", "draft": "draft7", "s": {"type": "integer"}, "c": {"type": "number"}}
    path.write_text(json.dumps([row | {"expected": expected, "keyword": "type"}]))
    return path


def test_main__when_all_answers_are_known_ones__is_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of right answers is 0 wrong, and the code is 0."""
    assert main([str(_write(tmp_path / "pairs.json", expected=True))]) == 0
    assert "1 of 1 answered (100.0%), 0 wrong" in capsys.readouterr().out


def test_main__when_a_yes_contradicts_the_known_answer__exits_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A `yes` against a known `no` is wrong, whatever was proved, and is shown."""
    assert main([str(_write(tmp_path / "pairs.json", expected=False))]) == 1
    assert "one: yes" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["is_json_schema_subset", "ibm_jsonsubschema"])
def test_known_answers__are_met(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No answer is wrong on other people's pairs, and nearly all are answered."""
    if not SUBSUMPTION.is_dir():
        pytest.skip("../shared is not here")
    assert main([str(SUBSUMPTION / f"{name}.json")]) == 0
    assert "below the bar" not in capsys.readouterr().out
