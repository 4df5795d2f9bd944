"""Generated adapters that are proved, run on payloads: none may break its contract or refuse.

Run many with `make soundness`, or `python -m tests.core.verify.soundness --triples 20000 --seed 1`.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.core import paths
from agent.core.contract import Contract
from agent.core.language.document import Adapter, read_adapter, write_adapter
from agent.core.language.types import infer_adapter
from agent.core.schema import Schema, make_schema
from agent.core.shapes import from_schema, to_document
from agent.core.verify.generate import payloads
from agent.core.verify.proof import prove
from agent.core.verify.trial import try_contract
from agent.errors import InvalidAdapter, InvalidExpression, InvalidSchema
from tests.core.language.types.making import LIMITS, Writer, is_within_limits, make_document
from tests.core.verify.spiced import make_source, nearly, open_up, twisted

MUTANTS = 10
"""Triples that are made of each proved one."""

PAYLOADS = 14
TWISTS = 6
"""Payloads of a source, and tries for odd variants of each."""

SLOW_S = 5.0


@dataclass
class Report:
    """How many triples were tried, how many of them proved, and every proof that is wrong."""

    triples: int = 0
    proved: int = 0
    runs: int = 0
    open: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


@dataclass(frozen=True)
class _Source:
    """A source schema, and payloads that are valid under it."""

    schema: Schema
    valid: list[Any]


def run(*, triples: int, seed: int) -> Report:
    """Return what came of so many triples of a source schema, an adapter and a contract."""
    report, rng = Report(), random.Random(seed)
    while report.triples < triples:
        source = _make_source(rng)
        adapter = None if source is None else _make_adapter(rng, source.schema)
        if source is None or adapter is None:
            continue
        for made, contract in _variants(rng, source.schema, adapter):
            check(source.schema, made, contract, source.valid, report)
    return report


def check(
    source: Schema, adapter: Adapter, contract: Schema, valid: list[Any], report: Report
) -> None:
    """Prove one triple, and run it where it is proved."""
    report.triples += 1
    consumer = Contract(adapter.consumer, contract)
    started = time.monotonic()
    proof = prove(adapter, after=source, contract=consumer)
    report.slowest_s = max(report.slowest_s, time.monotonic() - started)
    report.open.update({one.kind.value for one in proof.obligations})
    if not proof.is_proved:
        return
    report.proved += 1
    for payload in valid:
        report.runs += 1
        failure = try_contract(adapter, payload, contract=consumer)
        if failure is None:
            continue
        said = failure.counterexample.violations[0]
        if not any(limit in said.message for limit in LIMITS):
            report.breaches.append(_breach(source, adapter, contract, failure.counterexample))
            return


def _breach(source: Schema, adapter: Adapter, contract: Schema, shown: Any) -> str:
    document = write_adapter(adapter)
    parts = {
        "source": source.document,
        "let": document.get("let", {}),
        "rules": document["rules"],
        "contract": contract.document,
        "payload": shown.payload,
        "output": shown.output,
        "violations": [f"{one.path}: {one.message}" for one in shown.violations],
    }
    return "\n  ".join(f"{name} {json.dumps(part)}" for name, part in parts.items())


def _make_source(rng: random.Random) -> _Source | None:
    try:
        schema = make_schema(make_source(rng))
    except InvalidSchema:
        return None
    found = list(payloads(schema, seed=rng.randrange(2**32), limit=PAYLOADS))
    odd = [one for payload in found for one in twisted(payload, schema, rng, tries=TWISTS)]
    return _Source(schema, [one for one in [*found, *odd] if is_within_limits(one)])


def _make_adapter(rng: random.Random, schema: Schema) -> Adapter | None:
    """Return a random adapter without the rules that may refuse."""
    writer = Writer(rng, schema)
    rules = writer.rows(("src", "named"), depth=2) + _grouped(rng, schema)
    copied = rng.choice([{}, make_document(rng), schema.document])
    for _ in range(4):
        adapter = _read(schema, copied, {"named": writer.path(("src",))}, rules)
        if adapter is None or not rules:
            return None
        failing = {failure.rule.split("/")[2] for failure in infer_adapter(adapter).failures}
        if not failing:
            return adapter
        rules = [rule for number, rule in enumerate(rules) if str(number) not in failing]
    return None


def _grouped(rng: random.Random, schema: Schema) -> list[Any]:
    """Return rules that read one object and write one: as a group, or next to each other."""
    objects = [info.path for info in schema.fields if schema.children(info.path)]
    places = [path for path in objects if "*" not in path]
    if not places or rng.random() < 0.4:
        return []
    found = []
    for child in schema.children(rng.choice(places))[:3]:
        if "*" not in child.path:
            read = "src" + "".join(f"[{key!r}]" for key in paths.parse(child.path))
            made = rng.choice([read, read, f"not_null({read})", f"[{read}]", f"'x' in [{read}]"])
            found.append({"target": f"/k{len(found)}", "value": made})
    if rng.random() < 0.5:
        return [{"target": "/g", "rules": found}]
    return [{**rule, "target": f"/g{rule['target']}"} for rule in found]


def _read(schema: Schema, contract: Any, let: Any, rules: list[Any]) -> Adapter | None:
    document = {
        "driftmend_adapter": 1,
        "name": "generated",
        "source": "source",
        "source_fingerprints": [],
        "source_schema": schema.document,
        "consumer": "consumer",
        "contract_fingerprint": "",
        "contract": contract,
        "let": let,
        "rules": rules,
        "drops": [],
    }
    try:
        return read_adapter(document)
    except (InvalidAdapter, InvalidExpression, InvalidSchema):
        return None


def _variants(
    rng: random.Random, source: Schema, adapter: Adapter
) -> Iterator[tuple[Adapter, Schema]]:
    """Yield an adapter with a contract that it fits, then mutants of the two."""
    fitting = open_up(to_document(infer_adapter(adapter, from_schema(source)).shape), rng)
    for number in range(MUTANTS):
        document, made = fitting, adapter
        if number > 0:
            for _ in range(rng.choice([0, 1, 1, 2])):
                document = nearly(document, rng)
            if rng.random() < 0.5:
                made = _mutated(rng, source, adapter) or adapter
        if rng.random() < 0.05:
            document = source.document
        try:
            yield made, make_schema(document)
        except InvalidSchema:
            continue


def _mutated(rng: random.Random, source: Schema, adapter: Adapter) -> Adapter | None:
    """Return an adapter with one rule changed."""
    document = copy.deepcopy(write_adapter(adapter))
    rules = document["rules"]
    writer, names = Writer(rng, source), ("src", "named")
    rule = rng.choice(rules)
    match rng.choice(["value", "when", "drop", "add", "order"]):
        case "value" if "value" in rule and "each" not in rule:
            rule["value"] = writer.path(names)
        case "when":
            if rule.pop("when", None) is None:
                rule["when"] = f"present({writer.path(names)})"
        case "drop" if len(rules) > 1:
            rules.remove(rule)
        case "add":
            rules += writer.rows(names, depth=1)[:1]
        case _:
            rng.shuffle(rules)
    return _read(source, document["contract"], document.get("let", {}), rules)


def main() -> None:
    """Run the triples that the command line asks for; exit 1 where a proof is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    report = run(triples=arguments.triples, seed=arguments.seed)
    print(f"{report.triples} triples, {report.proved} proved, {report.runs} runs of these")
    print(f"open: {dict(sorted(report.open.items()))}; slowest proof {report.slowest_s:.2f} s")
    print(f"{len(report.breaches)} wrong proofs", *report.breaches[:20], sep="\n")
    sys.exit(1 if report.breaches else 0)


if __name__ == "__main__":
    main()
