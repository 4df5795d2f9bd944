"""Generated adapters and payloads, good and broken: the compiled adapter against the interpreter.

Run many with `python -m tests.core.language.compiler.agreement --pairs 20000 --seed 1`.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.core.language.compiler.compiled import WRONG_CODE, Compiled
from agent.core.language.compiler.runtime import NOT_TAKEN
from agent.core.language.document import Adapter, write_adapter
from agent.core.language.interpreter import run as run_reference
from agent.errors import InvalidAdapter, InvalidExpression, PayloadRefused
from tests.core.language.types.making import KEYS, TEXTS
from tests.core.language.types.soundness import ADAPTERS_PER_SCHEMA, generated, make_adapter

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 1.0, -0.0, 2.5, 1e300, 2**53 + 1, 2**63 - 1, -(2**63)),
    *(2**63, 2**70, -(2**70), float("nan"), float("inf"), "\ud800", "a\udfffb", "7", "ß", ""),
    *([], [7], ["a", "a"], [None], {}, {"a": 1}, {"a": {"b": ["x"]}, "ß": "\ud800"}, [[]]),
)
"""Values that a place of a payload may be replaced by."""


@dataclass
class Report:
    """How many runs there were, how they ended, and where the two parted."""

    pairs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def variants(payload: Any, rng: random.Random) -> Iterator[Any]:
    """Yield a payload, and copies of it with something odd in one place."""
    yield payload
    for _ in range(3):
        broken = copy.deepcopy(payload)
        containers = list(_containers(broken))
        if not containers:
            yield rng.choice(ODD_VALUES)
            return
        _change(rng.choice(containers), rng)
        yield broken


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from _containers(item)


def _change(container: Any, rng: random.Random) -> None:
    odd = copy.deepcopy(rng.choice([*ODD_VALUES, *TEXTS]))
    if isinstance(container, list):
        index = rng.randint(0, len(container))
        container[index : index + rng.randint(0, 1)] = [odd]
        return
    key = rng.choice([*container, *KEYS, "undeclared"])
    if rng.random() < 0.3:
        container.pop(key, None)
    else:
        container[key] = odd


def check(compiled: Compiled, payload: Any, report: Report) -> None:
    """Run one adapter on one payload, by values and by bytes, and note what came out."""
    report.pairs += 1
    for generated_function in (compiled.of_values, compiled.of_bytes):
        if generated_function.reason.startswith(WRONG_CODE):
            report.differences.append(generated_function.reason)
    expected = _expected(compiled.adapter, payload)
    before = _shown(payload)
    for name, outcome in (("values", _by_values(compiled, payload)), _by_bytes(compiled, payload)):
        report.outcomes[f"{name}: {outcome[0]}"] += 1
        if outcome[0] == "value" and outcome[1] != expected:
            rules = json.dumps(write_adapter(compiled.adapter), ensure_ascii=True)
            report.differences.append(
                f"{name}\n  {rules}\n  on {payload!r}\n  wanted {expected}\n  got {outcome[1]}"
            )
    if _shown(payload) != before:
        report.differences.append(f"changed its payload: {before}")


def _expected(adapter: Adapter, payload: Any) -> str:
    try:
        return _shown(run_reference(adapter, payload))
    except PayloadRefused as refusal:
        return f"refused: {refusal}"


def _shown(value: Any) -> str:
    """Return a text that tells all values apart, in whatever order keys come."""
    return json.dumps(value, sort_keys=True)


def _by_values(compiled: Compiled, payload: Any) -> tuple[str, str]:
    if compiled.of_values.reason:
        return "not compiled", ""
    try:
        return "value", _shown(compiled.of_values(payload))
    except NOT_TAKEN:
        return "not taken", ""


def _by_bytes(compiled: Compiled, payload: Any) -> tuple[str, tuple[str, str]]:
    if compiled.of_bytes.reason:
        return "bytes", ("not compiled", "")
    try:
        body = json.dumps(payload, allow_nan=False).encode()
        output = compiled.fast_bytes(body)
    except ValueError:
        return "bytes", ("no JSON", "")
    if output is None:
        return "bytes", ("not taken", "")
    return "bytes", ("value", _shown(json.loads(output)))


def run(*, pairs: int, seed: int) -> Report:
    """Return what came of so many pairs of a generated adapter and a payload."""
    report, rng = Report(), random.Random(seed)
    for schema, valid, _ in generated(rng):
        for _ in range(ADAPTERS_PER_SCHEMA):
            try:
                compiled = Compiled(make_adapter(rng, schema))
            except (InvalidAdapter, InvalidExpression):
                continue
            for payload in valid:
                for variant in variants(payload, rng):
                    check(compiled, variant, report)
            if report.pairs >= pairs:
                return report
    return report


def main() -> None:
    """Run the generated pairs that the command line asks for, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    report = run(pairs=arguments.pairs, seed=arguments.seed)
    print(f"{report.pairs} pairs, {dict(sorted(report.outcomes.items()))}")
    print(f"{len(report.differences)} differences", *report.differences[:10], sep="\n")


if __name__ == "__main__":
    main()
