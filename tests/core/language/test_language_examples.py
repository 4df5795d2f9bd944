"""The language-free examples: what any implementation of the adapter language must do."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from agent.core.language.absence import MISSING
from agent.core.language.document import read_adapter
from agent.core.language.interpreter import evaluate, run
from agent.core.language.parser import parse
from agent.errors import PayloadRefused

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "language"
HEAD = {
    "driftmend_adapter": 1,
    "name": "example",
    "source": "source",
    "source_fingerprints": [],
    "source_schema": {},
    "consumer": "consumer",
    "contract_fingerprint": "",
    "contract": {},
    "drops": [],
}


def examples(key: str) -> list[Any]:
    """Return all examples that have `key`, each named by its file and rule."""
    return [
        pytest.param(example, id=f"{path.stem}: {example['rule']}")
        for path in sorted(FOLDER.glob("*.json"))
        for example in json.loads(path.read_text())
        if key in example
    ]


def strict(value: Any) -> str:
    """Return JSON text that tells 1, 1.0 and true apart, whatever the order of keys."""
    return json.dumps(value, sort_keys=True)


def assert_refused(refusal: PayloadRefused, wanted: dict[str, str]) -> None:
    """Assert that every named field of the refusal is as the example says."""
    found = {
        "target": refusal.target,
        "source": refusal.source,
        "operation": refusal.operation,
        "found": refusal.reason,
    }
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("example", examples("expression"))
def test_expression__on_a_payload__has_its_meaning(example: dict[str, Any]) -> None:
    """An expression gives the result, the absence or the failure that the example states."""
    expression, payload = parse(example["expression"]), copy.deepcopy(example["payload"])
    if "error" in example:
        with pytest.raises(PayloadRefused) as caught:
            evaluate(expression, {"src": payload})
        assert_refused(caught.value, example["error"])
    elif example.get("missing"):
        assert evaluate(expression, {"src": payload}) is MISSING
    else:
        assert strict(evaluate(expression, {"src": payload})) == strict(example["result"])
    assert payload == example["payload"]


@pytest.mark.parametrize("example", examples("adapter"))
def test_adapter__on_a_payload__has_its_meaning(example: dict[str, Any]) -> None:
    """An adapter gives the output or the failure that the example states."""
    adapter = read_adapter({**HEAD, **example["adapter"]})
    payload = copy.deepcopy(example["payload"])
    if "error" in example:
        with pytest.raises(PayloadRefused) as caught:
            run(adapter, payload)
        assert_refused(caught.value, example["error"])
    else:
        assert strict(run(adapter, payload)) == strict(example["output"])
    assert payload == example["payload"]
