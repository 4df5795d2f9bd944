"""Generated pairs of an expression and a payload: no result outside what was inferred.

Run many with `python -m tests.core.language.types.soundness --pairs 20000 --seed 1`.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.core.language.absence import MISSING
from agent.core.language.document import Adapter, read_adapter, write_adapter
from agent.core.language.interpreter import evaluate
from agent.core.language.interpreter import run as run_adapter
from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.language.syntax import Expression
from agent.core.language.types import Typed, infer, infer_adapter
from agent.core.schema import Schema, make_schema
from agent.core.shapes import from_schema, show
from agent.core.verify.generate import payloads
from agent.errors import InvalidAdapter, InvalidExpression, InvalidSchema, PayloadRefused
from tests.core.language.types.making import (
    LIMITS,
    Writer,
    is_member,
    is_within_limits,
    make_document,
)

EXPRESSIONS_PER_SCHEMA = 12
PAYLOADS_PER_SCHEMA = 12
ADAPTERS_PER_SCHEMA = 4


@dataclass
class Report:
    """How many pairs were tried, what came out, and every breach of what was inferred."""

    pairs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)


def check(expression: Expression, typed: Typed, payload: Any, report: Report) -> None:
    """Run one pair and note what came out."""
    report.pairs += 1
    where = f"{print_expression(expression)}\n  on {payload!r}\n  inferred {show(typed.shape)}"
    try:
        value = evaluate(expression, {"src": payload})
    except PayloadRefused as refusal:
        report.outcomes["refused"] += 1
        if not typed.failures and not any(limit in refusal.found for limit in LIMITS):
            report.breaches.append(f"{where}\n  refused: {refusal}")
        return
    if value is MISSING:
        report.outcomes["missing"] += 1
        if not typed.may_be_missing:
            report.breaches.append(f"{where}\n  is missing")
        return
    report.outcomes["value"] += 1
    if not is_member(typed.shape, value):
        report.breaches.append(f"{where}\n  gives {value!r}")


def generated(rng: random.Random) -> Iterator[tuple[Schema, list[Any], list[Expression]]]:
    """Yield schemas without end, each with payloads that are valid under it, and expressions."""
    while True:
        try:
            schema = make_schema(make_document(rng))
        except InvalidSchema:
            continue
        writer = Writer(rng, schema)
        found = payloads(schema, seed=rng.randrange(2**32), limit=PAYLOADS_PER_SCHEMA)
        valid = [payload for payload in found if is_within_limits(payload)]
        expressions = []
        for _ in range(EXPRESSIONS_PER_SCHEMA):
            try:
                expressions.append(parse(writer.expression()))
            except InvalidExpression:
                continue
        yield schema, valid, expressions


def run_adapters(*, pairs: int, seed: int) -> Report:
    """Return what came of so many pairs of a generated adapter and a payload."""
    report, rng = Report(), random.Random(seed)
    for schema, valid, _ in generated(rng):
        for _ in range(ADAPTERS_PER_SCHEMA):
            try:
                adapter = make_adapter(rng, schema)
            except (InvalidAdapter, InvalidExpression):
                continue
            typed = infer_adapter(adapter)
            for payload in valid:
                check_adapter(adapter, typed, payload, report)
                if report.pairs >= pairs:
                    return report
    return report


def make_adapter(rng: random.Random, schema: Schema) -> Adapter:
    """Return a random adapter for payloads of a schema."""
    writer = Writer(rng, schema)
    return read_adapter(
        {
            "driftmend_adapter": 1,
            "name": "generated",
            "source": "source",
            "source_fingerprints": [],
            "source_schema": schema.document,
            "consumer": "consumer",
            "contract_fingerprint": "",
            "contract": rng.choice([{}, make_document(rng), schema.document]),
            "let": {"named": writer.path(("src",))},
            "rules": writer.rows(("src", "named"), depth=2),
            "drops": [],
        }
    )


def check_adapter(adapter: Adapter, typed: Typed, payload: Any, report: Report) -> None:
    """Run one adapter on one payload and note what came out."""
    report.pairs += 1
    rules = json.dumps(write_adapter(adapter)["rules"], ensure_ascii=False)
    named = json.dumps(write_adapter(adapter)["let"], ensure_ascii=False)
    where = f"{rules}\n  let {named}\n  on {payload!r}\n  inferred {show(typed.shape)}"
    try:
        output = run_adapter(adapter, payload)
    except PayloadRefused as refusal:
        report.outcomes["refused"] += 1
        if not typed.failures and not any(limit in refusal.found for limit in LIMITS):
            report.breaches.append(f"{where}\n  refused: {refusal}")
        return
    report.outcomes["value"] += 1
    if not is_member(typed.shape, output):
        report.breaches.append(f"{where}\n  gives {output!r}")


def run(*, pairs: int, seed: int) -> Report:
    """Return what came of so many generated pairs."""
    report = Report()
    for schema, valid, expressions in generated(random.Random(seed)):
        source = from_schema(schema)
        for expression in expressions:
            typed = infer(expression, {"src": source})
            if not typed.failures:
                report.outcomes["expressions that never refuse"] += 1
            report.outcomes["expressions"] += 1
            for payload in valid:
                check(expression, typed, payload, report)
                if report.pairs >= pairs:
                    return report
    return report


def main() -> None:
    """Run the generated pairs that the command line asks for, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for name, tried in (("expression", run), ("adapter", run_adapters)):
        report = tried(pairs=arguments.pairs, seed=arguments.seed)
        print(f"{name}: {report.pairs} pairs, {dict(report.outcomes)}")
        print(f"{name}: {len(report.breaches)} breaches", *report.breaches[:20], sep="\n")


if __name__ == "__main__":
    main()
