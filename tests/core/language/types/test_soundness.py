"""Nothing that runs is outside of what was inferred: expressions, adapters, the example suite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.core.language.functions import FUNCTIONS
from agent.core.language.parser import parse
from agent.core.language.types import infer, infer_adapter
from agent.core.language.types.rules import RULES
from agent.core.schema import infer_schema, make_schema
from agent.core.shapes import ANY, from_schema, literal
from tests.core.language.types.making import is_within_limits
from tests.core.language.types.soundness import Report, check, run, run_adapters
from tests.core.verify.making import make_adapter

FOLDER = Path(__file__).parents[3] / "examples"
EXAMPLES = [
    pytest.param(example, id=f"{path.stem}-{index}")
    for folder in ("functions", "language")
    for path in sorted((FOLDER / folder).glob("*.json"))
    for index, example in enumerate(json.loads(path.read_text(encoding="utf-8")))
    if "expression" in example and is_within_limits(example["payload"])
]


def test_rules__for_the_closed_set_of_functions__are_complete() -> None:
    """Every function of the language has a typing rule, and nothing else has one."""
    assert RULES.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("seed", [0, 1])
def test_expression__when_run_on_generated_payloads__stays_in_its_shape(seed: int) -> None:
    """No generated expression gives a value, missing or a refusal that was not inferred."""
    report = run(pairs=2000, seed=seed)
    assert report.breaches == []
    assert report.outcomes["value"] > 200
    assert report.outcomes["expressions that never refuse"] > 20


def test_adapter__when_run_on_generated_payloads__stays_in_its_shape() -> None:
    """No generated adapter writes an output, or refuses, as was not inferred."""
    report = run_adapters(pairs=1000, seed=0)
    assert report.breaches == []
    assert report.outcomes["value"] > 200


@pytest.mark.parametrize("example", EXAMPLES)
def test_example__when_run__stays_in_its_shape(example: dict[str, Any]) -> None:
    """Every example stays in what is inferred of its payload, of such payloads, of anything."""
    report = Report()
    expression, payload = parse(example["expression"]), example["payload"]
    alike = from_schema(make_schema(infer_schema([payload])))
    for source in (literal(payload), alike, ANY):
        check(expression, infer(expression, {"src": source}), payload, report)
    assert report.breaches == []


def test_check__when_the_inference_is_wrong__finds_it() -> None:
    """The check itself sees a value outside of a shape, a missing one and a refusal."""
    report = Report()
    wrong = infer(parse("'a'"), {})
    for text in ("1", "src.a", "fail('x')"):
        check(parse(text), wrong, {}, report)
    assert len(report.breaches) == 3


def test_inference__when_names_are_read_again_and_again__ends() -> None:
    """A chain of names that each read the last one twice is inferred within a budget of steps."""
    names = {"n0": "src.a"}
    for number in range(1, 45):
        names[f"n{number}"] = f"n{number - 1} if src.b{number} else n{number - 1}"
    rules = [{"target": "/a", "value": "n44"}]
    typed = infer_adapter(make_adapter(rules, source={}, contract={}, let=names))
    assert any("steps" in failure.reason for failure in typed.failures)
