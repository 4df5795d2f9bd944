"""The service over a real SQLite ledger in a folder, with a clock and ids that can be foreseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.core.review import Proposal
from agent.exports.checked import CheckedExports
from agent.formats.schemas import read_schema
from agent.pipeline.proposing import Proposing
from agent.pipeline.service import Service
from agent.ports import Embedder, Memory, Proposer
from agent.proposers.carry_over import CarryOver
from agent.proposers.matching import Matching
from agent.stores.ledger import SqlLedger, open_ledger
from tests.core.verify.making import NUMBER, TEXT, obj
from tests.ports.list_memory import ListMemory
from tests.ports.memory_suite import WordEmbedder
from tests.stores.databases import CountingIds, TickingClock, sqlite_url

OLD = obj("order_id total state", order_id=TEXT, total=NUMBER, state=TEXT)
NEW = obj("orderId total state", orderId=TEXT, total=NUMBER, state=TEXT)
WITHOUT_TOTAL = obj("order_id state", order_id=TEXT, state=TEXT)
CONTRACT = obj("id total", id=TEXT, total=NUMBER, status=TEXT)
OLD_PAYLOAD = {"order_id": "A-1", "total": 2, "state": "open"}
NEW_PAYLOAD = {"orderId": "A-1", "total": 2, "state": "open"}
OUTPUT = {"id": "A-1", "total": 2, "status": "open"}
WHO = {"by": "mira", "reason": "checked"}

RULES: list[dict[str, Any]] = [
    {"target": "/id", "value": "src.order_id"},
    {"target": "/total", "value": "src.total"},
    {"target": "/status", "value": "src.state"},
]
ADAPTER: dict[str, Any] = {
    "driftmend_adapter": 1,
    "name": "orders-to-billing",
    "source": "orders",
    "source_fingerprints": [],
    "source_schema": OLD,
    "consumer": "billing",
    "contract_fingerprint": "",
    "contract": CONTRACT,
    "rules": RULES,
}


@dataclass
class Walk:
    """One walk in a folder; `service` is the one that is open now."""

    folder: Path
    embedder: Embedder = field(default_factory=WordEmbedder)
    memory: Memory | None = None
    proposers: tuple[Proposer, ...] | None = None
    clock: TickingClock = field(default_factory=TickingClock)
    ids: CountingIds = field(default_factory=CountingIds)
    now_s: float = 0.0

    def __post_init__(self) -> None:
        if self.memory is None:
            self.memory = ListMemory(self.embedder)
        self.open()

    def open(self) -> None:
        """Open ledger and service."""
        self.ledger: SqlLedger = open_ledger(
            sqlite_url(self.folder), clock=self.clock, ids=self.ids
        )
        proposers = self.proposers or (CarryOver(), Matching(embedder=self.embedder))
        self.service = Service(
            ledger=self.ledger,
            memory=self.memory,
            proposing=Proposing(proposers, memory=self.memory, tries=60),
            read_schema=read_schema,
            exports=CheckedExports(),
            clock=self.clock,
            worker="worker-1",
            tries=60,
            watch=self._watch,
        )

    def restart(self) -> None:
        """Close everything that is open, and open it anew from the folder."""
        self.ledger.close()
        self.open()

    def _watch(self) -> float:
        self.now_s += 1.0
        return self.now_s

    def work(self) -> None:
        """Do all the work that waits."""
        while self.service.work_once():
            pass

    def registered(self, schema: Any = OLD, contract: Any = CONTRACT) -> Walk:
        """Register the source, the contract and the first version."""
        self.service.put_source("orders")
        self.service.put_contract("billing", "orders", contract)
        self.service.report_version("orders", schema)
        return self

    def serving(self) -> Walk:
        """Register, import and approve the first adapter."""
        proposal = self.registered().service.import_adapter(ADAPTER)
        self.service.approve(proposal.id, **WHO)
        return self

    def changed(self, schema: Any = NEW) -> Proposal:
        """Report a version and return its one proposal, worked on."""
        (proposal,) = self.service.report_version("orders", schema).proposals
        self.work()
        return self.service.proposal(proposal.id)
