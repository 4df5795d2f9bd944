"""Whole small tasks for the proposers, in few words, with a small deterministic embedder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.core.contract import Contract
from agent.core.diff import compare
from agent.core.language.document import Adapter, read_adapter, write_adapter
from agent.core.language.interpreter import run
from agent.core.proposing import PriorMapping, RuleNote, Sample, Task
from agent.core.schema import make_schema
from agent.pipeline.proposing import Proposed, Proposing
from agent.pipeline.tasks import implied_adapter
from agent.ports import Proposer
from agent.proposers.carry_over import CarryOver
from agent.proposers.matching import Matching
from tests.ports.memory_suite import WordEmbedder


def make_task(
    after: Any,
    contract: Any,
    *,
    before: Any = None,
    in_force: Sequence[dict[str, Any]] | None = None,
    let: dict[str, str] | None = None,
    pairs: Sequence[tuple[Any, Any]] = (),
    priors: Sequence[PriorMapping] = (),
) -> Task:
    """Return the task of feeding `contract`; `in_force` are the rules of the adapter in force."""
    old, new, wanted = before and make_schema(before), make_schema(after), make_schema(contract)
    promised = Contract("billing", wanted)
    if in_force is None:
        adapter = implied_adapter(source="orders", contract=promised, before=old)
    else:
        adapter = adapter_of(in_force, source=before, contract=contract, let=let or {})
    return Task(
        source="orders",
        consumer="billing",
        after=new,
        contract=promised,
        before=old,
        diff=compare(old, new) if old else None,
        in_force=adapter,
        samples=tuple(Sample(payload, (("billing", wanted),)) for payload, wanted in pairs),
        priors=tuple(priors),
    )


def adapter_of(
    rules: Sequence[dict[str, Any]], *, source: Any, contract: Any, let: dict[str, str]
) -> Adapter:
    """Return the adapter with these rules."""
    return read_adapter(
        {
            "driftmend_adapter": 1,
            "name": "orders-to-billing",
            "source": "orders",
            "source_fingerprints": [],
            "source_schema": source,
            "consumer": "billing",
            "contract_fingerprint": "",
            "contract": contract,
            "let": let,
            "rules": list(rules),
        }
    )


def propose(after: Any, contract: Any, **more: Any) -> Proposed:
    """Return what carry-over and matching make of a task; see `make_task`."""
    return make_proposing().propose(make_task(after, contract, **more))


def make_proposing() -> Proposing:
    """Return the loop over carry-over and matching, with few tries."""
    proposers: list[Proposer] = [CarryOver(), Matching(embedder=WordEmbedder())]
    return Proposing(proposers, tries=60)


def rules(proposed: Proposed) -> list[Any]:
    """Return the rule table as it is written in the document."""
    return list(write_adapter(proposed.adapter)["rules"])


def values(proposed: Proposed) -> dict[str, str]:
    """Return the expression of every top-level value rule by its target."""
    return {rule["target"]: rule["value"] for rule in rules(proposed) if "value" in rule}


def note(proposed: Proposed, target: str) -> RuleNote:
    """Return the note about one target."""
    return next(one for one in proposed.verification.notes if one.target == target)


def unfed(proposed: Proposed) -> set[str]:
    """Return the contract paths that nothing feeds."""
    return {one.path for one in proposed.answer.unfed}


def adapt(proposed: Proposed, payload: Any) -> Any:
    """Return what the proposed adapter makes of a payload."""
    return run(proposed.adapter, payload)
