"""Generated adapters and payloads: no export differs silently from the reference.

Run many with `python -m tests.exports.fuzz --language jsonata --pairs 5000 --seed 1`; with
`--kind examples` the adapters are those of the language-free examples, on payloads that were bent.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.core.exporting import Exported
from agent.core.language.document import Adapter, write_adapter
from agent.core.language.printer import print_expression
from agent.errors import CannotExport, InvalidAdapter, InvalidExpression
from agent.exports.check import Compared, Engine, Outcome, Question, judge
from agent.exports.engines import find_engine
from agent.exports.languages import EXPORTERS
from tests.core.language.types.soundness import generated
from tests.core.language.types.soundness import make_adapter as generate_adapter
from tests.exports.adapters import make_adapter
from tests.exports.carried import FILES, adapter_of, read_examples

BATCH = 500
"""Pairs that one process of an engine runs."""

BENT_PAYLOADS = 5
CHANCE = 0.15
"""How likely a value is bent."""

ODD_VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 7, 1.0, 0.5, -2.5, 1.005, 0.1 + 0.2, 1e-7, -0.0, 2**53 - 1),
    *("", " ", "a", "A", "1", "-1.50", "true", "null", "ß", "é", "𝄞", "\uffff", "a,b", " a\u00a0"),
    *([], {}, [[]], [{}], [None], ["a"], [1, "a"], [[1], []], [True, None], ["b", "a", "b"]),
    *({"a": 1}, {"a": None}, {"length": 0}, {"key": "k", "value": []}, {"7": 1, "a": 2}, {"a": []}),
]


@dataclass
class Report:
    """How many pairs were run, what came out, and those that differ."""

    outcomes: Counter[str] = field(default_factory=Counter)
    differed: list[tuple[Adapter, Compared]] = field(default_factory=list)

    @property
    def pairs(self) -> int:
        """Return how many pairs the engine ran."""
        return sum(self.outcomes[outcome] for outcome in Outcome)


Pair = tuple[Adapter, Exported, Any]


def adapters(rng: random.Random) -> Iterator[tuple[Adapter, list[Any]]]:
    """Yield adapters without end, each with payloads: of one expression, and of several rows."""
    for schema, valid, expressions in generated(rng):
        for expression in expressions:
            rules = [{"target": "/v", "value": print_expression(expression)}]
            yield make_adapter(rules, schema=schema.document), valid
        try:
            yield generate_adapter(rng, schema), valid
        except (InvalidAdapter, InvalidExpression):
            continue


def bent_examples(rng: random.Random) -> Iterator[tuple[Adapter, list[Any]]]:
    """Yield the adapters of the examples without end, each with bent payloads."""
    examples = [example for path in FILES for example in read_examples(path)]
    while True:
        example = rng.choice(examples)
        bent = [bend(example["payload"], rng) for _ in range(BENT_PAYLOADS)]
        yield adapter_of(example), bent


def bend(payload: Any, rng: random.Random) -> Any:
    """Return a payload with some of its values replaced, left out, repeated or put in a list."""
    if rng.random() < CHANCE:
        return rng.choice([*ODD_VALUES, payload, [payload], [payload, payload], {"a": payload}])
    if isinstance(payload, dict):
        kept = {key: value for key, value in payload.items() if rng.random() > CHANCE / 2}
        return {key: bend(value, rng) for key, value in kept.items()}
    if isinstance(payload, list):
        items = [bend(item, rng) for item in payload]
        return items + rng.choices(items, k=rng.randrange(3)) if items else items
    return payload


KINDS = {"generated": adapters, "examples": bent_examples}


def pairs(language: str, kind: str, rng: random.Random, report: Report) -> Iterator[Pair]:
    """Yield exported adapters with payloads; what cannot be exported is counted."""
    for adapter, valid in KINDS[kind](rng):
        try:
            exported = EXPORTERS[language].export(adapter)
        except CannotExport:
            report.outcomes["not exported"] += len(valid)
            continue
        for payload in valid:
            yield adapter, exported, payload


def run(language: str, engine: Engine, *, kind: str, pairs_wanted: int, seed: int) -> Report:
    """Return what came of so many generated pairs in a real engine."""
    report = Report()
    found = pairs(language, kind, random.Random(seed), report)
    while report.pairs < pairs_wanted:
        batch = [next(found) for _ in range(min(BATCH, pairs_wanted - report.pairs))]
        gave = engine.run_all([Question(exported.text, payload) for _, exported, payload in batch])
        for (adapter, exported, payload), answer in zip(batch, gave, strict=True):
            compared = judge(adapter, exported, payload, answer)
            report.outcomes[compared.outcome] += 1
            if compared.outcome is Outcome.DIFFERED:
                report.differed.append((adapter, compared))
    return report


def main() -> None:
    """Run the generated pairs that the command line asks for, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", choices=EXPORTERS, default="jsonata")
    parser.add_argument("--kind", choices=KINDS, default="generated")
    parser.add_argument("--pairs", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    engine = find_engine(arguments.language)
    if engine is None:
        parser.error(f"no engine for {arguments.language} on this machine")
    asked = {"kind": arguments.kind, "pairs_wanted": arguments.pairs, "seed": arguments.seed}
    report = run(arguments.language, engine, **asked)
    print(f"{arguments.language}, {arguments.kind}: {report.pairs} pairs, {dict(report.outcomes)}")
    for adapter, compared in report.differed[:20]:
        written = write_adapter(adapter)
        print(f"\n{written['rules']}\n  let {written['let']}\n  on {compared.payload!r}")
        print(f"  reference {compared.wanted}\n  export {compared.gave}")


if __name__ == "__main__":
    main()
