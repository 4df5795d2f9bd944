"""A small case on disk, and proposers of every temper. They are picklable by name."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from agent.core.language.document import Adapter
from agent.core.language.syntax import Call, Expression, Field, Name, ValueRow
from agent.core.proposing import Answer, Task
from agent.core.values import Json
from agent.core.verify.record import Verdict, Verification

SOURCE = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "t": {"type": "string"}},
    "required": ["n"],
}
CONTRACT = {
    "type": "object",
    "properties": {"count": {"type": "integer"}},
    "required": ["count"],
    "additionalProperties": False,
}
READ_N = Field(Name("src"), "n")
READ_T = Field(Name("src"), "t")


def write(path: Path, value: Json) -> None:
    """Write one JSON file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def write_case(
    root: Path,
    name: str,
    *,
    family: str = "shop",
    consumers: tuple[str, ...] = ("till",),
    infeasible: tuple[str, ...] = (),
    heldout: tuple[int, ...] = (1, 2),
    card: Json = None,
) -> Path:
    """Write a case whose gold is {"count": payload["n"]} for each feasible consumer."""
    folder = root / family / name
    about = {
        **{key: f"a {key}" for key in ("title", "origin", "license", "how_gold_was_made")},
        **{"id": name, "family": family, "kind": "by-example", "tags": [], "notes": ""},
        "paired_samples": 1,
        **(card or {}),
    }
    if infeasible:
        about["infeasible"] = {"consumers": list(infeasible), "fields": ["/count"]}
    write(folder / "case.json", about)
    write(folder / "source_after.schema.json", SOURCE)
    for consumer in consumers:
        write(folder / "contracts" / f"{consumer}.schema.json", CONTRACT)
    feasible = [consumer for consumer in consumers if consumer not in infeasible]
    for part, numbers in (("samples", (7, 8)), ("heldout", heldout)):
        for index, number in enumerate(numbers, start=1):
            expected = {consumer: {"count": number} for consumer in feasible}
            row = {"payload": {"n": number}, "expected": expected}
            if part == "samples" and index == 2:
                del row["expected"]
            write(folder / part / f"{index:02}.json", row)
    return folder


@dataclass(frozen=True)
class FakeProposed:
    """What a fake proposes."""

    adapter: Adapter
    verification: Verification
    answer: Answer = field(default_factory=Answer)


def adapter_of(task: Task, value: Expression = READ_N, *, target: str = "/count") -> Adapter:
    """Return an adapter with one rule."""
    return Adapter(
        name="fake",
        source=task.source,
        source_fingerprints=(),
        source_schema=task.after.document,
        consumer=task.consumer,
        contract_fingerprint="",
        contract=task.contract.schema.document,
        let=(),
        rows=(ValueRow(target, value),),
        drops=(),
    )


def sure(*, confidence: float = 0.99, is_decision_needed: bool = False) -> Verification:
    """Return a verification with the verdict `tested`."""
    return Verification(Verdict.TESTED, confidence, is_decision_needed)


def refusal(*fields: str) -> Verification:
    """Return a verification with the verdict `infeasible` that names fields."""
    return Verification(Verdict.INFEASIBLE, 0.5, decision_needed=True, unsatisfied=fields)


@dataclass(frozen=True)
class Right:
    """Always proposes the right rule, and is sure."""

    def propose(self, task: Task) -> FakeProposed:
        """Return the right adapter."""
        return FakeProposed(adapter_of(task), sure())


@dataclass(frozen=True)
class Wrong:
    """Always proposes a wrong rule, and is sure."""

    def propose(self, task: Task) -> FakeProposed:
        """Return an adapter that counts to text."""
        return FakeProposed(adapter_of(task, Call("text", (READ_N,))), sure())


@dataclass(frozen=True)
class Refuser:
    """Always refuses."""

    def propose(self, task: Task) -> FakeProposed:
        """Return a refusal that names /count."""
        return FakeProposed(adapter_of(task), refusal("/count"))


@dataclass(frozen=True)
class Moody:
    """Hangs, dies or crashes for consumers of that name, and is right for the rest."""

    def propose(self, task: Task) -> FakeProposed:
        """Return the right adapter, unless the consumer's name says otherwise."""
        match task.consumer:
            case "hangs":
                time.sleep(600)
            case "dies":
                os._exit(9)
            case "crashes":
                raise RuntimeError("no idea")
        return Right().propose(task)


@dataclass(frozen=True)
class PairReader:
    """Is right where it gets a pair and refuses where it does not."""

    def propose(self, task: Task) -> FakeProposed:
        """Return the right adapter or a refusal."""
        print("a proposer that talks on stdout")
        return Right().propose(task) if task.pairs() else Refuser().propose(task)


def unbuildable() -> Right:
    """Fail as a worker fails that cannot be set up."""
    raise RuntimeError("no model on this machine")
