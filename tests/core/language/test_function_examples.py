"""The language-free suite of the function library, and the examples in its table, are walked."""

from __future__ import annotations

import ast
import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from agent.core.language.absence import MISSING
from agent.core.language.functions import FUNCTIONS, Absence, Function
from agent.core.language.interpreter import evaluate
from agent.core.language.parser import parse
from agent.core.values import canonical_text
from agent.errors import PayloadRefused

FOLDER = Path(__file__).parents[2] / "examples" / "functions"
EXAMPLES = [
    pytest.param(example, id=f"{path.stem}-{index}")
    for path in sorted(FOLDER.glob("*.json"))
    for index, example in enumerate(json.loads(path.read_text(encoding="utf-8")))
]


def calls_of(expression: str) -> set[str]:
    """Return the names of all functions that an expression calls."""
    nodes = ast.walk(ast.parse(expression, mode="eval"))
    return {node.func.id for node in nodes if isinstance(node, ast.Call)}


@pytest.mark.parametrize("example", EXAMPLES)
def test_example__when_evaluated__gives_what_the_suite_says(example: dict[str, Any]) -> None:
    """An expression of the suite gives its result to the type, missing, or its error."""
    expression, payload = parse(example["expression"]), copy.deepcopy(example["payload"])
    if "error" in example:
        with pytest.raises(PayloadRefused, match=re.escape(example["error"])):
            evaluate(expression, {"src": payload})
    else:
        value = evaluate(expression, {"src": payload})
        assert (value is MISSING) == example.get("missing", False)
        if value is not MISSING:
            assert canonical_text(value) == canonical_text(example["result"])
    assert canonical_text(payload) == canonical_text(example["payload"])


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_example_of_the_table__when_evaluated__gives_its_result(function: Function) -> None:
    """The example that the help shows calls its function and gives the result it shows."""
    assert function.name in calls_of(function.example)
    value = evaluate(parse(function.example), {"src": None})
    assert canonical_text(value) == canonical_text(function.result)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_suite__for_every_function__has_six_examples(name: str) -> None:
    """Every function has at least six examples; one that propagates absence shows both kinds."""
    own = [
        example.values[0]
        for example in EXAMPLES
        if name in calls_of(example.values[0]["expression"])
    ]
    assert len(own) >= 6
    if FUNCTIONS[name].absence is Absence.PROPAGATE:
        assert any(example.get("missing") for example in own)
        assert any("result" in example and example["result"] is None for example in own)
