"""How much of the language each export carries: run `python -m tests.exports.carried`."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from agent.core.language.document import Adapter
from agent.core.language.functions import FUNCTIONS
from agent.errors import CannotExport
from agent.exports.check import Compared, Engine, Outcome, Question, judge
from agent.exports.engines import find_engine
from agent.exports.languages import EXPORTERS
from tests.exports.adapters import make_adapter

FOLDER = Path(__file__).parents[1] / "examples"
FILES = sorted(
    path for name in ("functions", "language") for path in (FOLDER / name).glob("*.json")
)


def read_examples(path: Path) -> list[dict[str, Any]]:
    """Return the examples of one file."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def adapter_of(example: dict[str, Any]) -> Adapter:
    """Return the adapter of an example; an expression is the value of one rule."""
    document = example.get("adapter") or {
        "rules": [{"target": "/v", "value": example["expression"]}]
    }
    return make_adapter(document["rules"], **{k: v for k, v in document.items() if k != "rules"})


Walked = list[tuple[dict[str, Any], Compared]]


def walk(language: str, engine: Engine, examples: list[dict[str, Any]]) -> Walked:
    """Return how the exports of examples stand to the reference; refused ones not."""
    asked = []
    for example in examples:
        adapter = adapter_of(example)
        with contextlib.suppress(CannotExport):
            asked.append((example, adapter, EXPORTERS[language].export(adapter)))
    gave = engine.run_all(
        [Question(exported.text, example["payload"]) for example, _, exported in asked]
    )
    return [
        (example, judge(adapter, exported, example["payload"], answer))
        for (example, adapter, exported), answer in zip(asked, gave, strict=True)
    ]


def carried_functions(walked: Walked) -> set[str]:
    """Return the functions of which the engine gives some example's output exactly."""
    given = [
        json.dumps(example)
        for example, compared in walked
        if compared.outcome is Outcome.AGREED and compared.wanted.error is None
    ]
    return {name for name in FUNCTIONS if any(re.search(rf"\b{name}\(", text) for text in given)}


def main() -> None:
    """Print a line for every language whose engine is here."""
    examples = [example for path in FILES for example in read_examples(path)]
    for language in EXPORTERS:
        engine = find_engine(language)
        if engine is None:
            print(f"{language}: no engine on this machine")
            continue
        walked = walk(language, engine, examples)
        count = len(carried_functions(walked))
        outcomes = Counter(compared.outcome for _, compared in walked)
        said = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in Outcome)
        left = len(examples) - outcomes.total()
        print(f"{language}: {count} of {len(FUNCTIONS)} functions; {said}, {left} not exported")


if __name__ == "__main__":
    main()
