from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.core.review import DecisionKind, Proposal, State
from agent.core.values import canonical_text
from agent.errors import (
    Conflict,
    InvalidAdapter,
    InvalidDocument,
    InvalidSchema,
    MemoryUnavailable,
    NotFound,
    PayloadRefused,
)
from agent.stores.embeddings import MiniLmEmbedder
from agent.stores.memory import ChromaMemory
from tests.core.verify.making import NUMBER, TEXT, obj
from tests.pipeline.walking import (
    ADAPTER,
    CONTRACT,
    NEW,
    NEW_PAYLOAD,
    OLD,
    OLD_PAYLOAD,
    OUTPUT,
    RULES,
    WHO,
    WITHOUT_TOTAL,
    Walk,
)
from tests.ports.list_memory import ListMemory


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    """Return a walk in an empty folder."""
    return Walk(tmp_path)


# registering and reporting


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\nb", "x" * 201])
def test_put_source__name_that_cannot_stand_in_an_address__refused(walk: Walk, name: str) -> None:
    """Names are printable, short and without slashes."""
    with pytest.raises(InvalidDocument):
        walk.service.put_source(name)


def test_put_contract__example_that_breaks_it__refused(walk: Walk) -> None:
    """A contract whose own example breaks it is not registered."""
    walk.service.put_source("orders")
    with pytest.raises(InvalidDocument, match="example 0 at /id"):
        walk.service.put_contract("billing", "orders", CONTRACT, examples=[{"id": 1, "total": 1}])
    assert walk.ledger.contracts("orders") == ()


def test_report_version__unknown_source_or_bad_schema__nothing_is_kept(walk: Walk) -> None:
    """What cannot be read or belongs to nothing leaves no trace."""
    with pytest.raises(NotFound):
        walk.service.report_version("orders", OLD)
    walk.service.put_source("orders")
    with pytest.raises(InvalidSchema):
        walk.service.report_version("orders", {"$ref": "#/nowhere"})
    with pytest.raises(PayloadRefused):
        walk.service.report_version("orders", OLD, samples=[{"order_id": 7}])
    assert walk.ledger.versions("orders") == ()


def test_report_version__first_one__no_change(walk: Walk) -> None:
    """The first version of a source is new, and changes nothing."""
    walk.service.put_source("orders")
    reported = walk.service.report_version("orders", OLD)
    assert (reported.is_new, reported.change, reported.proposals) == (True, None, ())


@pytest.mark.parametrize(
    "cosmetic",
    [
        OLD,
        {**OLD, "title": "Orders", "description": "All of them"},
        {**OLD, "required": list(reversed(OLD["required"]))},
        {**OLD, "properties": dict(reversed(OLD["properties"].items()))},
        {
            **OLD,
            "properties": {**OLD["properties"], "total": {"$ref": "#/$defs/money"}},
            "$defs": {"money": NUMBER},
        },
    ],
)
def test_report_version__only_cosmetics_differ__no_change(walk: Walk, cosmetic: Any) -> None:
    """Key order, titles and the layout of references are no change: nothing is proposed."""
    walk.registered()
    reported = walk.service.report_version("orders", cosmetic)
    assert (reported.is_new, reported.change, reported.proposals) == (False, None, ())
    assert reported.version.number == 1


def test_report_version__contract_equals_the_old_schema__identity_in_force(walk: Walk) -> None:
    """A consumer that took the old schema as it is gets a copy of all that did not change."""
    wider = {**OLD, "properties": {**OLD["properties"], "extra": TEXT}}
    proposal = walk.registered(contract=OLD).changed(wider)
    assert proposal.adapter["rules"] == [{"target": "", "copy": "src"}]
    assert [drop["path"] for drop in proposal.adapter["drops"]] == ["/extra"]


# drafting


def test_work_once__nothing_waits__false(walk: Walk) -> None:
    """Without open proposals there is nothing to do."""
    assert walk.registered().service.work_once() is False


def test_walk__rename__carried_approved_and_served(walk: Walk) -> None:
    """The whole walk: a change is found, carried over, approved, and payloads are adapted."""
    proposal = walk.serving().changed()
    assert proposal.state is State.PENDING
    assert proposal.adapter["rules"] == [{"target": "/id", "value": "src.orderId"}, *RULES[1:]]
    with pytest.raises(NotFound):
        walk.service.adapt("orders", "2", "billing", NEW_PAYLOAD)
    moved, served = walk.service.approve(
        proposal.id, **WHO, revision=proposal.revision, evidence_hash=proposal.evidence_hash
    )
    assert (moved.state, served.version) == (State.APPROVED, 2)
    assert walk.service.adapt("orders", "2", "billing", NEW_PAYLOAD) == OUTPUT
    assert walk.service.adapt("orders", "1", "billing", OLD_PAYLOAD) == OUTPUT
    assert walk.ledger.verify_audit() == ()


# deciding


def test_approve__infeasible__refused(walk: Walk) -> None:
    """A required field that nothing feeds makes the proposal infeasible; it is never approved."""
    proposal = walk.serving().changed(WITHOUT_TOTAL)
    assert proposal.state is State.INFEASIBLE
    assert proposal.verification["unsatisfied"] == ["/total"]
    with pytest.raises(Conflict):
        walk.service.approve(proposal.id, **WHO)
    assert walk.service.adapters(source="orders")[0].version == 1


def test_approve__refuted__refused(walk: Walk) -> None:
    """An adapter that a payload refutes is blocked with its counterexample."""
    rules = [*RULES[:1], {"target": "/total", "value": "text(src.total)"}]
    proposal = walk.registered().service.import_adapter({**ADAPTER, "rules": rules})
    assert proposal.state is State.BLOCKED
    assert proposal.verification["counterexample"]["violations"][0]["path"] == "/total"
    with pytest.raises(Conflict):
        walk.service.approve(proposal.id, **WHO)


def test_approve__evidence_of_another_page__refused(walk: Walk) -> None:
    """An approval names the evidence that it saw, and is refused when that is stale."""
    proposal = walk.registered().service.import_adapter(ADAPTER)
    with pytest.raises(Conflict):
        walk.service.approve(proposal.id, **WHO, evidence_hash="sha256:old")
    with pytest.raises(Conflict):
        walk.service.approve(proposal.id, **WHO, revision=proposal.revision - 1)
    assert walk.service.proposal(proposal.id) == proposal


def test_approve__contract_registered_anew__refused_until_verified_afresh(walk: Walk) -> None:
    """A new contract voids the evidence; after a request for changes it is verified against it."""
    proposal = walk.serving().changed()
    walk.service.put_contract("billing", "orders", {**CONTRACT, "required": ["id"]})
    with pytest.raises(Conflict, match="evidence has changed"):
        walk.service.approve(proposal.id, **WHO)
    walk.service.request_changes(proposal.id, **WHO)
    walk.work()
    _, served = walk.service.approve(proposal.id, **WHO)
    assert served.document["contract"]["required"] == ["id"]


def test_amend__contract_registered_anew__the_new_one_is_embedded(walk: Walk) -> None:
    """What is verified is what serves: an amended adapter carries the contract of today."""
    proposal = walk.registered().service.import_adapter(ADAPTER)
    walk.service.put_contract("billing", "orders", {**CONTRACT, "required": ["id"]})
    amended = walk.service.amend(proposal.id, rules=RULES, **WHO)
    (contract,) = walk.ledger.contracts("orders")
    assert amended.adapter["contract_fingerprint"] == contract.fingerprint
    assert amended.adapter["contract"] == contract.document


def test_approve__twice__one_adapter(walk: Walk) -> None:
    """The second approval of a proposal is refused, and one adapter serves."""
    proposal = walk.registered().service.import_adapter(ADAPTER)
    walk.service.approve(proposal.id, **WHO)
    with pytest.raises(Conflict):
        walk.service.approve(proposal.id, **WHO)
    assert len(walk.service.adapters()) == 1


@pytest.mark.parametrize("said", [{"by": "", "reason": "x"}, {"by": "mira", "reason": " "}])
def test_decide__without_name_or_reason__refused(walk: Walk, said: dict[str, str]) -> None:
    """Every decision has a name and a reason."""
    proposal = walk.registered().service.import_adapter(ADAPTER)
    for decide in (walk.service.approve, walk.service.reject, walk.service.request_changes):
        with pytest.raises(InvalidDocument):
            decide(proposal.id, **said)
    assert walk.service.proposal(proposal.id) == proposal


def test_amend__a_rule__is_verified_at_once_and_loses_its_old_evidence(walk: Walk) -> None:
    """An amended table is verified at once; what was known about the drafted one is gone."""
    proposal = walk.serving().changed()
    assert {rule["target"] for rule in proposal.verification["rules"]} >= {"/id", "/total"}
    rules = [{"target": "/id", "value": "upper(src.orderId)"}, *RULES[1:]]
    amended = walk.service.amend(proposal.id, rules=rules, **WHO, revision=proposal.revision)
    assert amended.state is State.PENDING
    assert amended.adapter["rules"] == rules
    assert amended.verification["rules"] == []
    assert amended.verification["decision_needed"]
    assert amended.evidence_hash != proposal.evidence_hash
    assert walk.ledger.decisions(proposal.id)[-1].kind is DecisionKind.AMEND


def test_amend__feeds_what_was_open__is_feasible_after_all(walk: Walk) -> None:
    """A person may feed what no proposer could, and the proposal can then be approved."""
    proposal = walk.serving().changed(WITHOUT_TOTAL)
    rules = [RULES[0], {"target": "/total", "value": "0"}, RULES[2]]
    amended = walk.service.amend(proposal.id, rules=rules, **WHO)
    assert amended.state is State.PENDING
    walk.service.approve(proposal.id, **WHO)


@pytest.mark.parametrize(
    "rules", [{}, [{"target": "/id", "value": "open('x')"}], [{"target": "id", "value": "src"}]]
)
def test_amend__outside_the_language__refused_and_nothing_changed(walk: Walk, rules: Any) -> None:
    """A table that is no table of rules is refused, and the proposal stays as it was."""
    proposal = walk.registered().service.import_adapter(ADAPTER)
    with pytest.raises(InvalidAdapter):
        walk.service.amend(proposal.id, rules=rules, **WHO)
    assert walk.service.proposal(proposal.id) == proposal


def test_amend__breaks_the_contract__blocked(walk: Walk) -> None:
    """An amendment that a payload refutes blocks the proposal."""
    proposal = walk.registered().service.import_adapter(ADAPTER)
    amended = walk.service.amend(
        proposal.id, rules=[*RULES[:1], RULES[1] | {"value": "'x'"}], **WHO
    )
    assert amended.state is State.BLOCKED


def test_reject__rules__are_remembered_as_negatives(walk: Walk) -> None:
    """A rejected adapter serves nothing, and its rules are kept as what not to do."""
    proposal = walk.registered().service.import_adapter(ADAPTER)
    assert walk.service.reject(proposal.id, **WHO).state is State.REJECTED
    assert walk.service.adapters() == ()
    assert isinstance(walk.memory, ListMemory)
    assert {prior.is_approved for prior in walk.memory.all().values()} == {False}


def test_reject__of_carried_rules__leaves_those_alone(walk: Walk) -> None:
    """A rejected proposal says nothing against the rules that were in force before it."""
    walk.serving()
    changed = walk.changed()
    carried = {
        rule["target"]
        for rule in changed.verification["rules"]
        if any(one["kind"] == "in-force" for one in rule["evidence"])
    }
    assert carried
    walk.service.reject(changed.id, **WHO)
    assert isinstance(walk.memory, ListMemory)
    refused = {prior.target for prior in walk.memory.all().values() if not prior.is_approved}
    assert not refused & carried


def test_request_changes__a_drafted_one__is_drafted_again(walk: Walk) -> None:
    """A request for changes sends the proposal back to be drafted, and it comes back."""
    proposal = walk.serving().changed()
    assert walk.service.request_changes(proposal.id, **WHO).state is State.DRAFTING
    walk.work()
    again = walk.service.proposal(proposal.id)
    assert again.state is State.PENDING
    assert again.adapter == proposal.adapter


# importing and trying


@pytest.mark.parametrize("key", ["contract_fingerprint", "source_fingerprints"])
def test_import_adapter__made_for_something_else__refused(walk: Walk, key: str) -> None:
    """An adapter that names another contract or schema than the registered one is refused."""
    walk.registered()
    foreign: Any = "sha256:" + "0" * 64
    value = foreign if key == "contract_fingerprint" else [foreign]
    with pytest.raises((InvalidAdapter, NotFound)):
        walk.service.import_adapter({**ADAPTER, key: value}, version=1)
    assert walk.service.proposals() == ()


def test_import_adapter__foreign_contract_inside__the_registered_one_rules(walk: Walk) -> None:
    """A laxer contract inside of the document is not what the adapter is judged by."""
    walk.registered()
    document = {**ADAPTER, "contract": {"type": "object"}, "rules": RULES[:1]}
    proposal = walk.service.import_adapter(document)
    assert proposal.state is State.INFEASIBLE
    assert proposal.adapter["contract"]["required"] == ["id", "total"]


def test_import_adapter__unknown_source_version_or_consumer__not_found(walk: Walk) -> None:
    """An adapter belongs to a registered source, version and consumer."""
    walk.registered()
    for document, version in (
        ({**ADAPTER, "source": "nope"}, None),
        ({**ADAPTER, "consumer": "nope"}, None),
        (ADAPTER, 7),
    ):
        with pytest.raises(NotFound):
            walk.service.import_adapter(document, version=version)


def test_try_payload__output_violation_and_refusal__are_answers(walk: Walk) -> None:
    """A tried payload gives an output, its violations, or why it was refused; nothing is kept."""
    rules = [RULES[0], {"target": "/total", "value": "1 / src.total"}]
    proposal = walk.registered().service.import_adapter({**ADAPTER, "rules": rules})
    good = walk.service.try_payload(proposal.id, OLD_PAYLOAD)
    assert (good.output, good.violations, good.refused) == ({"id": "A-1", "total": 0.5}, (), None)
    refused = walk.service.try_payload(proposal.id, {**OLD_PAYLOAD, "total": 0})
    assert refused.output is None
    assert "/total" in (refused.refused or "")
    with pytest.raises(PayloadRefused):
        walk.service.try_payload(proposal.id, {"order_id": 1})


def test_try_payload__not_drafted_yet__conflict(walk: Walk) -> None:
    """A proposal without an adapter has nothing to try."""
    walk.serving()
    (proposal,) = walk.service.report_version("orders", NEW).proposals
    with pytest.raises(Conflict):
        walk.service.try_payload(proposal.id, NEW_PAYLOAD)


# serving


def test_adapt__auto__the_one_version_that_fits(walk: Walk) -> None:
    """The version is found by the payload's shape; none or several that fit is an error."""
    walk.service.approve(walk.serving().changed().id, **WHO)
    assert walk.service.adapt("orders", "auto", "billing", NEW_PAYLOAD) == OUTPUT
    assert walk.service.adapt("orders", "auto", "billing", OLD_PAYLOAD) == OUTPUT
    with pytest.raises(Conflict, match="versions 1, 2"):
        walk.service.adapt("orders", "auto", "billing", NEW_PAYLOAD | OLD_PAYLOAD)
    with pytest.raises(NotFound):
        walk.service.adapt("orders", "auto", "billing", {"id": "A-1"})


def test_adapt__misfit_or_unknown__never_passes_through(walk: Walk) -> None:
    """A payload of another shape is refused, and where there is no adapter nothing is served."""
    walk.serving()
    with pytest.raises(PayloadRefused):
        walk.service.adapt("orders", "1", "billing", NEW_PAYLOAD)
    for source, version, consumer in (
        ("orders", "2", "billing"),
        ("orders", "1", "nope"),
        ("orders", "-1", "billing"),
        ("orders", "1e3", "billing"),
    ):
        with pytest.raises(NotFound):
            walk.service.adapt(source, version, consumer, OLD_PAYLOAD)


def test_can_adapt__each_state__its_own_reason(walk: Walk) -> None:
    """For every consumer one learns whether an adapter is active, or where it stands."""
    walk.registered()
    (nothing,) = walk.service.can_adapt("orders", "1")
    assert (nothing.consumer, nothing.status) == ("billing", "none")
    proposal = walk.service.import_adapter(ADAPTER)
    (waiting,) = walk.service.can_adapt("orders", "1")
    assert waiting.status == "none"
    assert "pending" in waiting.reason
    walk.service.approve(proposal.id, **WHO)
    (active,) = walk.service.can_adapt("orders", "1")
    assert active.status == "proved"
    with pytest.raises(NotFound):
        walk.service.can_adapt("orders", "2")


def test_explain__a_target__its_reads(walk: Walk) -> None:
    """A served adapter says what made a target."""
    (served,) = walk.serving().service.adapters()
    found = walk.service.explain(served.id, OLD_PAYLOAD, "/id")
    assert found.value == "A-1"
    assert found.steps[-1].reads == (("/order_id", "A-1"),)


# remembering


def test_rebuild_memory__from_the_ledger__equals_what_was_remembered(walk: Walk) -> None:
    """The memory can be lost: the ledger makes the same one again."""
    walk.serving()
    walk.service.reject(walk.changed().id, **WHO)
    assert isinstance(walk.memory, ListMemory)
    before = walk.memory.all()
    assert len(before) == 4
    walk.memory.clear()
    assert walk.service.rebuild_memory() == len(before)
    assert walk.memory.all() == before


def test_approve__memory_is_down__approved_all_the_same(walk: Walk) -> None:
    """A memory that does not answer stops neither drafting nor deciding; the doctor tells."""
    assert isinstance(walk.memory, ListMemory)
    walk.memory.is_down = True
    walk.serving()
    assert walk.changed().state is State.PENDING
    assert [check.is_ok for check in walk.service.checks()] == [True, False]
    with pytest.raises(MemoryUnavailable):
        walk.service.rebuild_memory()


CODES = {"type": "string", "enum": ["10", "20"]}
WORDS = {"type": "string", "enum": ["open", "paid"]}
TABLE = "lookup({}, {{'10': 'open', '20': 'paid'}})"


def shop(walk: Walk, source: str, name: str) -> Proposal:
    """Return the drafted proposal of a source whose state is an opaque code."""
    schema = obj(f"order_id {name}", order_id=TEXT, **{name: CODES})
    walk.service.put_source(source)
    walk.service.put_contract(
        "billing", source, obj("order_id status", order_id=TEXT, status=WORDS)
    )
    walk.service.report_version(source, obj("order_id", order_id=TEXT))
    (proposal,) = walk.service.report_version(source, schema).proposals
    walk.work()
    return walk.service.proposal(proposal.id)


def test_walk__second_change__is_answered_better_because_of_the_first(tmp_path: Path) -> None:
    """A table that a person approved once comes back for the next source, with its evidence."""
    embedder = MiniLmEmbedder()
    memory = ChromaMemory(str(tmp_path / "memory"), embedder=embedder)
    walk = Walk(tmp_path, embedder=embedder, memory=memory)
    first = shop(walk, "shop", "state")
    assert "lookup" not in canonical_text(first.adapter["rules"])
    assert first.verification["decision_needed"]
    rules = [{"target": "/order_id", "value": "src.order_id"},
             {"target": "/status", "value": TABLE.format("src.state")}]  # fmt: skip
    walk.service.amend(first.id, rules=rules, **WHO)
    walk.service.approve(first.id, **WHO)
    second = shop(walk, "market", "order_state")
    memory.close()
    assert second.state is State.PENDING
    assert {"target": "/status", "value": TABLE.format("src.order_state")} in (
        second.adapter["rules"]
    )
    about = next(one for one in second.verification["rules"] if one["target"] == "/status")
    assert about["evidence"][0]["kind"] == "prior-mapping"


# restarts

STEPS: list[Callable[[Walk], object]] = [
    lambda walk: walk.service.put_source("orders"),
    lambda walk: walk.service.put_contract("billing", "orders", CONTRACT),
    lambda walk: walk.service.report_version("orders", OLD),
    lambda walk: walk.service.import_adapter(ADAPTER),
    lambda walk: walk.service.approve(newest(walk), **WHO),
    lambda walk: walk.service.report_version("orders", NEW),
    lambda walk: walk.service.work_once(),
    lambda walk: walk.service.work_once(),
    lambda walk: walk.service.request_changes(newest(walk), **WHO),
    lambda walk: walk.service.work_once(),
    lambda walk: walk.service.work_once(),
    lambda walk: walk.service.amend(newest(walk), rules=AMENDED, **WHO),
    lambda walk: walk.service.approve(newest(walk), **WHO),
    lambda walk: walk.service.report_version("orders", WITHOUT_TOTAL),
    lambda walk: walk.service.work_once(),
    lambda walk: walk.service.work_once(),
    lambda walk: walk.service.reject(newest(walk), **WHO),
]
AMENDED = [{"target": "/id", "value": "trim(src.orderId)"}, *RULES[1:]]


def newest(walk: Walk) -> str:
    """Return the id of the newest proposal."""
    return walk.service.proposals(limit=1)[0].id


def end_of(walk: Walk) -> dict[str, Any]:
    """Return where a walk ended, without ids and times."""
    return {
        "proposals": [
            (one.version, one.state, one.revision, one.failure, canonical_text(one.adapter),
             canonical_text(one.verification), one.evidence_hash)
            for one in walk.service.proposals()
        ],
        "adapters": [
            (one.version, one.state, one.fingerprint, canonical_text(one.document))
            for one in walk.service.adapters()
        ],
        "audit": [(row.actor, row.action) for row in walk.ledger.audit()],
        "breaks": walk.ledger.verify_audit(),
        "memory": sorted(prior.expression for prior in walk.memory.all().values()),  # type: ignore[union-attr]
    }  # fmt: skip


def test_walk__restart_between_any_two_steps__changes_nothing(tmp_path: Path) -> None:
    """Whenever the process ends, the next one goes on to the same end, byte by byte."""
    ends = []
    for restart_after in range(len(STEPS) + 1):
        folder = tmp_path / str(restart_after)
        folder.mkdir()
        walk = Walk(folder)
        for number, step in enumerate(STEPS):
            step(walk)
            if number + 1 == restart_after:
                walk.restart()
        ends.append(end_of(walk))
        walk.ledger.close()
    straight = ends[0]
    assert [state for _, state, *_ in straight["proposals"]] == [
        State.REJECTED, State.APPROVED, State.APPROVED,
    ]  # fmt: skip
    assert all(end == straight for end in ends)
