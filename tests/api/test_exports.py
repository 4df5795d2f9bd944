from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agent.exports.check import Question
from agent.exports.engines import find_engine
from agent.exports.languages import EXPORTERS
from tests.api.story import ADAPTER, OLD_PAYLOAD, OUTPUT, Story, problem

ENDINGS = {"javascript": "mjs", "jq": "jq", "jsonata": "jsonata"}
TYPES = {"javascript": "text/javascript", "jq": "text/plain", "jsonata": "text/plain"}
TOLD = {"Accept": "application/json"}


def rules(*values: str) -> dict[str, Any]:
    """Return the adapter of the story with a note per expression."""
    notes = [{"target": "/note", "value": value} for value in values]
    return {**ADAPTER, "rules": [*ADAPTER["rules"][:2], *notes]}


def address(story: Story, adapter: dict[str, Any] = ADAPTER) -> str:
    """Return where the exports of an approved adapter are."""
    return f"/v1/adapters/{story.registered().approved(adapter)['id']}/export"


@pytest.mark.parametrize("language", EXPORTERS)
def test_export__of_an_approved_adapter__is_a_program_that_runs(
    story: Story, language: str
) -> None:
    """The answer is the program itself, as a file, and gives what the adapter gives."""
    answer = story.client.get(f"{address(story)}/{language}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == f"{TYPES[language]}; charset=utf-8"
    named = f'attachment; filename="orders-to-billing.{ENDINGS[language]}"'
    assert answer.headers["content-disposition"] == named
    engine = find_engine(language)
    if engine is None:
        assert answer.headers["driftmend-checked"] == "unchecked"
        return
    assert answer.headers["driftmend-checked"] == "agrees"
    assert engine.run_all([Question(answer.text, OLD_PAYLOAD)])[0].output == OUTPUT


def test_export__as_json__says_how_it_was_checked_and_what_it_marks(story: Story) -> None:
    """The JSON form has the same program, what the check found, and every mark."""
    at = f"{address(story, rules('text(src.total)'))}/jq"
    program, told = story.client.get(at), story.client.get(at, headers=TOLD).json()
    assert told["language"] == "jq"
    assert told["program"] == program.text
    assert told["checked"] == program.headers["driftmend-checked"]
    assert told["detail"].startswith(("checked in jq on 100 generated payloads", "unchecked: no"))
    mark = "/rules/2: text: a number that is 1.0, read or computed, is printed as 1"
    assert mark in told["marks"]
    assert program.headers["driftmend-marks"] == str(len(told["marks"]))


def test_export__that_is_not_to_be_checked__says_unchecked(story: Story) -> None:
    """A caller who does not want to wait for the engine is told that nothing was checked."""
    told = story.client.get(f"{address(story)}/javascript?check=false", headers=TOLD).json()
    assert (told["checked"], told["detail"]) == (
        "unchecked",
        "unchecked: the check was not asked for",
    )


def test_export__without_the_engine__says_unchecked(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without the engine the program is there all the same, marked unchecked."""
    monkeypatch.setenv("PATH", str(tmp_path))
    told = story.client.get(f"{address(story)}/javascript", headers=TOLD).json()
    assert told["checked"] == "unchecked"
    assert told["detail"] == "unchecked: no engine for javascript on this machine"
    assert "export const adapt" in told["program"]


def test_export__asked_for_again__starts_no_engine_again(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a check found is kept: a second call is answered without running the engine."""
    node = tmp_path / "node"
    calls = tmp_path / "calls"
    node.write_text(f'#!/bin/sh\necho x >> {calls}\nexec {_which("node")} "$@"\n')
    node.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    at = f"{address(story)}/javascript"
    first, second = story.client.get(at, headers=TOLD), story.client.get(at, headers=TOLD)
    assert first.json() == second.json()
    assert calls.read_text() == "x\n"


def _which(name: str) -> str:
    done = subprocess.run(["which", name], capture_output=True, text=True, check=False)
    return done.stdout.strip() or pytest.skip(f"no {name} on this machine")


def test_export__of_a_rule_with_no_faithful_form__names_rule_target_and_reason(
    story: Story,
) -> None:
    """What cannot be carried over is a problem that names every rule, its target and why."""
    answer = story.client.get(f"{address(story, rules('sha256(src.order_id)'))}/jq")
    assert answer.status_code == 422
    told = problem(answer)
    assert told["type"] == "urn:driftmend:problem:cannot-export"
    assert told["obstacles"] == [
        {
            "rule": "/rules/2",
            "operation": "sha256",
            "reason": "jq has no digests",
            "target": "/note",
        }
    ]
    assert "/rules/2 (target /note): sha256: jq has no digests" in told["detail"]


@pytest.mark.parametrize("language", ["cobol", "JQ", "duckdb", "c++", "a b", "%00", "%E2%80%AE"])
def test_export__to_an_unknown_language__is_404_and_names_the_known_ones(
    story: Story, language: str
) -> None:
    """A caller learns which languages there are."""
    answer = story.client.get(f"{address(story)}/{language}")
    assert answer.status_code == 404
    assert "javascript, jq, jsonata" in problem(answer)["help"]


def test_export__of_an_unknown_adapter__is_404(story: Story) -> None:
    """Only adapters that were approved can be exported: a proposal's id is none."""
    for id in ("nope", story.registered().imported()["id"]):
        answer = story.client.get(f"/v1/adapters/{id}/export/jq")
        assert answer.status_code == 404
        problem(answer)


def test_export__of_an_adapter_with_a_hostile_name__has_a_safe_file_name(story: Story) -> None:
    """No header and no path is made of an adapter's name."""
    hostile = {**ADAPTER, "name": '../../a"; filename=b\r\nX: ü*/'}
    answer = story.client.get(f"{address(story, hostile)}/jsonata?check=false")
    assert answer.headers["content-disposition"] == 'attachment; filename="a-filename-b-X.jsonata"'
    assert "x" not in answer.headers
