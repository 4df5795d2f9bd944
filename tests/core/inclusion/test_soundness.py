"""Generated pairs of schemas break no answer; the same question gets the same answer everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.core.inclusion import decide
from agent.core.schema import make_schema
from tests.core.inclusion.soundness import FOCUSES, run

EXAMPLES = Path(__file__).parents[2] / "examples" / "inclusion"
ANSWERS = """
import json, sys
from agent.core.inclusion import decide
from agent.core.schema import make_schema
for row in json.load(sys.stdin):
    answer = decide(make_schema(row["sub"]), make_schema(row["super"]))
    print(json.dumps([answer.verdict, answer.witness, str(answer.obstacle)]))
"""


@pytest.mark.parametrize("focus", FOCUSES)
def test_decide__on_generated_pairs__is_never_contradicted(focus: str) -> None:
    """No document breaks a `yes`, every `no` has a witness, and complete listings lack nothing."""
    report = run(wanted=40, seed=0, focus=focus)
    assert report.breaches == []
    assert report.outcomes["yes"] >= 8
    assert report.outcomes["no"] >= 4


def test_decide__whatever_the_hash_seed__answers_alike() -> None:
    """Verdict, witness and obstacle do not depend on the order of sets."""
    rows = [row for path in sorted(EXAMPLES.glob("*.json")) for row in json.loads(path.read_text())]
    question = json.dumps(rows)
    said = [
        subprocess.run(
            [sys.executable, "-c", ANSWERS],
            input=question,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    ]
    assert said[0].count("\n") == len(rows) >= 120
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=f"{path.stem}-{index}")
        for path in sorted(EXAMPLES.glob("*.json"))
        for index, row in enumerate(json.loads(path.read_text(encoding="utf-8")))
    ],
)
def test_example__is_answered_as_thought(row: dict[str, object]) -> None:
    """A pair with a known answer gets it, or for a hard one at least not the opposite."""
    answer = decide(make_schema(row["sub"]), make_schema(row["super"]))
    allowed = {row["verdict"], "unknown"} if row.get("hard") else {row["verdict"]}
    assert answer.verdict.value in allowed
