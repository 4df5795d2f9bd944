"""What every `Ledger` must do, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest

from agent.core.review import (
    AdapterState,
    Decision,
    DecisionKind,
    KeptAnswer,
    Proposal,
    ServedAdapter,
    State,
)
from agent.errors import Conflict, InvalidDocument, NotFound
from agent.ports import Ledger
from tests.stores.databases import TickingClock

AT = datetime(2026, 4, 5, 6, 7, 8, 9, tzinfo=UTC)
ODD_JSON: dict[str, Any] = {
    "z": 1,
    "a": [True, 1, 1.0, None, 2**63, -(2**70), 1e-300, 0.1],
    "nul \x00 key": "\ud800 lone, \x00 nul, é, 😀, '; DROP TABLE sources; --",
    "": {},
}
EVIDENCE = "sha256:evidence"
THREADS = 16
ROUNDS = 10


def report(ledger: Ledger, fingerprint: str, *, consumers: tuple[str, ...] = ()) -> Any:
    """Report a schema version of `orders`, which is registered on the way."""
    ledger.put_source("orders", description="", by="ann")
    return ledger.report_version(
        source="orders",
        fingerprint=fingerprint,
        document={"fingerprint": fingerprint},
        samples=(),
        diff={"to": fingerprint},
        consumers=consumers,
        by="ann",
    )


def drafted(ledger: Ledger) -> Proposal:
    """Return a fresh hand-written proposal in state verifying."""
    report(ledger, "v1")
    return ledger.draft(
        source="orders", version=1, consumer="billing", adapter={"rules": []}, by="ann"
    )


def filed(ledger: Ledger, proposal: Proposal, *, state: State = State.PENDING) -> Proposal:
    """File a verified outcome for a proposal."""
    return ledger.file(
        proposal,
        state=state,
        adapter={"rules": [proposal.id]},
        verification={"verdict": "tested"},
        evidence_hash=EVIDENCE,
        provenance={"proposer": "test"},
    )


def pending(ledger: Ledger) -> Proposal:
    """Return a proposal that awaits a decision."""
    return filed(ledger, drafted(ledger))


def decision(proposal: Proposal, kind: DecisionKind, *, by: str = "bob") -> Decision:
    """Return a decision on the evidence that a proposal shows."""
    return Decision(
        proposal=proposal.id,
        kind=kind,
        by=by,
        reason="because é \x00",
        evidence_hash=proposal.evidence_hash,
        at=AT,
    )


def approve(ledger: Ledger, proposal: Proposal) -> tuple[Proposal, ServedAdapter]:
    """Approve a proposal as it is."""
    moved, served = ledger.decide(
        proposal.id,
        decision=decision(proposal, DecisionKind.APPROVE),
        revision=proposal.revision,
    )
    assert served is not None
    return moved, served


def state_of(ledger: Ledger) -> dict[str, Any]:
    """Return everything that a ledger tells, to compare before and after a restart."""
    names = [source.name for source in ledger.sources()]
    proposals = ledger.proposals()
    return {
        "sources": ledger.sources(),
        "versions": [ledger.versions(name) for name in names],
        "contracts": [ledger.contracts(name) for name in names],
        "changes": [ledger.change(item.change) for item in proposals if item.change],
        "proposals": proposals,
        "decisions": ledger.decisions(),
        "adapters": ledger.adapters(),
        "answer": ledger.kept_answer("key"),
        "audit": ledger.audit(),
    }


class LedgerSuite:
    """Subclasses give the fixtures `ledger`, `clock` and `reopen`."""

    # sources

    def test_put_source__new__is_kept(self, ledger: Ledger) -> None:
        """A registered source reads back with its description."""
        put = ledger.put_source("orders", description="the shop \x00", by="ann")
        assert put == ledger.source("orders")
        assert put.description == "the shop \x00"
        assert put.created_at.tzinfo is UTC

    def test_put_source__known__renews_only_the_description(self, ledger: Ledger) -> None:
        """Registering again keeps the first date and takes the new description."""
        first = ledger.put_source("orders", description="a", by="ann")
        again = ledger.put_source("orders", description="b", by="ann")
        assert again == replace(first, description="b")

    def test_put_source__nothing_new__writes_no_audit_row(self, ledger: Ledger) -> None:
        """A call that changes nothing is not an event."""
        ledger.put_source("orders", description="a", by="ann")
        ledger.put_source("orders", description="a", by="ann")
        assert len(ledger.audit()) == 1

    def test_sources__several__come_by_name(self, ledger: Ledger) -> None:
        """Names order by code point on every database, not by its collation."""
        for name in ("b", "a", "C", "é", "B", "_"):
            ledger.put_source(name, description="", by="ann")
        assert [source.name for source in ledger.sources()] == ["B", "C", "_", "a", "b", "é"]

    def test_source__unknown__not_found(self, ledger: Ledger) -> None:
        """Asking for a source that was never registered raises NotFound."""
        with pytest.raises(NotFound, match="nowhere"):
            ledger.source("nowhere")

    @pytest.mark.parametrize("name", ["a\x00b", "\ud800", "x" * 256])
    def test_put_source__unstorable_name__is_refused(self, ledger: Ledger, name: str) -> None:
        """A name that one of the databases could not keep is refused on all, and nothing kept."""
        with pytest.raises(InvalidDocument):
            ledger.put_source(name, description="", by="ann")
        with pytest.raises(InvalidDocument):
            ledger.put_source("fine", description="", by=name)
        assert ledger.sources() == ()
        assert ledger.audit() == ()

    def test_put_source__hostile_name__is_only_a_name(self, ledger: Ledger) -> None:
        """Quotes, wildcards and SQL in a name are plain text; lookup is exact."""
        for name in ("o'r%s", "%", "*/;--", "x" * 255, "😀"):
            assert ledger.put_source(name, description="", by="ann").name == name
        with pytest.raises(NotFound):
            ledger.source("_")

    # contracts

    def test_put_contract__again__returns_the_known_one(self, ledger: Ledger) -> None:
        """The same document and examples do not make a second contract version."""
        ledger.put_source("orders", description="", by="ann")
        first = self._contract(ledger, document={"a": 1, "b": 2})
        assert self._contract(ledger, document={"b": 2, "a": 1}) == first
        assert first.number == 1

    @pytest.mark.parametrize("other", [True, 1.0])
    def test_put_contract__equal_only_in_python__is_another(
        self, ledger: Ledger, other: Any
    ) -> None:
        """`1`, `1.0` and `true` are three JSON values, so three contracts."""
        ledger.put_source("orders", description="", by="ann")
        self._contract(ledger, document={"const": 1})
        assert self._contract(ledger, document={"const": other}).number == 2

    def test_contracts__several_numbers__newest_of_each_consumer(self, ledger: Ledger) -> None:
        """Only the newest contract of each consumer counts, also when it went back."""
        ledger.put_source("orders", description="", by="ann")
        ledger.put_source("other", description="", by="ann")
        for number in (1, 2, 1):
            self._contract(ledger, document={"n": number})
        self._contract(ledger, document={"n": 9}, consumer="Audit")
        self._contract(ledger, document={"n": 7}, source="other")
        found = [(c.consumer, c.number, c.document) for c in ledger.contracts("orders")]
        assert found == [("Audit", 1, {"n": 9}), ("billing", 3, {"n": 1})]

    def test_put_contract__unknown_source__not_found(self, ledger: Ledger) -> None:
        """A contract needs its source."""
        with pytest.raises(NotFound):
            self._contract(ledger, document={})

    def test_put_contract__odd_json__reads_back_the_same(self, ledger: Ledger) -> None:
        """Documents keep big integers, key order, NUL, surrogates and the kinds of numbers."""
        ledger.put_source("orders", description="", by="ann")
        self._contract(ledger, document=ODD_JSON, examples=(None, False, 0, ODD_JSON))
        (kept,) = ledger.contracts("orders")
        assert repr(kept.document) == repr(ODD_JSON)
        assert repr(kept.examples) == repr((None, False, 0, ODD_JSON))

    def _contract(
        self,
        ledger: Ledger,
        *,
        document: Any,
        examples: tuple[Any, ...] = (),
        consumer: str = "billing",
        source: str = "orders",
    ) -> Any:
        return ledger.put_contract(
            consumer=consumer,
            source=source,
            fingerprint="same",
            document=document,
            examples=examples,
            by="ann",
        )

    # versions and changes

    def test_report_version__first__makes_no_change(self, ledger: Ledger) -> None:
        """The first version of a source has nothing to be compared with."""
        version, change, proposals = report(ledger, "v1", consumers=("billing",))
        assert (version.number, change, proposals) == (1, None, ())
        assert ledger.proposals() == ()

    def test_report_version__same_as_newest__returns_it(self, ledger: Ledger) -> None:
        """A fingerprint that did not move is no new version."""
        first, _, _ = report(ledger, "v1")
        rows = len(ledger.audit())
        again, change, proposals = report(ledger, "v1", consumers=("billing",))
        assert (again, change, proposals) == (first, None, ())
        assert len(ledger.audit()) == rows

    def test_report_version__second__change_and_drafts(self, ledger: Ledger) -> None:
        """A new version makes one change, and one drafting proposal per consumer, in order."""
        report(ledger, "v1")
        version, change, proposals = report(ledger, "v2", consumers=("billing", "audit"))
        assert change == ledger.change(change.id)
        assert (change.before, change.after, change.diff) == (1, 2, {"to": "v2"})
        assert [item.consumer for item in proposals] == ["billing", "audit"]
        assert {item.state for item in proposals} == {State.DRAFTING}
        assert {item.change for item in proposals} == {change.id}
        assert version == ledger.version("orders", 2)

    def test_report_version__went_back__is_a_change(self, ledger: Ledger) -> None:
        """A source that returns to an older schema has changed again."""
        for fingerprint in ("v1", "v2", "v1"):
            version, _, _ = report(ledger, fingerprint)
        assert version.number == 3
        assert [item.fingerprint for item in ledger.versions("orders")] == ["v1", "v2", "v1"]

    def test_report_version__open_proposals__are_superseded(self, ledger: Ledger) -> None:
        """Every open proposal of an older version is superseded; decided ones stay."""
        report(ledger, "v1")
        _, _, drafts = report(ledger, "v2", consumers=("a", "b", "c", "d", "e"))
        to_verify = [self._to_verifying(ledger, item) for item in drafts[1:]]
        approve(ledger, filed(ledger, to_verify[1]))
        filed(ledger, to_verify[2], state=State.BLOCKED)
        filed(ledger, to_verify[3], state=State.INFEASIBLE)
        report(ledger, "v3")
        states = [ledger.proposal(item.id).state for item in drafts]
        expected = [State.SUPERSEDED] * 5
        expected[2] = State.APPROVED
        assert states == expected

    def test_report_version__other_source__supersedes_nothing(self, ledger: Ledger) -> None:
        """A new version of one source leaves the proposals of others alone."""
        proposal = drafted(ledger)
        ledger.put_source("other", description="", by="ann")
        for fingerprint in ("a", "b"):
            ledger.report_version(
                source="other",
                fingerprint=fingerprint,
                document={},
                samples=(),
                diff={},
                consumers=(),
                by="ann",
            )
        assert ledger.proposal(proposal.id) == proposal

    def test_report_version__unknown_source__not_found(self, ledger: Ledger) -> None:
        """A version needs its source."""
        with pytest.raises(NotFound):
            ledger.report_version(
                source="nowhere",
                fingerprint="v1",
                document={},
                samples=(),
                diff=None,
                consumers=(),
                by="ann",
            )

    def test_report_version__samples__are_kept(self, ledger: Ledger) -> None:
        """Samples read back as they came."""
        ledger.put_source("orders", description="", by="ann")
        ledger.report_version(
            source="orders",
            fingerprint="v1",
            document=True,
            samples=(ODD_JSON, None),
            diff=None,
            consumers=(),
            by="ann",
        )
        assert repr(ledger.version("orders", 1).samples) == repr((ODD_JSON, None))
        assert ledger.version("orders", 1).document is True

    @pytest.mark.parametrize("number", [0, -1, 2, 2**31, 2**80])
    def test_version__unknown_number__not_found(self, ledger: Ledger, number: int) -> None:
        """A number that no version has raises NotFound, however large."""
        report(ledger, "v1")
        with pytest.raises(NotFound):
            ledger.version("orders", number)
        place = {"source": "orders", "version": number, "consumer": "billing"}
        assert ledger.active_adapter(**place) is None
        with pytest.raises(NotFound):
            ledger.draft(**place, adapter={}, by="ann")

    def test_change__unknown__not_found(self, ledger: Ledger) -> None:
        """Asking for a change that never was raises NotFound."""
        with pytest.raises(NotFound):
            ledger.change("nothing")

    # proposals

    def test_draft__hand_written__waits_for_verification(self, ledger: Ledger) -> None:
        """A hand-written adapter becomes a proposal in state verifying at revision 1."""
        proposal = drafted(ledger)
        assert proposal.state is State.VERIFYING
        assert (proposal.revision, proposal.attempts, proposal.change) == (1, 0, None)
        assert proposal.adapter == {"rules": []}
        assert proposal == ledger.proposal(proposal.id)

    def test_proposals__pages__newest_first_without_gaps(self, ledger: Ledger) -> None:
        """Pages behind an id go on where it stood, in order of creation."""
        made = [drafted(ledger).id for _ in range(5)]
        pages, after = [], ""
        while page := ledger.proposals(after=after, limit=2):
            pages.append([item.id for item in page])
            after = page[-1].id
        assert pages == [made[4:2:-1], made[2:0:-1], made[:1]]

    def test_proposals__by_state__only_those(self, ledger: Ledger) -> None:
        """The state filter leaves out the others."""
        waiting, ready = drafted(ledger), pending(ledger)
        assert ledger.proposals(state=State.PENDING) == (ready,)
        assert ledger.proposals(state=State.VERIFYING) == (waiting,)
        assert ledger.proposals(state=State.REJECTED) == ()

    @pytest.mark.parametrize(("limit", "count"), [(0, 0), (-3, 0), (1, 1), (10**30, 2)])
    def test_proposals__odd_limits__are_harmless(
        self, ledger: Ledger, limit: int, count: int
    ) -> None:
        """A limit below one gives nothing, and a huge one everything."""
        drafted(ledger), drafted(ledger)
        assert len(ledger.proposals(limit=limit)) == count

    def test_proposals__behind_an_unknown_id__not_found(self, ledger: Ledger) -> None:
        """A page behind a proposal that never was cannot be given."""
        with pytest.raises(NotFound):
            ledger.proposals(after="nothing")

    def test_proposal__unknown__not_found(self, ledger: Ledger) -> None:
        """Asking for a proposal that never was raises NotFound."""
        with pytest.raises(NotFound):
            ledger.proposal("nothing")

    # work

    def test_claim__nothing_to_do__none(self, ledger: Ledger) -> None:
        """Without drafting or verifying proposals there is nothing to lease, and no event."""
        pending(ledger)
        rows = len(ledger.audit())
        assert ledger.claim(worker="w1", lease_s=60) is None
        assert len(ledger.audit()) == rows

    def test_claim__several__oldest_first_each_once(self, ledger: Ledger) -> None:
        """Live leases keep a proposal from a second worker."""
        first, second = drafted(ledger), drafted(ledger)
        claimed = [ledger.claim(worker=f"w{n}", lease_s=600) for n in range(3)]
        assert [item and item.id for item in claimed] == [first.id, second.id, None]
        assert claimed[0] == replace(first, attempts=1)

    def test_claim__lease_ran_out__counts_another_attempt(
        self, ledger: Ledger, clock: TickingClock
    ) -> None:
        """A worker that died loses its lease, and the attempts tell."""
        proposal = drafted(ledger)
        ledger.claim(worker="w1", lease_s=60)
        assert ledger.claim(worker="w2", lease_s=60) is None
        clock.move(60)
        again = ledger.claim(worker="w2", lease_s=60)
        assert again == replace(proposal, attempts=2)

    def test_file__moved_on__ends_the_lease(self, ledger: Ledger) -> None:
        """A filed draft can be claimed for its next step at once, with fresh attempts."""
        report(ledger, "v1")
        report(ledger, "v2", consumers=("billing",))
        claimed = ledger.claim(worker="w1", lease_s=600)
        assert claimed is not None
        filed(ledger, claimed, state=State.VERIFYING)
        again = ledger.claim(worker="w2", lease_s=600)
        assert again is not None
        assert (again.id, again.state, again.attempts) == (claimed.id, State.VERIFYING, 1)

    def test_file__outcome__is_kept(self, ledger: Ledger) -> None:
        """Everything that a step found reads back, and the revision grows."""
        proposal = drafted(ledger)
        stored = ledger.file(
            proposal,
            state=State.BLOCKED,
            adapter=ODD_JSON,
            verification=[1, None],
            evidence_hash="sha256:x",
            provenance={"by": "m"},
            failure="no \x00 luck",
        )
        assert stored == ledger.proposal(proposal.id)
        assert repr(stored.adapter) == repr(ODD_JSON)
        assert (stored.verification, stored.provenance) == ([1, None], {"by": "m"})
        assert (stored.revision, stored.failure) == (2, "no \x00 luck")

    def test_file__stale__conflict_and_nothing_changed(self, ledger: Ledger) -> None:
        """Of two workers on one proposal only the first may file."""
        proposal = drafted(ledger)
        stored = filed(ledger, proposal, state=State.BLOCKED)
        rows = len(ledger.audit())
        with pytest.raises(Conflict, match="revision"):
            filed(ledger, proposal)
        assert ledger.proposal(proposal.id) == stored
        assert len(ledger.audit()) == rows

    @pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.VERIFYING])
    def test_file__illegal_move__conflict(self, ledger: Ledger, state: State) -> None:
        """A step can never approve, reject or stand still."""
        proposal = drafted(ledger)
        with pytest.raises(Conflict):
            filed(ledger, proposal, state=state)
        assert ledger.proposal(proposal.id) == proposal

    # decisions

    def test_decide__approve__adapter_is_active(self, ledger: Ledger) -> None:
        """Approval makes the adapter serve, in the same step."""
        proposal = pending(ledger)
        moved, served = approve(ledger, proposal)
        assert moved == ledger.proposal(proposal.id)
        assert (moved.state, moved.revision) == (State.APPROVED, proposal.revision + 1)
        assert served.document == proposal.adapter
        assert served.state is AdapterState.ACTIVE
        place = {"source": "orders", "version": 1, "consumer": "billing"}
        assert ledger.active_adapter(**place) == served
        assert ledger.decisions(proposal.id) == (decision(proposal, DecisionKind.APPROVE),)

    def test_decide__second_approval_of_a_place__retires_the_first(self, ledger: Ledger) -> None:
        """At most one adapter is active per source, version and consumer."""
        _, old = approve(ledger, pending(ledger))
        _, new = approve(ledger, pending(ledger))
        states = [(item.id, item.state) for item in ledger.adapters(source="orders")]
        assert states == [(new.id, AdapterState.ACTIVE), (old.id, AdapterState.RETIRED)]
        assert ledger.adapters() == ledger.adapters(source="orders")
        assert ledger.adapters(source="other") == ()

    def test_decide__reject__nothing_serves(self, ledger: Ledger) -> None:
        """A rejected proposal is final and serves nothing."""
        proposal = pending(ledger)
        moved, served = ledger.decide(
            proposal.id,
            decision=decision(proposal, DecisionKind.REJECT),
            revision=proposal.revision,
        )
        assert (moved.state, served, ledger.adapters()) == (State.REJECTED, None, ())

    def test_decide__amend__back_to_verifying_without_evidence(self, ledger: Ledger) -> None:
        """An amended adapter must be verified anew: its old evidence is gone."""
        proposal = pending(ledger)
        moved, _ = ledger.decide(
            proposal.id,
            decision=decision(proposal, DecisionKind.AMEND),
            revision=proposal.revision,
            adapter={"rules": ["mine"]},
        )
        assert moved.state is State.VERIFYING
        assert moved.adapter == {"rules": ["mine"]}
        assert (moved.verification, moved.evidence_hash) == (None, "")

    def test_decide__request_changes__back_to_drafting(self, ledger: Ledger) -> None:
        """A request for changes sends a proposal back, and voids what it was bound to."""
        proposal = pending(ledger)
        moved, _ = ledger.decide(
            proposal.id,
            decision=decision(proposal, DecisionKind.REQUEST_CHANGES),
            revision=proposal.revision,
        )
        assert (moved.state, moved.evidence_hash) == (State.DRAFTING, "")
        assert moved.adapter == proposal.adapter

    @pytest.mark.parametrize("revision", [0, 1, 3, -1, 2**70])
    def test_decide__other_revision__conflict(self, ledger: Ledger, revision: int) -> None:
        """A decision counts only on the revision that it saw."""
        proposal = pending(ledger)
        self._refused(ledger, proposal, DecisionKind.APPROVE, revision=revision)

    def test_decide__other_evidence__conflict(self, ledger: Ledger) -> None:
        """An approval is bound to the evidence that the proposal shows."""
        proposal = pending(ledger)
        other = replace(proposal, evidence_hash="sha256:other")
        self._refused(ledger, other, DecisionKind.APPROVE, revision=proposal.revision)

    @pytest.mark.parametrize("kind", list(DecisionKind))
    def test_decide__while_verifying__conflict(self, ledger: Ledger, kind: DecisionKind) -> None:
        """Before a verification is filed there is nothing to decide on."""
        proposal = drafted(ledger)
        self._refused(ledger, proposal, kind, revision=1, adapter={})

    @pytest.mark.parametrize("state", [State.BLOCKED, State.INFEASIBLE])
    def test_decide__approve_refuted__conflict(self, ledger: Ledger, state: State) -> None:
        """What was refuted or cannot be fed can never be approved."""
        proposal = filed(ledger, drafted(ledger), state=state)
        self._refused(ledger, proposal, DecisionKind.APPROVE, revision=proposal.revision)

    @pytest.mark.parametrize("kind", list(DecisionKind))
    def test_decide__already_approved__conflict(self, ledger: Ledger, kind: DecisionKind) -> None:
        """An approval is final for its proposal."""
        moved, _ = approve(ledger, pending(ledger))
        self._refused(ledger, moved, kind, revision=moved.revision, adapter={})

    def test_decide__amend_without_adapter__conflict(self, ledger: Ledger) -> None:
        """An amendment must bring its adapter."""
        proposal = pending(ledger)
        self._refused(ledger, proposal, DecisionKind.AMEND, revision=proposal.revision)

    def test_decide__unknown__not_found(self, ledger: Ledger) -> None:
        """A decision needs its proposal."""
        proposal = replace(pending(ledger), id="nothing")
        with pytest.raises(NotFound):
            approve(ledger, proposal)

    def test_decisions__several__oldest_first(self, ledger: Ledger) -> None:
        """All decisions come in the order in which they were made."""
        first, second = pending(ledger), pending(ledger)
        approve(ledger, second)
        approve(ledger, first)
        assert [item.proposal for item in ledger.decisions()] == [second.id, first.id]

    def _refused(
        self,
        ledger: Ledger,
        proposal: Proposal,
        kind: DecisionKind,
        *,
        revision: int,
        adapter: Any = None,
    ) -> None:
        before = state_of(ledger)
        with pytest.raises(Conflict):
            ledger.decide(
                proposal.id,
                decision=decision(proposal, kind),
                revision=revision,
                adapter=adapter,
            )
        assert state_of(ledger) == before

    # answers and audit

    def test_keep_answer__same_key__the_first_stays(self, ledger: Ledger) -> None:
        """The answer that was given first is given again."""
        first = KeptAnswer(key="key", request_fingerprint="a", status=201, body=ODD_JSON)
        other = KeptAnswer(key="key", request_fingerprint="b", status=409, body=None)
        assert ledger.kept_answer("key") is None
        assert ledger.keep_answer(first) == first
        assert ledger.keep_answer(other) == first
        assert ledger.kept_answer("key") == first

    def test_audit__whole_walk__one_row_per_writing_call(self, ledger: Ledger) -> None:
        """Every writing call leaves one row, chained to the row before it."""
        self._walk(ledger, lambda: None)
        rows = ledger.audit()
        assert [row.action for row in rows] == [
            "put-source",
            "put-contract",
            "report-version",
            "report-version",
            "claim",
            "file",
            "claim",
            "file",
            "amend",
            "file",
            "approve",
            "keep-answer",
        ]
        assert [row.number for row in rows] == list(range(1, 13))
        assert rows[0].previous_hash == ""
        assert [row.previous_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]

    def test_restart__after_every_call__changes_nothing(
        self, ledger: Ledger, reopen: Callable[[], Ledger]
    ) -> None:
        """Whatever the moment of a restart, the ledger tells the same afterwards."""

        def restart() -> None:
            before = state_of(ledger)
            other = reopen()
            assert state_of(other) == before

        self._walk(ledger, restart)

    def _walk(self, ledger: Ledger, between: Callable[[], None]) -> None:
        """Go the whole walk once, from a source to a served adapter."""
        ledger.put_source("orders", description="", by="ann")
        between()
        self._contract(ledger, document={"type": "object"})
        between()
        for fingerprint in ("v1", "v2"):
            ledger.report_version(
                source="orders",
                fingerprint=fingerprint,
                document={},
                samples=(),
                diff=[],
                consumers=("billing",),
                by="ann",
            )
            between()
        for state in (State.VERIFYING, State.PENDING):
            claimed = ledger.claim(worker="w1", lease_s=60)
            between()
            assert claimed is not None
            proposal = filed(ledger, claimed, state=state)
            between()
        proposal, _ = ledger.decide(
            proposal.id,
            decision=decision(proposal, DecisionKind.AMEND),
            revision=proposal.revision,
            adapter={"rules": []},
        )
        between()
        proposal = filed(ledger, proposal)
        between()
        approve(ledger, proposal)
        between()
        ledger.keep_answer(KeptAnswer(key="key", request_fingerprint="f", status=200, body={}))
        between()

    # many at once

    def test_decide__sixteen_at_once__exactly_one_succeeds(self, ledger: Ledger) -> None:
        """Of 16 simultaneous approvals and rejections one counts and 15 are conflicts."""
        for _ in range(ROUNDS):
            proposal = pending(ledger)
            rows = len(ledger.audit())
            answers = at_once(lambda n, item=proposal: self._decide_some(ledger, item, n))
            done = [answer for answer in answers if not isinstance(answer, Conflict)]
            assert len(done) == 1
            assert len(ledger.decisions(proposal.id)) == 1
            assert len(ledger.audit()) == rows + 1
            made = [item for item in ledger.adapters() if item.proposal == proposal.id]
            is_approved = ledger.proposal(proposal.id).state is State.APPROVED
            assert len(made) == (1 if is_approved else 0)
        active = [item for item in ledger.adapters() if item.state is AdapterState.ACTIVE]
        assert len(active) <= 1

    def _decide_some(self, ledger: Ledger, proposal: Proposal, number: int) -> Any:
        kind = DecisionKind.REJECT if number % 4 == 3 else DecisionKind.APPROVE
        made = decision(proposal, kind, by=f"reviewer {number}")
        try:
            return ledger.decide(proposal.id, decision=made, revision=proposal.revision)
        except Conflict as error:
            return error

    def test_decide__sixteen_proposals_at_once__one_active(self, ledger: Ledger) -> None:
        """Simultaneous approvals of different proposals for one place leave one active adapter."""
        waiting = [pending(ledger) for _ in range(THREADS)]
        at_once(lambda n: approve(ledger, waiting[n]))
        states = [item.state for item in ledger.adapters()]
        assert states == [AdapterState.ACTIVE] + [AdapterState.RETIRED] * (THREADS - 1)

    def test_claim__sixteen_at_once__each_proposal_once(self, ledger: Ledger) -> None:
        """No proposal is leased twice, however many workers ask at once."""
        made = {drafted(ledger).id for _ in range(10)}
        claimed = at_once(lambda n: ledger.claim(worker=f"w{n}", lease_s=600))
        ids = [item.id for item in claimed if item is not None]
        assert sorted(ids) == sorted(made)

    def test_report_version__sixteen_at_once__numbers_without_gaps(self, ledger: Ledger) -> None:
        """Simultaneous reports of different versions are numbered one after the other."""
        ledger.put_source("orders", description="", by="ann")
        at_once(lambda n: report(ledger, f"v{n}", consumers=("billing",)))
        numbers = [version.number for version in ledger.versions("orders")]
        assert numbers == list(range(1, THREADS + 1))
        open_ones = [item for item in ledger.proposals() if item.state is State.DRAFTING]
        assert [item.version for item in open_ones] == [THREADS]

    def test_keep_answer__sixteen_at_once__all_get_the_same(self, ledger: Ledger) -> None:
        """One answer per key, and every simultaneous caller gets that one."""
        answers = at_once(
            lambda n: ledger.keep_answer(
                KeptAnswer(key="key", request_fingerprint=f"f{n}", status=200, body=n)
            )
        )
        assert set(map(repr, answers)) == {repr(ledger.kept_answer("key"))}

    def _to_verifying(self, ledger: Ledger, proposal: Proposal) -> Proposal:
        return filed(ledger, proposal, state=State.VERIFYING)


def at_once(call: Callable[[int], Any]) -> list[Any]:
    """Return what `call(0)` to `call(15)` gave, started together on as many threads."""
    barrier = Barrier(THREADS)

    def wait_and_call(number: int) -> Any:
        barrier.wait(timeout=30)
        return call(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(wait_and_call, range(THREADS)))
