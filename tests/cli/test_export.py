"""`driftmend export`: the program on standard output, what to know about it beside."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.running import CONTRACT, RULES, SOURCE, run_main, run_process
from tests.exports.adapters import HEAD


def write_adapter(folder: Path, rules: list[dict[str, str]] = RULES) -> str:
    """Return the path of an adapter."""
    document = {**HEAD, "source_schema": SOURCE, "contract": CONTRACT, "rules": rules}
    (folder / "adapter.json").write_text(json.dumps(document))
    return str(folder / "adapter.json")


def test_export__to_javascript__prints_the_module(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The program alone is on standard output; marks and the check are on standard error."""
    ran = run_main(capfdbinary, "export", write_adapter(tmp_path), "--to", "javascript")
    assert ran.code == 0
    assert "export const adapt" in ran.out
    assert "unfaithful: /rules/1: upper" in ran.err
    assert "checked" in ran.err


def test_export__without_the_engine__says_unchecked(tmp_path: Path) -> None:
    """On a machine without the engine the export is marked unchecked, and still there."""
    env = {"PATH": str(tmp_path), "HOME": os.environ.get("HOME", "")}
    ran = run_process("export", write_adapter(tmp_path), "--to", "javascript", env=env)
    assert ran.code == 0
    assert "unchecked: no engine for javascript" in ran.err
    assert "export const adapt" in ran.out


def test_export__of_a_rule_with_no_faithful_form__is_a_no(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """What cannot be carried over ends with 1, the rule and function named, and no program."""
    adapter = write_adapter(tmp_path, [{"target": "/name", "value": "sha256(src.full_name)"}])
    ran = run_main(capfdbinary, "export", adapter, "--to", "jq")
    assert (ran.code, ran.out) == (1, "")
    assert "/rules/0 (target /name): sha256: jq has no digests" in ran.err


def test_export__to_duckdb__comes_later(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """A language of the design that is not there yet is an unusable call."""
    ran = run_main(capfdbinary, "export", write_adapter(tmp_path), "--to", "duckdb")
    assert (ran.code, ran.out) == (2, "")
    assert "later release" in ran.err
