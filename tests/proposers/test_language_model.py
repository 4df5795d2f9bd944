"""The language-model proposer: what it asks about, and where its suggestions go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.contract import Contract
from agent.core.language.parser import parse
from agent.core.language.syntax import EachRow, GroupRow, ValueRow
from agent.core.proposing import Alternative, Answer, EvidenceKind, RuleNote, Sample, Unfed
from agent.core.schema import make_schema
from tests.proposers.fake_endpoint import FakeEndpoint, suggests
from tests.proposers.model_story import (
    CONTRACT,
    OPEN_NOTE,
    OPEN_STATUS,
    PAYLOAD,
    SO_FAR,
    TASK,
    TEXT,
    make_task,
    model_at,
    note_on,
    propose,
    rule_at,
)


def test_propose__when_open_fields_are_answered__adds_rules_where_they_belong() -> None:
    """A rule for an open field stands at the top, or in the row that makes the items."""
    answer = propose(suggests(customer__name="src.alt_id", lines___X___sku="item.code"))
    assert answer.rows[-1] == ValueRow("/customer/name", parse("src.alt_id"))
    assert isinstance(answer.rows[1], EachRow)
    assert answer.rows[1].rows[-1].target == "/sku"
    assert rule_at(answer, "/lines/*/sku") == "item.code"
    assert answer.unfed == ()
    assert answer.usage is not None
    assert answer.usage.failures == ()


def test_propose__when_a_rule_is_added__leaves_the_decision_to_a_person() -> None:
    """A model's rule is ambiguous, at most 0.6 sure, and says who made it and why."""
    note = note_on(propose(suggests(customer__name="src.alt_id")), "/customer/name")
    assert note.is_ambiguous
    assert note.confidence <= 0.6
    assert note.proposer == "language-model"
    assert [(one.kind, one.text) for one in note.evidence] == [
        (EvidenceKind.MODEL, "it means the same")
    ]


def test_propose__when_done__says_what_it_cost() -> None:
    """Calls, tokens, the model and the prompt's fingerprint are recorded."""
    usage = propose(suggests(customer__name="src.alt_id")).usage
    assert usage is not None
    assert (usage.model, usage.calls, usage.tokens_in, usage.tokens_out) == ("fake-1", 1, 70, 9)
    assert usage.prompt_fingerprint.startswith("sha256:")


def test_propose__when_the_source_may_be_absent__requires_it_for_a_required_field() -> None:
    """A required target from an optional source field refuses payloads, as everywhere."""
    so_far = replace(SO_FAR, unfed=(OPEN_STATUS,))
    answer = propose(suggests(status="upper(src.cust_nm)"), so_far=so_far)
    assert rule_at(answer, "/status") == (
        "require(upper(src.cust_nm), 'the contract requires status')"
    )


def test_propose__when_the_parent_is_optional__refuses_nothing() -> None:
    """A required field of an optional object is no reason to refuse a payload."""
    contract = {**CONTRACT, "required": ["id"]}
    task = make_task(contract=Contract("billing", make_schema(contract)))
    answer = propose(suggests(customer__name="src.cust_nm"), task)
    assert rule_at(answer, "/customer/name") == "src.cust_nm"


def test_propose__when_a_group_makes_the_object__adds_the_rule_to_it() -> None:
    """A rule below a conditional object stands under its condition."""
    group = GroupRow("/customer", (), when=parse("present(src.cust_nm)"))
    so_far = replace(SO_FAR, rows=(*SO_FAR.rows, group))
    answer = propose(suggests(customer__name="src.cust_nm"), so_far=so_far)
    assert answer.rows[-1] == replace(group, rows=(ValueRow("/name", parse("src.cust_nm")),))


def test_propose__when_the_value_is_null__leaves_the_field_open() -> None:
    """That nothing feeds a field is an answer, and no failure."""
    answer = propose(suggests(customer__name=None, lines___X___sku=None))
    assert (answer.rows, answer.unfed) == (SO_FAR.rows, SO_FAR.unfed)
    assert answer.usage is not None
    assert answer.usage.failures == ()


def test_propose__when_nothing_is_open__asks_nothing() -> None:
    """A complete answer costs no call."""
    with FakeEndpoint(suggests()) as fake:
        answer = model_at(fake).propose(TASK, replace(SO_FAR, unfed=()))
    assert fake.requests == []
    assert answer.usage is None


@pytest.mark.parametrize(
    "unfed",
    [
        Unfed("/lines/*/sku", False, "?"),
        Unfed("/lines/*", False, "?"),
        Unfed("/nowhere", False, "?"),
        Unfed("/id", True, "?"),
    ],
    ids=["in-an-array-without-rule", "the-item-itself", "undeclared", "written-already"],
)
def test_propose__when_a_target_is_out_of_reach__does_not_ask_about_it(unfed: Unfed) -> None:
    """Only targets that a rule could be added for are asked about."""
    so_far = Answer(rows=SO_FAR.rows[:1], unfed=(unfed,))
    with FakeEndpoint(suggests()) as fake:
        assert model_at(fake).propose(TASK, so_far) == so_far
    assert fake.requests == []


def test_propose__when_all_pairs_leave_an_optional_field_out__does_not_ask_about_it() -> None:
    """Pairs that show a field absent have answered."""
    expected = {"id": "A1", "status": "PAID", "customer": {"name": "Jo"}}
    task = make_task(samples=(Sample(PAYLOAD, (("billing", expected),)),))
    so_far = replace(SO_FAR, unfed=(OPEN_NOTE,))
    with FakeEndpoint(suggests(note="src.id")) as fake:
        assert model_at(fake).propose(task, so_far) == so_far


def test_propose__when_there_are_many_fields__asks_in_several_calls_within_the_budget() -> None:
    """Questions are asked eight at a time, and no call is made beyond the budget."""
    fields = {f"f{number:02}": TEXT for number in range(40)}
    contract = Contract("billing", make_schema({"type": "object", "properties": fields}))
    so_far = Answer(unfed=tuple(Unfed(f"/{name}", False, "?") for name in fields))
    with FakeEndpoint(suggests(f00="src.id", f08="src.id", f16="src.id")) as fake:
        answer = model_at(fake, max_calls=2).propose(make_task(contract=contract), so_far)
    assert len(fake.requests) == 2
    assert {row.target for row in answer.rows} == {"/f00", "/f08"}
    assert answer.usage is not None
    assert answer.usage.failures[-1] == "not asked further: 2 calls are spent"


# ambiguous targets

AMBIGUOUS = replace(
    SO_FAR,
    unfed=(),
    notes=(
        RuleNote("/id", 0.7, alternatives=(Alternative("src.alt_id", 0.5),), is_ambiguous=True),
    ),
)


def test_propose__when_a_known_alternative_is_chosen__exchanges_it_with_the_rule() -> None:
    """Between known expressions the model may choose; the other one stays as an alternative."""
    answer = propose(suggests(id="src.alt_id"), so_far=AMBIGUOUS)
    note = note_on(answer, "/id")
    assert rule_at(answer, "/id") == "src.alt_id"
    assert [one.expression for one in note.alternatives] == ["src.id"]
    assert (note.proposer, note.is_ambiguous, note.confidence <= 0.6) == (
        "language-model",
        True,
        True,
    )


def test_propose__when_an_unknown_expression_is_chosen__adds_it_as_an_alternative() -> None:
    """A new expression never replaces a rule."""
    answer = propose(suggests(id="upper(src.cust_nm)"), so_far=AMBIGUOUS)
    assert answer.rows == AMBIGUOUS.rows
    assert [one.expression for one in note_on(answer, "/id").alternatives] == [
        "src.alt_id",
        "upper(src.cust_nm)",
    ]


def test_propose__when_the_model_agrees__adds_its_reason_only() -> None:
    """Agreement is evidence; it makes nothing surer."""
    answer = propose(suggests(id="src.id"), so_far=AMBIGUOUS)
    note, before = note_on(answer, "/id"), AMBIGUOUS.notes[0]
    assert answer.rows == AMBIGUOUS.rows
    assert (note.confidence, note.is_ambiguous) == (before.confidence, True)
    assert note.evidence[-1].kind is EvidenceKind.MODEL


def test_propose__when_a_pair_contradicts_the_exchange__keeps_the_rule() -> None:
    """A check outranks a model."""
    expected = {"id": "A1", "status": "PAID", "customer": {"name": "Jo"}}
    task = make_task(samples=(Sample(PAYLOAD, (("billing", expected),)),))
    answer = propose(suggests(id="src.alt_id"), task, AMBIGUOUS)
    assert answer.rows == AMBIGUOUS.rows
    assert answer.usage is not None
    assert answer.usage.failures == ("dropped /id: a paired sample shows another value",)
