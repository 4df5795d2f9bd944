from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.confidence.estimating import rule_confidence
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.document import write_adapter
from agent.core.proposing import Answer, EvidenceKind
from agent.pipeline.proposing import assemble
from agent.proposers.carry_over import CarryOver
from tests.core.verify.making import INT, NUMBER, TEXT, array, enum, obj
from tests.proposers.small_tasks import (
    adapt,
    make_task,
    note,
    propose,
    rules,
    unfed,
    values,
)

PARTS: dict[str, Any] = {
    "order_id": TEXT,
    "total": NUMBER,
    "state": enum("open", "paid"),
    "customer": obj("name", name=TEXT, mail=TEXT),
    "lines": array(obj("sku qty", sku=TEXT, qty=INT)),
    "note": {"type": ["string", "null"]},
}
CONTRACTS = st.sets(st.sampled_from(sorted(PARTS)), min_size=1).map(
    lambda names: obj(" ".join(sorted(names)[:2]), **{name: PARTS[name] for name in sorted(names)})
)
IDENTITY = [{"target": "", "copy": "src"}]


@settings(deadline=None, max_examples=25)
@given(CONTRACTS)
def test_propose__schema_did_not_change__exactly_the_identity(schema: dict[str, Any]) -> None:
    """A contract that equals a source which did not change gets the identity adapter alone."""
    proposed = propose(schema, schema, before=schema)
    assert rules(proposed) == IDENTITY
    assert proposed.adapter.drops == ()


@settings(deadline=None, max_examples=25)
@given(CONTRACTS)
def test_propose__optional_field_added__rules_stay_byte_identical(schema: dict[str, Any]) -> None:
    """What a change does not touch stays as it was, and what is new is dropped with a reason."""
    after = {**schema, "properties": {**schema["properties"], "zzz_new": TEXT}}
    proposed = propose(after, schema, before=schema)
    assert rules(proposed) == IDENTITY
    assert [drop.path for drop in proposed.adapter.drops] == ["/zzz_new"]


def carried(
    after: Any, before: Any, in_force: list[dict[str, Any]], let: dict[str, str] | None = None
) -> Any:
    """Return the rules that carry-over alone keeps."""
    task = make_task(after, obj(), before=before, in_force=in_force, let=let)
    return write_adapter(assemble(task, CarryOver().propose(task, Answer())))["rules"]


OLD = obj("order_id total", **PARTS)


def renamed(old: str, new: str, schema: dict[str, Any] = OLD) -> dict[str, Any]:
    """Return a schema with one property called otherwise."""
    properties = {new if name == old else name: node for name, node in schema["properties"].items()}
    required = [new if name == old else name for name in schema["required"]]
    return {**schema, "properties": properties, "required": required}


@pytest.mark.parametrize(
    ("rule", "now"),
    [
        ({"target": "/i", "value": "upper(src.order_id)"}, "upper(src.orderId)"),
        (
            {"target": "/i", "value": "format('{}-{}', src.order_id, src.order_id)"},
            "format('{}-{}', src.orderId, src.orderId)",
        ),
        (
            {"target": "/i", "value": "[x.sku for x in src.lines if src.order_id != '']"},
            "[x.sku for x in src.lines if src.orderId != '']",
        ),
    ],
)
def test_propose__field_renamed__every_read_of_it_follows(rule: dict[str, Any], now: str) -> None:
    """A sure rename is followed wherever the field is read."""
    assert carried(renamed("order_id", "orderId"), OLD, [rule]) == [{**rule, "value": now}]


def test_propose__array_renamed__loops_follow() -> None:
    """Loops over a renamed array run over its new name, and what stands in them stays."""
    inner = [{"target": "/code", "value": "one.sku"}]
    each = {"target": "/l", "each": "src.lines", "as": "one", "rules": inner}
    comprehension = {"target": "/s", "value": "[x.sku for x in src.lines]"}
    assert carried(renamed("lines", "orderLines"), OLD, [each, comprehension]) == [
        {**each, "each": "src.orderLines"},
        {**comprehension, "value": "[x.sku for x in src.orderLines]"},
    ]


def test_propose__field_of_items_renamed__rules_in_loops_follow() -> None:
    """A rename inside of items is followed from the loop's own name, also through a `let`."""
    after = {**OLD, "properties": {**PARTS, "lines": array(obj("SKU qty", SKU=TEXT, qty=INT))}}
    inner = [{"target": "/code", "value": "code"}]
    each = {"target": "/l", "each": "src.lines", "as": "one", "let": {"code": "one.sku"},
            "rules": inner}  # fmt: skip
    comprehension = {"target": "/s", "value": "[x.sku for x in src.lines]"}
    assert carried(after, OLD, [each, comprehension]) == [
        {**each, "let": {"code": "one.SKU"}},
        {**comprehension, "value": "[x.SKU for x in src.lines]"},
    ]


def test_propose__field_of_a_key_renamed__the_key_follows() -> None:
    """The key of a map is carried like the value."""
    after = {**OLD, "properties": {**PARTS, "lines": array(obj("SKU qty", SKU=TEXT, qty=INT))}}
    row = {"target": "/m", "each": "src.lines", "as": "one", "value": "one.qty"}
    assert carried(after, OLD, [{**row, "key": "one.sku"}]) == [{**row, "key": "one.SKU"}]


def test_propose__item_by_its_place_renamed__stays_that_item() -> None:
    """A read of one item by its place is not turned into a read of the loop's item."""
    after = {**OLD, "properties": {**PARTS, "lines": array(obj("SKU qty", SKU=TEXT, qty=INT))}}
    inner = {"target": "/code", "value": "join('', one.sku, src.lines[0].sku)"}
    each = {"target": "/l", "each": "src.lines[1:]", "as": "one", "rules": [inner]}
    (made,) = carried(after, OLD, [each])
    assert made["each"] == "src.lines[1:]"
    assert made["rules"][0]["value"] == "join('', one.SKU, src.lines[0].SKU)"


def test_propose__field_behind_a_let_renamed__the_rule_follows() -> None:
    """A rule that reads through a name of the adapter follows renames behind that name."""
    after = {**OLD, "properties": {**PARTS, "customer": obj("fullName", fullName=TEXT, mail=TEXT)}}
    before = {
        **OLD,
        "properties": {**PARTS, "customer": obj("full_name", full_name=TEXT, mail=TEXT)},
    }
    rule = {"target": "/who", "value": "upper(buyer.full_name)"}
    made = carried(after, before, [rule], {"buyer": "src.customer"})
    assert made == [{"target": "/who", "value": "upper(buyer.fullName)"}]


def test_propose__let_reads_what_changed__only_rules_that_use_it_go() -> None:
    """A name over a changed field is lost with the rules that use it; the others stay."""
    after = {**OLD, "properties": {**PARTS, "total": TEXT}}
    keep = {"target": "/i", "value": "src.order_id"}
    gone = {"target": "/t", "value": "double + 1"}
    assert carried(after, OLD, [keep, gone], {"double": "src.total * 2"}) == [keep]


@pytest.mark.parametrize("node", [INT, enum("open", "paid", "void"), {"type": ["string", "null"]}])
def test_propose__field_changed__its_rules_go(node: dict[str, Any]) -> None:
    """A rule over a field that changed in more than its name is not carried."""
    after = {**OLD, "properties": {**PARTS, "state": node}}
    rules = [{"target": "/s", "value": "src.state"}, {"target": "/i", "value": "src.order_id"}]
    assert carried(after, OLD, rules) == rules[1:]


def test_propose__something_inside_a_whole_value_changed__the_rule_goes() -> None:
    """An object taken over whole is touched by what changes inside of it."""
    after = {**OLD, "properties": {**PARTS, "customer": obj("name", name=TEXT)}}
    rules = [
        {"target": "/c", "value": "src.customer"},
        {"target": "/n", "value": "src.customer.name"},
    ]
    assert carried(after, OLD, rules) == rules[1:]


def test_propose__copy_of_what_changed_inside__is_cut_there() -> None:
    """A copy keeps everything but the fields that changed."""
    after = {**OLD, "properties": {**PARTS, "total": TEXT, "customer": obj("name", name=TEXT)}}
    assert carried(after, OLD, IDENTITY) == [
        {"target": "", "copy": "src", "except": ["/customer/mail", "/total"]}
    ]


def test_propose__array_whose_items_changed__is_cut_as_a_whole() -> None:
    """A change inside of items cuts the whole array from a copy."""
    after = {**OLD, "properties": {**PARTS, "lines": array(obj("sku", sku=TEXT))}}
    assert carried(after, OLD, IDENTITY) == [{"target": "", "copy": "src", "except": ["/lines"]}]


def test_propose__carried_rules__say_where_they_come_from() -> None:
    """A carried rule is sure and in force; a followed one is as sure as its rename."""
    contract = obj("id", id=TEXT, t=NUMBER)
    in_force = [{"target": "/id", "value": "src.order_id"}, {"target": "/t", "value": "src.total"}]
    proposed = propose(renamed("order_id", "orderId"), contract, before=OLD, in_force=in_force)
    assert note(proposed, "/t").confidence == rule_confidence(Signals(Ground.CARRIED))
    assert note(proposed, "/t").evidence[0].kind is EvidenceKind.IN_FORCE
    followed = note(proposed, "/id")
    assert followed.evidence[0].kind is EvidenceKind.RENAME
    assert followed.confidence < rule_confidence(Signals(Ground.CARRIED))


def test_propose__rule_with_a_deep_target__no_other_rule_overrides_it() -> None:
    """A carried rule below an object is not written over by what matching finds for the object."""
    before = obj("name total", name=TEXT, phone=TEXT, total=NUMBER)
    after = obj("name total", name=TEXT, phone=TEXT, total=NUMBER, fax=TEXT)
    contract = obj("customer total", customer=obj("name", name=TEXT, phone=TEXT), total=NUMBER)
    in_force = [{"target": "/customer/name", "value": "upper(src.name)"},
                {"target": "/total", "value": "src.total"}]  # fmt: skip
    proposed = propose(after, contract, before=before, in_force=in_force)
    assert rules(proposed)[:2] == in_force
    output = adapt(proposed, {"name": "ada", "phone": "1", "total": 1})
    assert output["customer"]["name"] == "ADA"


def test_propose__copy_below_with_a_rename_inside__the_field_is_fed_again() -> None:
    """What is cut from a copy of an inner object is fed from its new name."""
    before = obj("meta", meta=obj("color k", color=TEXT, k=TEXT))
    after = obj("meta", meta=obj("colour k", colour=TEXT, k=TEXT))
    proposed = propose(
        after, before, before=before, in_force=[{"target": "/meta", "copy": "src.meta"}]
    )
    assert adapt(proposed, {"meta": {"colour": "red", "k": "x"}}) == {
        "meta": {"color": "red", "k": "x"}
    }
    assert unfed(proposed) == set()


def test_propose__nothing_in_force__nothing_carried() -> None:
    """Without an adapter in force the answer stays as it is."""
    task = make_task(OLD, obj("x", x=TEXT), before=OLD)
    assert task.in_force is None
    assert CarryOver().propose(task, Answer()) == Answer()


def test_propose__field_removed__an_alike_one_is_not_taken_for_it() -> None:
    """A producer that removes a field is believed before a name that looks a little alike."""
    before = obj("id", id=TEXT, due_date=TEXT)
    after = obj("id", id=TEXT, created_date=TEXT, note=TEXT)
    proposed = propose(after, obj("id", id=TEXT, due_date=TEXT), before=before,
                       in_force=[{"target": "/id", "value": "src.id"},
                                 {"target": "/due_date", "value": "src.due_date"}])  # fmt: skip
    assert (
        values(proposed).get("/due_date") is None or note(proposed, "/due_date").confidence < 0.95
    )
