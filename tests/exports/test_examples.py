"""The language-free examples, in every language that exports have, in its real engine."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from agent.core.language.document import Adapter
from agent.errors import CannotExport
from agent.exports.check import Compared, Outcome, Question, judge
from agent.exports.languages import EXPORTERS
from tests.exports.adapters import engine_of, make_adapter

FOLDER = Path(__file__).parents[1] / "examples"
FILES = sorted(
    path for name in ("functions", "language") for path in (FOLDER / name).glob("*.json")
)
LEAST_AGREED = {"javascript": 900, "jq": 800, "jsonata": 300}


def adapter_of(example: dict[str, Any]) -> Adapter:
    """Return the adapter of an example; an expression is the value of one rule."""
    document = example.get("adapter") or {
        "rules": [{"target": "/v", "value": example["expression"]}]
    }
    return make_adapter(document["rules"], **{k: v for k, v in document.items() if k != "rules"})


def walk(language: str, path: Path) -> list[Compared]:
    """Return how the exports of a file's examples stand to the reference; refused ones not."""
    engine, pairs = engine_of(language), []
    for example in json.loads(path.read_text(encoding="utf-8")):
        adapter = adapter_of(example)
        with contextlib.suppress(CannotExport):
            pairs.append((adapter, EXPORTERS[language].export(adapter), example["payload"]))
    gave = engine.run_all([Question(exported.text, payload) for _, exported, payload in pairs])
    return [
        judge(adapter, exported, payload, answer)
        for (adapter, exported, payload), answer in zip(pairs, gave, strict=True)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", EXPORTERS)
def test_examples__in_the_real_engine__are_never_silently_different(
    language: str, path: Path
) -> None:
    """An exported example agrees with the reference, or fails, or is marked for what differs."""
    for compared in walk(language, path):
        assert compared.outcome is not Outcome.DIFFERED, compared


@pytest.mark.parametrize("language", EXPORTERS)
def test_examples__all_together__are_mostly_carried(language: str) -> None:
    """So many examples at least give in the real engine exactly what the reference gives."""
    outcomes = [compared.outcome for path in FILES for compared in walk(language, path)]
    assert outcomes.count(Outcome.AGREED) >= LEAST_AGREED[language]
