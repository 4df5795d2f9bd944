"""Two that verify the same proposal: the one that files second reads what the first filed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.core.language.document import read_adapter, write_adapter
from agent.core.review import Proposal, State
from agent.pipeline.drafting import Drafting
from agent.ports import Ledger
from agent.settings import Settings
from agent.wiring import build_ledger, build_proposing

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "integer"}},
    "required": ["id"],
}
ADAPTER = {
    "driftmend_adapter": 1,
    "name": "people-to-badges",
    "source": "people",
    "source_fingerprints": [],
    "source_schema": SCHEMA,
    "consumer": "badges",
    "contract_fingerprint": "",
    "contract": SCHEMA,
    "rules": [{"target": "/id", "value": "src.id"}],
    "drops": [],
}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return a ledger with a source, a version and a contract."""
    ledger = build_ledger(Settings(data_dir=tmp_path))
    ledger.put_source("people", description="", by="test")
    ledger.report_version(
        source="people",
        fingerprint="1",
        document=SCHEMA,
        samples=(),
        diff=None,
        consumers=(),
        by="",
    )
    ledger.put_contract(
        consumer="badges", source="people", fingerprint="2", document=SCHEMA, examples=(), by="test"
    )
    return ledger


@pytest.fixture
def drafting(ledger: Ledger) -> Drafting:
    """Return the steps over that ledger."""
    return Drafting(ledger=ledger, proposing=build_proposing(Settings()), seed=0, tries=20)


@pytest.fixture
def imported(ledger: Ledger) -> Proposal:
    """Return a hand-written adapter that waits for its verification."""
    document = write_adapter(read_adapter(ADAPTER))
    return ledger.draft(source="people", version=1, consumer="badges", adapter=document, by="test")


def test_verify_at_once__after_a_faster_worker__returns_what_that_filed(
    drafting: Drafting, imported: Proposal
) -> None:
    """A caller that a worker overtook gets the verified proposal, not a conflict."""
    filed = drafting.step(imported)
    assert filed.state is State.PENDING
    assert drafting.verify_at_once(imported) == filed


def test_step__after_a_faster_caller__leaves_it_as_it_is(
    drafting: Drafting, imported: Proposal
) -> None:
    """A worker that a caller overtook changes nothing and raises nothing."""
    filed = drafting.verify_at_once(imported)
    assert drafting.step(imported) == filed
